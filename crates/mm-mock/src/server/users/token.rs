//! Personal access tokens.

use mm_core::api::users::{
    CreateUserAccessToken, DisableUserAccessToken, EnableUserAccessToken, GetUserAccessToken,
    GetUserAccessTokens, GetUserAccessTokensForUser, RevokeUserAccessToken, SearchUserAccessTokens,
};
use mm_types::{StatusOk, TokenId, UserAccessToken};

use super::admin_only;
use crate::permission::Scope;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::world::AccessToken;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(create).first(|world, _, user| world.users.get(user).map(|_| ())).or_empty(&["description"]);
    r.on(list_of_user);
    r.on(list);
    r.on(get);
    r.on(search).first(admin_only).or_empty(&["term"]);
    r.on(revoke).or_empty(&["token_id"]);
    r.on(disable).or_empty(&["token_id"]);
    r.on(enable).or_empty(&["token_id"]);
}

fn create(world: &mut World, caller: &Caller, op: CreateUserAccessToken) -> Result<UserAccessToken, Failure> {
    if op.description.is_empty() {
        return Err(Failure::body_param("description"));
    }
    let path = format!("/api/v4/users/{}/tokens", op.user_id);
    world.audit(caller, &path, "");
    let user = world.users.get(op.user_id)?.user.clone();
    caller.needs(world, Permission::CREATE_USER_ACCESS_TOKEN, Scope::System)?;
    caller.must_edit(world, user.id)?;
    caller.must_reach(world, &user)?;
    if !world.config.user_access_tokens && !user.is_bot {
        let message = "Personal access tokens are disabled on this server. Please contact your system administrator \
                       for details.";
        return Err(Failure::new(501, "app.user_access_token.disabled", message));
    }
    if op.description.len() > 255 {
        let message = "Invalid description, must be 255 or less characters.";
        return Err(Failure::new(400, "model.user_access_token.is_valid.description.app_error", message));
    }
    let row = world.add_token(user.id, &op.description);
    world.audit(caller, &path, format!("success - token_id={}", row.id));
    let mut token = shown(&row);
    // Told this once.
    token.token = row.token;
    Ok(token)
}

fn shown(row: &AccessToken) -> UserAccessToken {
    let mut token = UserAccessToken::default();
    token.id = row.id;
    token.user_id = row.user_id;
    token.description.clone_from(&row.description);
    token.is_active = row.is_active;
    token
}

fn list_of_user(
    world: &mut World,
    caller: &Caller,
    op: GetUserAccessTokensForUser,
) -> Result<Vec<UserAccessToken>, Failure> {
    caller.needs(world, Permission::READ_USER_ACCESS_TOKEN, Scope::System)?;
    caller.must_edit(world, op.user_id)?;
    let rows = world.tokens.rows.iter().filter(|row| row.user_id == op.user_id);
    Ok(page(rows.map(shown), op.page, op.per_page))
}

fn list(
    world: &mut World,
    caller: &Caller,
    op: GetUserAccessTokens,
) -> Result<Vec<UserAccessToken>, Failure> {
    caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    Ok(page(world.tokens.rows.iter().map(shown), op.page, op.per_page))
}

fn get(world: &mut World, caller: &Caller, op: GetUserAccessToken) -> Result<UserAccessToken, Failure> {
    caller.needs(world, Permission::READ_USER_ACCESS_TOKEN, Scope::System)?;
    let token = find(world, op.token_id)?;
    caller.must_edit(world, token.user_id)?;
    Ok(shown(token))
}

fn find(world: &World, id: TokenId) -> Result<&AccessToken, Failure> {
    world.tokens.rows.get(&id).ok_or_else(|| {
        let message = "Unable to get the personal access tokens by user.";
        Failure::new(404, "app.user_access_token.get_by_user.app_error", message)
    })
}

/// The whole id, or the user's whole id or name.
fn search(
    world: &mut World,
    _: &Caller,
    op: SearchUserAccessTokens,
) -> Result<Vec<UserAccessToken>, Failure> {
    if op.term.is_empty() {
        return Err(Failure::body_param("term"));
    }
    let fits = |row: &&AccessToken| {
        let named = world.users.get(row.user_id).is_ok_and(|account| account.user.username == op.term);
        named || row.id.as_str() == op.term || row.user_id.as_str() == op.term
    };
    Ok(world.tokens.rows.iter().filter(fits).map(shown).collect())
}

/// The token that is meant, for somebody who may change it.
fn changeable(
    world: &mut World,
    caller: &Caller,
    id: TokenId,
    action: &str,
    needed: Permission,
) -> Result<AccessToken, Failure> {
    let path = format!("/api/v4/users/tokens/{action}");
    world.audit(caller, &path, "");
    caller.needs(world, needed, Scope::System)?;
    let token = find(world, id)?.clone();
    caller.must_edit(world, token.user_id)?;
    world.audit(caller, &path, format!("success - token_id={id}"));
    Ok(token)
}

/// Ends what was begun with a token.
fn end_sessions(world: &mut World, id: TokenId) {
    world.sessions.rows.retain(|session| session.access_token != Some(id));
}

fn revoke(world: &mut World, caller: &Caller, op: RevokeUserAccessToken) -> Result<StatusOk, Failure> {
    let needed = Permission::REVOKE_USER_ACCESS_TOKEN;
    let token = changeable(world, caller, op.token_id, "revoke", needed)?;
    world.tokens.rows.remove(&token.id);
    end_sessions(world, token.id);
    Ok(StatusOk::ok())
}

fn disable(world: &mut World, caller: &Caller, op: DisableUserAccessToken) -> Result<StatusOk, Failure> {
    let needed = Permission::REVOKE_USER_ACCESS_TOKEN;
    let token = changeable(world, caller, op.token_id, "disable", needed)?;
    set_active(world, token.id, false);
    end_sessions(world, token.id);
    Ok(StatusOk::ok())
}

fn enable(world: &mut World, caller: &Caller, op: EnableUserAccessToken) -> Result<StatusOk, Failure> {
    let needed = Permission::CREATE_USER_ACCESS_TOKEN;
    let token = changeable(world, caller, op.token_id, "enable", needed)?;
    set_active(world, token.id, true);
    Ok(StatusOk::ok())
}

fn set_active(world: &mut World, id: TokenId, active: bool) {
    if let Some(token) = world.tokens.rows.get_mut(&id) {
        token.is_active = active;
    }
}

#[cfg(test)]
mod tests {
    use mm_core::api::users::{GetSessions, GetUser};
    use mm_types::UserId;

    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn people_use_tokens_where_the_server_lets_them() {
        let town = Town::new();
        let create = || CreateUserAccessToken::new(UserId::ME, "mine");
        let roles = "system_user system_user_access_token".to_owned();
        town.fake.state().world.users.get_mut(town.alice.id).unwrap().user.roles = roles;
        let off = (501, "app.user_access_token.disabled".to_owned());
        assert_eq!(ask(&town.fake, &town.alice, create()).await.unwrap_err(), off);
        town.fake.configure(|config| config.user_access_tokens = true);
        let long = CreateUserAccessToken::new(UserId::ME, "x".repeat(256));
        assert_eq!(ask(&town.fake, &town.alice, long).await.unwrap_err().0, 400);
        let made = ask(&town.fake, &town.alice, create()).await.unwrap();
        assert_eq!(ask(&town.fake, &made.token, GetUser::me()).await.unwrap().id, town.alice.id);
        let sessions = ask(&town.fake, &town.alice, GetSessions::me()).await.unwrap();
        assert!(sessions.iter().any(|session| session.props.kind().as_deref() == Some("UserAccessToken")));

        ask(&town.fake, &town.alice, DisableUserAccessToken::new(made.id)).await.unwrap();
        assert!(ask(&town.fake, &made.token, GetUser::me()).await.is_err());
        ask(&town.fake, &town.alice, EnableUserAccessToken::new(made.id)).await.unwrap();
        assert!(ask(&town.fake, &made.token, GetUser::me()).await.is_ok());
        ask(&town.fake, &town.alice, RevokeUserAccessToken::new(made.id)).await.unwrap();
        assert!(ask(&town.fake, &made.token, GetUser::me()).await.is_err());
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
    }
}
