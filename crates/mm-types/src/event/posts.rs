//! Posts and what is attached to them.

use std::collections::BTreeMap;

use mm_macros::model;

use super::Nested;
use crate::{
    ChannelId, ChannelType, Draft, FileId, Post, PostAcknowledgement, PostId, RawJson, Reaction,
    ScheduledPost, TeamId, Timestamp, UserId, open_enum::open_enum,
};

open_enum! {
    /// A yes or no that the server writes as text.
    pub enum TextFlag {
        /// Nothing was said.
        Unset = "",
        /// Yes.
        True = "true",
        /// No.
        False = "false",
    }
}

impl TextFlag {
    /// Whether it says yes.
    pub fn is_true(&self) -> bool {
        *self == Self::True
    }
}

/// Somebody wrote a post.
// The fields have the order of the wire, which is the alphabet's: of all events this one comes most, and is read faster so.
#[model]
pub struct Posted {
    /// For direct messages the author's name.
    pub channel_display_name: String,
    pub channel_name: String,
    pub channel_type: ChannelType,
    /// The receiver, when they follow the thread.
    #[model(omit_empty)]
    pub followers: Nested<Vec<UserId>>,
    /// Whether one of its files is a picture.
    #[model(omit_empty)]
    pub image: TextFlag,
    /// The receiver, when the post mentions them. Old servers, such as 5.37, name everybody it mentions.
    #[model(omit_empty)]
    pub mentions: Nested<Vec<UserId>>,
    /// Whether it has files.
    #[model(rename = "otherFile", omit_empty)]
    pub other_file: TextFlag,
    /// Without text and files when it goes away after reading and the receiver is not its author.
    pub post: Nested<Post>,
    /// The author's name as the receiver wants to see it, mostly with an `@`.
    pub sender_name: String,
    /// Whether writing it made the author online.
    pub set_online: bool,
    /// Whether the server waits for a `posted_notify_ack`.
    #[model(omit_empty)]
    pub should_ack: bool,
    /// Empty for direct and group messages.
    pub team_id: TeamId,
}

/// A post changed: its text, or what is attached to it.
#[model]
pub struct PostEdited {
    pub post: Nested<Post>,
}

/// A post was deleted.
#[model]
pub struct PostDeleted {
    /// As it was before, its `delete_at` is 0. Of an ephemeral post hardly more than the id.
    pub post: Nested<Post>,
    /// Who did it. Only system administrators are told.
    #[model(omit_empty)]
    pub delete_by: Option<UserId>,
}

/// The server shows the receiver a post that nobody else sees.
#[model]
pub struct EphemeralMessage {
    pub post: Nested<Post>,
}

/// Somebody reacted to a post.
#[model]
pub struct ReactionAdded {
    pub reaction: Nested<Reaction>,
}

/// Somebody took a reaction back.
#[model]
pub struct ReactionRemoved {
    pub reaction: Nested<Reaction>,
}

/// The receiver marked a channel as unread from a post on. The numbers are those of the channel now.
#[model]
pub struct PostUnread {
    pub msg_count: i64,
    pub msg_count_root: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    /// Not told by old servers, such as 5.37.
    #[model(omit_empty)]
    pub urgent_mention_count: Option<i64>,
    pub last_viewed_at: Timestamp,
    /// The first post that is unread.
    pub post_id: PostId,
}

/// Somebody confirmed to have read a post.
#[model]
pub struct PostAcknowledgementAdded {
    pub acknowledgement: Nested<PostAcknowledgement>,
}

/// Somebody took a confirmation back.
#[model]
pub struct PostAcknowledgementRemoved {
    pub acknowledgement: Nested<PostAcknowledgement>,
}

/// An urgent post that was not answered is told of once more.
#[model]
pub struct PersistentNotificationTriggered {
    pub post: Nested<Post>,
    pub sender_name: String,
    pub channel_type: ChannelType,
    pub channel_name: String,
    pub channel_display_name: String,
    pub team_id: TeamId,
    /// Everybody who is told.
    pub mentions: Nested<Vec<UserId>>,
    /// Whether it has files.
    #[model(rename = "otherFile", omit_empty)]
    pub other_file: TextFlag,
    /// Whether one of its files is a picture.
    #[model(omit_empty)]
    pub image: TextFlag,
}

/// A post that goes away after reading was opened: by the receiver, or by somebody it was written for.
#[model]
pub struct PostRevealed {
    pub post: Nested<Post>,
    /// Who opened it. Only the author is told.
    #[model(omit_empty)]
    pub recipients: Option<Vec<UserId>>,
}

/// Everybody has opened the receiver's post that goes away after reading.
#[model]
pub struct BurnOnReadAllRevealed {
    pub post_id: PostId,
    /// When it goes away for its author.
    pub sender_expire_at: Timestamp,
}

/// A post that goes away after reading is gone.
#[model]
pub struct PostBurned {
    pub post_id: PostId,
}

/// The translations of a text changed.
#[model]
pub struct PostTranslationUpdated {
    /// The post's id.
    pub object_id: String,
    /// By language.
    pub translations: BTreeMap<String, TranslationUpdate>,
}

/// How far the translation into one language is.
#[model]
pub struct TranslationUpdate {
    pub state: String,
    /// The translated text, or an object of several.
    #[model(omit_empty)]
    pub translation: RawJson,
    #[model(omit_empty)]
    pub translation_type: Option<String>,
    #[model(omit_empty)]
    pub src_lang: Option<String>,
}

/// The receiver began a draft somewhere else, or changed it.
#[model]
pub struct DraftCreated {
    pub draft: Nested<Draft>,
}

/// The receiver changed a draft somewhere else. Servers up to 11.6 send [`DraftCreated`] instead.
#[model]
pub struct DraftUpdated {
    pub draft: Nested<Draft>,
}

/// The receiver gave up a draft somewhere else, or sent it.
#[model]
pub struct DraftDeleted {
    pub draft: Nested<Draft>,
}

/// The receiver scheduled a post.
#[model]
pub struct ScheduledPostCreated {
    #[model(rename = "scheduledPost")]
    pub scheduled_post: Nested<ScheduledPost>,
}

/// A scheduled post of the receiver changed, or could not be sent.
#[model]
pub struct ScheduledPostUpdated {
    #[model(rename = "scheduledPost")]
    pub scheduled_post: Nested<ScheduledPost>,
}

/// A scheduled post of the receiver is gone: taken back or sent.
#[model]
pub struct ScheduledPostDeleted {
    #[model(rename = "scheduledPost")]
    pub scheduled_post: Nested<ScheduledPost>,
}

open_enum! {
    /// What somebody wanted of a file.
    pub enum FileDownloadType {
        /// All of it.
        File = "file",
        /// The small picture.
        Thumbnail = "thumbnail",
        /// The picture for the screen.
        Preview = "preview",
        /// All of it, by its public address.
        Public = "public",
    }
}

/// A plugin did not let the receiver have a file.
#[model]
pub struct FileDownloadRejected {
    pub file_id: FileId,
    pub file_name: String,
    /// What the plugin says.
    pub rejection_reason: String,
    pub channel_id: ChannelId,
    pub post_id: PostId,
    pub download_type: FileDownloadType,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_true() {
        let posted: Posted =
            serde_json::from_str(r#"{"otherFile":"true","image":"maybe"}"#).expect("an event");
        assert!(posted.other_file.is_true() && !posted.image.is_true());
        assert_eq!(posted.image, "maybe");
        assert!(!TextFlag::default().is_true());
    }
}
