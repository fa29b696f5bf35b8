//! Webhooks: posting from outside, and being told outside.

use mm_macros::model;

use crate::{
    ChannelId, FileId, HookId, MessageAttachment, PostId, PostPriority, PostProps, Secret, TeamId, Timestamp,
    UserId,
    open_enum::{open_enum, open_number},
};

open_number! {
    /// Where in a message an outgoing webhook looks for its words.
    pub enum TriggerWhen {
        /// The first word is one of them.
        FirstWord = 0,
        /// The first word begins with one of them.
        FirstWordStartsWith = 1,
    }
}

/// A subscription: the server tells addresses outside about posts.
#[model]
pub struct OutgoingWebhook {
    pub id: HookId,
    /// Sent along with every call, so that the receiver knows who calls. Empty for those who may not see it.
    pub token: Secret,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    pub creator_id: UserId,
    /// Empty for all public channels of the team; then words are needed.
    pub channel_id: ChannelId,
    pub team_id: TeamId,
    /// Empty for every post in the channel.
    pub trigger_words: Vec<String>,
    pub trigger_when: TriggerWhen,
    /// At least one.
    pub callback_urls: Vec<String>,
    pub display_name: String,
    pub description: String,
    /// `application/json`, or `application/x-www-form-urlencoded`, which empty stands for as well.
    pub content_type: String,
    /// The name its answers are posted under. Empty for the creator's.
    pub username: String,
    /// The picture its answers are posted with. Empty for the creator's.
    pub icon_url: String,
}

/// An address that posts what is sent to it. Its id is part of the address: whoever knows it can post.
#[model]
pub struct IncomingWebhook {
    pub id: Secret,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    pub team_id: TeamId,
    pub display_name: String,
    pub description: String,
    /// The name its posts carry. Empty for the creator's.
    pub username: String,
    pub icon_url: String,
    /// Whether a sender cannot choose another channel.
    pub channel_locked: bool,
}

/// A page of incoming webhooks, and how many there are.
#[model]
pub struct IncomingWebhooksWithCount {
    pub incoming_webhooks: Vec<IncomingWebhook>,
    /// Of all pages.
    pub total_count: i64,
}

/// What is sent to an incoming webhook. One of `text` and `attachments` is needed.
#[model]
pub struct IncomingWebhookRequest {
    /// Markdown.
    pub text: String,
    /// The name to post under, where the server allows it.
    #[model(omit_empty)]
    pub username: String,
    #[model(omit_empty)]
    pub icon_url: String,
    /// A channel's name, or `@` and a username. Empty for the webhook's own channel.
    #[model(omit_empty)]
    pub channel: String,
    #[model(omit_empty)]
    pub props: PostProps,
    #[model(omit_empty)]
    pub attachments: Vec<MessageAttachment>,
    /// Must not begin with `system_`.
    #[model(rename = "type", omit_empty)]
    pub kind: String,
    #[model(omit_empty)]
    pub icon_emoji: String,
    #[model(omit_empty)]
    pub priority: Option<PostPriority>,
}

/// What an outgoing webhook sends to its addresses.
#[model]
pub struct OutgoingWebhookPayload {
    /// The webhook's own: compare it.
    pub token: Secret,
    pub team_id: TeamId,
    /// The team's name, not a domain.
    pub team_domain: String,
    pub channel_id: ChannelId,
    pub channel_name: String,
    pub timestamp: Timestamp,
    pub user_id: UserId,
    pub user_name: String,
    pub post_id: PostId,
    pub text: String,
    pub trigger_word: String,
    /// Ids separated by commas; see [`files`](Self::files).
    pub file_ids: String,
}

impl OutgoingWebhookPayload {
    /// The ids of the post's files.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        self.file_ids.split(',').filter_map(|id| id.trim().parse().ok())
    }
}

open_enum! {
    /// Where the answer to an outgoing webhook goes.
    pub enum WebhookResponseKind {
        /// Into the channel, as is any other value.
        Post = "post",
        /// Below the post that caused it.
        Comment = "comment",
    }
}

/// What the receiver of an outgoing webhook may answer.
#[model]
pub struct OutgoingWebhookResponse {
    /// Markdown. None for no post.
    pub text: Option<String>,
    #[model(omit_empty)]
    pub username: String,
    #[model(omit_empty)]
    pub icon_url: String,
    #[model(omit_empty)]
    pub props: PostProps,
    #[model(omit_empty)]
    pub attachments: Vec<MessageAttachment>,
    #[model(rename = "type", omit_empty)]
    pub kind: String,
    pub response_type: WebhookResponseKind,
    #[model(omit_empty)]
    pub priority: Option<PostPriority>,
}
