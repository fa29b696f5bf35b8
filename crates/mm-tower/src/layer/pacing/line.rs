//! The line in which the calls of one key wait, and what decides who is next.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Response, StatusCode};
use mm_core::TransportError;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::pace::{Limits, Ticket, Turn};
use super::{Pace, PaceKey, PaceStore, PacingConfig};
use crate::layer::timeout::Deadline;

/// How many lines are kept before those that nobody uses are given up.
const LINES: usize = 1000;

/// How long the first calls may leave it open whether the server has limits.
const PATIENCE: Duration = Duration::from_secs(1);

/// After how many answers without them a server counts as having no limits any more.
const SILENCE: u32 = 20;

/// Whether the server has limits is not known yet.
const UNKNOWN: u8 = 0;
/// It has none.
const FREE: u8 = 1;
/// It has.
const LIMITED: u8 = 2;

/// All lines of a layer.
pub(super) struct Lines {
    config: PacingConfig,
    store: Option<Arc<dyn PaceStore>>,
    start: Instant,
    by_key: Mutex<ByKey>,
}

#[derive(Default)]
struct ByKey {
    lines: HashMap<PaceKey, Arc<Line>>,
    /// Most clients have one.
    last: Option<Arc<Line>>,
}

impl Lines {
    pub(super) fn new(config: PacingConfig, store: Option<Arc<dyn PaceStore>>) -> Self {
        Self { config, store, start: Instant::now(), by_key: Mutex::default() }
    }

    pub(super) fn config(&self) -> PacingConfig {
        self.config
    }

    pub(super) fn of(&self, key: PaceKey) -> Arc<Line> {
        let mut by_key = lock(&self.by_key);
        if let Some(line) = by_key.last.as_ref().filter(|line| line.key == key) {
            return Arc::clone(line);
        }
        self.find(&mut by_key, key)
    }

    #[cold]
    fn find(&self, by_key: &mut ByKey, key: PaceKey) -> Arc<Line> {
        if let Some(line) = by_key.lines.get(&key).cloned() {
            by_key.last = Some(Arc::clone(&line));
            return line;
        }
        if by_key.lines.len() >= LINES {
            by_key.lines.retain(|_, line| Arc::strong_count(line) > 1);
        }
        let line = Arc::new(Line {
            key,
            config: self.config,
            store: self.store.clone(),
            start: self.start,
            state: AtomicU8::new(UNKNOWN),
            silent: AtomicU32::new(0),
            first: Mutex::default(),
            pace: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            changed: Notify::new(),
        });
        by_key.lines.insert(key, Arc::clone(&line));
        line
    }
}

pub(super) struct Line {
    key: PaceKey,
    config: PacingConfig,
    store: Option<Arc<dyn PaceStore>>,
    start: Instant,
    state: AtomicU8,
    /// How many answers in a row said nothing of limits, on a server that has some.
    silent: AtomicU32,
    first: Mutex<First>,
    /// Where there is no other store.
    pace: Mutex<Pace>,
    /// Held by who is next. Those behind get it in the order in which they came, and who leaves gives his place up.
    turn: tokio::sync::Mutex<()>,
    /// Tells who is next to ask again.
    changed: Notify,
}

/// The calls that are under way while nothing is known.
#[derive(Default)]
struct First {
    running: u32,
    since: Option<Instant>,
}

/// The leave to send one request.
pub(super) struct Pass {
    line: Arc<Line>,
    ticket: Option<Ticket>,
    is_first: bool,
}

impl Line {
    /// A pass, if there is one without waiting for anything.
    pub(super) fn try_pass(self: &Arc<Self>) -> Option<Pass> {
        if self.state() == FREE {
            return Some(self.pass(None, false));
        }
        if self.store.is_some() {
            return None;
        }
        let _turn = self.turn.try_lock().ok()?;
        let is_first = self.try_first().ok()?;
        match self.take_own() {
            Turn::Go(ticket) => Some(self.pass(Some(ticket), is_first)),
            Turn::Wait(_) => {
                self.end_first(is_first);
                None
            }
        }
    }

    /// A pass, when it is one's turn, or the end of the call. Whoever drops this has not taken anything.
    pub(super) async fn wait(self: Arc<Self>, deadline: Option<Deadline>) -> Result<Pass, TransportError> {
        let _turn = Deadline::bound(deadline, self.turn.lock()).await?;
        loop {
            if self.state() == FREE {
                return Ok(self.pass(None, false));
            }
            let wait = match self.try_first() {
                Err(wait) => wait,
                Ok(is_first) => {
                    let mut pass = self.pass(None, is_first);
                    match Deadline::bound(deadline, self.take()).await? {
                        None => return Ok(pass),
                        Some(Turn::Go(ticket)) => {
                            pass.ticket = Some(ticket);
                            return Ok(pass);
                        }
                        Some(Turn::Wait(wait)) => {
                            // Another process has learnt of limits already.
                            self.state.store(LIMITED, Ordering::Relaxed);
                            wait
                        }
                    }
                }
            };
            let left = deadline.map(Deadline::left);
            let _ = timeout(left.map_or(wait, |left| left.min(wait)), self.changed.notified()).await;
            if let Some(deadline) = deadline.filter(|deadline| deadline.left().is_zero()) {
                return Err(deadline.missed());
            }
        }
    }

    fn pass(self: &Arc<Self>, ticket: Option<Ticket>, is_first: bool) -> Pass {
        Pass { line: Arc::clone(self), ticket, is_first }
    }

    /// Whether the call is one of the first, or how long it has to wait because it would be one too many.
    fn try_first(&self) -> Result<bool, Duration> {
        if self.state() != UNKNOWN {
            return Ok(false);
        }
        let mut first = lock(&self.first);
        let left = PATIENCE.saturating_sub(first.since.get_or_insert_with(Instant::now).elapsed());
        if first.running >= self.config.first_calls.max(1) && !left.is_zero() {
            return Err(left);
        }
        first.running += 1;
        Ok(true)
    }

    fn end_first(&self, is_first: bool) {
        if is_first {
            lock(&self.first).running -= 1;
            self.changed.notify_one();
        }
    }

    fn take_own(&self) -> Turn {
        lock(&self.pace).take(self.start.elapsed(), &self.config)
    }

    /// `None` if the store is of no help.
    async fn take(&self) -> Option<Turn> {
        let Some(store) = &self.store else {
            return Some(self.take_own());
        };
        let mut turn = None;
        let mut change = |pace: &mut Pace, now| turn = Some(pace.take(now, &self.config));
        store.update(self.key, &mut change).await.ok()?;
        turn
    }

    /// An answer came that knows nothing of limits, as those of what stands in front of a server.
    fn silence(&self, status: StatusCode) {
        let is_free = match self.state() {
            FREE => return,
            UNKNOWN => !status.is_server_error(),
            _ => status.is_success() && self.silent.fetch_add(1, Ordering::Relaxed) >= SILENCE,
        };
        if is_free {
            self.state.store(FREE, Ordering::Relaxed);
            self.changed.notify_one();
        }
    }

    fn state(&self) -> u8 {
        self.state.load(Ordering::Relaxed)
    }
}

impl Pass {
    /// Notes an answer. What comes back is still to be told to the store.
    pub(super) fn answered<B>(&self, response: &Response<B>) -> Option<Limits> {
        let line = &self.line;
        let Some(limits) = Limits::read(response) else {
            line.silence(response.status());
            return None;
        };
        line.silent.store(0, Ordering::Relaxed);
        line.state.store(LIMITED, Ordering::Relaxed);
        if line.store.is_some() {
            return Some(limits);
        }
        lock(&line.pace).learn(line.start.elapsed(), self.ticket, limits, &line.config);
        line.changed.notify_one();
        None
    }

    /// Tells the store.
    pub(super) async fn tell(self, limits: Limits) {
        let line = &self.line;
        if let Some(store) = &line.store {
            let mut change = |pace: &mut Pace, now| pace.learn(now, self.ticket, limits, &line.config);
            // A store that is away learns from the next answer.
            let _ = store.update(line.key, &mut change).await;
            line.changed.notify_one();
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.line.end_first(self.is_first);
    }
}

/// No panic comes in between what the locks protect.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
