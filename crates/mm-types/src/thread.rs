//! Threads as one user sees them.

use mm_macros::model;

use crate::{Post, PostId, Timestamp, User};

/// A thread, and what a user has not read of it.
#[model]
pub struct ThreadResponse {
    /// The id of its first post.
    pub id: PostId,
    pub reply_count: i64,
    pub last_reply_at: Timestamp,
    /// When the user looked at it last.
    pub last_viewed_at: Timestamp,
    /// Those who wrote in it, mostly with nothing but their ids.
    pub participants: Vec<User>,
    /// The first post.
    pub post: Option<Box<Post>>,
    pub unread_replies: i64,
    pub unread_mentions: i64,
    /// Whether the first post is marked as urgent.
    pub is_urgent: bool,
    /// 0 while it stands.
    pub delete_at: Timestamp,
}

/// Threads that a user follows, and what is unread in all of them.
#[model]
pub struct Threads {
    /// How many the user follows, on all pages.
    pub total: i64,
    pub total_unread_threads: i64,
    pub total_unread_mentions: i64,
    pub total_unread_urgent_mentions: i64,
    /// Null on the wire when only the totals were asked for.
    pub threads: Vec<ThreadResponse>,
}
