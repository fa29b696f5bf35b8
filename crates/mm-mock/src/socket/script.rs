//! What a test does to sockets.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mm_types::UserId;

use super::frame;
use super::hub::{Act, Conn, Standing};
use crate::world::{Audience, Event};
use crate::{FakeServer, Ref};

/// The sockets of a server, and what goes wrong with them.
///
/// [`sockets`](FakeServer::sockets) are all that are open, [`of`](Self::of) those of a user, and
/// [`next`](Self::next) the one that is opened next. What is done to a socket comes after what it was told
/// before, unless its client reads nothing.
///
/// ```
/// let town = mm_mock::Town::new();
/// // The next socket ends after its hello and one more event, the one after it before it said anything.
/// town.fake.sockets().next().after(2).reset();
/// town.fake.sockets().next().fin();
/// assert_eq!(town.fake.sockets().of(&town.alice).count(), 0);
/// ```
#[derive(Clone)]
#[must_use = "nothing is done yet"]
pub struct Sockets {
    fake: FakeServer,
    which: Which,
    after: usize,
}

#[derive(Debug, Clone)]
enum Which {
    Open,
    Of(UserId),
    Next(RangeInclusive<u64>),
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sockets").field("which", &self.which).field("after", &self.after).finish()
    }
}

impl FakeServer {
    /// The open sockets.
    pub fn sockets(&self) -> Sockets {
        Sockets { fake: self.clone(), which: Which::Open, after: 0 }
    }

    /// Tells something over the sockets that no operation tells, such as an event of a plugin. It is
    /// [remembered](Self::events) too.
    ///
    /// ```
    /// use mm_mock::{Audience, Event, Town};
    ///
    /// let town = Town::new();
    /// let event = Event::new("custom_com.example.polls_closed").with("poll", 7);
    /// town.fake.emit(event, Audience::channel(town.town_square.id));
    /// ```
    pub fn emit(&self, event: Event, audience: Audience) {
        self.state().world.emit(event, audience);
    }

    /// Ends all sessions of a user, as an administrator can do. The user's sockets stay open: they are told
    /// nothing any more, and actions are refused.
    pub fn end_sessions(&self, user: impl Ref<UserId>) {
        let user = user.id();
        self.state().world.sessions.rows.retain(|session| session.user_id != user);
    }
}

impl Sockets {
    /// Those of one user.
    pub fn of(self, user: impl Ref<UserId>) -> Self {
        Self { which: Which::Of(user.id()), ..self }
    }

    /// The one that is opened next, and is not spoken for yet: calling it again speaks of the one after it.
    #[allow(clippy::should_implement_trait)]
    pub fn next(self) -> Self {
        self.upcoming(1)
    }

    /// So many that are opened next, as [`next`](Self::next).
    pub fn upcoming(self, sockets: u64) -> Self {
        let which = {
            let hub = &mut self.fake.state().world.sockets;
            let first = hub.scripted.max(hub.opened) + 1;
            hub.scripted = first + sockets.max(1) - 1;
            Which::Next(first..=hub.scripted)
        };
        Self { which, ..self }
    }

    /// Lets each of the sockets that are opened next be told so many events first, its hello included.
    /// Open ones have been told what they were told.
    pub fn after(self, events: usize) -> Self {
        Self { after: events, ..self }
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        let state = self.fake.state();
        state.world.sockets.conns.values().filter(|conn| self.is_meant(conn)).count()
    }

    /// How many have been opened so far, by whomever. Upgrades that were refused do not count.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.fake.state().world.sockets.opened
    }

    /// The ids of the connections, as their hello tells them.
    #[must_use]
    pub fn connection_ids(&self) -> Vec<String> {
        let state = self.fake.state();
        let conns = state.world.sockets.conns.values().filter(|conn| self.is_meant(conn));
        conns.map(|conn| conn.id.clone()).collect()
    }

    /// Ends the connection below in an orderly way, without a close frame.
    pub fn fin(&self) -> &Self {
        self.act(&Act::Fin)
    }

    /// Resets the connection below: over a listener with a real RST, in memory with an error of that kind.
    pub fn reset(&self) -> &Self {
        self.act(&Act::Reset)
    }

    /// Sends a close frame and ends the connection. Without a code the frame is empty.
    pub fn close(&self, code: impl Into<Option<u16>>) -> &Self {
        self.act(&Act::Close(code.into(), String::new()))
    }

    /// As [`close`](Self::close), with a reason.
    pub fn close_with(&self, code: u16, reason: &str) -> &Self {
        self.act(&Act::Close(Some(code), reason.to_owned()))
    }

    /// Nothing gets through any more, in either direction, and nobody is told. The server notices when it
    /// waits for a pong in vain; until then it takes the connection for one that is in use.
    pub fn silence(&self) -> &Self {
        self.act(&Act::Silence)
    }

    /// Sends a text frame, whatever is in it.
    pub fn text(&self, text: &str) -> &Self {
        self.frame(frame::TEXT, text.as_bytes())
    }

    /// Sends a binary frame, which the server never does.
    pub fn binary(&self, bytes: &[u8]) -> &Self {
        self.frame(frame::BINARY, bytes)
    }

    /// Sends bytes that need not be a frame.
    pub fn bytes(&self, bytes: &[u8]) -> &Self {
        self.act(&Act::Bytes(Bytes::copy_from_slice(bytes)))
    }

    /// From now on, sends only so many bytes at a time, each time after a pause on the server's clock.
    pub fn trickle(&self, bytes: usize, pause: Duration) -> &Self {
        let every = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        self.act(&Act::Trickle { bytes, every })
    }

    /// Sends the last event once more, with the same number.
    pub fn repeat(&self) -> &Self {
        self.act(&Act::Repeat)
    }

    /// Leaves out so many numbers before the next event, as if the server had forgotten events. They cannot
    /// be had by coming back.
    pub fn skip(&self, numbers: u32) -> &Self {
        self.act(&Act::Skip(i64::from(numbers)))
    }

    /// Loses the next events on their way, but no `hello`. The server has them for a client that comes back.
    pub fn lose(&self, events: usize) -> &Self {
        self.act(&Act::Lose(events))
    }

    /// Gives the connection up as one whose queue is full: it gets what is in the queue, then a close frame
    /// without a code, and nobody can come back to it.
    pub fn overflow(&self) -> &Self {
        self.act(&Act::Overflow)
    }

    /// The server restarts: all sockets of all users end, and nobody can come back to any connection.
    pub fn restart(&self) {
        let hub = &mut self.fake.state().world.sockets;
        hub.conns.retain(|_, conn| conn.is_active);
        for conn in hub.conns.values_mut() {
            conn.standing = Standing::Stranger;
            conn.act_now(Act::Fin);
        }
    }

    /// The server forgets the connections whose socket has ended, so that nobody can come back to them.
    pub fn forget(&self) {
        self.fake.state().world.sockets.conns.retain(|_, conn| conn.is_active);
    }

    fn frame(&self, kind: u8, payload: &[u8]) -> &Self {
        let mut bytes = BytesMut::new();
        frame::write(&mut bytes, kind, payload);
        self.act(&Act::Bytes(bytes.freeze()))
    }

    fn act(&self, act: &Act) -> &Self {
        let hub = &mut self.fake.state().world.sockets;
        if let Which::Next(sockets) = &self.which {
            for socket in sockets.clone() {
                let planned = hub.script.entry(socket).or_default();
                let at = planned.partition_point(|(after, _)| *after <= self.after);
                planned.insert(at, (self.after, act.clone()));
            }
        } else {
            for conn in hub.conns.values_mut().filter(|conn| self.is_meant(conn)) {
                conn.act(act.clone());
            }
        }
        self
    }

    fn is_meant(&self, conn: &Conn) -> bool {
        conn.is_active
            && match &self.which {
                Which::Open => true,
                Which::Of(user) => conn.user == *user,
                Which::Next(_) => false,
            }
    }
}
