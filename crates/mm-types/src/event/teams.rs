//! Teams and who is in them.

use mm_macros::model;

use super::Nested;
use crate::{Team, TeamId, TeamMember, UserId};

/// The receiver came into a team.
#[model]
pub struct AddedToTeam {
    pub team_id: TeamId,
    pub user_id: UserId,
}

/// Somebody left a team or was removed from it. There is one copy for the team and one for the user.
#[model]
pub struct LeaveTeam {
    pub user_id: UserId,
    pub team_id: TeamId,
}

/// A team changed.
#[model]
pub struct UpdateTeam {
    /// Without `email` and `invite_id`.
    pub team: Nested<Team>,
}

/// A team was archived or deleted for good.
#[model]
pub struct DeleteTeam {
    /// Without `email` and `invite_id`.
    pub team: Nested<Team>,
}

/// A team was taken out of the archive.
#[model]
pub struct RestoreTeam {
    /// Without `email` and `invite_id`.
    pub team: Nested<Team>,
}

/// A team has another permission scheme.
#[model]
pub struct UpdateTeamScheme {
    /// Without `email` and `invite_id`.
    pub team: Nested<Team>,
}

/// The receiver has other roles in a team.
#[model]
pub struct MemberRoleUpdated {
    pub member: Nested<TeamMember>,
}
