//! Reactions: emoji that users attach to posts.

use mm_types::{EmojiName, PostId, Reaction, StatusOk, UserId};

use crate::Endpoint;

operations![SaveReaction, DeleteReaction, GetReactions];

/// Attaches an emoji to a post as the calling user.
///
/// Attaching the same emoji again changes nothing and answers the reaction that stands. Needs the
/// channel's `add_reaction` permission.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/reactions", response = Reaction, retry = idempotent)]
#[non_exhaustive]
pub struct SaveReaction {
    /// The caller's own id, not `me`.
    pub user_id: UserId,
    /// To which post.
    pub post_id: PostId,
    /// Its name without colons: `tada`. One that is not known is 404.
    pub emoji_name: EmojiName,
}

/// Takes an emoji off a post. Taking off one that is not there is no error.
///
/// One's own with `remove_reaction`, others' with `remove_others_reactions`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    DELETE,
    "/api/v4/users/{user_id}/posts/{post_id}/reactions/{emoji_name}",
    response = StatusOk
)]
#[non_exhaustive]
pub struct DeleteReaction {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Off which post.
    pub post_id: PostId,
    /// Its name without colons.
    pub emoji_name: EmojiName,
}

/// Lists all reactions to one post, oldest first.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/posts/{post_id}/reactions", response = Vec<Reaction>)]
#[non_exhaustive]
pub struct GetReactions {
    /// To which post.
    pub post_id: PostId,
}
