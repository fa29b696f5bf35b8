//! What becomes of accounts: roles, activity, guests, the end.

use mm_core::api::users::{
    DeleteUser, DemoteUserToGuest, PermanentDeleteAllUsers, PromoteGuestToUser, UpdateUserActive,
    UpdateUserRoles,
};
use mm_types::{ChannelId, StatusOk, TeamId, UserId};

use crate::permission::Scope;
use crate::server::route::Routes;
use crate::world::{Audience, Event, role_names};
use crate::{Caller, Failure, Permission, World};

/// Roles that need a licence.
const LICENSED: [&str; 3] = ["system_user_manager", "system_read_only_admin", "system_manager"];

pub(super) fn routes(r: &mut Routes) {
    r.on(delete_user);
    r.on(delete_all_users);
    r.on(update_roles).or_empty(&["roles"]);
    r.on(update_active);
    r.on(promote);
    r.on(demote);
}

fn delete_user(world: &mut World, caller: &Caller, op: DeleteUser) -> Result<StatusOk, Failure> {
    caller.must_edit(world, op.user_id)?;
    if caller.id == op.user_id && !world.config.self_deactivation && !caller.is_admin(world) {
        return Err(not_yourself());
    }
    let user = world.users.get(op.user_id)?.user.clone();
    caller.must_reach(world, &user)?;
    if !op.permanent {
        world.set_active(user.id, false)?;
    } else if world.config.user_deletion || caller.is_local {
        world.erase_user(user.id)?;
    } else {
        let message =
            "Permanent user deletion feature is not enabled. Please contact your System Administrator.";
        return Err(Failure::new(401, "api.user.delete_user.not_enabled.app_error", message));
    }
    Ok(StatusOk::ok())
}

fn not_yourself() -> Failure {
    let message = "You cannot deactivate yourself because this feature is not enabled. Please contact your System \
                   Administrator.";
    Failure::new(401, "api.user.update_active.not_enable.app_error", message)
}

fn delete_all_users(world: &mut World, _: &Caller, _: PermanentDeleteAllUsers) -> Result<StatusOk, Failure> {
    let all: Vec<UserId> = world.users.rows.iter().map(|account| account.user.id).collect();
    for user in all {
        world.erase_user(user)?;
    }
    Ok(StatusOk::ok())
}

fn update_roles(world: &mut World, caller: &Caller, op: UpdateUserRoles) -> Result<StatusOk, Failure> {
    let roles: Vec<&str> = op.roles.split_whitespace().collect();
    // `system_admin` alone would be a mistake.
    if !roles.iter().all(|name| is_role_name(name)) || roles == ["system_admin"] {
        return Err(Failure::body_param("roles"));
    }
    if roles.iter().any(|name| LICENSED.contains(name)) {
        let message = "Custom Permission Schemes not supported by current license";
        return Err(Failure::new(400, "api.user.update_user_roles.license.app_error", message));
    }
    caller.needs(world, Permission::MANAGE_ROLES, Scope::System)?;
    let Ok(account) = world.users.get(op.user_id) else {
        return Err(Failure::new(400, "app.user.missing_account.const", "Unable to find the user."));
    };
    if roles.iter().any(|name| !world.roles.rows.contains(&(*name).to_owned())) {
        let message = "The provided role does not exist";
        return Err(Failure::new(400, "app.role.check_roles_exist.role_not_found", message));
    }
    let is_last = || {
        let people = world.users.rows.iter().map(|account| &account.user);
        people.filter(|user| user.is_system_admin() && !user.is_bot && !user.is_deactivated()).count() <= 1
    };
    if account.user.is_system_admin() && !op.roles.contains("system_admin") && is_last() {
        return Err(Failure::new(
            400,
            "app.user.update.lastAdmin.app_error",
            "Cannot demote last System Admin.",
        ));
    }
    if op.roles.len() > 256 {
        let message = "Invalid user roles longer than 256 characters.";
        return Err(Failure::new(400, "model.user.is_valid.roles_limit.app_error", message));
    }
    let now = world.now();
    let user = &mut world.users.get_mut(op.user_id)?.user;
    user.roles.clone_from(&op.roles);
    user.update_at = now;
    let event =
        Event::new("user_role_updated").with("roles", &*op.roles).with("user_id", op.user_id.as_str());
    world.emit(event, Audience::user(op.user_id));
    let path = format!("/api/v4/users/{}/roles", op.user_id);
    world.audit(caller, &path, format!("user={} roles={}", op.user_id, op.roles));
    Ok(StatusOk::ok())
}

pub(super) fn is_role_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

fn update_active(world: &mut World, caller: &Caller, op: UpdateUserActive) -> Result<StatusOk, Failure> {
    let ends_own = !op.active && caller.id == op.user_id;
    let may = caller.can(world, Permission::SYSCONSOLE_WRITE_USER_MANAGEMENT_USERS, Scope::System);
    if !ends_own && !may {
        let message = "You do not have the appropriate permissions.";
        return Err(Failure::new(403, "api.user.update_active.permissions.app_error", message));
    }
    if ends_own && !world.config.self_deactivation {
        return Err(not_yourself());
    }
    let user = world.users.get(op.user_id)?.user.clone();
    caller.must_reach(world, &user)?;
    if op.active && user.is_guest() && !world.config.guest_accounts {
        let id = "api.user.update_active.cannot_enable_guest_when_guest_feature_is_disabled.app_error";
        let message = "You cannot activate a guest account because Guest Access feature is not enabled.";
        return Err(Failure::new(401, id, message));
    }
    if user.auth_service == "ldap" {
        let id = "api.user.update_active.cannot_modify_status_when_user_is_managed_by_ldap.app_error";
        return Err(Failure::new(403, id, "You cannot modify user status. User is managed by LDAP"));
    }
    world.set_active(user.id, op.active)?;
    let path = format!("/api/v4/users/{}/active", user.id);
    world.audit(caller, &path, format!("user_id={} active={}", user.id, op.active));
    world.emit(Event::new("user_activation_status_change"), Audience::everyone());
    Ok(StatusOk::ok())
}

fn promote(world: &mut World, caller: &Caller, op: PromoteGuestToUser) -> Result<StatusOk, Failure> {
    caller.needs(world, Permission::PROMOTE_GUEST, Scope::System)?;
    let user = world.users.get(op.user_id)?.user.clone();
    if !user.is_guest() {
        let message = "Unable to convert the guest to regular user because is not a guest.";
        return Err(Failure::new(501, "api.user.promote_guest_to_user.no_guest.app_error", message));
    }
    let roles: Vec<&str> =
        user.role_names().map(|name| if name == "system_guest" { "system_user" } else { name }).collect();
    set_guest(world, user.id, false, roles.join(" "))?;
    let teams: Vec<TeamId> = world.teams.of_user(user.id).map(|team| team.id).collect();
    for team in teams {
        for name in ["town-square", "off-topic"] {
            let Ok(channel) = world.channels.by_name(team, name).cloned() else { continue };
            if !world.channels.has_member(channel.id, user.id) {
                world.enter_channel(&channel, user.id, caller.id)?;
            }
        }
    }
    world.tell_user_updated(user.id);
    tell_memberships(world, user.id);
    Ok(StatusOk::ok())
}

fn demote(world: &mut World, caller: &Caller, op: DemoteUserToGuest) -> Result<StatusOk, Failure> {
    if !world.config.guest_accounts {
        let message = "Your license does not support guest accounts";
        return Err(Failure::new(501, "api.team.demote_user_to_guest.license.error", message));
    }
    caller.needs(world, Permission::DEMOTE_TO_GUEST, Scope::System)?;
    let user = world.users.get(op.user_id)?.user.clone();
    caller.must_reach(world, &user)?;
    if user.is_guest() {
        let message = "Unable to convert the user to guest because is already a guest.";
        return Err(Failure::new(501, "api.user.demote_user_to_guest.already_guest.app_error", message));
    }
    set_guest(world, user.id, true, "system_guest".to_owned())?;
    world.tell_user_updated(user.id);
    tell_memberships(world, user.id);
    Ok(StatusOk::ok())
}

/// Makes a guest of a user or the other way round, in all teams and channels.
fn set_guest(world: &mut World, id: UserId, is_guest: bool, roles: String) -> Result<(), Failure> {
    let now = world.now();
    let user = &mut world.users.get_mut(id)?.user;
    user.roles = roles;
    user.update_at = now;
    for member in world.teams.members.iter_mut().filter(|member| member.user_id == id) {
        member.scheme_guest = is_guest;
        member.scheme_user = !is_guest;
        member.scheme_admin &= !is_guest;
        member.roles = role_names("team", is_guest, member.scheme_admin, &member.explicit_roles);
    }
    for member in world.channels.members.iter_mut().filter(|member| member.user_id == id) {
        member.scheme_guest = is_guest;
        member.scheme_user = !is_guest;
        member.scheme_admin &= !is_guest;
        member.roles = role_names("channel", is_guest, member.scheme_admin, &member.explicit_roles);
    }
    Ok(())
}

/// Tells a user about all places in teams and their channels.
fn tell_memberships(world: &mut World, id: UserId) {
    let teams: Vec<TeamId> = world.teams.of_user(id).map(|team| team.id).collect();
    for team in teams {
        if let Ok(member) = world.teams.member(team, id).cloned() {
            world.emit(Event::new("memberrole_updated").with_json("member", &member), Audience::user(id));
        }
        let in_team = world.channels.of_user(id).filter(|channel| channel.team_id == team);
        let channels: Vec<ChannelId> = in_team.map(|channel| channel.id).collect();
        for channel in channels {
            if let Ok(member) = world.channels.member(channel, id).cloned() {
                let event = Event::new("channel_member_updated").with_json("channelMember", &member);
                world.emit(event, Audience::user(id));
            }
        }
    }
}
