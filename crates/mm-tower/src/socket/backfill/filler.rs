//! Holds live events back while what was missed before them is fetched.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use mm_core::Error;
use mm_core::api::posts::GetPostsForChannel;
use mm_core::socket::{Backfilled, Connection, Gap, GapReason, Incoming};
use tokio::time::{Sleep, sleep};

use super::Backfill;
use super::fill::{Fill, Said, each};
use super::found::{Found, Kind};
use super::track::Track;
use super::tracks::Tracks;
use crate::Client;
use crate::socket::queue::{Producer, Room, bytes_of};

/// How many posts of a channel are looked at before the socket is opened.
const NEWEST: u32 = 30;
/// How many channels are looked at at the same time.
const AT_ONCE: usize = 4;
/// What failed is tried again after this time, and later after twice that, and so on.
const AGAIN: Duration = Duration::from_secs(30);
const AGAIN_AT_MOST: Duration = Duration::from_secs(600);

/// What stands before the queue when there is a backfill.
pub(in crate::socket) struct Filler {
    client: Client,
    tracks: Tracks,
    room: Room,
    /// What came and did not go to the queue yet.
    held: VecDeque<Incoming>,
    bytes: usize,
    /// What there was no room for.
    lost: Option<Lost>,
    running: Option<Running>,
    again: Option<Pin<Box<Sleep>>>,
    pause: Duration,
    /// The last event that was taken in: its number, and when.
    last: (Option<i64>, Instant),
    /// Until the first connection is there.
    is_new: bool,
}

struct Running {
    fill: Fill,
    so_far: Backfilled,
    /// The first one: changes are older than the socket, and if there is nothing else, nothing is said.
    is_quiet: bool,
    tries_again: bool,
}

struct Lost {
    gap: Gap,
    /// The last new connection among it.
    connected: Option<Connection>,
}

impl Filler {
    /// Looks at the channels that were asked for.
    pub(in crate::socket) async fn new(
        client: Client,
        backfill: Backfill,
        room: Room,
        now: Instant,
    ) -> Result<Self, Error> {
        let look = async |id| {
            let newest = GetPostsForChannel::new(id).per_page(NEWEST).skip_fetch_threads(true);
            client.send(newest).await.map(|newest| (id, Track::at(&newest)))
        };
        let looked = each(AT_ONCE, backfill.channels.into_iter().map(look)).await;
        let asked_for: Vec<_> = looked.into_iter().collect::<Result<_, _>>()?;
        let mut tracks = Tracks::new(asked_for, backfill.seen);
        // Until there is a connection, everything is missed.
        tracks.owe();
        Ok(Self {
            client,
            tracks,
            room,
            held: VecDeque::new(),
            bytes: 0,
            lost: None,
            running: None,
            again: None,
            pause: AGAIN,
            last: (None, now),
            is_new: true,
        })
    }

    pub(in crate::socket) fn accept(&mut self, incoming: Incoming, queue: &Producer, now: Instant) {
        match &incoming {
            Incoming::Connection(Connection::AuthLost(_) | Connection::Closed(_)) => {
                self.finish(incoming, queue, now);
                return;
            }
            Incoming::Connection(Connection::Connected { hello, .. }) => self.last = (Some(hello.seq()), now),
            _ => {}
        }
        if self.lost.is_some() || self.is_full() {
            self.lose(incoming);
            return;
        }
        if let Incoming::Event(event) = &incoming {
            self.last = (Some(event.seq()), now);
        }
        self.hold(incoming);
    }

    /// Whether there is room for what may be read next. If not, the task is woken when there is.
    pub(in crate::socket) fn poll_room(&self, cx: &Context<'_>, queue: &Producer) -> Poll<()> {
        if self.running.is_none() && self.held.is_empty() {
            return queue.poll_room(cx);
        }
        // Whatever makes room for what is held has the task woken too.
        if self.is_full() { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Whether events are lost already.
    pub(in crate::socket) fn is_overflown(&self) -> bool {
        self.lost.is_some()
    }

    /// Does what can be done now: fetches, and hands over what is next.
    pub(in crate::socket) fn poll(&mut self, cx: &mut Context<'_>, queue: &Producer, now: Instant) {
        loop {
            if queue.poll_room(cx).is_pending() {
                return;
            }
            if self.running.is_some()
                && matches!(self.held.front(), Some(Incoming::Connection(Connection::Connected { .. })))
                && let Some(connected) = self.release()
            {
                // What the gap stands before. It has nothing to wait for.
                queue.push(connected, now);
                continue;
            }
            if let Some(running) = &mut self.running {
                match running.fill.poll_next(cx) {
                    Poll::Ready(Some(Said::Found(found))) => self.found(&found, queue, now),
                    Poll::Ready(Some(Said::Done(done))) => {
                        running.tries_again |= self.tracks.done(&done);
                        running.so_far.missing.extend(done.missing);
                    }
                    Poll::Ready(None) => self.filled(queue, now),
                    Poll::Pending => return,
                }
                continue;
            }
            if self.lost.is_some()
                && self.held.len() <= self.room.events / 2
                && self.bytes <= self.room.bytes / 2
            {
                self.recover();
            }
            let Some(incoming) = self.release() else { break };
            self.hand_over(incoming, queue, now);
        }
        if let Some(again) = &mut self.again
            && again.as_mut().poll(cx).is_ready()
        {
            self.again = None;
            self.fill(false);
            // What was begun has to be polled.
            self.poll(cx, queue, now);
        }
    }

    fn hand_over(&mut self, incoming: Incoming, queue: &Producer, now: Instant) {
        let (begins, is_quiet) = match &incoming {
            Incoming::Event(event) if !self.tracks.hear(event) => return,
            Incoming::Connection(Connection::Gap(_)) => {
                self.tracks.owe();
                (true, false)
            }
            Incoming::Connection(Connection::Connected { .. } | Connection::Resumed { .. }) => {
                (self.tracks.is_owed(), std::mem::take(&mut self.is_new))
            }
            _ => (false, false),
        };
        queue.push(incoming, now);
        if begins {
            self.fill(is_quiet);
        }
    }

    fn found(&mut self, found: &Found, queue: &Producer, now: Instant) {
        let Some(event) = self.tracks.found(found).and_then(|about| found.event(about)) else { return };
        if let Some(Running { so_far, is_quiet, .. }) = &mut self.running {
            match found.kind {
                Kind::Edited | Kind::Deleted if *is_quiet => return,
                Kind::Posted => so_far.posted += 1,
                Kind::Edited => so_far.edited += 1,
                Kind::Deleted => so_far.deleted += 1,
            }
        }
        queue.push(Incoming::Event(event), now);
    }

    /// Begins to fetch what is owed.
    fn fill(&mut self, is_quiet: bool) {
        self.again = None;
        let fill = Fill::new(self.client.clone(), self.tracks.jobs());
        self.running = Some(Running { fill, so_far: Backfilled::default(), is_quiet, tries_again: false });
    }

    fn filled(&mut self, queue: &Producer, now: Instant) {
        let Some(Running { mut so_far, is_quiet, tries_again, .. }) = self.running.take() else { return };
        if tries_again {
            self.again = Some(Box::pin(sleep(self.pause)));
            self.pause = (self.pause * 2).min(AGAIN_AT_MOST);
        } else {
            self.pause = AGAIN;
        }
        so_far.forgotten = self.tracks.take_forgotten();
        if !is_quiet || !so_far.is_complete() || so_far.posted > 0 {
            queue.push(Incoming::Connection(Connection::Backfilled(so_far)), now);
        }
    }

    fn is_full(&self) -> bool {
        self.held.len() >= self.room.events || self.bytes >= self.room.bytes
    }

    fn hold(&mut self, incoming: Incoming) {
        self.bytes += bytes_of(&incoming);
        self.held.push_back(incoming);
    }

    fn release(&mut self) -> Option<Incoming> {
        let incoming = self.held.pop_front()?;
        self.bytes -= bytes_of(&incoming);
        Some(incoming)
    }

    fn lose(&mut self, incoming: Incoming) {
        let (last_seq, since) = self.last;
        let lost = self.lost.get_or_insert_with(|| Lost {
            gap: Gap::new(last_seq, since, GapReason::Overflow),
            connected: None,
        });
        if let Incoming::Connection(connected @ Connection::Connected { .. }) = incoming {
            lost.connected = Some(connected);
        }
    }

    /// Says what was lost, and takes in again what comes.
    fn recover(&mut self) {
        if let Some(Lost { gap, connected }) = self.lost.take() {
            self.hold(Incoming::Connection(Connection::Gap(gap)));
            connected.into_iter().for_each(|connected| self.hold(Incoming::Connection(connected)));
        }
    }

    /// Gives everything away: this is the end.
    fn finish(&mut self, last: Incoming, queue: &Producer, now: Instant) {
        self.running = None;
        self.again = None;
        self.recover();
        while let Some(incoming) = self.release() {
            if !matches!(&incoming, Incoming::Event(event) if !self.tracks.hear(event)) {
                queue.push(incoming, now);
            }
        }
        queue.push(last, now);
    }
}

impl fmt::Debug for Filler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filler")
            .field("held", &self.held.len())
            .field("is_filling", &self.running.is_some())
            .finish_non_exhaustive()
    }
}
