//! Looking at teams.

use mm_core::api::teams::{GetAllTeams, GetTeam, GetTeamByName, GetTeamsForUser};
use mm_types::{Secret, Team, TeamList, TeamType};

use crate::permission::Scope;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_all_teams);
    r.on(get_team);
    r.on(get_team_by_name);
    r.on(get_teams_for_user);
}

fn get_all_teams(world: &mut World, caller: &Caller, op: GetAllTeams) -> Result<TeamList, Failure> {
    let may = |permission| caller.can(world, permission, Scope::System);
    if op.exclude_policy_constrained == Some(true)
        && !may(Permission::SYSCONSOLE_READ_COMPLIANCE_DATA_RETENTION_POLICY)
    {
        return Err(Failure::permissions());
    }
    let (public, private) = (may(Permission::LIST_PUBLIC_TEAMS), may(Permission::LIST_PRIVATE_TEAMS));
    if !public && !private {
        let message = "You do not have the appropriate permissions to list all teams.";
        return Err(Failure::new(403, "api.team.get_all_teams.insufficient_permissions", message));
    }
    let mut teams: Vec<&Team> = world
        .teams
        .rows
        .iter()
        .filter(|team| if team.allow_open_invite { public } else { private })
        .collect();
    teams.sort_by_key(|team| team.display_name.to_lowercase());
    let count = i64::try_from(teams.len()).unwrap_or_default();
    let teams = page(teams, op.page, op.per_page);
    let teams = teams.into_iter().map(|team| shown(world, caller, team)).collect();
    Ok(match op.include_total_count {
        Some(true) => TeamList::counted(teams, count),
        _ => TeamList::new(teams),
    })
}

fn get_team(world: &mut World, caller: &Caller, op: GetTeam) -> Result<Team, Failure> {
    let team = world.teams.get(op.team_id)?;
    // A guest does not see what everybody else could join.
    if is_open(team) && !caller.can(world, Permission::LIST_PUBLIC_TEAMS, Scope::System) {
        caller.needs(world, Permission::VIEW_TEAM, team.id)?;
    }
    visible(world, caller, team)
}

fn get_team_by_name(world: &mut World, caller: &Caller, op: GetTeamByName) -> Result<Team, Failure> {
    let team = world.teams.by_name(&op.team_name)?;
    visible(world, caller, team)
}

fn is_open(team: &Team) -> bool {
    team.allow_open_invite && team.kind == TeamType::Open
}

fn visible(world: &World, caller: &Caller, team: &Team) -> Result<Team, Failure> {
    if !is_open(team) {
        caller.needs(world, Permission::VIEW_TEAM, team.id)?;
    }
    Ok(shown(world, caller, team))
}

fn get_teams_for_user(world: &mut World, caller: &Caller, op: GetTeamsForUser) -> Result<Vec<Team>, Failure> {
    if caller.id != op.user_id {
        caller.needs(world, Permission::SYSCONSOLE_READ_USER_MANAGEMENT_USERS, Scope::System)?;
    }
    let teams = world.teams.of_user(op.user_id).filter(|team| !team.is_deleted());
    Ok(teams.map(|team| shown(world, caller, team)).collect())
}

/// A team as the caller sees it: the mail address is for those who run it, the invitation for those
/// who may invite.
pub(super) fn shown(world: &World, caller: &Caller, team: &Team) -> Team {
    let mut shown = team.clone();
    if !caller.can(world, Permission::MANAGE_TEAM, team.id) {
        shown.email.clear();
        if !caller.can(world, Permission::INVITE_USER, team.id) {
            shown.invite_id = Secret::default();
        }
    }
    shown
}
