//! Changing profiles.

use mm_core::api::users::{PatchUser, UpdateUser};
use mm_types::{Secret, User};

use crate::server::route::Routes;
use crate::{Caller, Failure, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(update_user).body("user");
    r.on(patch_user).body("user");
}

fn update_user(world: &mut World, caller: &Caller, op: UpdateUser) -> Result<User, Failure> {
    let (id, user) = (op.user_id, op.user);
    if user.id != id {
        return Err(Failure::body_param("user_id"));
    }
    caller.must_edit(world, id)?;
    let old = world.users.get(id)?.user.clone();
    caller.must_reach(world, &old)?;
    check_provider(&old, &user, "update_user")?;
    if !user.email.is_empty() && user.email != old.email && caller.id == id {
        world.check_own_password(id, &user.password).map_err(|_| Failure::body_param("password"))?;
    }
    let stored = world.store_user(user, true)?;
    world.audit(caller, &format!("/api/v4/users/{id}"), "");
    Ok(stored)
}

fn patch_user(world: &mut World, caller: &Caller, op: PatchUser) -> Result<User, Failure> {
    let id = op.user_id;
    caller.must_edit(world, id)?;
    let Ok(account) = world.users.get(id) else { return Err(Failure::body_param("user_id")) };
    let old = account.user.clone();
    caller.must_reach(world, &old)?;
    let mut user = old.clone();
    let password = op.password.into_value();
    let email = op.email.into_value();
    let texts = [
        (&mut user.username, op.username),
        (&mut user.nickname, op.nickname),
        (&mut user.first_name, op.first_name),
        (&mut user.last_name, op.last_name),
        (&mut user.position, op.position),
        (&mut user.locale, op.locale),
    ];
    for (field, patch) in texts {
        if let Some(text) = patch.into_value() {
            *field = text;
        }
    }
    if let Some(timezone) = op.timezone.into_value() {
        user.timezone = timezone;
    }
    if let Some(props) = op.props.into_value() {
        user.props = props;
    }
    if let Some(props) = op.notify_props.into_value() {
        user.notify_props = props;
    }
    check_provider(&old, &user, "patch_user")?;
    if let Some(email) = email {
        if email != old.email && caller.id == id {
            let password: Secret = password.ok_or_else(|| Failure::body_param("password"))?;
            world.check_own_password(id, &password)?;
        }
        user.email = email;
    }
    let stored = world.store_user(user, true)?;
    world.audit(caller, &format!("/api/v4/users/{id}/patch"), "");
    Ok(stored)
}

/// Refuses with 409 to change what the service knows that vouches for the user.
fn check_provider(old: &User, new: &User, operation: &str) -> Result<(), Failure> {
    let by_oauth = matches!(old.auth_service.as_str(), "gitlab" | "google" | "office365" | "openid");
    let field = if !old.auth_service.is_empty() && new.username != old.username {
        "username"
    } else if by_oauth && (new.first_name != old.first_name || new.last_name != old.last_name) {
        "full name"
    } else {
        return Ok(());
    };
    let id = format!("api.user.{operation}.login_provider_attribute_set.app_error");
    Err(Failure::new(409, id, format!("Field '{field}' must be set through user's login provider.")))
}
