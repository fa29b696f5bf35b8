//! Who is in a team.

use mm_types::{StatusOk, TeamId, TeamMember, TeamMemberSort, UserId};

use crate::Endpoint;

/// Lists the members of a team, a page at a time.
///
/// Needs to see the team. Guests see only those they share a channel with.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams/{team_id}/members", response = Vec<TeamMember>, paged = number)]
#[non_exhaustive]
pub struct GetTeamMembers {
    /// Of which team.
    pub team_id: TeamId,
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// The order; by id if not given.
    pub sort: Option<TeamMemberSort>,
    /// Leaves out deactivated accounts.
    pub exclude_deleted_users: Option<bool>,
}

/// Fetches a user's place in a team.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams/{team_id}/members/{user_id}", response = TeamMember)]
#[non_exhaustive]
pub struct GetTeamMember {
    /// Of which team.
    pub team_id: TeamId,
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Adds a user to a team.
///
/// Everybody may join an open team; adding others needs `add_user_to_team`. Adding a member again
/// changes nothing and answers the place that stands.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/teams/{team_id}/members", response = TeamMember, status = 201, retry = idempotent)]
#[non_exhaustive]
pub struct AddTeamMember {
    /// To which team.
    #[endpoint(repeated = "team_id")]
    pub team_id: TeamId,
    /// Who: a real id, not `me`.
    pub user_id: UserId,
}

/// Takes a user out of a team, and so out of its channels.
///
/// Oneself always, others with `remove_user_from_team`. Somebody who is no longer in it is no error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/teams/{team_id}/members/{user_id}", response = StatusOk)]
#[non_exhaustive]
pub struct RemoveTeamMember {
    /// Out of which team.
    pub team_id: TeamId,
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Makes a member of a team its administrator, or an ordinary member again.
///
/// Needs `manage_team_roles`. All flags are set at once: one that is left out is false. A guest
/// keeps to `scheme_guest`; making one a member is a matter of the account.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    PUT,
    "/api/v4/teams/{team_id}/members/{user_id}/schemeRoles",
    response = StatusOk,
    since = "5.0"
)]
#[non_exhaustive]
pub struct UpdateTeamMemberSchemeRoles {
    /// In which team.
    pub team_id: TeamId,
    /// Who.
    pub user_id: UserId,
    /// Whether the user runs the team.
    pub scheme_admin: bool,
    /// Whether the user is an ordinary member. Must be true for all but guests.
    pub scheme_user: bool,
    /// Whether the user is a guest.
    pub scheme_guest: Option<bool>,
}

/// Lists the team memberships of a user, past ones too. Administrators see those of others.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/teams/members", response = Vec<TeamMember>)]
#[non_exhaustive]
pub struct GetTeamMembersForUser {
    /// Whose.
    pub user_id: UserId,
}
