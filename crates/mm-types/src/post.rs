//! Posts and lists of them.

mod list;
mod metadata;
mod request;

use mm_macros::model;

pub use self::{
    list::{PostList, PostMap, PostSearchResults},
    metadata::{
        Emoji, PostAcknowledgement, PostEmbed, PostEmbedKind, PostImage, PostMetadata, PostPriority,
        PostTranslation, PreviewPost, Priority,
    },
    request::{EphemeralPost, ThreadDirection},
};
use crate::{
    ChannelId, FileId, Patch, PendingPostId, PostId, PostProps, RemoteId, Timestamp, User, UserId,
    open_enum::open_enum,
};

open_enum! {
    /// What kind of post it is. Kinds that begin with `system_` were written by the server, with `custom_` by plugins.
    pub enum PostKind {
        /// Written by somebody.
        Normal = "",
        /// Came with attachments through a webhook or command.
        MessageAttachment = "slack_attachment",
        /// Written with `/me`.
        Me = "me",
        /// Seen by one user only and kept nowhere.
        Ephemeral = "system_ephemeral",
        /// A note of the server without a kind of its own.
        SystemGeneric = "system_generic",
        /// Somebody joined or left, from old servers.
        JoinLeave = "system_join_leave",
        /// Somebody joined the channel.
        JoinChannel = "system_join_channel",
        /// A guest joined the channel.
        GuestJoinChannel = "system_guest_join_channel",
        /// Somebody left the channel.
        LeaveChannel = "system_leave_channel",
        /// Somebody joined the team.
        JoinTeam = "system_join_team",
        /// Somebody left the team.
        LeaveTeam = "system_leave_team",
        /// The automatic answer of somebody who is away.
        AutoResponder = "system_auto_responder",
        /// Automatic translation was turned on or off.
        Autotranslation = "system_autotranslation",
        /// Somebody was added or removed, from old servers.
        AddRemove = "system_add_remove",
        /// Somebody was added to the channel.
        AddToChannel = "system_add_to_channel",
        /// A guest was added to the channel.
        AddGuestToChannel = "system_add_guest_to_chan",
        /// Somebody was removed from the channel.
        RemoveFromChannel = "system_remove_from_channel",
        /// The channel came from another team.
        MoveChannel = "system_move_channel",
        /// Somebody was added to the team.
        AddToTeam = "system_add_to_team",
        /// Somebody was removed from the team.
        RemoveFromTeam = "system_remove_from_team",
        /// The channel has another header.
        HeaderChange = "system_header_change",
        /// The channel has another display name.
        DisplayNameChange = "system_displayname_change",
        /// The channel became a private one.
        ConvertChannel = "system_convert_channel",
        /// The channel has another purpose.
        PurposeChange = "system_purpose_change",
        /// The channel was archived.
        ChannelDeleted = "system_channel_deleted",
        /// The channel was taken out of the archive.
        ChannelRestored = "system_channel_restored",
        /// The channel became public or private.
        ChangeChannelPrivacy = "system_change_chan_privacy",
        /// A thread was moved.
        Wrangler = "system_wrangler",
        /// The group message became a channel.
        GroupMessageConverted = "system_gm_to_channel",
        /// A bot asks to be added.
        AddBotTeamsChannels = "add_bot_teams_channels",
        /// A reminder that the reader asked for.
        Reminder = "reminder",
        /// Goes away after it was read.
        BurnOnRead = "burn_on_read",
    }
}

/// A message in a channel.
#[model]
pub struct Post {
    pub id: PostId,
    /// Give the server one only when importing; 0 means now.
    pub create_at: Timestamp,
    /// Changes with edits, reactions, pins and replies.
    pub update_at: Timestamp,
    /// When the text was edited last. 0 when never.
    pub edit_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    pub is_pinned: bool,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    /// The first post of its thread. Empty when it is one itself or stands alone.
    pub root_id: PostId,
    /// The same as `root_id`, from servers before 6.0. None from newer ones.
    #[model(omit_empty)]
    pub parent_id: Option<PostId>,
    /// In the history of edits: the post whose earlier text this is.
    pub original_id: PostId,
    /// Markdown. At most 16383 runes on most servers.
    pub message: String,
    /// The text as it was written, where the server changed it.
    #[model(omit_empty)]
    pub message_source: String,
    #[model(rename = "type")]
    pub kind: PostKind,
    pub props: PostProps,
    /// The hashtags in the text, separated by spaces.
    pub hashtags: String,
    /// In the order they are shown in. At most ten.
    pub file_ids: Vec<FileId>,
    /// The author's own name for it; empty in answers to anybody else.
    pub pending_post_id: PendingPostId,
    #[model(omit_empty)]
    pub has_reactions: bool,
    /// The connected server it was written on. Empty for local ones; older servers leave it out.
    #[model(omit_empty)]
    pub remote_id: Option<RemoteId>,
    /// How many replies its thread has.
    pub reply_count: i64,
    /// 0 without replies, and when threads were not asked for.
    pub last_reply_at: Timestamp,
    /// Some of those who wrote in the thread, mostly with nothing but their ids.
    pub participants: Vec<User>,
    /// Whether the caller follows the thread. None when threads were not asked for.
    #[model(omit_empty)]
    pub is_following: Option<bool>,
    /// What has to be known to show it.
    #[model(omit_empty)]
    pub metadata: Option<Box<PostMetadata>>,
}

impl Post {
    /// Whether it was deleted.
    pub const fn is_deleted(&self) -> bool {
        self.delete_at.is_set()
    }

    /// Whether it is not a reply.
    pub const fn is_root(&self) -> bool {
        self.root_id.is_empty()
    }

    /// Whether its text was edited.
    pub const fn is_edited(&self) -> bool {
        self.edit_at.is_set()
    }

    /// Whether the server wrote it: somebody joined, a header changed.
    pub fn is_system_message(&self) -> bool {
        self.kind.as_str().starts_with("system_")
    }

    /// The id of the thread it is in: the root's, or its own.
    pub const fn thread_id(&self) -> PostId {
        if self.is_root() { self.id } else { self.root_id }
    }
}

/// Changes to a post. A field that is left alone stays as it is.
#[model]
pub struct PostPatch {
    pub is_pinned: Patch<bool>,
    pub message: Patch<String>,
    /// All props at once: those that are not in it go.
    pub props: Patch<PostProps>,
    pub file_ids: Patch<Vec<FileId>>,
    pub has_reactions: Patch<bool>,
}

/// A post that one user will see until the page is left.
#[model]
pub struct PostEphemeral {
    /// Who will see it.
    pub user_id: UserId,
    pub post: Post,
}
