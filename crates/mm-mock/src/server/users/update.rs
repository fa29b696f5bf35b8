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
    op.username.apply_to(&mut user.username);
    op.nickname.apply_to(&mut user.nickname);
    op.first_name.apply_to(&mut user.first_name);
    op.last_name.apply_to(&mut user.last_name);
    op.position.apply_to(&mut user.position);
    op.locale.apply_to(&mut user.locale);
    op.timezone.apply_to(&mut user.timezone);
    op.props.apply_to(&mut user.props);
    op.notify_props.apply_to(&mut user.notify_props);
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

#[cfg(test)]
mod tests {
    use mm_core::api::users::{GetUser, VerifyUserEmail};
    use mm_types::UserId;

    use super::*;
    use crate::testing::ask;
    use crate::{PASSWORD, Town};

    #[tokio::test]
    async fn a_change_is_told_to_the_user_to_administrators_and_to_the_rest() {
        let town = Town::new();
        let patch = PatchUser::new(UserId::ME).nickname("Al".to_owned());
        ask(&town.fake, &town.alice, patch).await.unwrap();
        let told = town.fake.events();
        assert!(told.iter().all(|(event, _)| event.name == "user_updated"));
        let audiences: Vec<_> =
            told.iter().map(|(_, to)| (to.sensitive, to.sanitized, to.user == town.alice.id)).collect();
        assert_eq!(audiences, [(true, false, false), (false, true, false), (false, false, true)]);
        let has_settings = |at: usize| told[at].0.data["user"].get("notify_props").is_some();
        assert!(has_settings(0) && !has_settings(1) && has_settings(2));
        assert_eq!(told[0].1.omit, [town.alice.id]);
    }

    #[tokio::test]
    async fn an_address_that_has_to_be_proven_changes_with_the_link() {
        let town = Town::new();
        town.fake.configure(|config| config.verify_email = true);
        let patch =
            PatchUser::new(UserId::ME).email("new@example.com".to_owned()).password(Secret::from(PASSWORD));
        assert_eq!(ask(&town.fake, &town.alice, patch).await.unwrap().email, "alice@example.com");
        let mail = town.fake.mails().pop().unwrap();
        assert_eq!(mail.to, "new@example.com");
        ask(&town.fake, &(), VerifyUserEmail::new(mail.token)).await.unwrap();
        assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap().email, "new@example.com");
    }

    #[tokio::test]
    async fn administrators_are_out_of_reach_for_those_who_edit_others() {
        let town = Town::new();
        town.fake.allow("system_user", crate::Permission::EDIT_OTHER_USERS);
        let nickname = |id| PatchUser::new(id).nickname("n".to_owned());
        assert!(ask(&town.fake, &town.alice, nickname(town.bob.id)).await.is_ok());
        assert_eq!(ask(&town.fake, &town.alice, nickname(town.admin.id)).await.unwrap_err().0, 403);
    }

    #[tokio::test]
    async fn what_a_service_knows_is_not_changed_here() {
        let town = Town::new();
        let vouched = |user: &mut User| user.auth_service = "gitlab".to_owned();
        vouched(&mut town.fake.state().world.users.get_mut(town.alice.id).unwrap().user);
        let conflict = (409, "api.user.patch_user.login_provider_attribute_set.app_error".to_owned());
        let rename = PatchUser::new(UserId::ME).username("other".to_owned());
        assert_eq!(ask(&town.fake, &town.alice, rename).await.unwrap_err(), conflict);
        let first_name = PatchUser::new(UserId::ME).first_name("Other".to_owned());
        assert_eq!(ask(&town.fake, &town.alice, first_name).await.unwrap_err(), conflict);
    }
}
