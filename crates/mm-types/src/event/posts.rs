//! Posts and what is attached to them.

use mm_macros::model;

use super::Nested;
use crate::{ChannelType, Post, Reaction, TeamId, UserId, open_enum::open_enum};

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
#[model]
pub struct Posted {
    /// Somebody else must not be told by more than the text: here `message` is empty for posts that go away after reading.
    pub post: Nested<Post>,
    /// The author's name as the receiver wants to see it, mostly with an `@`.
    pub sender_name: String,
    pub channel_type: ChannelType,
    pub channel_name: String,
    /// For direct messages the author's name.
    pub channel_display_name: String,
    /// Empty for direct and group messages.
    pub team_id: TeamId,
    /// The receiver, when the post mentions them.
    #[model(omit_empty)]
    pub mentions: Nested<Vec<UserId>>,
    /// The receiver, when they follow the thread.
    #[model(omit_empty)]
    pub followers: Nested<Vec<UserId>>,
    /// Whether writing it made the author online.
    pub set_online: bool,
    /// Whether it has files.
    #[model(rename = "otherFile", omit_empty)]
    pub other_file: TextFlag,
    /// Whether one of its files is a picture.
    #[model(omit_empty)]
    pub image: TextFlag,
    /// Whether the server waits for a `posted_notify_ack`.
    #[model(omit_empty)]
    pub should_ack: bool,
}

/// A post changed: its text, or what is attached to it.
#[model]
pub struct PostEdited {
    pub post: Nested<Post>,
}

/// A post was deleted.
#[model]
pub struct PostDeleted {
    /// As it was before. Of an ephemeral post hardly more than the id.
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
