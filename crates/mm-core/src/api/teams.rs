//! Teams and who is in them.

mod invite;
mod member;
mod team;

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
    GetTeamMembers,
    GetTeamMembersForUser,
    GetTeamMember,
    AddTeamMember,
    RemoveTeamMember,
    UpdateTeamMemberSchemeRoles,
    InviteGuestsToTeam,
];
