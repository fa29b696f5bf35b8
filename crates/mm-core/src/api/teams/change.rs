//! Changing teams, archiving them and taking them out of the archive.

use mm_types::{Patch, StatusOk, Team, TeamId, Timestamp};

use crate::Endpoint;

/// Writes a team anew.
///
/// What is left out is emptied, the picture too: [`PatchTeam`] changes only what it names. Name, kind,
/// mail address and invitation stay. Needs `manage_team`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/teams/{team_id}", response = Team)]
#[non_exhaustive]
pub struct UpdateTeam {
    /// Which.
    #[endpoint(repeated = "id")]
    pub team_id: TeamId,
    /// What people read: 1 to 64 runes.
    pub display_name: String,
    /// At most 255 bytes.
    pub description: Option<String>,
    /// At most 64 bytes.
    pub company_name: Option<String>,
    /// Mail domains whose people may join, with commas between: at most 500 bytes. Empty means any.
    pub allowed_domains: Option<String>,
    /// Whether everybody on the server may join.
    pub allow_open_invite: Option<bool>,
    /// Whether groups decide who is in.
    pub group_constrained: Option<bool>,
    /// When the picture was set. Give back what the team had, to keep it.
    pub last_team_icon_update: Option<Timestamp>,
}

/// Changes some properties of a team.
///
/// Needs `manage_team`, and to change who may join also `invite_user`. To close a team to everybody makes a
/// new invitation; the old one is void.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/teams/{team_id}/patch", response = Team)]
#[non_exhaustive]
pub struct PatchTeam {
    /// Which.
    pub team_id: TeamId,
    /// What people read: 1 to 64 runes.
    pub display_name: Option<String>,
    /// At most 255 bytes.
    pub description: Patch<String>,
    /// At most 64 bytes.
    pub company_name: Patch<String>,
    /// Mail domains whose people may join, with commas between: at most 500 bytes.
    pub allowed_domains: Patch<String>,
    /// Whether everybody on the server may join.
    pub allow_open_invite: Option<bool>,
    /// Whether groups decide who is in. Turned on, whoever is in none of the team's groups is put out.
    pub group_constrained: Option<bool>,
    /// Whether it was archived because a plan had run out, in the cloud.
    pub cloud_limits_archived: Option<bool>,
}

/// Archives a team. Its channels, posts and members stay.
///
/// Needs `manage_team`. One that is archived already is archived again, with a new time.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/teams/{team_id}", response = StatusOk)]
#[non_exhaustive]
pub struct SoftDeleteTeam {
    /// Which.
    pub team_id: TeamId,
    /// Removes it from the database with all its channels. Only where the server allows it, else 401.
    pub permanent: Option<bool>,
}

/// Takes a team out of the archive. Needs `manage_team`. One that is in use stays so; that is no error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/teams/{team_id}/restore", response = Team, retry = idempotent)]
#[non_exhaustive]
pub struct RestoreTeam {
    /// Which.
    pub team_id: TeamId,
}
