//! One frame that tells of something.

use std::fmt;
use std::sync::Arc;

use mm_types::event::{Broadcast, EventData, Payload};

/// One frame that tells of something: the text as it came, with the places of its parts.
///
/// Cheap to clone. Nothing inside is decoded before it is asked for.
#[derive(Clone)]
pub struct Event {
    text: Arc<str>,
    name: (u32, u32),
    data: (u32, u32),
    broadcast: (u32, u32),
    seq: i64,
    origin: Origin,
}

/// How an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// Over the socket.
    Live,
    /// Made of what was fetched after a gap.
    Backfill,
}

impl Event {
    /// What happened: `posted`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.part(self.name)
    }

    /// The number within the connection; -1 for events that did not come over the socket.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    /// The data, as JSON text.
    #[must_use]
    pub fn raw_data(&self) -> &str {
        self.part(self.data)
    }

    /// The audience, as JSON text.
    #[must_use]
    pub fn raw_broadcast(&self) -> &str {
        self.part(self.broadcast)
    }

    /// The whole frame.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.text
    }

    /// Whether it is of this kind.
    #[must_use]
    pub fn is<T: EventData>(&self) -> bool {
        self.name() == T::NAME
    }

    /// The data, if it is of this kind.
    ///
    /// # Errors
    ///
    /// If the data is not what its kind promises. [`raw_data`](Self::raw_data) has it.
    #[must_use]
    pub fn data<T: EventData>(&self) -> Option<Result<T, serde_json::Error>> {
        self.is::<T>().then(|| serde_json::from_str(self.raw_data()))
    }

    /// The data, whatever it is: what has no type, and what cannot be read, are values too.
    #[must_use]
    pub fn payload(&self) -> Payload {
        Payload::read(self.name(), self.raw_data())
    }

    /// Who it was sent to.
    ///
    /// # Errors
    ///
    /// If that cannot be read.
    pub fn broadcast(&self) -> Result<Broadcast, serde_json::Error> {
        serde_json::from_str(self.raw_broadcast())
    }

    /// How it came.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    fn part(&self, (start, end): (u32, u32)) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("name", &self.name()).field("seq", &self.seq).finish_non_exhaustive()
    }
}
