//! Who is in a channel.

use mm_types::{AddedMembers, ChannelId, ChannelMember, PostId, StatusOk, TeamId, UserId};

use crate::Endpoint;

/// Lists the members of a channel, a page at a time.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/channels/{channel_id}/members", response = Vec<ChannelMember>, paged = number)]
#[non_exhaustive]
pub struct GetChannelMembers {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}

/// Fetches a user's place in a channel: what was seen, roles, notifications.
///
/// 404 if the user is not in it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/channels/{channel_id}/members/{user_id}", response = ChannelMember)]
#[non_exhaustive]
pub struct GetChannelMember {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Lists a user's places in all channels of a team, and in direct and group messages.
///
/// All in one go. Somebody else's only for administrators.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    GET,
    "/api/v4/users/{user_id}/teams/{team_id}/channels/members",
    response = Vec<ChannelMember>
)]
#[non_exhaustive]
pub struct GetChannelMembersForUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// In which team.
    pub team_id: TeamId,
}

/// Adds one user or many to a channel.
///
/// Give `user_id` or, on newer servers, `user_ids`; the answer is one member or a list
/// accordingly. Everybody in the team may join a public channel; adding others needs to manage
/// its members. Adding a member again changes nothing. Direct and group messages take nobody in.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/channels/{channel_id}/members",
    response = AddedMembers,
    status = 201,
    retry = idempotent
)]
#[non_exhaustive]
pub struct AddChannelMember {
    /// To which channel.
    pub channel_id: ChannelId,
    /// Who: a real id, not `me`.
    pub user_id: Option<UserId>,
    /// Who, when there are several. Those who cannot be added are missing in the answer.
    #[endpoint(default)]
    pub user_ids: Vec<UserId>,
    /// The post that tells of it is made a reply to this one.
    pub post_root_id: Option<PostId>,
}

/// Takes a user out of a channel.
///
/// Oneself always, others by managing the channel's members. Not possible in the default channel,
/// except for guests, nor in direct and group messages.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/channels/{channel_id}/members/{user_id}", response = StatusOk)]
#[non_exhaustive]
pub struct RemoveUserFromChannel {
    /// Out of which channel.
    pub channel_id: ChannelId,
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Makes a member of a channel its administrator, or an ordinary member again.
///
/// Needs `manage_channel_roles`. All flags are set at once: one that is left out is false.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    PUT,
    "/api/v4/channels/{channel_id}/members/{user_id}/schemeRoles",
    response = StatusOk,
    since = "5.0"
)]
#[non_exhaustive]
pub struct UpdateChannelMemberSchemeRoles {
    /// In which channel.
    pub channel_id: ChannelId,
    /// Who.
    pub user_id: UserId,
    /// Whether the user runs the channel.
    pub scheme_admin: bool,
    /// Whether the user is an ordinary member. Must be true for all but guests.
    pub scheme_user: bool,
    /// Whether the user is a guest.
    pub scheme_guest: Option<bool>,
}
