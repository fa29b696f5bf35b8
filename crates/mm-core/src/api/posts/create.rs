//! New posts.

use mm_types::{
    ChannelId, EphemeralPost, FileId, PendingPostId, Post, PostId, PostKind, PostMetadata, PostPriority,
    PostProps, Timestamp, UserId,
};

use crate::{Deduplicated, Endpoint};

/// Posts a message as the caller.
///
/// Needs `create_post` in the channel. Safe to repeat for 30 seconds when `pending_post_id` is
/// set, which clients do: the server then answers the post that the first request made, without `metadata` and with
/// an empty `pending_post_id`; while that one is still running it answers 500 with the id
/// `api.post.deduplicate_create_post.pending`, which means "ask again". It does not look whose id
/// it is and hands out other users' posts too, so put the user's id in it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/posts",
    response = Post,
    status = 201,
    retry = deduplicated,
    in_doubt = "maybe posted: ask `recipes::find_posted` before you post it again",
)]
#[non_exhaustive]
pub struct CreatePost {
    /// Where to.
    pub channel_id: ChannelId,
    /// Markdown, at most 16383 runes on most servers. May be empty if there are files or attachments.
    pub message: String,
    /// The first post of the thread to reply in. A reply cannot be one.
    pub root_id: Option<PostId>,
    /// Files that the caller uploaded and that no other post has, at most ten. The server sorts them by id, and drops without
    /// a word those that it does not know.
    #[endpoint(default)]
    pub file_ids: Vec<FileId>,
    /// Free-form properties; attachments are one of them.
    pub props: Option<PostProps>,
    /// Of this the server takes the priority: see [`priority`](Self::priority).
    pub metadata: Option<PostMetadata>,
    /// A kind that begins with `custom_`, which clients without a plugin for it show as text.
    #[endpoint(rename = "type")]
    pub kind: Option<PostKind>,
    /// The caller's own name for this post, by custom user id, colon and milliseconds.
    pub pending_post_id: Option<PendingPostId>,
    /// When it was made, for administrators who import. Now for all others.
    pub create_at: Option<Timestamp>,
    /// False leaves the caller's status as it is; else posting makes the caller online.
    #[endpoint(query)]
    pub set_online: Option<bool>,
    /// Notifies nobody. Servers newer than 11.6; older ones ignore it.
    #[endpoint(query)]
    pub silent: Option<bool>,
}

impl CreatePost {
    /// Marks the post as important or urgent. Asking for acknowledgements needs a licence.
    #[must_use]
    pub fn priority(mut self, priority: PostPriority) -> Self {
        self.metadata.get_or_insert_default().priority = Some(priority);
        self
    }
}

impl Deduplicated for CreatePost {
    fn name(&self) -> &str {
        self.pending_post_id.as_ref().map_or("", |name| name.as_str())
    }

    fn set_name(&mut self, name: String) {
        self.pending_post_id = Some(name.into());
    }

    fn repeats(answer: &[u8]) -> Option<UserId> {
        #[derive(Default, serde::Deserialize)]
        #[serde(default)]
        struct Author {
            user_id: UserId,
            pending_post_id: PendingPostId,
        }
        // What was made now has its name still; what was read from the database has none.
        let author: Author = serde_json::from_slice(answer).ok()?;
        (author.pending_post_id.is_empty() && !author.user_id.is_empty()).then_some(author.user_id)
    }
}

/// Shows a post to one user until that user leaves the page; it is kept nowhere.
///
/// Needs `create_post_ephemeral`, which bots and administrators have and others do not. Sent
/// twice, it is shown twice. Only a user who is connected sees it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/posts/ephemeral", response = Post, status = 201)]
#[non_exhaustive]
pub struct CreatePostEphemeral {
    /// Who will see it: a real id, not `me`.
    pub user_id: UserId,
    /// What.
    pub post: EphemeralPost,
}
