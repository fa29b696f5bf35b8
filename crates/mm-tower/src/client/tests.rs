use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use http::HeaderName;
use http::header::AUTHORIZATION;
use mm_core::api::system::GetPing;
use mm_core::api::users::{GetUser, GetUsers, Login};
use mm_core::types::Secret;
use mm_core::{BoxError, ErrorKind};
use tower::service_fn;

use super::*;
use crate::TokenProvider;
use crate::testing::{Outcome, Script, answer, lost, refused};

const ALICE: &str = r#"{"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc", "username": "alice"}"#;

fn builder() -> ClientBuilder {
    Client::builder("https://a.example").unwrap()
}

/// Lets alice in with the password `correct`, gives token after token, and takes only the latest.
fn town() -> Script {
    let logins = Arc::new(AtomicUsize::new(0));
    Script::new(move |_, request| {
        let logins = Arc::clone(&logins);
        async move {
            let number = logins.load(Ordering::SeqCst);
            match request.uri().path() {
                "/api/v4/users/login" => {
                    let body = String::from_utf8(request.body().as_bytes().unwrap().to_vec()).unwrap();
                    if !body.contains("correct") {
                        return answer(
                            401,
                            r#"{"id": "api.user.login.invalid_credentials_email", "message": "no"}"#,
                        );
                    }
                    logins.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    let mut response = answer(200, ALICE)?;
                    response.headers_mut().insert("Token", format!("t{}", number + 1).parse().unwrap());
                    Ok(response)
                }
                _ if header(&request, AUTHORIZATION) == format!("Bearer t{number}") => answer(200, ALICE),
                _ => answer(401, r#"{"id": "api.context.session_expired.app_error", "message": "expired"}"#),
            }
        }
    })
}

fn header(request: &Request<Body>, name: HeaderName) -> String {
    request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn an_operation_goes_to_the_server_with_token_and_name() {
    let script = Script::answering(|_, _| answer(200, ALICE));
    let client = Client::builder("https://a.example/sub").unwrap();
    let client = client.token("secret\n").user_agent("bot/1").unwrap().accept_language("de").unwrap();
    let me = client.build(script.clone()).send(GetUser::me()).await.unwrap();
    assert_eq!(me.username, "alice");
    let seen = script.seen().remove(0);
    assert_eq!(
        (seen.method, seen.uri.to_string()),
        (Method::GET, "https://a.example/sub/api/v4/users/me".to_owned())
    );
    assert_eq!(seen.headers[AUTHORIZATION], "Bearer secret");
    assert!(seen.headers[AUTHORIZATION].is_sensitive());
    assert_eq!(seen.headers[USER_AGENT], "bot/1");
    assert_eq!(seen.headers[ACCEPT_LANGUAGE], "de");
}

#[tokio::test]
async fn operations_that_need_no_token_carry_none() {
    let script = Script::answering(|_, _| answer(200, "{}"));
    let client = builder().token("secret").build(script.clone());
    let _ = client.send_raw(Login::new("a", "b")).await.unwrap();
    assert!(!script.seen()[0].headers.contains_key(AUTHORIZATION));
}

#[tokio::test]
async fn requests_to_another_server_are_not_sent() {
    let script = Script::answering(|_, _| answer(200, ""));
    let client = builder().token("secret").build(script.clone());
    let send = |uri: &str| client.send_request(Request::get(uri).body(Body::empty()).unwrap());
    assert_eq!(send("https://b.example/x").await.unwrap_err().kind(), ErrorKind::NotSent);
    assert_eq!(send("http://a.example/x").await.unwrap_err().kind(), ErrorKind::NotSent);
    assert!(script.seen().is_empty());
    send("https://a.example/x").await.unwrap();
    assert_eq!(script.seen()[0].headers[AUTHORIZATION], "Bearer secret");
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_an_error_without_a_request() {
    for token in ["", " ", "a\nb"] {
        let script = Script::answering(|_, _| answer(200, ALICE));
        let error = builder().token(token).build(script.clone()).send(GetUser::me()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSent);
        assert!(error.to_string().contains("the token is empty or holds"), "{error}");
        assert!(script.seen().is_empty());
    }
}

#[tokio::test]
async fn secrets_are_in_no_debug_text() {
    let with_token = builder().token("hush1");
    let with_login = builder().login("alice", "hush2").mfa_code("hush3");
    let mut text = format!("{with_token:?} {with_login:?}");
    text += &format!("{:?} {:?}", with_token.build(town()), with_login.build(town()));
    assert!(!text.contains("hush"), "{text}");
}

#[tokio::test]
async fn an_error_of_the_server_is_a_value() {
    let script = Script::answering(|_, _| {
        answer(
            403,
            r#"{"id": "api.context.permissions.app_error", "message": "You do not", "status_code": 403}"#,
        )
    });
    let error = builder().build(script).send(GetUser::me()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.api().unwrap().id(), "api.context.permissions.app_error");
    assert_eq!(error.request_id(), Some("r1"));
}

#[tokio::test]
async fn raw_answers_come_untouched_be_they_errors_or_not() {
    let script = Script::answering(|_, _| answer(418, "teapot"));
    let response = builder().build(script).send_raw(GetUser::me()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_bytes()), (418, Some(b"teapot" as &[u8])));
}

#[tokio::test]
async fn an_answer_can_come_with_what_was_said_beside_it() {
    let script = Script::answering(|_, _| answer(200, ALICE));
    let answer = builder().build(script).send_with_meta(GetUser::me()).await.unwrap();
    assert_eq!((answer.value.username.as_str(), answer.meta.request_id()), ("alice", Some("r1")));
}

#[tokio::test]
async fn answers_can_be_read_into_a_type_of_the_callers_own() {
    #[derive(serde::Deserialize)]
    struct Name {
        username: String,
    }
    let script = Script::answering(|_, _| answer(200, ALICE));
    let name: Name = builder().build(script).send_as(GetUser::me()).await.unwrap();
    assert_eq!(name.username, "alice");
}

#[tokio::test]
async fn any_http_service_will_do() {
    // No error at all, and a body of its own, as a router has it.
    let router = service_fn(async |_: Request<Body>| {
        Ok::<_, std::convert::Infallible>(Response::new(http_body_util::Full::new(bytes::Bytes::from(ALICE))))
    });
    assert_eq!(builder().build(router).send(GetUser::me()).await.unwrap().username, "alice");
    // An error that is only a box.
    let broken = service_fn(async |_: Request<Body>| Err::<Response<Body>, BoxError>("odd".into()));
    let error = builder().no_retry().build(broken).send(GetUser::me()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
}

#[tokio::test]
async fn a_login_opens_a_session_for_all_clones() {
    let script = town();
    let client = builder().build(script.clone());
    let clone = client.clone();
    let me = client.log_in(Login::new("alice", "correct")).await.unwrap();
    assert_eq!(clone.user_id(), Some(me.id));
    assert_eq!(clone.send(GetUser::me()).await.unwrap().username, "alice");
    assert!(!script.seen()[0].headers.contains_key(AUTHORIZATION));
}

#[tokio::test]
async fn a_second_login_is_refused_and_changes_nothing() {
    let client = builder().build(town());
    client.log_in(Login::new("alice", "correct")).await.unwrap();
    let error = client.log_in(Login::new("bob", "correct")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.to_string().contains("log out first"), "{error}");
    client.send(GetUser::me()).await.unwrap();
    let with_token = builder().token("t").build(town());
    assert!(with_token.log_in(Login::new("alice", "correct")).await.is_err());
}

#[tokio::test]
async fn two_logins_at_once_open_one_session() {
    let script = town();
    let client = builder().build(script.clone());
    let (one, two) = tokio::join!(
        client.log_in(Login::new("alice", "correct")),
        client.log_in(Login::new("alice", "correct"))
    );
    assert!(one.is_ok() && two.is_err());
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn after_a_logout_calls_fail_here_and_a_login_is_possible_again() {
    let script = town();
    let client = builder().build(script.clone());
    client.log_in(Login::new("alice", "correct")).await.unwrap();
    client.logout().await.unwrap();
    let sent = script.seen().len();
    let error = client.send(GetUser::me()).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "GetUser"));
    assert!(error.to_string().contains("logged out"), "{error}");
    assert_eq!((client.user_id(), script.seen().len()), (None, sent));
    // What needs no token still works.
    let _ = client.send_raw(GetPing::new()).await.unwrap();
    client.logout().await.unwrap();
    client.log_in(Login::new("alice", "correct")).await.unwrap();
    client.send(GetUser::me()).await.unwrap();
}

#[tokio::test]
async fn a_login_without_its_token_says_so() {
    let script = Script::answering(|_, _| answer(200, ALICE));
    let error = builder().build(script).log_in(Login::new("alice", "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("`Token` header"), "{error}");
}

#[tokio::test]
async fn what_a_login_lacks_can_be_told() {
    for (id, required, invalid) in [
        ("mfa.validate_token.authenticate.app_error", true, false),
        ("api.user.check_user_mfa.bad_code.app_error", false, true),
    ] {
        let script =
            Script::answering(move |_, _| answer(401, format!(r#"{{"id": "{id}", "message": "m"}}"#)));
        let error = builder().build(script.clone()).log_in(Login::new("alice", "x")).await.unwrap_err();
        assert_eq!((error.is_mfa_required(), error.is_mfa_invalid()), (required, invalid));
        // The same from a login that is part of a call.
        let error = builder().login("alice", "x").build(script).send(GetUser::me()).await.unwrap_err();
        assert_eq!((error.is_mfa_required(), error.operation()), (required, "Login"));
    }
}

#[tokio::test]
async fn the_own_id_of_a_token_is_asked_for_once() {
    let script = Script::answering(|_, _| answer(200, ALICE));
    let client = builder().token("t").build(script.clone());
    assert_eq!(client.user_id(), None);
    let id = client.own_id().await.unwrap();
    assert_eq!((client.own_id().await.unwrap(), client.user_id()), (id, Some(id)));
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn a_login_of_the_builder_is_made_once_when_first_needed() {
    let script = town();
    let client = builder().login("alice", "correct").build(script.clone());
    assert!(script.seen().is_empty());
    let (one, two) = tokio::join!(client.send(GetUser::me()), client.send(GetUser::me()));
    assert!(one.is_ok() && two.is_ok());
    let logins = script.paths().iter().filter(|path| path.ends_with("/login")).count();
    assert_eq!((logins, client.user_id()), (1, Some(one.unwrap().id)));
}

#[tokio::test]
async fn a_refused_login_is_not_repeated() {
    let script = town();
    let client = builder().login("alice", "wrong").build(script.clone());
    for _ in 0..3 {
        let error = client.send(GetUser::me()).await.unwrap_err();
        assert_eq!(error.api().unwrap().id(), "api.user.login.invalid_credentials_email");
    }
    assert_eq!(script.paths(), ["/api/v4/users/login"]);
}

#[tokio::test]
async fn a_provider_is_told_of_a_refused_token_and_asked_each_time() {
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicUsize>);

    #[async_trait]
    impl TokenProvider for Counting {
        async fn token(&self) -> Result<Secret, BoxError> {
            Ok(format!("t{}", self.0.load(Ordering::SeqCst)).into())
        }

        async fn refused(&self, token: &Secret) {
            assert_eq!(token.expose(), "t0");
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let script = Script::answering(|_, request| match header(&request, AUTHORIZATION).as_str() {
        "Bearer t0" if request.uri().path().ends_with("/me") => {
            answer(401, r#"{"id": "api.context.session_expired.app_error"}"#)
        }
        "Bearer t1" => answer(200, "[]"),
        _ => answer(401, r#"{"id": "plugin.says.no"}"#),
    });
    let provider = Counting::default();
    let client = builder().token_provider(provider.clone()).build(script);
    assert!(client.send(GetUsers::new()).await.is_err());
    assert_eq!(provider.0.load(Ordering::SeqCst), 0);
    assert!(client.send(GetUser::me()).await.is_err(), "the answer is no user");
    assert_eq!(provider.0.load(Ordering::SeqCst), 1);
    assert!(client.send(GetUsers::new()).await.is_ok());
}

#[tokio::test]
async fn a_provider_without_a_token_fails_the_call_before_it_is_sent() {
    struct Empty;

    #[async_trait]
    impl TokenProvider for Empty {
        async fn token(&self) -> Result<Secret, BoxError> {
            Err("the vault is sealed".into())
        }
    }
    let script = Script::answering(|_, _| answer(200, ALICE));
    let error = builder().token_provider(Empty).build(script.clone()).send(GetUser::me()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.to_string().contains("the vault is sealed"), "{error}");
    assert!(script.seen().is_empty());
}

#[test]
fn a_user_agent_of_a_phone_is_refused() {
    assert!(builder().user_agent("Mozilla (iPhone)").unwrap_err().to_string().contains("iPhone"));
    assert!(builder().user_agent("a\nb").is_err());
    assert!(builder().user_agent("bot/1 (Linux)").is_ok());
}

/// Notes the path and whether there was a token, under its name.
#[derive(Clone)]
struct Note(&'static str, Arc<std::sync::Mutex<Vec<String>>>);

impl<S> tower_layer::Layer<S> for Note {
    type Service = Noting<S>;

    fn layer(&self, inner: S) -> Noting<S> {
        Noting(inner, self.clone())
    }
}

#[derive(Clone)]
struct Noting<S>(S, Note);

impl<S: tower_service::Service<Request<Body>>> tower_service::Service<Request<Body>> for Noting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let has_token = request.headers().contains_key(AUTHORIZATION);
        self.1.1.lock().unwrap().push(format!("{} {} {has_token}", self.1.0, request.uri()));
        self.0.call(request)
    }
}

#[tokio::test(start_paused = true)]
async fn layers_of_the_users_own_see_calls_outside_and_tries_inside() {
    let script = Script::answering(|number, _| if number == 0 { lost() } else { answer(200, ALICE) });
    let notes = Arc::default();
    let note = |name| Note(name, Arc::clone(&notes));
    let client = builder().token("t").layer(note("outer 1")).layer(note("outer 2"));
    let client = client.inner_layer(note("inner 1")).inner_layer(note("inner 2")).build(script);
    client.send(GetUser::me()).await.unwrap();
    let inner = |number| format!("inner {number} https://a.example/api/v4/users/me true");
    let outer = |number| format!("outer {number} /api/v4/users/me false");
    assert_eq!(*notes.lock().unwrap(), [outer(1), outer(2), inner(1), inner(2), inner(1), inner(2)]);
}

#[tokio::test]
async fn a_connection_that_is_refused_is_known_not_to_have_carried_anything() {
    let script = Script::answering(|_, _| -> Outcome { refused() });
    let error = builder().no_retry().build(script).send(GetUser::me()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
}

#[test]
fn client_calls_and_streams_can_cross_threads() {
    fn crosses<T: Send>(_: &T) {}
    fn is_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = builder().build(town());
    is_shared(&client);
    crosses(&client.send(GetUser::me()));
    crosses(&client.log_in(Login::new("a", "b")));
    crosses(&client.stream(GetUsers::new()));
    crosses(&crate::recipes::download_to(&client, mm_core::types::FileId::default(), "a"));
}

#[tokio::test]
async fn giving_up_a_call_gives_up_its_request() {
    let script = Script::new(|_, _| std::future::pending());
    let client = builder().build(script.clone());
    tokio::select! {
        biased;
        _ = client.send(GetUser::me()) => panic!("answered"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!((script.seen().len(), script.running()), (1, 0));
}

#[tokio::test]
async fn the_server_is_too_old_says_the_client_that_has_seen_its_version() {
    use mm_core::api::users::{CheckUserMfa, GetChannelMembersWithTeamDataForUser as OfTomorrow};

    const NO_PATH: &str = r#"{"id": "api.context.404.app_error", "message": "No.", "status_code": 404}"#;
    let script = Script::answering(|_, request| match request.uri().path() {
        "/api/v4/users/me" => {
            let mut response = answer(200, "{}")?;
            let version = http::HeaderValue::from_static("5.37.0.5.37.0.9a8b.false");
            response.headers_mut().insert("x-version-id", version);
            Ok(response)
        }
        _ => answer(404, NO_PATH),
    });
    let client = Client::builder("https://a.example").unwrap().token("t").build(script);
    let refused = client.send(OfTomorrow::new(UserId::ME)).await.unwrap_err();
    assert!(refused.is_unsupported() && !refused.to_string().contains("this server is"), "{refused}");

    client.send(GetUser::me()).await.unwrap();
    let refused = client.send(OfTomorrow::new(UserId::ME)).await.unwrap_err();
    assert!(
        refused.to_string().contains(
            "; GetChannelMembersWithTeamDataForUser needs Mattermost >= 6.2, this server is 5.37.0"
        ),
        "{refused}"
    );
    let refused = client.send(CheckUserMfa::new("alice")).await.unwrap_err();
    assert!(refused.is_unsupported() && !refused.to_string().contains("is gone"), "{refused}");
}
