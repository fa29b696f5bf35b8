//! Proving mail addresses.

use mm_core::api::users::{SendVerificationEmail, VerifyUserEmail, VerifyUserEmailWithoutToken};
use mm_types::{StatusOk, User};

use super::password::TOKEN_LENGTH;
use super::shown;
use crate::permission::Scope;
use crate::server::route::Routes;
use crate::world::{Link, LinkKind};
use crate::{Caller, Failure, Permission, World};

/// How long a link works, in milliseconds.
const LINK_LASTS: i64 = 24 * 3600 * 1000;

pub(super) fn routes(r: &mut Routes) {
    r.on(send).or_empty(&["email"]);
    r.on(verify).or_empty(&["token"]);
    r.on(verify_without_token);
}

/// Whether somebody has the address is not told. A name does as well.
fn send(world: &mut World, _: &Caller, op: SendVerificationEmail) -> Result<StatusOk, Failure> {
    let email = op.email.to_lowercase();
    if email.is_empty() {
        return Err(Failure::body_param("email"));
    }
    let found = world.users.by_username(&email).or_else(|| world.users.by_email(&email));
    if let Some(user) = found.map(|account| account.user.clone()) {
        world.send_link(Link::new(LinkKind::EmailVerification, user.id, &user.email));
    }
    Ok(StatusOk::ok())
}

fn verify(world: &mut World, caller: &Caller, op: VerifyUserEmail) -> Result<StatusOk, Failure> {
    let token = op.token.expose().to_owned();
    if token.len() != TOKEN_LENGTH {
        return Err(Failure::body_param("token"));
    }
    let now = world.now().as_millis();
    let link = world.links.rows.get(&token).filter(|link| {
        link.kind == LinkKind::EmailVerification && now - link.create_at.as_millis() < LINK_LASTS
    });
    let Some(link) = link.cloned().filter(|link| world.users.get(link.user).is_ok()) else {
        return Err(Failure::new(400, "api.user.verify_email.bad_link.app_error", "Bad verify email link."));
    };
    world.verify_email(link.user, &link.email)?;
    world.links.rows.remove(&token);
    world.audit(caller, "/api/v4/users/email/verify", "Email Verified");
    Ok(StatusOk::ok())
}

fn verify_without_token(
    world: &mut World,
    caller: &Caller,
    op: VerifyUserEmailWithoutToken,
) -> Result<User, Failure> {
    let user = world.users.get(op.user_id)?.user.clone();
    caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    world.verify_email(user.id, &user.email)?;
    world.audit(caller, &format!("/api/v4/users/{}/email/verify/member", user.id), "user verified");
    Ok(shown(world, caller, &user))
}
