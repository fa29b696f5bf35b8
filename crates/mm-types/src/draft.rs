//! Posts that are not sent yet.

use mm_macros::model;

use crate::{
    ChannelId, FileId, PostId, PostKind, PostMetadata, PostProps, RawMap, ScheduledPostId, Timestamp, UserId,
    open_enum::open_enum,
};

/// A post that somebody has begun to write. There is one for each channel and one for each thread.
#[model]
pub struct Draft {
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    /// The thread it is for. Empty for the channel itself.
    pub root_id: PostId,
    /// Markdown.
    pub message: String,
    #[model(rename = "type")]
    pub kind: PostKind,
    pub props: PostProps,
    #[model(omit_empty)]
    pub file_ids: Vec<FileId>,
    #[model(omit_empty)]
    pub metadata: Option<Box<PostMetadata>>,
    /// As in [`PostPriority`](crate::PostPriority).
    #[model(omit_empty)]
    pub priority: RawMap,
}

open_enum! {
    /// Why a scheduled post could not be sent.
    pub enum ScheduledPostError {
        /// Nothing is wrong.
        None = "",
        /// The server does not know.
        UnknownError = "unknown",
        /// The channel is archived.
        ChannelArchived = "channel_archived",
        /// The server lets the two write to each other no more.
        RestrictedDirectMessage = "restricted_dm",
        /// The channel is gone.
        ChannelNotFound = "channel_not_found",
        /// The author is gone.
        UserMissing = "user_missing",
        /// The author was deactivated.
        UserDeleted = "user_deleted",
        /// The author may not write there.
        NoChannelPermission = "no_channel_permission",
        /// The author is no member any more.
        NoChannelMember = "no_channel_member",
        /// The thread was deleted.
        ThreadDeleted = "thread_deleted",
        /// It was tried, and failed.
        UnableToSend = "unable_to_send",
        /// The server would not take such a post.
        InvalidPost = "invalid_post",
    }
}

/// A post that the server will send later.
#[model]
pub struct ScheduledPost {
    #[model(flatten)]
    pub draft: Draft,
    pub id: ScheduledPostId,
    pub scheduled_at: Timestamp,
    /// When the server tried to send it. 0 before.
    pub processed_at: Timestamp,
    pub error_code: ScheduledPostError,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduled_post_is_a_draft_with_more_keys() {
        let json = r#"{"create_at":1,"update_at":2,"delete_at":0,"user_id":"u","channel_id":"c","root_id":"","message":"later","type":"","props":{},"priority":{"priority":"urgent"},"id":"s","scheduled_at":3,"processed_at":0,"error_code":"thread_deleted"}"#;
        let post: ScheduledPost = serde_json::from_str(json).expect("a scheduled post");
        assert_eq!((post.draft.message.as_str(), post.scheduled_at.as_millis()), ("later", 3));
        assert_eq!(post.error_code, ScheduledPostError::ThreadDeleted);
        assert_eq!(serde_json::to_string(&post).expect("text"), json);
        assert_eq!(ScheduledPost::default().error_code, ScheduledPostError::None);
    }
}
