//! The server's list of events: where we are in it.

use std::time::Instant;

use serde::Deserialize;

use super::Resume;
use crate::socket::{Connection, Event, Gap, GapReason};

/// How many times in a row a connection may end without a clear word before the next one asks for a fresh list: servers end
/// connections without any that ask for a list in a way that they cannot read.
const PATIENCE: u32 = 3;

/// The server's list of events: where we are in it.
#[derive(Debug)]
pub(super) struct List {
    pub(super) connection_id: String,
    expected: i64,
    /// When the last event came.
    since: Instant,
    /// What was expected when numbers were left out the last time.
    skipped_at: Option<i64>,
    /// Connections in a row that ended before the server said anything clear.
    unanswered: u32,
    /// Whether a reply is all that says that the server goes on with it. Any list's connection would have brought one.
    is_presumed: bool,
    /// Whether the session ended while it was in use.
    is_broken: bool,
}

/// What to do about an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the one expected, and is counted now.
    Next,
    /// It was there before.
    Duplicate,
    /// Others are missing in front of it: ask for them.
    Ask,
    /// They are missing although they were asked for. It is counted now.
    Missing(Gap),
}

impl List {
    /// Reads what a `hello` says. Without a name for the list it cannot be resumed.
    pub(super) fn new(hello: &Event, now: Instant) -> (Self, Connection) {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Hello {
            connection_id: String,
            server_version: String,
        }
        let data: Hello = serde_json::from_str(hello.raw_data()).unwrap_or_default();
        let expected = hello.seq().saturating_add(1);
        let connection_id = data.connection_id;
        let list = Self {
            connection_id: connection_id.clone(),
            expected,
            since: now,
            skipped_at: None,
            unanswered: 0,
            is_presumed: false,
            is_broken: false,
        };
        let server_version = data.server_version;
        (list, Connection::Connected { connection_id, server_version, hello: hello.clone() })
    }

    /// Whether a `hello` begins another list.
    pub(super) fn is_other(&self, hello: &Event) -> bool {
        let (other, _) = Self::new(hello, self.since);
        other.connection_id != self.connection_id
    }

    /// How to go on with it, if that is possible.
    pub(super) fn resume(&self) -> Option<Resume> {
        let is_lost = self.is_broken || self.unanswered >= PATIENCE;
        if is_lost || self.connection_id.is_empty() || self.expected <= 0 {
            return None;
        }
        Some(Resume { connection_id: self.connection_id.clone(), sequence_number: self.expected })
    }

    /// The server knows no session. What happens from then on is neither told nor counted, and servers would go on with the
    /// list nevertheless once they know one again.
    pub(super) const fn break_off(&mut self) {
        self.is_broken = true;
    }

    /// A connection ended before the server said anything clear.
    pub(super) const fn unanswered(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
        self.is_presumed = false;
    }

    /// A reply came before anything else: nothing was missed, and the server goes on with it.
    pub(super) const fn presumed(&mut self) {
        self.is_presumed = true;
    }

    /// A connection has lasted.
    pub(super) const fn lasted(&mut self) {
        self.unanswered = 0;
    }

    /// Whether an event that was there before speaks against the server going on with it.
    pub(super) const fn is_doubtful(&self) -> bool {
        self.is_presumed
    }

    pub(super) fn place(&mut self, event: &Event, now: Instant) -> Place {
        let seq = event.seq();
        if seq < self.expected {
            return Place::Duplicate;
        }
        (self.unanswered, self.is_presumed) = (0, false);
        let missing = if seq > self.expected {
            if self.skipped_at != Some(self.expected) {
                self.skipped_at = Some(self.expected);
                return Place::Ask;
            }
            Some(self.gap(GapReason::Skipped))
        } else {
            None
        };
        (self.expected, self.since) = (seq.saturating_add(1), now);
        missing.map_or(Place::Next, Place::Missing)
    }

    /// What may be missing when the list ends here.
    pub(super) fn gap(&self, reason: GapReason) -> Gap {
        Gap::new(self.expected.checked_sub(1).filter(|seq| *seq >= 0), self.since, reason)
    }

    /// The same, with the reason that is known.
    pub(super) fn gap_before_another(&self) -> Gap {
        match self.skipped_at {
            Some(at) if at == self.expected => self.gap(GapReason::Skipped),
            _ => self.gap(GapReason::ResumeRefused),
        }
    }
}
