//! One socket, from the upgrade to its end.

use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::sync::Notify;

use super::frame::{self, Frame, Reader};
use super::hub::{Act, Item, Standing};
use super::stream::Stream;
use super::text::{Message, Told};
use super::{Opening, action};
use crate::{FakeServer, World};

/// Milliseconds.
const PING_EVERY: i64 = 60_000;
const PONG_WITHIN: i64 = 100_000;
const AUTHENTICATE_WITHIN: i64 = 5_000;
const WRITE_WITHIN: i64 = 30_000;

/// How much is read at a time.
const CHUNK: usize = 4096;

/// How a socket ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Fin,
    Reset,
    /// The server gives it up, and the client does not hear of it.
    Unheard,
}

/// What happened while the socket waited.
enum Heard {
    Read(usize),
    Written(usize),
    /// The client is gone.
    Ended,
    /// There may be something to do.
    Woken,
    /// The listener is gone.
    Closed,
}

/// A socket that is being served.
struct Pump {
    key: u64,
    reader: Reader,
    /// What is being written; the next message is taken when it is empty.
    out: BytesMut,
    /// The client takes nothing at the moment.
    is_blocked: bool,
    /// The events that a client which came back has missed.
    missed: VecDeque<(i64, Arc<Told>)>,
    /// A close frame was written.
    is_closing: bool,
    /// Nothing gets through in either direction any more.
    is_silent: bool,
    /// The client ended its direction while nothing got through.
    is_alone: bool,
    trickle: Option<(usize, i64)>,
    write_at: i64,
    /// It is too early for the next bytes.
    is_held: bool,
    write_by: Option<i64>,
    ping_at: i64,
    pong_by: i64,
    authenticate_by: Option<i64>,
}

/// Tells the server that a socket has ended, however it did.
struct Farewell<'a>(&'a FakeServer, u64);

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        self.0.state().world.socket_ended(self.1);
    }
}

/// Serves a socket until it ends.
pub(super) async fn serve(fake: FakeServer, opening: Opening) {
    let Opening { key, below, mut open } = opening;
    let farewell = key.map(|key| Farewell(&fake, key));
    let Some(mut stream) = below.stream().await else { return };
    let Some(key) = key else { return stream.finish() };
    let Some((mut pump, wake)) = Pump::new(&mut fake.state().world, key) else { return };
    let mut chunk = [0; CHUNK];
    let end = loop {
        let wait = {
            let mut state = fake.state();
            if let Some(end) = pump.turn(&mut state.world) {
                break end;
            }
            state.world.clock.until(pump.deadline())
        };
        let closed = async {
            match &mut open {
                Some(open) => drop(open.changed().await),
                None => pending().await,
            }
        };
        match pump.hear(&mut stream, &wake, wait, closed, &mut chunk).await {
            Heard::Read(length) if !pump.is_silent => {
                if let Some(end) = pump.read(&mut fake.state().world, &chunk[..length]) {
                    break end;
                }
            }
            Heard::Read(_) | Heard::Woken => {}
            Heard::Written(length) => pump.written(&fake.state().world, length),
            Heard::Ended if pump.is_silent => pump.is_alone = true,
            Heard::Ended | Heard::Closed => break End::Fin,
        }
    };
    drop(farewell);
    match end {
        End::Fin => stream.finish(),
        End::Reset => stream.reset(),
        End::Unheard => {
            let drained = async {
                while poll_fn(|cx| stream.poll_read(cx, &mut chunk)).await.is_ok_and(|length| length > 0) {}
            };
            let closed = async {
                match &mut open {
                    Some(open) => drop(open.changed().await),
                    None => pending().await,
                }
            };
            let (mut drained, mut closed) = (pin!(drained), pin!(closed));
            poll_fn(|cx| {
                let is_over = drained.as_mut().poll(cx).is_ready() || closed.as_mut().poll(cx).is_ready();
                if is_over { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }
}

impl Pump {
    fn new(world: &mut World, key: u64) -> Option<(Self, Arc<Notify>)> {
        let World { sockets, ids, .. } = world;
        let conn = sockets.conns.get_mut(&key)?;
        let now = conn.opened_at;
        let missed = conn.resume(|| ids.text()).into();
        let pump = Self {
            key,
            reader: Reader::default(),
            out: BytesMut::new(),
            is_blocked: false,
            missed,
            is_closing: false,
            is_silent: false,
            is_alone: false,
            trickle: None,
            write_at: now,
            is_held: false,
            write_by: None,
            ping_at: now + PING_EVERY,
            pong_by: now + PONG_WITHIN,
            authenticate_by: Some(now + AUTHENTICATE_WITHIN),
        };
        Some((pump, Arc::clone(&conn.wake)))
    }

    /// When something has to be done, whatever happens. What has to wait until the client takes what is being written
    /// is not among it.
    fn deadline(&self) -> i64 {
        let ping = self.out.is_empty().then_some(self.ping_at);
        let written = (self.is_held && !self.out.is_empty()).then_some(self.write_at);
        let others = [ping, self.authenticate_by, self.write_by, written];
        others.into_iter().flatten().fold(self.pong_by, i64::min)
    }

    /// Does what is due, and puts what comes next into [`out`](Self::out).
    fn turn(&mut self, world: &mut World) -> Option<End> {
        let now = world.now().as_millis();
        if now >= self.pong_by || self.write_by.is_some_and(|by| now >= by) {
            return Some(self.lost());
        }
        let is_stranger = world.sockets.conns.get(&self.key)?.token.is_empty();
        if self.authenticate_by.is_some_and(|by| now >= by) {
            if is_stranger {
                return Some(self.lost());
            }
            self.authenticate_by = None;
        }
        if self.is_blocked {
            while let Some(act) = world.sockets.conns.get_mut(&self.key).and_then(|conn| conn.pop_act()) {
                if let Some(end) = self.act(world, act) {
                    return Some(end);
                }
            }
        }
        while self.out.is_empty() {
            if self.is_closing {
                return Some(self.lost());
            }
            if now >= self.ping_at {
                self.ping_at = now + PING_EVERY;
                self.put(frame::PING, b"");
            } else if let Some((seq, told)) = self.missed.pop_front() {
                self.put(frame::TEXT, told.text(seq).as_bytes());
            } else if let Some(end) = self.next(world)? {
                return Some(end);
            } else if self.out.is_empty() && !self.has_more(world) {
                break;
            }
        }
        self.is_held = self.trickle.is_some() && now < self.write_at;
        if self.out.is_empty() {
            self.write_by = None;
        } else if self.write_by.is_none() {
            self.write_by = Some(now + WRITE_WITHIN);
        }
        None
    }

    /// A socket that nothing gets through cannot be ended so that the client hears of it.
    fn lost(&self) -> End {
        if self.is_silent && !self.is_alone { End::Unheard } else { End::Fin }
    }

    fn has_more(&self, world: &World) -> bool {
        self.is_closing || world.sockets.conns.get(&self.key).is_some_and(|conn| conn.has_more())
    }

    /// Takes the next message. The outer `None` is a connection that is gone.
    fn next(&mut self, world: &mut World) -> Option<Option<End>> {
        let conn = world.sockets.conns.get_mut(&self.key)?;
        match conn.pop() {
            Some(Item::Message(Message::Event(told))) => {
                let seq = conn.seq;
                conn.seq += 1;
                conn.written += 1;
                conn.keep(seq, Arc::clone(&told));
                // What a stream begins with cannot get lost unless all of it does.
                if conn.lost > 0 && !told.is_hello() {
                    conn.lost -= 1;
                } else {
                    self.put(frame::TEXT, told.text(seq).as_bytes());
                }
            }
            Some(Item::Message(Message::Reply(text))) => self.put(frame::TEXT, text.as_bytes()),
            Some(Item::Act(act)) => return Some(self.act(world, act)),
            None if conn.standing == Standing::Dropped => self.close(None, ""),
            None => {}
        }
        Some(None)
    }

    fn act(&mut self, world: &mut World, act: Act) -> Option<End> {
        let conn = world.sockets.conns.get_mut(&self.key)?;
        match act {
            Act::Fin => return Some(self.lost()),
            Act::Reset => return Some(End::Reset),
            Act::Close(code, reason) => self.close(code, &reason),
            Act::Silence => {
                self.is_silent = true;
                self.out.clear();
            }
            Act::Bytes(bytes) if !self.is_silent => self.out.extend_from_slice(&bytes),
            Act::Bytes(_) => {}
            Act::Trickle { bytes, every } => self.trickle = Some((bytes.max(1), every.max(1))),
            Act::Repeat => {
                if let Some((seq, told)) = conn.dead.back() {
                    let text = told.text(*seq);
                    self.put(frame::TEXT, text.as_bytes());
                }
            }
            Act::Skip(numbers) => conn.seq += numbers,
            Act::Lose(events) => conn.lost += events,
            Act::Overflow => world.sockets.discard(self.key),
        }
        None
    }

    fn put(&mut self, kind: u8, payload: &[u8]) {
        if !self.is_silent {
            frame::write(&mut self.out, kind, payload);
        }
    }

    fn close(&mut self, code: Option<u16>, reason: &str) {
        self.is_closing = true;
        if !self.is_silent {
            frame::write_close(&mut self.out, code, reason);
        }
    }

    fn written(&mut self, world: &World, length: usize) {
        self.is_blocked = false;
        self.out.advance(length);
        let now = world.now().as_millis();
        if let Some((_, every)) = self.trickle {
            self.write_at = now + every;
        }
        // The deadline is one of a frame, and slow bytes are what was asked for.
        self.write_by = (!self.out.is_empty()).then_some(now + WRITE_WITHIN);
    }

    /// Takes what the client sent.
    fn read(&mut self, world: &mut World, bytes: &[u8]) -> Option<End> {
        self.reader.push(bytes);
        while !self.is_closing {
            match self.reader.next() {
                Ok(None) => break,
                Ok(Some(Frame::Text(text))) => {
                    if !action::take(world, self.key, &text) {
                        return Some(End::Fin);
                    }
                }
                // The server reads msgpack there, which no client of this kind writes.
                Ok(Some(Frame::Binary)) => return Some(End::Fin),
                Ok(Some(Frame::Ping(payload))) => self.put(frame::PONG, &payload),
                Ok(Some(Frame::Pong)) => self.pong_by = world.now().as_millis() + PONG_WITHIN,
                Ok(Some(Frame::Close(code))) => self.close(code, ""),
                Err(code) => self.close(Some(code), ""),
            }
        }
        None
    }

    async fn hear(
        &mut self,
        stream: &mut Stream,
        wake: &Notify,
        wait: Option<Duration>,
        closed: impl Future<Output = ()>,
        chunk: &mut [u8],
    ) -> Heard {
        let due = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => pending().await,
            }
        };
        let (mut due, mut woken, mut closed) = (pin!(due), pin!(wake.notified()), pin!(closed));
        let length = self.trickle.map_or(self.out.len(), |(bytes, _)| bytes.min(self.out.len()));
        poll_fn(|cx| {
            if length > 0 && !self.is_held {
                match stream.poll_write(cx, &self.out[..length]) {
                    Poll::Ready(Ok(length)) => return Poll::Ready(Heard::Written(length)),
                    Poll::Ready(Err(_)) => return Poll::Ready(Heard::Ended),
                    Poll::Pending => self.is_blocked = true,
                }
            }
            if !self.is_alone
                && let Poll::Ready(read) = stream.poll_read(cx, chunk)
            {
                return Poll::Ready(match read {
                    Ok(0) | Err(_) => Heard::Ended,
                    Ok(length) => Heard::Read(length),
                });
            }
            if closed.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Heard::Closed);
            }
            if woken.as_mut().poll(cx).is_ready() || due.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Heard::Woken);
            }
            Poll::Pending
        })
        .await
    }
}
