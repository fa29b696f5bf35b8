//! The connections of the server, open ones and those that may come back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use mm_types::{Secret, UserId};
use tokio::sync::Notify;

use super::filter;
use super::text::{Message, Told, hello};
use crate::world::{Audience, Event, World};

/// The most messages that wait for a connection.
pub(super) const QUEUE: usize = 256;
/// From so many on, what is not important is left out.
pub(super) const SLOW: usize = QUEUE / 2;
/// How many of the events written last are kept for a client that comes back.
const DEAD: usize = 128;
/// How often connections that are not used any more are looked for, and how long they stay, in milliseconds.
const REAPED_EVERY: i64 = 5 * 60 * 1000;

/// The connections of a server.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    pub(super) conns: BTreeMap<u64, Conn>,
    made: u64,
    /// What happens to the sockets that are opened next.
    pub(super) script: BTreeMap<u64, VecDeque<(usize, Act)>>,
    /// The number of the last socket that is spoken for by the script.
    pub(super) scripted: u64,
    /// How many sockets have been opened.
    pub(super) opened: u64,
    reaped: i64,
}

/// A connection as the server keeps it: while there is a socket, and for some time without one.
#[derive(Debug)]
pub(super) struct Conn {
    pub(super) id: String,
    /// Empty for somebody who has not said who it is.
    pub(super) user: UserId,
    /// Empty without a session, or when it turned out that there is none any more.
    pub(super) token: Secret,
    pub(super) standing: Standing,
    pub(super) is_active: bool,
    /// How often it was taken up again.
    reused: u32,
    queue: VecDeque<Item>,
    waiting: usize,
    pub(super) dead: VecDeque<(i64, Arc<Told>)>,
    /// The number of the next event.
    pub(super) seq: i64,
    /// Where a client that has come back wants to go on; until the socket is served.
    pub(super) resumed: Option<i64>,
    /// How many events were taken to be written to the socket there is.
    pub(super) written: usize,
    /// What happens after so many of them.
    pub(super) planned: VecDeque<(usize, Act)>,
    /// How many of the next events get lost on their way.
    pub(super) lost: usize,
    pub(super) wants_acks: bool,
    /// When the socket there is was opened.
    pub(super) opened_at: i64,
    active_at: i64,
    inactive_at: i64,
    pub(super) wake: Arc<Notify>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Standing {
    /// It has not said who it is, and is told nothing.
    Stranger,
    Known,
    /// Its queue was full. It gets what is in it, and a close frame.
    Dropped,
}

/// What waits for a socket.
#[derive(Debug)]
pub(super) enum Item {
    Message(Message),
    Act(Act),
}

/// Something that a test does to a socket.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Fin,
    Reset,
    Close(Option<u16>, String),
    Silence,
    Bytes(Bytes),
    Trickle { bytes: usize, every: i64 },
    Repeat,
    Skip(i64),
    Lose(usize),
    Overflow,
}

impl Hub {
    /// A new connection, for a client that is not known yet.
    pub(super) fn add(&mut self, id: String, now: i64) -> u64 {
        self.made += 1;
        let conn = Conn {
            id,
            user: UserId::default(),
            token: Secret::default(),
            standing: Standing::Stranger,
            is_active: true,
            reused: 0,
            queue: VecDeque::new(),
            waiting: 0,
            dead: VecDeque::new(),
            seq: 0,
            resumed: None,
            written: 0,
            planned: VecDeque::new(),
            lost: 0,
            wants_acks: false,
            opened_at: now,
            active_at: now,
            inactive_at: now,
            wake: Arc::new(Notify::new()),
        };
        self.conns.insert(self.made, conn);
        self.made
    }

    /// The connection that a client may go on with, taken up again.
    pub(super) fn take_up(&mut self, user: UserId, id: &str, now: i64) -> Option<u64> {
        self.reap(now);
        let mut conns = self.conns.iter_mut();
        let (key, conn) = conns.find(|(_, conn)| conn.can_resume() && conn.user == user && conn.id == id)?;
        conn.is_active = true;
        conn.active_at = now;
        conn.opened_at = now;
        conn.reused += 1;
        Some(*key)
    }

    /// Forgets connections without a socket that nobody came back to. The server looks for them every five
    /// minutes, so that they stay for five to ten.
    fn reap(&mut self, now: i64) {
        let tick = now - now.rem_euclid(REAPED_EVERY);
        if tick > self.reaped {
            self.reaped = tick;
            self.conns.retain(|_, conn| {
                conn.is_active || conn.inactive_at > tick || conn.active_at > tick - REAPED_EVERY
            });
        }
    }

    /// Nothing happens to the sockets that are opened next.
    pub(crate) fn forget_script(&mut self) {
        self.script.clear();
        self.scripted = self.opened;
    }

    /// All sockets look what time it is.
    pub(crate) fn wake(&self) {
        for conn in self.conns.values() {
            conn.wake.notify_one();
        }
    }

    /// Whether something waits to be written to an open socket.
    pub(crate) fn is_behind(&self) -> bool {
        self.conns.values().any(|conn| conn.is_active && conn.waiting > 0)
    }

    /// A user did something.
    pub(crate) fn used(&mut self, user: UserId, now: i64) {
        for conn in self.conns.values_mut().filter(|conn| conn.is_active && conn.user == user) {
            conn.active_at = now;
        }
    }

    /// Whether a user has an open socket.
    pub(super) fn is_connected(&self, user: UserId) -> bool {
        self.conns
            .values()
            .any(|conn| conn.is_active && conn.standing == Standing::Known && conn.user == user)
    }

    /// Puts an event into the queue of everybody who is to be told.
    pub(crate) fn tell(&mut self, world: &World, event: &Event, audience: &Audience) {
        if self.conns.is_empty() {
            return;
        }
        self.reap(world.now().as_millis());
        let told = Arc::new(Told::new(event, audience));
        let mut full = Vec::new();
        for (key, conn) in &mut self.conns {
            if conn.standing != Standing::Known || !filter::is_told(world, conn, event, audience) {
                continue;
            }
            let told = match filter::narrowed(conn, event) {
                Some(data) => Arc::new(told.again(&data)),
                None => Arc::clone(&told),
            };
            if !conn.push(Message::Event(told)) {
                full.push(*key);
            }
        }
        for key in full {
            self.discard(key);
        }
    }

    /// Puts a reply into the queue of the connection that asked, if the server knows it.
    pub(super) fn reply(&mut self, key: u64, message: Message) {
        let Some(conn) = self.conns.get_mut(&key) else { return };
        if conn.standing == Standing::Known && !conn.push(message) {
            self.discard(key);
        }
    }

    /// Gives up a connection: nobody can come back to it.
    pub(super) fn discard(&mut self, key: u64) {
        let Some(conn) = self.conns.get_mut(&key) else { return };
        if conn.is_active {
            conn.standing = Standing::Dropped;
            conn.wake.notify_one();
        } else {
            self.conns.remove(&key);
        }
    }

    /// The socket of a connection has ended. Gives the user, if it was the last socket of one.
    pub(super) fn ended(&mut self, key: u64, now: i64) -> Option<UserId> {
        let conn = self.conns.get_mut(&key)?;
        let user = conn.user;
        conn.is_active = false;
        conn.inactive_at = now;
        conn.resumed = None;
        conn.lost = 0;
        conn.written = 0;
        conn.planned.clear();
        conn.queue.retain(|item| matches!(item, Item::Message(_)));
        if conn.standing != Standing::Known {
            self.conns.remove(&key);
        }
        (!user.is_empty() && !self.is_connected(user)).then_some(user)
    }
}

impl Conn {
    fn can_resume(&self) -> bool {
        !self.is_active && self.standing == Standing::Known
    }

    /// The server knows who it is now. It says hello, unless it was taken up again.
    pub(super) fn register(&mut self, user: UserId, token: Secret) {
        self.user = user;
        self.token = token;
        self.standing = Standing::Known;
        if self.reused == 0 {
            self.push(Message::Event(Arc::new(hello(&self.id, user))));
        }
    }

    /// Whether there was room.
    fn push(&mut self, message: Message) -> bool {
        if self.waiting >= QUEUE {
            return false;
        }
        self.waiting += 1;
        self.queue.push_back(Item::Message(message));
        self.wake.notify_one();
        true
    }

    /// Does it before all that waits.
    pub(super) fn act_now(&mut self, act: Act) {
        self.queue.push_front(Item::Act(act));
        self.wake.notify_one();
    }

    pub(super) fn act(&mut self, act: Act) {
        self.queue.push_back(Item::Act(act));
        self.wake.notify_one();
    }

    /// What comes next. What a test has planned comes before the event after the one it was planned for.
    pub(super) fn pop(&mut self) -> Option<Item> {
        if self.planned.front().is_some_and(|(after, _)| *after <= self.written) {
            return self.planned.pop_front().map(|(_, act)| Item::Act(act));
        }
        let item = self.queue.pop_front();
        if matches!(item, Some(Item::Message(_))) {
            self.waiting -= 1;
        }
        item
    }

    /// Whether [`pop`](Self::pop) has something, or the end is to come.
    pub(super) fn has_more(&self) -> bool {
        let is_planned = self.planned.front().is_some_and(|(after, _)| *after <= self.written);
        is_planned || !self.queue.is_empty() || self.standing == Standing::Dropped
    }

    /// What a test does next, ahead of what waits to be written.
    pub(super) fn pop_act(&mut self) -> Option<Act> {
        let at = self.queue.iter().position(|item| matches!(item, Item::Act(_)))?;
        match self.queue.remove(at)? {
            Item::Act(act) => Some(act),
            Item::Message(_) => None,
        }
    }

    pub(super) fn is_slow(&self) -> bool {
        self.waiting >= SLOW
    }

    /// Keeps an event that is written, for a client that comes back.
    pub(super) fn keep(&mut self, seq: i64, told: Arc<Told>) {
        if self.dead.len() == DEAD {
            self.dead.pop_front();
        }
        self.dead.push_back((seq, told));
    }

    /// What is written before all else to a client that has come back, each with its number.
    pub(super) fn resume(&mut self, new_id: impl FnOnce() -> String) -> Vec<(i64, Arc<Told>)> {
        let Some(seq) = self.resumed.take() else { return Vec::new() };
        self.seq = seq;
        if seq == 0 {
            return Vec::new();
        }
        if let Some(at) = self.dead.iter().position(|(number, _)| *number == seq) {
            let missed: Vec<_> = self.dead.range(at..).cloned().collect();
            self.seq = missed.last().map_or(seq, |(number, _)| number + 1);
            return missed;
        }
        if self.dead.back().is_none_or(|(last, _)| *last == seq - 1) {
            return Vec::new();
        }
        // Something is gone for good: the client starts anew.
        self.id = new_id();
        self.dead.clear();
        let hello = Arc::new(hello(&self.id, self.user));
        self.dead.push_back((0, Arc::clone(&hello)));
        self.seq = 1;
        vec![(0, hello)]
    }
}
