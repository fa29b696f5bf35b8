//! What a consumer of the socket sees.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Error;
use crate::socket::{Backfilled, Event};

/// What a consumer of the socket sees, in order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Incoming {
    /// Something happened on the server.
    Event(Event),
    /// Something happened to the connection.
    Connection(Connection),
    /// A frame that is neither an event nor the reply to an action. If it stood for an event, a [`Gap`] says so later,
    /// unless the server sends that event once more.
    Unreadable(Unreadable),
}

/// What happened to the connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Connection {
    /// The server keeps a new list of events for us: the first time, or because it has forgotten the one before. In the
    /// second case a [`Gap`] stands in front of it.
    #[non_exhaustive]
    Connected {
        /// The server's name for the list. Requests that carry it as `Connection-Id` are not echoed as events, for some
        /// kinds of them.
        connection_id: String,
        /// The server's version and configuration, as `version.build.config_hash.licensed`.
        server_version: String,
        /// The event that said so: `hello`.
        hello: Event,
    },
    /// The connection was lost and is back, and nothing was lost with it: events that were missed follow.
    Resumed {
        /// How long there was no connection.
        after: Duration,
    },
    /// Events may have been lost. With a backfill the posts among them follow, up to [`Backfilled`](Self::Backfilled).
    Gap(Gap),
    /// The posts that were missed have been told, as far as they could be fetched. Live events follow.
    Backfilled(Backfilled),
    /// The session is no longer valid and cannot be renewed. The last thing that is said.
    AuthLost(Arc<Error>),
    /// The socket is closed, and stays so. The last thing that is said.
    Closed(CloseReason),
}

/// Events may have been lost. Those between what was received before and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The number of the last event that arrived; `None` if none did.
    pub last_seq: Option<i64>,
    /// When that event arrived. What the server told later than this may be missing.
    pub since: Instant,
    /// Why.
    pub reason: GapReason,
}

impl Gap {
    /// Events after this one may have been lost.
    #[must_use]
    pub const fn new(last_seq: Option<i64>, since: Instant, reason: GapReason) -> Self {
        Self { last_seq, since, reason }
    }
}

/// Why events may have been lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The connection was lost, and the server no longer knows what it had still to send: it was restarted, the
    /// connection was away for too long, or more happened meanwhile than it keeps.
    ResumeRefused,
    /// Numbers of events were left out, and asking for them again did not bring them.
    Skipped,
    /// The consumer did not take events for so long that there was no room for more.
    Overflow,
}

/// Why the socket is closed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CloseReason {
    /// We were asked to.
    Asked,
    /// The server refused the first connection, and would refuse the next one as well.
    Refused(Arc<Error>),
}

/// A frame that is neither an event nor a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The frame.
    pub frame: Vec<u8>,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Unreadable {
    pub(super) fn new(frame: impl AsRef<[u8]>, reason: &'static str) -> Self {
        Self { frame: frame.as_ref().to_vec(), reason }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a frame of {} bytes is no event: {}", self.frame.len(), self.reason)
    }
}

impl std::error::Error for Unreadable {}
