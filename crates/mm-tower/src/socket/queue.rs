//! What stands between the connection and the consumer: a bounded queue.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use mm_core::socket::{Connection, Gap, GapReason, Incoming, Origin};

/// What an item takes beside its text, in bytes.
const OVERHEAD: usize = size_of::<Incoming>() + 2 * size_of::<usize>();

/// How much may wait for the consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

/// A queue for one producer and one consumer.
pub(super) fn queue(room: Room) -> (Producer, Consumer) {
    let shared = Arc::new(Mutex::new(Queue {
        room,
        items: VecDeque::new(),
        bytes: 0,
        last: None,
        lost: None,
        producer: Side::default(),
        consumer: Side::default(),
        wants_room: false,
    }));
    (Producer(Arc::clone(&shared)), Consumer(shared))
}

type Shared = Arc<Mutex<Queue>>;

#[derive(Debug)]
struct Queue {
    room: Room,
    items: VecDeque<Incoming>,
    bytes: usize,
    /// The last event that was taken in: its number, and when.
    last: Option<(i64, Instant)>,
    /// What did not fit, since then.
    lost: Option<Lost>,
    producer: Side,
    consumer: Side,
    /// The producer waits for room, and not only for the consumer to go.
    wants_room: bool,
}

/// What a consumer that was too slow is told, instead of what there was no room for.
#[derive(Debug)]
struct Lost {
    gap: Gap,
    /// The last new connection among it, as what is sent later needs its id.
    connected: Option<Connection>,
    /// What was lost after that, whose place is behind it.
    after: Option<Gap>,
}

#[derive(Debug, Default)]
struct Side {
    waker: Option<Waker>,
    is_gone: bool,
}

impl Side {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn note(&mut self, cx: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => self.waker = Some(cx.waker().clone()),
        }
    }
}

impl Queue {
    fn is_full(&self) -> bool {
        self.items.len() >= self.room.events || self.bytes >= self.room.bytes
    }

    /// Whether there is room for a run of events again, and not for a single one between two gaps.
    fn is_half_empty(&self) -> bool {
        self.items.len() <= self.room.events / 2 && self.bytes <= self.room.bytes / 2
    }

    fn push(&mut self, incoming: Incoming) {
        self.bytes += bytes_of(&incoming);
        self.items.push_back(incoming);
        self.consumer.wake();
    }

    /// Says what was lost, and takes in again what comes.
    fn recover(&mut self) {
        if let Some(lost) = self.lost.take() {
            self.push(Incoming::Connection(Connection::Gap(lost.gap)));
            lost.connected.into_iter().for_each(|connected| self.push(Incoming::Connection(connected)));
            lost.after.into_iter().for_each(|gap| self.push(Incoming::Connection(Connection::Gap(gap))));
        }
    }

    fn lose(&mut self, incoming: Incoming, now: Instant) {
        let (last_seq, since) = self.last.map_or((None, now), |(seq, at)| (Some(seq), at));
        let gap = Gap::new(last_seq, since, GapReason::Overflow);
        let lost = self.lost.get_or_insert_with(|| Lost { gap, connected: None, after: None });
        match incoming {
            Incoming::Connection(connected @ Connection::Connected { .. }) => {
                self.last = last_of(&connected, now);
                (lost.connected, lost.after) = (Some(connected), None);
            }
            _ if lost.connected.is_some() => {
                lost.after.get_or_insert(gap);
            }
            _ => {}
        }
    }
}

/// Where a new list of events begins.
fn last_of(connected: &Connection, now: Instant) -> Option<(i64, Instant)> {
    match connected {
        Connection::Connected { hello, .. } => Some((hello.seq(), now)),
        _ => None,
    }
}

pub(super) fn bytes_of(incoming: &Incoming) -> usize {
    let text = match incoming {
        Incoming::Event(event) => event.raw().len(),
        Incoming::Unreadable(unreadable) => unreadable.frame.len(),
        Incoming::Connection(Connection::Connected { hello, .. }) => hello.raw().len(),
        _ => 0,
    };
    OVERHEAD + text
}

/// The end that the driver has.
#[derive(Debug)]
pub(super) struct Producer(Shared);

impl Producer {
    /// Takes in what fits. The first thing that does not starts a gap, which lasts until half of the queue is empty.
    /// What is final always fits.
    pub(super) fn push(&self, incoming: Incoming, now: Instant) {
        let mut queue = lock(&self.0);
        if queue.is_half_empty() {
            queue.recover();
        }
        let is_final =
            matches!(incoming, Incoming::Connection(Connection::AuthLost(_) | Connection::Closed(_)));
        if is_final {
            queue.recover();
        } else if queue.lost.is_some() || queue.is_full() {
            queue.lose(incoming, now);
            return;
        }
        match &incoming {
            Incoming::Event(event) if event.origin() == Origin::Live => queue.last = Some((event.seq(), now)),
            Incoming::Connection(connected @ Connection::Connected { .. }) => {
                queue.last = last_of(connected, now);
            }
            _ => {}
        }
        queue.push(incoming);
    }

    /// Ready when something fits.
    pub(super) fn poll_room(&self, cx: &Context<'_>) -> Poll<()> {
        let mut queue = lock(&self.0);
        if !queue.is_full() {
            return Poll::Ready(());
        }
        queue.wants_room = true;
        queue.producer.note(cx);
        Poll::Pending
    }

    /// Ready when nobody takes anything any more.
    pub(super) fn poll_abandoned(&self, cx: &Context<'_>) -> Poll<()> {
        let mut queue = lock(&self.0);
        if queue.consumer.is_gone {
            return Poll::Ready(());
        }
        queue.producer.note(cx);
        Poll::Pending
    }

    /// Whether something was lost that the consumer was not told of.
    pub(super) fn is_overflown(&self) -> bool {
        lock(&self.0).lost.is_some()
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        let mut queue = lock(&self.0);
        queue.recover();
        queue.producer.is_gone = true;
        queue.consumer.wake();
    }
}

/// The consumer's end.
#[derive(Debug)]
pub(super) struct Consumer(Shared);

impl Consumer {
    /// The next item; `None` when there will be none.
    pub(super) fn poll_pop(&mut self, cx: &Context<'_>) -> Poll<Option<Incoming>> {
        let mut queue = lock(&self.0);
        if queue.items.is_empty() {
            queue.recover();
        }
        let Some(incoming) = queue.items.pop_front() else {
            if queue.producer.is_gone {
                return Poll::Ready(None);
            }
            queue.consumer.note(cx);
            return Poll::Pending;
        };
        queue.bytes -= bytes_of(&incoming);
        if queue.wants_room && !queue.is_full() {
            queue.wants_room = false;
            queue.producer.wake();
        }
        Poll::Ready(Some(incoming))
    }

    /// What waits, as the number of items and of bytes.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let queue = lock(&self.0);
        (queue.items.len(), queue.bytes)
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        let mut queue = lock(&self.0);
        queue.items.clear();
        queue.consumer.is_gone = true;
        queue.producer.wake();
    }
}

// Nothing under the lock can panic halfway.
fn lock(shared: &Shared) -> MutexGuard<'_, Queue> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
