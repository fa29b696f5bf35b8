//! Users.

use http::StatusCode;
use mm_core::api::users::{GetUser, GetUserByUsername, GetUsers};
use mm_types::User;

use super::paging::page;
use super::route::Routes;
use crate::manners::VERSION;
use crate::world::{Account, as_other, as_self};
use crate::{Answer, Caller, Failure, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_user);
    r.on(get_users);
    r.on(get_user_by_username);
}

fn get_user(world: &mut World, caller: &Caller, op: GetUser) -> Result<Answer<User>, Failure> {
    let account = world.users.get(op.user_id)?;
    Ok(one(world, caller, account))
}

fn get_user_by_username(
    world: &mut World,
    caller: &Caller,
    op: GetUserByUsername,
) -> Result<Answer<User>, Failure> {
    let account = world.users.by_username(&op.username).ok_or_else(|| {
        let message = "Unable to find an existing account matching your username for this team. \
                       This team may require an invite from the team owner to join.";
        Failure::new(404, "app.user.get_by_username.app_error", message)
    })?;
    Ok(one(world, caller, account))
}

fn get_users(world: &mut World, caller: &Caller, op: GetUsers) -> Result<Vec<User>, Failure> {
    let in_team =
        |account: &&Account| op.in_team.is_none_or(|team| world.teams.has_member(team, account.user.id));
    let fitting = world.users.sorted().into_iter().filter(in_team);
    let rows = page(fitting, op.page, op.per_page);
    Ok(rows.into_iter().map(|account| world.shown_to(caller.id, &account.user)).collect())
}

/// The answer about one user: everything for the user, less for others.
fn one(world: &World, caller: &Caller, account: &Account) -> Answer<User> {
    let user = &account.user;
    let mut shown =
        if caller.id == user.id { as_self(user) } else { as_other(user, world.is_admin(caller.id)) };
    shown.auth_data = None;
    let terms = user.terms_of_service_id;
    let tag = format!("{VERSION}.{}.{}.{terms}.0.true.true.0", user.id, user.update_at);
    Answer::new(shown).etag(tag).status(StatusCode::OK)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use crate::Town;
    use crate::testing::{request, send};

    #[tokio::test]
    async fn a_user_has_the_keys_that_the_real_server_writes() {
        let town = Town::new();
        let keys = |token: &str, url: &str| {
            let bearer = format!("Bearer {token}");
            let request = request(Method::GET, url, &[("authorization", &bearer)], "");
            let fake = town.fake.clone();
            async move {
                let user: Value = serde_json::from_slice(send(&fake, request).await.body()).unwrap();
                user.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
            }
        };
        let own = keys(town.alice.token.expose(), "/api/v4/users/me").await;
        assert_eq!(
            own,
            "auth_service create_at delete_at disable_welcome_email email first_name id last_name \
             last_password_update locale nickname notify_props position remote_id roles timezone \
             update_at username"
        );
        let of_bob = keys(town.alice.token.expose(), &format!("/api/v4/users/{}", town.bob.id)).await;
        assert_eq!(
            of_bob,
            "auth_service create_at delete_at disable_welcome_email email first_name id last_name \
             locale nickname position remote_id roles timezone update_at username"
        );
    }
}
