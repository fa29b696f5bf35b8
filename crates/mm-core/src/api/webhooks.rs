//! Webhooks that tell addresses outside about posts.

use mm_types::{ChannelId, HookId, OutgoingWebhook, StatusOk, TeamId, TriggerWhen, UserId};

use crate::Endpoint;

operations![CreateOutgoingWebhook, GetOutgoingWebhooks, DeleteOutgoingWebhook];

/// Creates an outgoing webhook: the server posts to its addresses when somebody writes.
///
/// Needs `manage_own_outgoing_webhooks` in the team, on old servers `manage_outgoing_webhooks`. Give
/// a channel, trigger words, or both. The answer holds the token that the server will send along. A
/// second one of the same channel that shares an address and a word is refused.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/hooks/outgoing", response = OutgoingWebhook, status = 201)]
#[non_exhaustive]
pub struct CreateOutgoingWebhook {
    /// In which team.
    pub team_id: TeamId,
    /// What people read in the list of webhooks: at most 64 bytes.
    pub display_name: String,
    /// Where to send: at least one `http` or `https` address.
    pub callback_urls: Vec<String>,
    /// Listens in this public channel only.
    pub channel_id: Option<ChannelId>,
    /// Listens to posts whose first word is one of these. Without words: to every post of the channel.
    #[endpoint(default)]
    pub trigger_words: Vec<String>,
    /// How the words are compared; wholly if not given.
    pub trigger_when: Option<TriggerWhen>,
    /// `application/json`, or `application/x-www-form-urlencoded`.
    #[endpoint(default = "application/json".to_owned())]
    pub content_type: String,
    /// At most 500 bytes.
    pub description: Option<String>,
    /// The name its answers are posted under, where the server allows it.
    pub username: Option<String>,
    /// The picture its answers are posted with, where the server allows it.
    pub icon_url: Option<String>,
    /// On whose behalf, if not the caller's: for those who manage others' webhooks.
    pub creator_id: Option<UserId>,
}

/// Lists outgoing webhooks, a page at a time.
///
/// All of the server, of a team or of a channel. Those who manage only their own see only those,
/// and have to name a team or channel.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/hooks/outgoing", response = Vec<OutgoingWebhook>, paged = number)]
#[non_exhaustive]
pub struct GetOutgoingWebhooks {
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// Of this team only.
    pub team_id: Option<TeamId>,
    /// Of this channel only; decides alone when both are given.
    pub channel_id: Option<ChannelId>,
}

/// Deletes an outgoing webhook.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/hooks/outgoing/{hook_id}", response = StatusOk)]
#[non_exhaustive]
pub struct DeleteOutgoingWebhook {
    /// Which.
    pub hook_id: HookId,
}
