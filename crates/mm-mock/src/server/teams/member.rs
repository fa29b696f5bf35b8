//! Who is in a team.

use mm_core::api::teams::{
    AddTeamMember, GetTeamMember, GetTeamMembers, GetTeamMembersForUser, RemoveTeamMember,
    UpdateTeamMemberSchemeRoles,
};
use mm_types::{StatusOk, TeamMember, TeamMemberSort};

use crate::permission::Scope;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::world::{Audience, Event, SCHEME_FLAGS, check_scheme_roles, role_names};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_team_members);
    r.on(get_memberships);
    r.on(get_team_member);
    r.on(add_team_member).repeats("team_id", "team_id", "team_id");
    r.on(remove_team_member);
    r.on(update_scheme_roles).body("scheme_roles").or_json(SCHEME_FLAGS);
}

fn get_memberships(
    world: &mut World,
    caller: &Caller,
    op: GetTeamMembersForUser,
) -> Result<Vec<TeamMember>, Failure> {
    caller.must_be_or(world, op.user_id, Permission::READ_OTHER_USERS_TEAMS)?;
    Ok(world.teams.memberships(op.user_id).cloned().collect())
}

fn get_team_members(
    world: &mut World,
    caller: &Caller,
    op: GetTeamMembers,
) -> Result<Vec<TeamMember>, Failure> {
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    let user_of = |member: &TeamMember| world.users.get(member.user_id).map(|account| &account.user);
    let mut members: Vec<&TeamMember> = world
        .teams
        .members_of(op.team_id)
        .filter(|member| world.can_see(caller.id, member.user_id))
        .filter(|member| {
            op.exclude_deleted_users != Some(true) || user_of(member).is_ok_and(|user| !user.is_deactivated())
        })
        .collect();
    match op.sort {
        Some(TeamMemberSort::Username) => {
            members
                .sort_by_key(|member| user_of(member).map(|user| user.username.clone()).unwrap_or_default());
        }
        _ => members.sort_by(|a, b| a.user_id.as_str().cmp(b.user_id.as_str())),
    }
    Ok(page(members, op.page, op.per_page).into_iter().cloned().collect())
}

fn get_team_member(world: &mut World, caller: &Caller, op: GetTeamMember) -> Result<TeamMember, Failure> {
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    if !world.can_see(caller.id, op.user_id) {
        return Err(Failure::permissions());
    }
    // Somebody who has left is still there, with the time.
    match world.teams.members.get(&(op.team_id, op.user_id)) {
        Some(member) => Ok(member.clone()),
        None => world.teams.member(op.team_id, op.user_id).cloned(),
    }
}

fn add_team_member(world: &mut World, caller: &Caller, op: AddTeamMember) -> Result<TeamMember, Failure> {
    if op.user_id == caller.id {
        let open = world.teams.get(op.team_id)?.allow_open_invite;
        let permission = if open { Permission::JOIN_PUBLIC_TEAMS } else { Permission::JOIN_PRIVATE_TEAMS };
        caller.needs(world, permission, Scope::System)?;
    } else {
        caller.needs(world, Permission::ADD_USER_TO_TEAM, op.team_id)?;
    }
    if world.teams.get(op.team_id)?.group_constrained == Some(true) {
        let message = "Team membership denied to the following users because of group constraints.";
        return Err(Failure::new(400, "api.team.add_members.user_denied", message));
    }
    // Who may not invite guests must not bring one in, so that is looked up first.
    if !caller.can(world, Permission::INVITE_GUEST, op.team_id) && world.users.get(op.user_id).is_err() {
        return Err(Failure::new(404, "api.team.user.missing_account", "Unable to find the user."));
    }
    let member = world.enter_team(op.team_id, op.user_id)?;
    // Told once more, even to those who were in it.
    world.tell_added_to_team(op.team_id, op.user_id);
    Ok(member)
}

fn remove_team_member(world: &mut World, caller: &Caller, op: RemoveTeamMember) -> Result<StatusOk, Failure> {
    if caller.id != op.user_id {
        caller.needs(world, Permission::REMOVE_USER_FROM_TEAM, op.team_id)?;
    }
    let constrained = world.teams.get(op.team_id)?.group_constrained == Some(true);
    let user = &world.users.get(op.user_id)?.user;
    if constrained && caller.id != op.user_id && !user.is_bot {
        let message = "Unable to remove a user from a group-constrained team.";
        return Err(Failure::new(400, "api.team.remove_member.group_constrained.app_error", message));
    }
    world.exit_team(op.team_id, op.user_id, caller.id)?;
    Ok(StatusOk::ok())
}

fn update_scheme_roles(
    world: &mut World,
    caller: &Caller,
    op: UpdateTeamMemberSchemeRoles,
) -> Result<StatusOk, Failure> {
    caller.needs(world, Permission::MANAGE_TEAM_ROLES, op.team_id)?;
    world.teams.get(op.team_id)?;
    let key = (op.team_id, op.user_id);
    let Some(member) = world.teams.members.get_mut(&key) else {
        return world.teams.member(op.team_id, op.user_id).map(|_| StatusOk::ok());
    };
    check_scheme_roles("team", member.scheme_guest, op.scheme_guest, op.scheme_user)?;
    member.scheme_admin = op.scheme_admin;
    member.scheme_user = op.scheme_user;
    member.roles = role_names("team", false, op.scheme_admin, &member.explicit_roles);
    let event = Event::new("memberrole_updated").with_json("member", member);
    world.emit(event, Audience::user(op.user_id));
    Ok(StatusOk::ok())
}
