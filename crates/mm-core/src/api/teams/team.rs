//! Teams themselves.

use mm_types::{PostId, Team, TeamId, TeamList, TeamType, UserId};

use crate::{Endpoint, Page};

/// Lists teams, a page at a time.
///
/// Administrators see all teams, others those that anybody may join, so a member of a team that is
/// by invitation does not find it here: [`GetTeamsForUser`] has it. Archived teams are listed too.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams", response = TeamList, paged = number)]
#[non_exhaustive]
pub struct GetAllTeams {
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// Also counts the teams of all pages. The answer has another shape then, which [`TeamList`] reads as well.
    pub include_total_count: Option<bool>,
    /// Leaves out teams with a data retention policy of their own. Administrators of compliance only.
    pub exclude_policy_constrained: Option<bool>,
}

impl Page for TeamList {
    type Item = Team;

    fn row_count(&self) -> usize {
        self.teams.len()
    }

    fn into_rows(self) -> Vec<Team> {
        self.teams
    }
}

/// Creates a team. The caller becomes its first member and its administrator.
///
/// Needs the permission `create_team`, which everybody has unless that was changed. Not safe to
/// repeat by itself, but a second team of the same name is refused.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/teams", response = Team, status = 201)]
#[non_exhaustive]
pub struct CreateTeam {
    /// The part of the address: 2 to 64 lower-case letters, digits and dashes, beginning with a letter.
    /// Names that begin like a path of the server (`admin`, `api`, …) are refused.
    pub name: String,
    /// What people read: at most 64 runes.
    pub display_name: String,
    /// Who may join.
    #[endpoint(rename = "type", default = TeamType::Open)]
    pub kind: TeamType,
}

/// Fetches a team.
///
/// Members may, and whoever could join it. Mail address and invite id are empty for those who may
/// not manage it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams/{team_id}", response = Team)]
#[non_exhaustive]
pub struct GetTeam {
    /// Which.
    pub team_id: TeamId,
    /// Looks with the rights of a reviewer of flagged posts; needs `flagged_post_id`.
    pub as_content_reviewer: Option<bool>,
    /// The flagged post that is reviewed.
    pub flagged_post_id: Option<PostId>,
}

/// Fetches a team by its name.
///
/// Members may, and whoever could join it; others are told 403, so that they learn that it is there.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams/name/{team_name}", response = Team)]
#[non_exhaustive]
pub struct GetTeamByName {
    /// The part of the address, not what is displayed. Upper and lower case are the same.
    pub team_name: String,
}

/// Lists all teams of a user, in one go.
///
/// Of somebody else only with the permission `sysconsole_read_user_management_users`. An unknown
/// user has no teams; that is no error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/teams", response = Vec<Team>)]
#[non_exhaustive]
pub struct GetTeamsForUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}
