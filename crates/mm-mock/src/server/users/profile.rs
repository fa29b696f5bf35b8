//! One user: who it is.

use mm_core::api::users::{GetUser, GetUserByEmail, GetUserByUsername};
use mm_types::User;

use super::shown;
use crate::manners::VERSION;
use crate::server::route::Routes;
use crate::world::{as_self, is_email, is_username};
use crate::{Answer, Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_user);
    r.on(get_user_by_username);
    r.on(get_user_by_email);
}

fn get_user(world: &mut World, caller: &Caller, op: GetUser) -> Result<Answer<User>, Failure> {
    if !caller.sees(world, op.user_id) {
        return Err(Failure::permissions());
    }
    let user = world.users.get(op.user_id)?.user.clone();
    Ok(one(world, caller, &user))
}

fn get_user_by_username(
    world: &mut World,
    caller: &Caller,
    op: GetUserByUsername,
) -> Result<Answer<User>, Failure> {
    if !is_username(&op.username) {
        return Err(Failure::body_param("username"));
    }
    let found = world.users.by_username(&op.username).map(|account| account.user.clone());
    let user = visible(world, caller, found, || {
        let message = "Unable to find an existing account matching your username for this team. \
                       This team may require an invite from the team owner to join.";
        Failure::new(404, "app.user.get_by_username.app_error", message)
    })?;
    Ok(one(world, caller, &user))
}

/// Even the own account is shown as others see it.
fn get_user_by_email(
    world: &mut World,
    caller: &Caller,
    op: GetUserByEmail,
) -> Result<Answer<User>, Failure> {
    let email = op.email.to_lowercase();
    if !is_email(&email) {
        return Err(Failure::url_param("email"));
    }
    if !world.config.show_email && !caller.is_admin(world) {
        let id = "api.user.get_user_by_email.permissions.app_error";
        return Err(Failure::new(403, id, "Unable to get user by email."));
    }
    let found = world.users.by_email(&email).map(|account| account.user.clone());
    let user = visible(world, caller, found, || {
        Failure::new(404, "app.user.missing_account.const", "Unable to find the user.")
    })?;
    Ok(Answer::new(shown(world, caller, &user)).etag(tag(world, &user)))
}

/// A user that the caller may know of. Who may not know of everybody is not told who is there.
fn visible(
    world: &World,
    caller: &Caller,
    found: Option<User>,
    missing: impl Fn() -> Failure,
) -> Result<User, Failure> {
    let user = found.ok_or_else(|| {
        let sees_all = caller.can(world, Permission::VIEW_MEMBERS, crate::permission::Scope::System);
        if sees_all { missing() } else { Failure::permissions() }
    })?;
    if caller.sees(world, user.id) { Ok(user) } else { Err(Failure::permissions()) }
}

/// The answer about one user: everything for the user, less for others.
fn one(world: &World, caller: &Caller, user: &User) -> Answer<User> {
    let is_own = caller.id == user.id;
    let user = if is_own || caller.is_admin(world) { world.with_terms(user) } else { user.clone() };
    let shown = if is_own { as_self(&user) } else { shown(world, caller, &user) };
    Answer::new(shown).etag(tag(world, &user))
}

fn tag(world: &World, user: &User) -> String {
    let (names, emails) = (world.config.show_full_name, world.config.show_email);
    let (terms, agreed) = (user.terms_of_service_id, user.terms_of_service_create_at);
    let (id, at, icon) = (user.id, user.update_at, user.bot_last_icon_update);
    format!("{VERSION}.{id}.{at}.{terms}.{agreed}.{names}.{emails}.{icon}")
}

#[cfg(test)]
mod tests {
    use http::Method;
    use mm_core::api::users::RegisterTermsOfServiceAction;
    use serde_json::Value;

    use super::*;
    use crate::testing::{ask, request, send};
    use crate::{FakeServer, Town};

    async fn keys(fake: &FakeServer, token: &str, url: &str) -> String {
        let bearer = format!("Bearer {token}");
        let request = request(Method::GET, url, &[("authorization", &bearer)], "");
        let user: Value = serde_json::from_slice(send(fake, request).await.body()).unwrap();
        user.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    }

    #[tokio::test]
    async fn a_user_has_the_keys_that_the_real_server_writes() {
        let town = Town::new();
        let own = keys(&town.fake, town.alice.token.expose(), "/api/v4/users/me").await;
        let all = "auth_service create_at delete_at disable_welcome_email email first_name id last_name \
                   last_password_update locale nickname notify_props position remote_id roles timezone \
                   update_at username";
        assert_eq!(own, all);
        let bob = format!("/api/v4/users/{}", town.bob.id);
        let of_bob = keys(&town.fake, town.alice.token.expose(), &bob).await;
        assert_eq!(
            of_bob,
            "auth_data auth_service create_at delete_at disable_welcome_email email first_name id last_name \
             locale nickname position remote_id roles timezone update_at username"
        );
        let for_admin = keys(&town.fake, town.admin.token.expose(), &bob).await;
        assert_eq!(for_admin, all.replace("last_password_update ", ""));
    }

    #[tokio::test]
    async fn a_tag_changes_with_the_terms_agreed_to() {
        let town = Town::new();
        let alice = || world_tag(&town.fake, town.alice.id);
        assert!(alice().ends_with("..0.true.true.0"));
        let terms = town.fake.terms_of_service("Be nice.");
        ask(&town.fake, &town.alice, RegisterTermsOfServiceAction::new(town.alice.id, terms, true))
            .await
            .unwrap();
        assert!(alice().contains(terms.as_str()));
    }

    fn world_tag(fake: &FakeServer, id: mm_types::UserId) -> String {
        let world = &fake.state().world;
        tag(world, &world.with_terms(&world.users.get(id).unwrap().user))
    }

    #[tokio::test]
    async fn privacy_settings_hide_addresses_and_names() {
        let town = Town::new();
        town.fake.configure(|config| {
            config.show_email = false;
            config.show_full_name = false;
        });
        town.fake.state().world.users.get_mut(town.bob.id).unwrap().user.first_name = "Bob".to_owned();
        let bob = |user: User| (user.email, user.first_name);
        let of_alice = ask(&town.fake, &town.alice, GetUser::new(town.bob.id)).await.unwrap();
        assert_eq!(bob(of_alice), (String::new(), String::new()));
        let of_admin = ask(&town.fake, &town.admin, GetUser::new(town.bob.id)).await.unwrap();
        assert_eq!(bob(of_admin), ("bob@example.com".to_owned(), "Bob".to_owned()));
        let by_email = GetUserByEmail::new("bob@example.com");
        let id = "api.user.get_user_by_email.permissions.app_error".to_owned();
        assert_eq!(ask(&town.fake, &town.alice, by_email.clone()).await.unwrap_err(), (403, id));
        assert!(ask(&town.fake, &town.admin, by_email).await.is_ok());
    }
}
