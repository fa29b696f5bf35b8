//! Many users: lists, searches, counts.

use std::collections::HashMap;

use mm_types::{
    ChannelId, GroupId, ServerLimits, TeamId, Timestamp, User, UserAutocomplete, UserId, UserSort, UsersStats,
};

use crate::Endpoint;

operations![
    GetUsers,
    GetUsersByIds,
    GetUsersByGroupChannelIds,
    GetUsersByUsernames,
    SearchUsers,
    AutocompleteUsers,
    GetKnownUsers,
    GetTotalUsersStats,
    GetTotalUsersStatsFiltered,
    GetUsersWithInvalidEmails,
    GetServerLimits,
];

/// Lists users, a page at a time.
///
/// Of several places only one counts, the first that is set of `without_team`, `not_in_channel`, `not_in_team`,
/// `in_team`, `in_channel`, `in_group`, `not_in_group`. Guests and others who may not see everybody get those they may
/// see. Each place needs the permission to look into it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users", response = Vec<User>, paged = number, etag)]
#[non_exhaustive]
pub struct GetUsers {
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// Members of this team.
    pub in_team: Option<TeamId>,
    /// Everybody else than the members of this team.
    pub not_in_team: Option<TeamId>,
    /// Members of this channel.
    pub in_channel: Option<ChannelId>,
    /// Everybody else than the members of this channel. Needs `in_team` as well.
    pub not_in_channel: Option<ChannelId>,
    /// Members of this group.
    pub in_group: Option<GroupId>,
    /// Everybody else than the members of this group.
    pub not_in_group: Option<GroupId>,
    /// With `not_in_channel` or `not_in_team`: those whom its groups allow in.
    #[endpoint(flag)]
    pub group_constrained: bool,
    /// Those whom the channel's access rules allow in. For servers later than 11.6.
    #[endpoint(flag)]
    pub abac_match_only: bool,
    /// Those in no team. Needs the permission `list_users_without_team`.
    #[endpoint(flag)]
    pub without_team: bool,
    /// Without the deactivated. Not together with `inactive`.
    #[endpoint(flag)]
    pub active: bool,
    /// The deactivated alone.
    #[endpoint(flag)]
    pub inactive: bool,
    /// Those with this server-wide role.
    pub role: Option<String>,
    /// Those with one of these server-wide roles, separated by commas.
    pub roles: Option<String>,
    /// With `in_channel`: those with one of these roles in it, separated by commas.
    pub channel_roles: Option<String>,
    /// With `in_team`: those with one of these roles in it, separated by commas.
    pub team_roles: Option<String>,
    /// By name if not given. Which orders there are depends on the place; another one is answered 400.
    pub sort: Option<UserSort>,
    /// With `not_in_channel`, in channels with access rules: the last user of the page before.
    pub cursor_id: Option<UserId>,
}

/// Gets users by id.
///
/// Ids without a user are passed over without a word; the order is the server's. An empty list is refused.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/ids", response = Vec<User>, retry = idempotent)]
#[non_exhaustive]
pub struct GetUsersByIds {
    /// Whose. About 10,000 fit into the largest body that servers take by default.
    #[endpoint(body)]
    pub user_ids: Vec<UserId>,
    /// Only those whose profile changed after this.
    #[endpoint(query)]
    pub since: Option<Timestamp>,
}

/// Gets the members of group messages, by channel.
///
/// Channels that are no group message, or that the caller is not in, are passed over. The caller is left out of the
/// members.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/group_channels",
    response = HashMap<ChannelId, Vec<User>>,
    retry = idempotent,
    since = "5.14",
)]
#[non_exhaustive]
pub struct GetUsersByGroupChannelIds {
    /// Which group messages.
    #[endpoint(body)]
    pub channel_ids: Vec<ChannelId>,
}

/// Gets users by name.
///
/// Names without a user are passed over without a word; the order is the server's. An empty list is refused.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/usernames", response = Vec<User>, retry = idempotent)]
#[non_exhaustive]
pub struct GetUsersByUsernames {
    /// The names, without `@`.
    #[endpoint(body)]
    pub usernames: Vec<String>,
}

/// Searches users by parts of username, first name, last name, nickname or mail address.
///
/// Every word of the term has to be somewhere in one of them, whatever its case; an `@` in front of it does not
/// count. There are no pages, so narrow the term instead. A busy server answers 503.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/search", response = Vec<User>, retry = idempotent)]
#[non_exhaustive]
pub struct SearchUsers {
    /// Words, separated by spaces. Must not be empty.
    pub term: String,
    /// Members of this team.
    pub team_id: Option<TeamId>,
    /// Everybody else than the members of this team.
    pub not_in_team_id: Option<TeamId>,
    /// Members of this channel.
    pub in_channel_id: Option<ChannelId>,
    /// Everybody else than the members of this channel. Needs `team_id` as well.
    pub not_in_channel_id: Option<ChannelId>,
    /// Members of this group.
    pub in_group_id: Option<GroupId>,
    /// Everybody else than the members of this group.
    pub not_in_group_id: Option<GroupId>,
    /// With `not_in_channel_id` or `not_in_team_id`: those whom its groups allow in.
    #[endpoint(flag)]
    pub group_constrained: bool,
    /// The deactivated as well.
    #[endpoint(flag)]
    pub allow_inactive: bool,
    /// Those in no team.
    #[endpoint(flag)]
    pub without_team: bool,
    /// Most users to answer: 100 if not given, at most 1000; more is answered 400.
    pub limit: Option<u32>,
    /// Those with this server-wide role.
    pub role: Option<String>,
    /// Those with one of these server-wide roles.
    #[endpoint(default)]
    pub roles: Vec<String>,
    /// With `in_channel_id`: those with one of these roles in it.
    #[endpoint(default)]
    pub channel_roles: Vec<String>,
    /// With `team_id`: those with one of these roles in it.
    #[endpoint(default)]
    pub team_roles: Vec<String>,
}

/// Suggests users for what somebody typed so far.
///
/// Mail addresses are not searched. With `in_channel` the answer tells members of the channel from other members of
/// the team.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/autocomplete", response = UserAutocomplete)]
#[non_exhaustive]
pub struct AutocompleteUsers {
    /// Parts of the name. Everybody if not given.
    pub name: Option<String>,
    /// Members of this team.
    pub in_team: Option<TeamId>,
    /// Members of this channel first. Needs `in_team` as well: without it the answer is a 500.
    pub in_channel: Option<ChannelId>,
    /// Most users to answer: 100 if not given, at most 1000.
    pub limit: Option<u32>,
}

/// Lists the ids of all users whom the caller shares a channel with, the caller left out.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/known", response = Vec<UserId>, since = "5.23")]
#[non_exhaustive]
pub struct GetKnownUsers {}

/// Counts the users of the server, bots included.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/stats", response = UsersStats)]
#[non_exhaustive]
pub struct GetTotalUsersStats {}

/// Counts users that fit a filter. Needs the permission to see users in the system console.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/stats/filtered", response = UsersStats, since = "5.26")]
#[non_exhaustive]
pub struct GetTotalUsersStatsFiltered {
    /// Members of this team.
    pub in_team: Option<TeamId>,
    /// Members of this channel.
    pub in_channel: Option<ChannelId>,
    /// The deactivated as well.
    #[endpoint(flag)]
    pub include_deleted: bool,
    /// Bots as well.
    #[endpoint(flag)]
    pub include_bots: bool,
    /// Users of connected servers as well.
    #[endpoint(flag)]
    pub include_remote_users: bool,
    /// Those with one of these server-wide roles, separated by commas.
    pub roles: Option<String>,
    /// With `in_channel`: those with one of these roles in it, separated by commas.
    pub channel_roles: Option<String>,
    /// With `in_team`: those with one of these roles in it, separated by commas.
    pub team_roles: Option<String>,
}

/// Lists users whose mail address is outside the domains that the server allows.
///
/// Needs the permission to see users in the system console. Answered 400 while everybody may sign up.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/invalid_emails", response = Vec<User>, paged = number)]
#[non_exhaustive]
pub struct GetUsersWithInvalidEmails {
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}

/// Tells how many users and posts the server's plan allows, and how many users there are.
///
/// All zero for callers who may not see users in the system console. Server 5.37 does not have it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/limits/server", response = ServerLimits)]
#[non_exhaustive]
pub struct GetServerLimits {}
