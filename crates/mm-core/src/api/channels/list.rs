//! Finding channels.

use mm_types::{Channel, TeamId, Timestamp, UserId};

use crate::Endpoint;

/// Lists the public channels of a team, a page at a time, by display name.
///
/// Members of the team may. Archived channels are left out.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams/{team_id}/channels", response = Vec<Channel>, paged = number)]
#[non_exhaustive]
pub struct GetPublicChannelsForTeam {
    /// Of which team.
    pub team_id: TeamId,
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}

/// Lists all channels of a team that a user is in, and the user's direct and group messages.
///
/// All in one go. Somebody else's only for administrators.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/teams/{team_id}/channels", response = Vec<Channel>, etag)]
#[non_exhaustive]
pub struct GetChannelsForTeamForUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// In which team.
    pub team_id: TeamId,
    /// Lists archived channels too.
    pub include_deleted: Option<bool>,
    /// With `include_deleted`: of the archived ones only those archived since.
    pub last_delete_at: Option<Timestamp>,
}

/// Finds channels of a team whose name, display name or purpose has a word that begins like this.
///
/// Public channels, or for those who may not list them the caller's own. May answer 503 while the
/// server is marked busy.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/teams/{team_id}/channels/search",
    response = Vec<Channel>,
    retry = idempotent
)]
#[non_exhaustive]
pub struct SearchChannels {
    /// In which team.
    pub team_id: TeamId,
    /// What to look for. Empty finds the first channels there are.
    pub term: String,
}
