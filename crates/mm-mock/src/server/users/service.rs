//! Which service vouches for whom. This server has none but name and password.

use mm_core::api::users::{
    LoginByCwsToken, MigrateAuthToLdap, MigrateAuthToSaml, SwitchAccountType, UpdateUserAuth,
};
use mm_types::{Secret, StatusOk, SwitchAnswer, User, UserAuth, UserId};

use super::admin_only;
use crate::permission::Scope;
use crate::server::login;
use crate::server::route::Routes;
use crate::{Caller, Failure, Permission, World};

/// Services that vouch for users by OAuth.
const BY_OAUTH: [&str; 4] = ["gitlab", "google", "office365", "openid"];

pub(super) fn routes(r: &mut Routes) {
    r.on(login_by_cws).or_empty(&["login_id", "cws_token"]);
    r.on(switch).body("switch_request").or_empty(&["current_service", "new_service"]);
    r.on(update_auth).first(admin_only).or_empty(&["auth_data", "auth_service"]);
    r.on(migrate_to_ldap);
    r.on(migrate_to_saml);
}

fn login_by_cws(_: &mut World, _: &Caller, _: LoginByCwsToken) -> Result<String, Failure> {
    Err(Failure::new(401, "api.user.login_cws.license.error", "CWS login is forbidden."))
}

fn switch(world: &mut World, caller: &Caller, op: SwitchAccountType) -> Result<SwitchAnswer, Failure> {
    let is_sso = |service: &str| service == "saml" || BY_OAUTH.contains(&service);
    let email = op.email.unwrap_or_default();
    let password = op.password.unwrap_or_default();
    let link = match (op.current_service.as_str(), op.new_service.as_str()) {
        ("email", service) if is_sso(service) => {
            check_password(world, &email, password, op.mfa_code)?;
            to_sso(service)?
        }
        (service, "email") if is_sso(service) => {
            if caller.id.is_empty() {
                return Err(Failure::session());
            }
            to_password(world, caller, &email, op.new_password.unwrap_or_default())?
        }
        ("email", "ldap") => {
            let user = check_password(world, &email, password, op.mfa_code)?;
            world.sessions.rows.retain(|session| session.user_id != user);
            return Err(no_directory("email_to_ldap"));
        }
        ("ldap", "email") => {
            if by_email(world, &email)?.auth_service != "ldap" {
                let message = "This user account does not use AD/LDAP.";
                return Err(Failure::new(400, "api.user.ldap_to_email.not_ldap_account.app_error", message));
            }
            return Err(no_directory("ldap_to_email"));
        }
        _ => return Err(Failure::body_param("switch_request")),
    };
    world.audit(caller, "/api/v4/users/login/switch", "success");
    let mut answer = SwitchAnswer::default();
    answer.follow_link = link;
    Ok(answer)
}

fn by_email<'a>(world: &'a World, email: &str) -> Result<&'a User, Failure> {
    match world.users.by_email(email) {
        Some(account) => Ok(&account.user),
        None => Err(Failure::new(404, "app.user.missing_account.const", "Unable to find the user.")),
    }
}

/// Whether it is the password of an account, and the code where one is needed.
fn check_password(
    world: &mut World,
    email: &str,
    password: Secret,
    code: Option<Secret>,
) -> Result<UserId, Failure> {
    let user = by_email(world, email)?.id;
    login::check(world, user, &password, code.as_ref()).map_err(|failure| {
        if failure.id() != login::WRONG {
            return failure;
        }
        let message = "Login failed because of invalid password.";
        Failure::new(401, "api.user.check_user_password.invalid.app_error", message)
    })?;
    Ok(user)
}

fn to_sso(service: &str) -> Result<String, Failure> {
    if service == "saml" {
        // There is nothing behind it.
        return Ok("/login/sso/saml?action=email_to_sso".to_owned());
    }
    let message = "<no value> SSO through OAuth 2.0 not available on this server.";
    Err(Failure::new(501, "api.user.authorize_oauth_user.unsupported.app_error", message))
}

fn to_password(world: &mut World, caller: &Caller, email: &str, password: Secret) -> Result<String, Failure> {
    let user = by_email(world, email)?.id;
    if user != caller.id {
        let message = "Update password failed because context user_id did not match provided user's id.";
        return Err(Failure::new(403, "api.user.oauth_to_email.context.app_error", message));
    }
    world.set_password(caller, user, password)?;
    world.sessions.rows.retain(|session| session.user_id != user);
    Ok("/login?extra=signin_change".to_owned())
}

fn no_directory(operation: &str) -> Failure {
    let id = format!("api.user.{operation}.not_available.app_error");
    Failure::new(501, id, "AD/LDAP not available on this server.")
}

/// The answer repeats what was sent, even for a user who is not there.
fn update_auth(world: &mut World, caller: &Caller, op: UpdateUserAuth) -> Result<UserAuth, Failure> {
    if op.auth_data.is_empty() || op.auth_service.is_empty() {
        let message = "Request is missing either AuthData or AuthService parameter.";
        return Err(Failure::new(400, "api.user.update_user_auth.invalid_request", message));
    }
    let is_other = |user: &User| user.id != op.user_id && user.auth_data.as_ref() == Some(&op.auth_data);
    if world.users.rows.iter().any(|account| is_other(&account.user)) {
        let message =
            "Unable to switch account to <no value>. An account using the email <no value> already exists.";
        return Err(Failure::new(400, "app.user.update_auth_data.email_exists.app_error", message));
    }
    if world.users.get(op.user_id).is_ok() {
        world.store_password(op.user_id, Secret::default())?;
        let user = &mut world.users.get_mut(op.user_id)?.user;
        user.auth_data = Some(op.auth_data.clone());
        user.auth_service.clone_from(&op.auth_service);
    }
    let path = format!("/api/v4/users/{}/auth", op.user_id);
    let info = format!("updated user {} auth to service={}", op.user_id, op.auth_service);
    world.audit(caller, &path, info);
    let mut auth = UserAuth::default();
    auth.auth_data = Some(op.auth_data);
    auth.auth_service = op.auth_service;
    Ok(auth)
}

fn migrate_to_ldap(world: &mut World, caller: &Caller, op: MigrateAuthToLdap) -> Result<StatusOk, Failure> {
    if !["email", "gitlab", "saml", "google", "office365"].contains(&op.from.as_str()) {
        return Err(Failure::body_param("from"));
    }
    caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    Err(Failure::new(501, "api.admin.ldap.not_available.app_error", "LDAP is not available."))
}

fn migrate_to_saml(world: &mut World, caller: &Caller, op: MigrateAuthToSaml) -> Result<StatusOk, Failure> {
    if !["email", "gitlab", "ldap", "google", "office365"].contains(&op.from.as_str()) {
        return Err(Failure::body_param("from"));
    }
    caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    let message = "SAML 2.0 is not configured or supported on this server.";
    Err(Failure::new(501, "api.admin.saml.not_available.app_error", message))
}
