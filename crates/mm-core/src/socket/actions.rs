//! The actions that servers know, and [`Custom`] for those of plugins.

use std::collections::BTreeMap;

use http::Method;
use mm_types::{ChannelId, PostId, RawJson, TeamId, Timestamp, UserId, UserStatus};
use serde::{Deserialize, Serialize, Serializer};

use crate::socket::Action;
use crate::{EndpointInfo, Retry};

/// Actions that are only confirmed.
macro_rules! confirmed {
    ($($name:ident = $text:literal;)*) => {$(
        impl Action for $name {
            const NAME: &'static str = $text;
            type Reply = ();

            fn read(_: &RawJson) -> Result<(), serde_json::Error> {
                Ok(())
            }
        }
    )*};
}

confirmed! {
    UserTyping = "user_typing";
    UserUpdateActiveStatus = "user_update_active_status";
    Presence = "presence";
    PostedNotifyAck = "posted_notify_ack";
}

/// Asks the server for a sign of life. The socket does so by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ping {}

impl Ping {
    /// The only one there is.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl Action for Ping {
    const NAME: &'static str = "ping";
    type Reply = Pong;
}

/// The server's sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Pong {
    /// The server's version: `11.6.0`.
    pub version: String,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Shows the members of a channel that we are typing. Say it every few seconds while it lasts.
///
/// Needs the permission to write there; without it, and where there is no such channel, the answer is 400, and 503 while the
/// server is busy. Keeps the session from expiring, where the server extends sessions with activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserTyping {
    /// The channel.
    pub channel_id: ChannelId,
    /// The first post of the thread.
    #[serde(rename = "parent_id", skip_serializing_if = "Option::is_none")]
    pub root_id: Option<PostId>,
}

impl UserTyping {
    /// In a channel.
    #[must_use]
    pub const fn new(channel_id: ChannelId) -> Self {
        Self { channel_id, root_id: None }
    }

    /// In a thread of it, named by its first post.
    #[must_use]
    pub const fn in_thread(mut self, root_id: PostId) -> Self {
        self.root_id = Some(root_id);
        self
    }
}

/// Tells whether somebody sits in front of the client, which makes us online or away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserUpdateActiveStatus {
    /// Whether somebody does.
    pub user_is_active: bool,
    /// Whether this was said by hand: then it also overrides a state that was set by hand.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub manual: bool,
}

impl UserUpdateActiveStatus {
    /// Noticed, not said by hand.
    #[must_use]
    pub const fn new(user_is_active: bool) -> Self {
        Self { user_is_active, manual: false }
    }

    /// Said by hand.
    #[must_use]
    pub const fn manual(mut self) -> Self {
        self.manual = true;
        self
    }
}

/// Asks for the states of all users of the server. Those who are offline are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GetStatuses {}

impl GetStatuses {
    /// The only one there is.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl Action for GetStatuses {
    const NAME: &'static str = "get_statuses";
    type Reply = BTreeMap<UserId, UserStatus>;

    fn read(data: &RawJson) -> Result<Self::Reply, serde_json::Error> {
        data.get::<Option<_>>().map(Option::unwrap_or_default)
    }
}

/// Asks for the states of these users. None at all is answered with 400.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GetStatusesByIds {
    /// The users. About 280 of them fit into a frame.
    pub user_ids: Vec<UserId>,
}

impl GetStatusesByIds {
    /// Of these users.
    #[must_use]
    pub fn new(user_ids: impl IntoIterator<Item = UserId>) -> Self {
        Self { user_ids: user_ids.into_iter().collect() }
    }
}

impl Action for GetStatusesByIds {
    const NAME: &'static str = "get_statuses_by_ids";
    type Reply = BTreeMap<UserId, UserStatus>;

    fn read(data: &RawJson) -> Result<Self::Reply, serde_json::Error> {
        data.get::<Option<_>>().map(Option::unwrap_or_default)
    }
}

/// Tells what is on the screen. Only what is named here changes; an empty id stands for "nothing any more".
///
/// Newer servers alone know it: to old ones, such as 5.37, it is an unknown action (error 500).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Presence {
    /// The channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// The channel of the thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_channel_id: Option<ChannelId>,
    /// Whether that thread is in the list of all threads, and not beside its channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_thread_view: Option<bool>,
}

impl Presence {
    /// Nothing changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This channel.
    #[must_use]
    pub const fn channel(mut self, channel_id: ChannelId) -> Self {
        self.channel_id = Some(channel_id);
        self
    }

    /// This team.
    #[must_use]
    pub const fn team(mut self, team_id: TeamId) -> Self {
        self.team_id = Some(team_id);
        self
    }

    /// A thread of this channel, in the list of all threads or beside its channel.
    #[must_use]
    pub const fn thread(mut self, channel_id: ChannelId, is_thread_view: bool) -> Self {
        self.thread_channel_id = Some(channel_id);
        self.is_thread_view = Some(is_thread_view);
        self
    }
}

/// Says what became of the notification for a post, if its event carried `should_ack`. For the server's statistics.
///
/// Newer servers alone know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PostedNotifyAck {
    /// The post.
    pub post_id: PostId,
    /// What the client is called.
    pub user_agent: String,
    /// `success`, `error`, `not_sent` or `unsupported`.
    pub status: String,
    /// Why, where it was not shown: `user_status`, `channel_muted`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

impl PostedNotifyAck {
    /// What became of it.
    #[must_use]
    pub fn new(post_id: PostId, user_agent: impl Into<String>, status: impl Into<String>) -> Self {
        let (user_agent, status) = (user_agent.into(), status.into());
        Self { post_id, user_agent, status, reason: None, data: None }
    }

    /// Why.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// An action of a plugin: `custom_`, the plugin's id, and a name of its own. Servers never reply to these.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Custom {
    /// The whole name.
    pub name: String,
    /// Whatever the plugin wants.
    pub data: RawJson,
}

impl Custom {
    /// An action of this plugin. The data must be a JSON object, as the server takes no other.
    #[must_use]
    pub fn new(plugin_id: &str, name: &str, data: RawJson) -> Self {
        Self { name: format!("custom_{plugin_id}_{name}"), data }
    }
}

impl Serialize for Custom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}

impl Action for Custom {
    const NAME: &'static str = "custom";
    const REPLIES: bool = false;
    const INFO: &'static EndpointInfo =
        &EndpointInfo::new(Self::NAME, Method::GET, "/api/v4/websocket").with_retry(Retry::Once);
    type Reply = ();

    fn name(&self) -> &str {
        &self.name
    }

    fn read(_: &RawJson) -> Result<(), serde_json::Error> {
        Ok(())
    }
}
