//! What becomes of accounts: roles, activity, the end.

use mm_core::api::users::{DeleteUser, PermanentDeleteAllUsers, UpdateUserActive, UpdateUserRoles};
use mm_types::{StatusOk, UserId};

use crate::permission::Scope;
use crate::server::route::Routes;
use crate::world::{Audience, Event};
use crate::{Caller, Failure, Permission, World};

/// Roles that need a licence.
const LICENSED: [&str; 3] = ["system_user_manager", "system_read_only_admin", "system_manager"];

pub(super) fn routes(r: &mut Routes) {
    r.on(delete_user);
    r.on(delete_all_users);
    r.on(update_roles).or_empty(&["roles"]);
    r.on(update_active);
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

#[cfg(test)]
mod tests {
    use mm_core::api::users::{GetUser, GetUsers, Login};

    use super::*;
    use crate::testing::ask;
    use crate::{PASSWORD, Town};

    #[tokio::test]
    async fn deactivating_ends_sessions_and_turns_bots_off() {
        let town = Town::new();
        let bot = town.fake.bot("robot").create();
        town.fake.state().world.add_bot(bot.id, town.alice.id);
        ask(&town.fake, &town.admin, UpdateUserActive::new(town.alice.id, false)).await.unwrap();
        assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap_err().0, 401);
        let bot = ask(&town.fake, &town.admin, GetUser::new(bot.id)).await.unwrap();
        assert!(bot.is_deactivated());
        assert_eq!(town.fake.events().last().unwrap().0.name, "user_activation_status_change");
        let login = ask(&town.fake, &(), Login::new("alice", PASSWORD)).await.unwrap_err();
        assert_eq!(login.1, "api.user.login.inactive.app_error");
    }

    #[tokio::test]
    async fn users_may_leave_where_the_server_lets_them() {
        let town = Town::new();
        town.fake.configure(|config| config.self_deactivation = true);
        assert!(ask(&town.fake, &town.alice, DeleteUser::new(town.alice.id)).await.is_ok());
        assert!(ask(&town.fake, &town.bob, UpdateUserActive::new(town.bob.id, false)).await.is_ok());
    }

    #[tokio::test]
    async fn an_account_is_erased_with_all_it_wrote() {
        let town = Town::new();
        let post = town.fake.post(&town.town_square, &town.alice, "hello").create();
        let reply = town.fake.post(&town.town_square, &town.bob, "hi").reply_to(&post).create();
        let erase = DeleteUser::new(town.alice.id).permanent(true);
        let off = (401, "api.user.delete_user.not_enabled.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.admin, erase.clone()).await.unwrap_err(), off);
        town.fake.configure(|config| config.user_deletion = true);
        ask(&town.fake, &town.admin, erase).await.unwrap();
        assert_eq!(ask(&town.fake, &town.admin, GetUser::new(town.alice.id)).await.unwrap_err().0, 404);
        let world = &town.fake.state().world;
        assert!(world.posts.get(post.id).is_err() && world.posts.get(reply.id).is_err());
        assert!(!world.teams.has_member(town.team.id, town.alice.id));
    }

    #[tokio::test]
    async fn the_last_administrator_stays_one() {
        let town = Town::new();
        let demote = UpdateUserRoles::new(town.admin.id, "system_user");
        let last = (400, "app.user.update.lastAdmin.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.admin, demote.clone()).await.unwrap_err(), last);
        town.fake.admin("second").create();
        ask(&town.fake, &town.admin, demote).await.unwrap();
        let (event, audience) = town.fake.events().pop().unwrap();
        assert_eq!((event.name, &event.data["roles"]), ("user_role_updated", &"system_user".into()));
        assert_eq!(audience.user, town.admin.id);
    }

    #[tokio::test]
    async fn all_users_go_over_the_local_socket_alone() {
        let town = Town::new();
        let all = PermanentDeleteAllUsers::new;
        let unknown = (404, "api.context.404.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.admin, all()).await.unwrap_err(), unknown);
        let local = town.fake.local();
        assert_eq!(ask(&local, &(), GetUsers::new()).await.unwrap().len(), 5);
        assert!(!ask(&local, &(), GetUser::new(town.bob.id)).await.unwrap().notify_props.is_empty());
        ask(&local, &(), all()).await.unwrap();
        assert!(ask(&local, &(), GetUsers::new()).await.unwrap().is_empty());
        assert_eq!(ask(&town.fake, &town.admin, GetUser::me()).await.unwrap_err().0, 401);
    }
}
