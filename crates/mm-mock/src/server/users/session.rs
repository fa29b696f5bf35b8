//! Where users are logged in.

use mm_core::api::users::{GetSessions, RevokeAllSessions, RevokeSession, RevokeSessionsFromAllUsers};
use mm_types::{Session, SessionProps, StatusOk, TeamMember, User};

use super::{admin_only, own_or_editor};
use crate::server::route::Routes;
use crate::world::Session as Row;
use crate::{Caller, Failure, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(list).first(own_or_editor);
    r.on(revoke).first(own_or_editor).or_empty(&["session_id"]);
    r.on(revoke_all).first(own_or_editor);
    r.on(revoke_all_of_all).first(admin_only);
}

/// Those used last come first.
fn list(world: &mut World, _: &Caller, op: GetSessions) -> Result<Vec<Session>, Failure> {
    let Ok(account) = world.users.get(op.user_id) else { return Ok(Vec::new()) };
    let teams = world.teams.members.iter();
    let teams = teams.filter(|member| member.user_id == op.user_id && member.delete_at.is_unset());
    let teams: Vec<TeamMember> = teams.cloned().collect();
    let mut rows: Vec<&Row> = world.sessions.of_user(op.user_id).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.last_activity_at));
    Ok(rows.into_iter().map(|row| model(row, &account.user, &teams)).collect())
}

/// A session as it is shown: without its token.
fn model(row: &Row, user: &User, teams: &[TeamMember]) -> Session {
    let mut session = Session::default();
    session.id = row.id;
    session.create_at = row.create_at;
    session.expires_at = row.expires_at;
    session.last_activity_at = row.last_activity_at;
    session.user_id = row.user_id;
    session.device_id.clone_from(&row.device_id);
    session.roles.clone_from(&user.roles);
    session.is_oauth = row.is_oauth;
    session.team_members = teams.to_vec();
    let is_guest = if user.is_guest() { "true" } else { "false" };
    session.props = match row.access_token {
        Some(token) => {
            let mut props = SessionProps::from([
                ("is_guest", is_guest),
                ("type", "UserAccessToken"),
                ("user_access_token_id", token.as_str()),
            ]);
            if user.is_bot {
                props.insert("is_bot", "true");
            }
            props
        }
        None => SessionProps::from([
            ("browser", "Unknown/0.0"),
            ("csrf", row.csrf.expose()),
            ("isMobile", if row.is_mobile { "true" } else { "false" }),
            ("isOAuthUser", "false"),
            ("isSaml", "false"),
            ("is_guest", is_guest),
            ("os", ""),
            ("platform", "Unknown"),
        ]),
    };
    session
}

fn revoke(world: &mut World, caller: &Caller, op: RevokeSession) -> Result<StatusOk, Failure> {
    if op.session_id.is_empty() {
        return Err(Failure::body_param("session_id"));
    }
    let Some(session) = world.sessions.rows.get(&op.session_id) else {
        let message = "We encountered an error finding the session.";
        return Err(Failure::new(400, "app.session.get.app_error", message));
    };
    if session.user_id != op.user_id {
        return Err(Failure::url_param("user_id"));
    }
    world.sessions.rows.remove(&op.session_id);
    world.audit(caller, &format!("/api/v4/users/{}/sessions/revoke", op.user_id), "");
    Ok(StatusOk::ok())
}

fn revoke_all(world: &mut World, caller: &Caller, op: RevokeAllSessions) -> Result<StatusOk, Failure> {
    world.sessions.rows.retain(|session| session.user_id != op.user_id);
    world.audit(caller, &format!("/api/v4/users/{}/sessions/revoke/all", op.user_id), "");
    Ok(StatusOk::ok())
}

fn revoke_all_of_all(
    world: &mut World,
    caller: &Caller,
    _: RevokeSessionsFromAllUsers,
) -> Result<StatusOk, Failure> {
    world.sessions.rows.retain(|_| false);
    world.audit(caller, "/api/v4/users/sessions/revoke/all", "");
    Ok(StatusOk::ok())
}

#[cfg(test)]
mod tests {
    use mm_core::api::users::GetUser;

    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn the_session_used_last_comes_first() {
        let town = Town::new();
        let other = town.fake.token_for(&town.alice);
        ask(&town.fake, &town.alice, GetUser::me()).await.unwrap();
        let first = |sessions: Vec<Session>| sessions[0].id;
        let by_old = first(ask(&town.fake, &town.alice, GetSessions::me()).await.unwrap());
        let by_new = first(ask(&town.fake, &other, GetSessions::me()).await.unwrap());
        assert_ne!(by_old, by_new);
    }

    #[tokio::test]
    async fn everybody_can_be_logged_out_at_once() {
        let town = Town::new();
        ask(&town.fake, &town.admin, RevokeSessionsFromAllUsers::new()).await.unwrap();
        for person in [&town.admin, &town.alice] {
            assert_eq!(ask(&town.fake, person, GetUser::me()).await.unwrap_err().0, 401);
        }
    }
}
