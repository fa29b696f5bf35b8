//! What is read of a channel.

use mm_types::{ChannelUnreadAt, PostId, UserId};

use crate::Endpoint;

/// Marks a channel as unread from a post on.
///
/// For members of the channel; for others than the caller with `edit_other_users`. Of a reply it is the
/// thread that becomes unread too, and is followed.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/posts/{post_id}/set_unread",
    response = ChannelUnreadAt,
    retry = idempotent,
    since = "5.18"
)]
#[non_exhaustive]
pub struct SetPostUnread {
    /// For whom; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// The first post that is unread.
    pub post_id: PostId,
    /// Leaves threads as they are.
    pub collapsed_threads_supported: Option<bool>,
}
