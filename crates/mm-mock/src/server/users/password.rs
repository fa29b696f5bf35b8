//! Passwords.

use mm_core::api::users::{
    ResetPassword, ResetPasswordFailedAttempts, SendPasswordResetEmail, UpdateUserPassword,
};
use mm_types::StatusOk;

use crate::permission::Scope;
use crate::server::route::Routes;
use crate::world::{Link, LinkKind};
use crate::{Caller, Failure, Permission, World};

/// Characters of a token in a link.
pub(super) const TOKEN_LENGTH: usize = 64;
/// How long a link works, in milliseconds.
const LINK_LASTS: i64 = 24 * 3600 * 1000;

pub(super) fn routes(r: &mut Routes) {
    r.on(update).or_empty(&["new_password"]);
    r.on(send_reset).or_empty(&["email"]);
    r.on(reset).or_empty(&["token", "new_password"]);
    r.on(reset_failed_attempts);
}

fn update(world: &mut World, caller: &Caller, op: UpdateUserPassword) -> Result<StatusOk, Failure> {
    let id = op.user_id;
    let path = format!("/api/v4/users/{id}/password");
    world.audit(caller, &path, "attempted");
    let result = change(world, caller, op);
    world.audit(caller, &path, if result.is_ok() { "completed" } else { "failed" });
    result.map(|()| StatusOk::ok())
}

fn change(world: &mut World, caller: &Caller, op: UpdateUserPassword) -> Result<(), Failure> {
    let id = op.user_id;
    let is_own = caller.id == id;
    let needed = match world.users.get(id) {
        Ok(account) if account.user.is_system_admin() => Some(Permission::MANAGE_SYSTEM),
        Ok(_) => Some(Permission::SYSCONSOLE_WRITE_USER_MANAGEMENT_USERS),
        Err(_) => None,
    };
    let may = needed.is_some_and(|needed| caller.can(world, needed, Scope::System));
    let refused = || {
        let message = "Update password failed because context user_id did not match props user_id.";
        Failure::new(403, "api.user.update_password.context.app_error", message)
    };
    if op.already_hashed {
        return match (may, is_own) {
            // What the hash is of is not known, so nobody logs in with it.
            (true, _) => world.store_password(id, op.new_password),
            (false, true) => {
                let message = "Only system administrators can set already-hashed passwords.";
                Err(Failure::new(401, "api.user.update_password.user_and_hashed.app_error", message))
            }
            (false, false) => Err(refused()),
        };
    }
    if !is_own {
        return if may { world.set_password(caller, id, op.new_password) } else { Err(refused()) };
    }
    let current = op.current_password.filter(|password| !password.is_empty());
    let current = current.ok_or_else(|| Failure::body_param("current_password"))?;
    if world.users.get(id)?.user.auth_data.as_ref().is_some_and(|data| !data.is_empty()) {
        let message = "Update password failed because the user is logged in through an OAuth service.";
        return Err(Failure::new(400, "api.user.update_password.oauth.app_error", message));
    }
    world.check_own_password(id, &current).map_err(|failure| {
        if failure.id() != "api.user.check_user_password.invalid.app_error" {
            return failure;
        }
        let message = "The \"Current Password\" you entered is incorrect. Please check that Caps Lock is off and try \
                       again.";
        Failure::new(400, "api.user.update_password.incorrect.app_error", message)
    })?;
    world.set_password(caller, id, op.new_password)
}

/// Whether somebody has the address is not told.
fn send_reset(world: &mut World, caller: &Caller, op: SendPasswordResetEmail) -> Result<StatusOk, Failure> {
    let email = op.email.to_lowercase();
    if email.is_empty() {
        return Err(Failure::body_param("email"));
    }
    let Some(account) = world.users.by_email(&email) else { return Ok(StatusOk::ok()) };
    let user = account.user.clone();
    if user.auth_data.as_ref().is_some_and(|data| !data.is_empty()) {
        let message = "Unable to reset password for SSO accounts.";
        return Err(Failure::new(400, "api.user.send_password_reset.sso.app_error", message));
    }
    world.send_link(Link::new(LinkKind::PasswordReset, user.id, &user.email));
    world.audit(caller, "/api/v4/users/password/reset/send", format!("sent={email}"));
    Ok(StatusOk::ok())
}

fn reset(world: &mut World, caller: &Caller, op: ResetPassword) -> Result<StatusOk, Failure> {
    let token = op.token.expose().to_owned();
    if token.len() != TOKEN_LENGTH {
        return Err(Failure::body_param("token"));
    }
    let bad = |what: &str, message: &str| {
        Err(Failure::new(400, format!("api.user.reset_password.{what}.app_error"), message))
    };
    let Some(link) = world.links.rows.get(&token).cloned() else {
        return bad("invalid_link", "The reset password link does not appear to be valid.");
    };
    if link.kind != LinkKind::PasswordReset {
        return bad("broken_token", "The reset password token does not appear to be valid.");
    }
    let is_old = world.now().as_millis() - link.create_at.as_millis() >= LINK_LASTS;
    if is_old || world.users.get(link.user)?.user.email != link.email {
        return bad("link_expired", "The password reset link has expired.");
    }
    if !matches!(world.users.get(link.user)?.user.auth_service.as_str(), "" | "email") {
        return bad("sso", "Unable to reset password for SSO accounts.");
    }
    world.set_password(caller, link.user, op.new_password)?;
    world.links.rows.remove(&token);
    Ok(StatusOk::ok())
}

fn reset_failed_attempts(
    world: &mut World,
    caller: &Caller,
    op: ResetPasswordFailedAttempts,
) -> Result<StatusOk, Failure> {
    if !caller.can(world, Permission::SYSCONSOLE_WRITE_USER_MANAGEMENT_USERS, Scope::System) {
        let message = "You do not have permission to update this resource.";
        let id = "api.user.reset_password_failed_attempts.permissions.app_error";
        return Err(Failure::new(403, id, message));
    }
    let user = world.users.get(op.user_id)?.user.clone();
    caller.must_reach(world, &user)?;
    if !matches!(user.auth_service.as_str(), "" | "ldap") {
        let id = "api.user.reset_password_failed_attempts.ldap_and_email_only.app_error";
        return Err(Failure::new(400, id, "User auth service must be LDAP or Email."));
    }
    world.users.get_mut(op.user_id)?.user.failed_attempts = 0;
    Ok(StatusOk::ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mm_core::api::users::{GetUser, Login};
    use mm_types::UserId;

    use super::*;
    use crate::testing::ask;
    use crate::{PASSWORD, Town};

    #[tokio::test]
    async fn a_new_password_ends_the_other_sessions() {
        let town = Town::new();
        let phone = town.fake.token_for(&town.alice);
        let op = UpdateUserPassword::new(UserId::ME, "another long one").current_password(PASSWORD);
        ask(&town.fake, &town.alice, op).await.unwrap();
        assert!(ask(&town.fake, &phone, GetUser::me()).await.is_err());
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
        assert!(ask(&town.fake, &(), Login::new("alice", "another long one")).await.is_ok());
    }

    #[tokio::test]
    async fn a_link_sets_a_password_once_and_for_a_day() {
        let town = Town::new();
        let link = async || {
            ask(&town.fake, &(), SendPasswordResetEmail::new("Alice@example.com")).await.unwrap();
            town.fake.mails().pop().unwrap().token
        };
        let reset = |token| ResetPassword::new(token, "another long one");
        let first = link().await;
        let token = link().await;
        let invalid = (400, "api.user.reset_password.invalid_link.app_error".to_owned());
        assert_eq!(ask(&town.fake, &(), reset(first)).await.unwrap_err(), invalid, "a newer one was sent");
        let short = ask(&town.fake, &(), ResetPassword::new(token.clone(), "short")).await.unwrap_err();
        assert_eq!(short.1, "model.user.is_valid.pwd_min_length.app_error");
        ask(&town.fake, &(), reset(token.clone())).await.unwrap();
        assert_eq!(ask(&town.fake, &(), reset(token)).await.unwrap_err(), invalid);
        assert!(ask(&town.fake, &(), Login::new("alice", "another long one")).await.is_ok());
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_err());

        let token = link().await;
        town.fake.advance(Duration::from_secs(24 * 3600));
        let expired = (400, "api.user.reset_password.link_expired.app_error".to_owned());
        assert_eq!(ask(&town.fake, &(), reset(token)).await.unwrap_err(), expired);
    }

    #[tokio::test]
    async fn a_locked_account_is_opened() {
        let town = Town::new();
        for _ in 0..10 {
            let _ = ask(&town.fake, &(), Login::new("alice", "wrong")).await;
        }
        assert!(ask(&town.fake, &(), Login::new("alice", PASSWORD)).await.is_err());
        ask(&town.fake, &town.admin, ResetPasswordFailedAttempts::new(town.alice.id)).await.unwrap();
        assert!(ask(&town.fake, &(), Login::new("alice", PASSWORD)).await.is_ok());
    }
}
