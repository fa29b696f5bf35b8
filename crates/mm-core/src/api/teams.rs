//! Teams and who is in them.

mod change;
mod invite;
mod member;
mod team;

pub use change::{PatchTeam, RestoreTeam, SoftDeleteTeam, UpdateTeam};
pub use invite::InviteGuestsToTeam;
pub use member::{
    AddTeamMember, GetTeamMember, GetTeamMembers, GetTeamMembersForUser, RemoveTeamMember,
    UpdateTeamMemberSchemeRoles,
};
pub use team::{CreateTeam, GetAllTeams, GetTeam, GetTeamByName, GetTeamsForUser};

operations![
    GetAllTeams,
    CreateTeam,
    GetTeam,
    GetTeamByName,
    GetTeamsForUser,
    UpdateTeam,
    PatchTeam,
    SoftDeleteTeam,
    RestoreTeam,
    GetTeamMembers,
    GetTeamMembersForUser,
    GetTeamMember,
    AddTeamMember,
    RemoveTeamMember,
    UpdateTeamMemberSchemeRoles,
    InviteGuestsToTeam,
];
