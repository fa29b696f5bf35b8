//! Threads, for those who have collapsed ones.

use mm_macros::model;

use super::Nested;
use crate::{ChannelId, PostId, ThreadResponse, Timestamp};

/// A thread that the receiver follows has news.
#[model]
pub struct ThreadUpdated {
    pub thread: Nested<ThreadResponse>,
    /// Not told by old servers, such as 5.37.
    #[model(omit_empty)]
    pub previous_unread_mentions: Option<i64>,
    #[model(omit_empty)]
    pub previous_unread_replies: Option<i64>,
}

/// The receiver follows a thread now, or does not any more.
#[model]
pub struct ThreadFollowChanged {
    pub thread_id: PostId,
    /// Whether it is followed.
    pub state: bool,
    pub reply_count: i64,
}

/// The receiver read threads.
///
/// With a `thread_id`: that thread. With a `timestamp` alone: all threads of the channel that the event was
/// broadcast to. With nothing: all threads of the team that it was broadcast to.
#[model]
pub struct ThreadReadChanged {
    #[model(omit_empty)]
    pub thread_id: Option<PostId>,
    /// Up to when.
    #[model(omit_empty)]
    pub timestamp: Option<Timestamp>,
    #[model(omit_empty)]
    pub unread_mentions: Option<i64>,
    #[model(omit_empty)]
    pub unread_replies: Option<i64>,
    /// Not told by old servers, such as 5.37.
    #[model(omit_empty)]
    pub previous_unread_mentions: Option<i64>,
    #[model(omit_empty)]
    pub previous_unread_replies: Option<i64>,
    #[model(omit_empty)]
    pub channel_id: Option<ChannelId>,
}
