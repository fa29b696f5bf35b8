//! Emoji that users attach to posts.

use mm_macros::model;

use crate::{ChannelId, EmojiName, PostId, RemoteId, Timestamp, UserId};

/// An emoji that a user attached to a post.
#[model]
pub struct Reaction {
    pub user_id: UserId,
    pub post_id: PostId,
    pub emoji_name: EmojiName,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while the reaction stands.
    pub delete_at: Timestamp,
    /// Where it came from when it was made on a connected server.
    pub remote_id: Option<RemoteId>,
    /// Empty from servers that do not tell it, such as 5.37.
    pub channel_id: ChannelId,
}
