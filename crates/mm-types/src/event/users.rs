//! People.

use mm_macros::model;

use crate::{PostId, UserId, UserStatus};

/// Somebody is writing in a channel: the one that the event was broadcast to.
#[model]
pub struct Typing {
    /// The thread's root. Empty outside of threads.
    pub parent_id: PostId,
    pub user_id: UserId,
}

/// The receiver's own status changed. Nobody is told of others.
#[model]
pub struct StatusChange {
    pub status: UserStatus,
    pub user_id: UserId,
}
