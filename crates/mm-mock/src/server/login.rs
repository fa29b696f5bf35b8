//! Logging in and out.

use mm_core::api::users::{Login, Logout};
use mm_types::{Secret, StatusOk, User, UserId};

use super::route::Routes;
use crate::world::{Account, Session, as_self};
use crate::{Answer, Caller, Failure, World, totp};

/// The id of the refusal that does not tell what was wrong.
pub(super) const WRONG: &str = "api.user.login.invalid_credentials_email_username";

pub(super) fn routes(r: &mut Routes) {
    r.on(login).or_empty(&["login_id", "password"]);
    r.on(logout);
}

fn login(world: &mut World, caller: &Caller, op: Login) -> Result<Answer<User>, Failure> {
    world.audit(caller, "/api/v4/users/login", format!("attempt - login_id={}", op.login_id));
    if op.password.is_empty() {
        let message = "Password field must not be blank";
        return Err(Failure::new(400, "api.user.login.blank_pwd.app_error", message));
    }
    let user = find(world, &op).ok_or_else(wrong)?;
    check(world, user, &op.password, op.mfa_code.as_ref())?;

    let device = op.device_id.unwrap_or_default();
    if !device.is_empty() {
        // A phone has one session a user.
        world.sessions.rows.retain(|session| session.user_id != user || session.device_id != device);
    }
    let agent = caller.header("user-agent");
    let is_mobile = !device.is_empty()
        || ["Mobile", "Android", "iOS", "iPhone", "iPad"].iter().any(|name| agent.contains(name));
    let session = world.start_session(user);
    if let Some(session) = world.sessions.rows.get_mut(&session.id) {
        session.device_id = device;
        session.is_mobile = is_mobile;
    }
    let now = world.now();
    let account = world.users.get_mut(user)?;
    account.user.failed_attempts = 0;
    account.user.last_login = now;
    let mut shown = as_self(&account.user);
    shown.auth_data = None;
    world.audit(caller, "/api/v4/users/login", format!("success session_user={user}"));
    Ok(with_session(Answer::new(shown), world, caller, &session))
}

/// The token, and cookies for browsers.
fn with_session<T>(answer: Answer<T>, world: &World, caller: &Caller, session: &Session) -> Answer<T> {
    let answer = answer.header("token", session.token.expose());
    if caller.header("x-requested-with") != "XMLHttpRequest" {
        return answer;
    }
    let age = world.config.session_length.as_secs();
    let cookie = |name, value: &str, end: &str| format!("{name}={value}; Path=/; Max-Age={age}{end}");
    answer
        .header("set-cookie", cookie("MMAUTHTOKEN", session.token.expose(), "; HttpOnly"))
        .header("set-cookie", cookie("MMUSERID", session.user_id.as_str(), ""))
        .header("set-cookie", cookie("MMCSRF", session.csrf.expose(), ""))
}

fn find(world: &World, op: &Login) -> Option<UserId> {
    let account = match op.id {
        Some(id) if !id.is_empty() => world.users.get(id).ok(),
        _ => world.users.by_username(&op.login_id).or_else(|| world.users.by_email(&op.login_id)),
    };
    account.map(|account| account.user.id)
}

/// Whether the account may log in with this password and code.
pub(super) fn check(
    world: &mut World,
    user: UserId,
    password: &Secret,
    code: Option<&Secret>,
) -> Result<(), Failure> {
    let most = world.config.max_login_attempts;
    let asks_for_codes = world.config.mfa;
    let now = world.now();
    let account = world.users.get_mut(user)?;
    if account.user.is_deactivated() {
        let message =
            "Login failed because your account has been deactivated. Please contact an administrator.";
        return Err(Failure::new(401, "api.user.login.inactive.app_error", message));
    }
    if account.user.is_bot {
        return Err(Failure::new(
            401,
            "api.user.login.bot_login_forbidden.app_error",
            "Bot login is forbidden.",
        ));
    }
    if account.user.failed_attempts >= most {
        let message = "Your account is locked because of too many failed password attempts. Please reset your password.";
        return Err(Failure::new(401, "api.user.check_user_login_attempts.too_many.app_error", message));
    }
    if password.is_empty() || account.password != *password {
        account.user.failed_attempts += 1;
        return Err(wrong());
    }
    if account.user.mfa_active && asks_for_codes {
        let given = code.map(|code| code.expose().trim()).unwrap_or_default();
        check_code(account, given, now)?;
    }
    Ok(())
}

fn check_code(account: &mut Account, given: &str, now: mm_types::Timestamp) -> Result<(), Failure> {
    if !totp::is_code(given) {
        return Err(Failure::new(401, "mfa.validate_token.authenticate.app_error", "Invalid MFA token."));
    }
    match totp::step_of(account.mfa_key.expose(), given, now) {
        // A code works once, and none before it afterwards.
        Some(step) if step > account.mfa_last_step => {
            account.mfa_last_step = step;
            Ok(())
        }
        _ => {
            account.user.failed_attempts += 1;
            Err(Failure::new(401, "api.user.check_user_mfa.bad_code.app_error", "Invalid MFA token."))
        }
    }
}

/// What is wrong is not told, so that nobody finds out who has an account.
fn wrong() -> Failure {
    let message = "Enter a valid email or username and/or password.";
    Failure::new(401, WRONG, message)
}

fn logout(world: &mut World, caller: &Caller, _: Logout) -> Result<Answer<StatusOk>, Failure> {
    if let Some(session) = &caller.session {
        world.sessions.rows.remove(&session.id);
    }
    Ok(Answer::new(StatusOk::ok()).header("set-cookie", "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Method, Response};
    use mm_core::api::users::GetUser;

    use super::*;
    use crate::testing::{ask, error, request, send};
    use crate::{FakeServer, PASSWORD, Town};

    async fn login(
        fake: &FakeServer,
        headers: &[(&'static str, &str)],
        body: &'static str,
    ) -> Response<Bytes> {
        send(fake, request(Method::POST, "/api/v4/users/login", headers, body)).await
    }

    async fn refused(fake: &FakeServer, op: Login) -> (u16, String) {
        ask(fake, &(), op).await.unwrap_err()
    }

    #[tokio::test]
    async fn the_token_of_a_new_session_comes_in_a_header() {
        let town = Town::new();
        let body = r#"{"login_id": "Alice@example.com", "password": "correct horse battery"}"#;
        let answer = login(&town.fake, &[], body).await;
        let token = Secret::from(answer.headers()["token"].to_str().unwrap());
        assert!(!answer.headers().contains_key("set-cookie"));
        assert_eq!(ask(&town.fake, &token, GetUser::me()).await.unwrap().id, town.alice.id);
        ask(&town.fake, &token, Logout::new()).await.unwrap();
        assert!(ask(&town.fake, &token, GetUser::me()).await.is_err());
        ask(&town.fake, &token, Logout::new()).await.unwrap();
    }

    #[tokio::test]
    async fn a_browser_gets_cookies_and_must_repeat_one_of_them() {
        let town = Town::new();
        let xhr = ("x-requested-with", "XMLHttpRequest");
        let body = r#"{"login_id": "alice", "password": "correct horse battery"}"#;
        let answer = login(&town.fake, &[xhr], body).await;
        let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
        let cookie = |at: usize| cookies[at].to_str().unwrap().split(';').next().unwrap();
        assert!(cookies[0].to_str().unwrap().ends_with("; Max-Age=15552000; HttpOnly"));
        let session = ("cookie", cookie(0));
        let csrf = ("x-csrf-token", cookie(2).strip_prefix("MMCSRF=").unwrap());

        let body = || format!(r#"["{}"]"#, town.bob.id);
        let by_ids = |headers: &[(&'static str, &str)]| {
            let request = request(Method::POST, "/api/v4/users/ids", headers, body());
            let fake = town.fake.clone();
            async move { send(&fake, request).await.status().as_u16() }
        };
        assert_eq!(by_ids(&[session]).await, 401);
        assert_ne!(by_ids(&[session, csrf]).await, 401);
        assert_ne!(by_ids(&[session, xhr]).await, 401);
    }

    #[tokio::test]
    async fn an_unknown_name_and_a_wrong_password_look_the_same() {
        let town = Town::new();
        let vague = (401, "api.user.login.invalid_credentials_email_username".to_owned());
        assert_eq!(refused(&town.fake, Login::new("nobody", PASSWORD)).await, vague);
        assert_eq!(refused(&town.fake, Login::new("alice", "wrong")).await, vague);
        for body in [r#"{"login_id": "alice"}"#, r#"{"login_id": "alice", "password": ""}"#, "no json"] {
            let answer = login(&town.fake, &[], body).await;
            assert_eq!(error(&answer).id, "api.user.login.blank_pwd.app_error", "{body}");
            assert_eq!(answer.status(), 400);
        }
    }

    #[tokio::test]
    async fn ten_wrong_passwords_lock_an_account() {
        let town = Town::new();
        for _ in 0..10 {
            refused(&town.fake, Login::new("alice", "wrong")).await;
        }
        let locked = "api.user.check_user_login_attempts.too_many.app_error".to_owned();
        assert_eq!(refused(&town.fake, Login::new("alice", PASSWORD)).await, (401, locked));
        assert!(ask(&town.fake, &(), Login::new("bob", PASSWORD)).await.is_ok());
    }

    #[tokio::test]
    async fn bots_and_the_deactivated_are_told_why() {
        let fake = FakeServer::new();
        fake.bot("robot").create();
        fake.user("gone").with(|user| user.delete_at = 1.into()).create();
        assert_eq!(
            refused(&fake, Login::new("robot", "x")).await.1,
            "api.user.login.bot_login_forbidden.app_error"
        );
        assert_eq!(refused(&fake, Login::new("gone", PASSWORD)).await.1, "api.user.login.inactive.app_error");
    }

    #[tokio::test]
    async fn a_second_factor_is_asked_for_and_works_once() {
        let fake = FakeServer::new();
        let alice = fake.user("alice").mfa().create();
        let with = |code: &str| Login::new("alice", PASSWORD).mfa_code(code);
        let asked = "mfa.validate_token.authenticate.app_error";
        assert_eq!(refused(&fake, Login::new("alice", PASSWORD)).await, (401, asked.to_owned()));
        assert_eq!(refused(&fake, with("12ab")).await.1, asked);

        let code = fake.mfa_code(&alice);
        assert!(ask(&fake, &(), with(code.expose())).await.is_ok());
        let bad = "api.user.check_user_mfa.bad_code.app_error";
        assert_eq!(refused(&fake, with(code.expose())).await.1, bad, "the code was used");
        fake.advance(Duration::from_secs(30));
        assert!(ask(&fake, &(), with(fake.mfa_code(&alice).expose())).await.is_ok());
    }

    #[tokio::test]
    async fn a_phone_has_one_session() {
        let town = Town::new();
        let body = r#"{"login_id": "alice", "password": "correct horse battery", "device_id": "android:1"}"#;
        let first = login(&town.fake, &[], body).await;
        let second = login(&town.fake, &[], body).await;
        let token = |answer: &Response<Bytes>| Secret::from(answer.headers()["token"].to_str().unwrap());
        assert!(ask(&town.fake, &token(&first), GetUser::me()).await.is_err());
        assert!(ask(&town.fake, &token(&second), GetUser::me()).await.is_ok());
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
    }
}
