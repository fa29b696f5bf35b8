//! What the server tells over its sockets.

use mm_types::{Channel, ChannelId, ChannelType, TeamId, UserId};
use serde_json::{Map, Value};

/// Something that happened, as a socket would tell it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its name: `posted`, `reaction_added`.
    pub name: &'static str,
    /// What came with it.
    pub data: Map<String, Value>,
}

impl Event {
    /// An event without data.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, data: Map::new() }
    }

    /// Adds a key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.data.insert(key.to_owned(), value.into());
        self
    }

    /// Adds a key whose value is a model.
    #[must_use]
    pub fn with_model(self, key: &str, value: &impl serde::Serialize) -> Self {
        self.with(key, serde_json::to_value(value).unwrap_or_default())
    }

    /// Adds a key whose value is JSON text, the way the server sends posts, channels and users.
    #[must_use]
    pub fn with_json(self, key: &str, value: &impl serde::Serialize) -> Self {
        // A model can always be written.
        self.with(key, serde_json::to_string(value).unwrap_or_default())
    }
}

/// Who is told.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Audience {
    /// One user; empty for more than one.
    pub user: UserId,
    /// The members of a channel; empty for all channels.
    pub channel: ChannelId,
    /// The members of a team; empty for all teams.
    pub team: TeamId,
    /// Those who are not told all the same.
    pub omit: Vec<UserId>,
    /// One connection of a user, by its id; empty for all of them.
    pub connection: String,
    /// The connection that caused it and is not told; empty for none.
    pub omit_connection: String,
    /// Only those who may do everything, because it holds what others may not see.
    pub sensitive: bool,
    /// Only those who may not do everything: the others are told more.
    pub sanitized: bool,
}

impl Audience {
    /// Everybody.
    #[must_use]
    pub fn everyone() -> Self {
        Self::default()
    }

    /// One user.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self { user, ..Self::default() }
    }

    /// The members of a channel.
    #[must_use]
    pub fn channel(channel: ChannelId) -> Self {
        Self { channel, ..Self::default() }
    }

    /// Those who may know of a channel: the team of a public one, else its members.
    #[must_use]
    pub fn of_channel(channel: &Channel) -> Self {
        match channel.kind {
            ChannelType::Open => Self::team(channel.team_id),
            _ => Self::channel(channel.id),
        }
    }

    /// The members of a team.
    #[must_use]
    pub fn team(team: TeamId) -> Self {
        Self { team, ..Self::default() }
    }

    /// Only those who may do everything.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Only those who may not do everything.
    #[must_use]
    pub fn sanitized(mut self) -> Self {
        self.sanitized = true;
        self
    }

    /// One connection.
    #[must_use]
    pub fn connection(id: impl Into<String>) -> Self {
        Self { connection: id.into(), ..Self::default() }
    }

    /// Leaves one connection out: the one whose id the causing request carries in the header `Connection-Id`.
    #[must_use]
    pub fn but_connection(mut self, id: impl Into<String>) -> Self {
        self.omit_connection = id.into();
        self
    }

    /// Leaves one user out.
    #[must_use]
    pub fn but(mut self, user: UserId) -> Self {
        self.omit.push(user);
        self
    }
}
