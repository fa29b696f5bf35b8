//! New channels.

use mm_types::{Channel, ChannelType, TeamId, UserId};

use crate::Endpoint;

/// Creates a channel in a team. The caller becomes its first member and its administrator.
///
/// Needs `create_public_channel` or `create_private_channel`. Not safe to repeat by itself, but a
/// second channel of the same name is refused, even when the first is archived.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/channels", response = Channel, status = 201)]
#[non_exhaustive]
pub struct CreateChannel {
    /// In which team.
    pub team_id: TeamId,
    /// The part of the address: 1 to 64 lower-case letters, digits, dashes and underscores.
    pub name: String,
    /// What people read: at most 64 runes.
    pub display_name: String,
    /// What the channel is for: at most 250 runes.
    pub purpose: Option<String>,
    /// Markdown above the channel: at most 1024 runes.
    pub header: Option<String>,
    /// Public or private. Direct and group messages have operations of their own.
    #[endpoint(rename = "type", default = ChannelType::Open)]
    pub kind: ChannelType,
    /// The sidebar category that new members find it in. Old servers ignore it.
    pub default_category_name: Option<String>,
    /// The sidebar category that all members find it in. Servers newer than 11.6.
    pub managed_category_name: Option<String>,
}

/// Opens the direct message between two users.
///
/// One of them has to be the caller, unless an administrator asks. If it is there already, it is
/// answered as if it were new, so this is safe to repeat.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/channels/direct", response = Channel, status = 201, retry = idempotent)]
#[non_exhaustive]
pub struct CreateDirectChannel {
    /// Two real ids, not `me`. The same twice, or on newer servers one alone, is a conversation with oneself.
    #[endpoint(body)]
    pub user_ids: Vec<UserId>,
}

/// Opens the group message of three to eight users.
///
/// The caller is one of them and is added where missing. If it is there already, it is answered as
/// if it were new, so this is safe to repeat.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/channels/group", response = Channel, status = 201, retry = idempotent)]
#[non_exhaustive]
pub struct CreateGroupChannel {
    /// Real ids, not `me`.
    #[endpoint(body)]
    pub user_ids: Vec<UserId>,
}
