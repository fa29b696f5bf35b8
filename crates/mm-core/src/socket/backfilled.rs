//! What a consumer is told at the end of a backfill.

use std::sync::Arc;

use mm_types::ChannelId;

use crate::Error;

/// How a backfill went.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Backfilled {
    /// How many posts were told as `posted`.
    pub posted: u64,
    /// How many posts were told as `post_edited`.
    pub edited: u64,
    /// How many posts were told as `post_deleted`.
    pub deleted: u64,
    /// What could not be fetched. Empty if all is there.
    pub missing: Vec<Missing>,
    /// How many channels were forgotten since the last time, as more were seen than are remembered.
    pub forgotten: u64,
}

impl Backfilled {
    /// Whether nothing is missing in the channels that are backfilled.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.forgotten == 0
    }
}

/// What could not be fetched.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Missing {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// What.
    pub kind: MissingKind,
    /// Why. If it is an error that can pass, it is tried again. None where the server told of a thousand changes: there may be more
    /// of them, and no way to ask for these.
    pub error: Option<Arc<Error>>,
}

impl Missing {
    /// Something of a channel.
    #[must_use]
    pub const fn new(channel_id: ChannelId, kind: MissingKind, error: Option<Arc<Error>>) -> Self {
        Self { channel_id, kind, error }
    }
}

/// What can be missing after a backfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissingKind {
    /// Posts that were made.
    Posts,
    /// Edits and deletions of posts that were made before.
    Changes,
}
