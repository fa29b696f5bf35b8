//! Secrets go to the server, and nowhere else: each is another word, and all that can be printed is searched for all.

use std::fmt::{Debug, Display};

use http::Request;
use mm_core::api::bots::ConvertBotToUser;
use mm_core::api::users::{
    CreateUser, GetUser, Login, LoginByCwsToken, ResetPassword, SwitchAccountType, UpdateUser,
    UpdateUserAuth, UpdateUserMfa, UpdateUserPassword, VerifyUserEmail,
};
use mm_core::types::{Secret, Session as SessionRow, User, UserId};
use mm_core::{Body, Endpoint};
use mm_hyper::HyperTransport;
use mm_mock::FakeServer;
use mm_tower::{BaseUrl, Client, Session};

use crate::hyper::support::whole_story;

/// Every secret of these tests has this in it.
const MARK: &str = "canary";

#[track_caller]
fn is_silent(text: &str) {
    assert!(!text.contains(MARK), "{text}");
    // Base64 of ":canary", where it may stand in basic authorization, whatever comes before it.
    for encoded in ["OmNhbmFyeS", "pjYW5hcn", "6Y2FuYXJ5"] {
        assert!(!text.contains(encoded), "{text}");
    }
}

#[track_caller]
fn debug_is_silent(value: &impl Debug) {
    is_silent(&format!("{value:?}\n{value:#?}"));
}

#[track_caller]
fn is_silent_in_all(value: &(impl Debug + Display)) {
    is_silent(&format!("{value:?}\n{value:#?}\n{value}"));
}

/// The operation, its request and the request's parts show nothing; the body has what was put in.
#[track_caller]
fn sends_but_does_not_show<E: Endpoint + Debug>(operation: E, secrets: &[&str]) {
    debug_is_silent(&operation);
    let request = operation.to_request().expect("a request");
    debug_is_silent(&request);
    assert!(!request.uri().to_string().contains(MARK), "a secret has no place in a URI: {}", request.uri());
    let body = request.into_body();
    let text = String::from_utf8_lossy(body.as_bytes().expect("a body in memory")).into_owned();
    for secret in secrets {
        assert!(text.contains(secret), "{}: {text}", E::INFO.operation);
    }
}

#[test]
fn operations_and_their_requests_show_no_secret() {
    sends_but_does_not_show(
        Login::new("ann", "canary-1").mfa_code("canary-2").magic_link_token("canary-3"),
        &["canary-1", "canary-2", "canary-3"],
    );
    sends_but_does_not_show(LoginByCwsToken::new("ann", "canary-1"), &["canary-1"]);
    sends_but_does_not_show(
        CreateUser::new("ann@example.com", "ann").password("canary-1").auth_data("canary-2"),
        &["canary-1", "canary-2"],
    );
    // The server takes it from the query alone, so it is in the request's URI, but nowhere else.
    debug_is_silent(&CreateUser::new("ann@example.com", "ann").invite_token("canary-3"));
    sends_but_does_not_show(
        UpdateUserPassword::new(UserId::ME, "canary-1").current_password("canary-2"),
        &["canary-1", "canary-2"],
    );
    sends_but_does_not_show(ResetPassword::new("canary-1", "canary-2"), &["canary-1", "canary-2"]);
    sends_but_does_not_show(UpdateUserMfa::new(UserId::ME, true).code("canary-1"), &["canary-1"]);
    sends_but_does_not_show(VerifyUserEmail::new("canary-1"), &["canary-1"]);
    sends_but_does_not_show(
        SwitchAccountType::new("email", "ldap")
            .password("canary-1")
            .new_password("canary-2")
            .mfa_code("canary-3"),
        &["canary-1", "canary-2", "canary-3"],
    );
    let id: UserId = "a".repeat(26).parse().expect("an id");
    sends_but_does_not_show(UpdateUserAuth::new(id, "canary-1", "ldap"), &["canary-1"]);
    sends_but_does_not_show(ConvertBotToUser::new(id, "canary-1"), &["canary-1"]);
}

#[test]
fn models_with_secrets_do_not_show_them() {
    let user: User = serde_json::from_str(
        r#"{"username": "ann", "password": "canary-1", "auth_data": "canary-2", "mfa_secret": "canary-3"}"#,
    )
    .expect("a user");
    debug_is_silent(&user);
    debug_is_silent(&UpdateUser::of(user));
    let session: SessionRow =
        serde_json::from_str(r#"{"token": "canary-1", "props": {"csrf": "canary-2"}}"#).expect("a session");
    debug_is_silent(&session.token);
    is_silent_in_all(&Secret::from("canary-1"));
    assert_eq!(Secret::from("canary-1").expose(), "canary-1");
}

#[test]
fn builders_clients_and_sessions_show_no_secret() {
    let builder = || Client::builder("https://chat.example.com").expect("an address");
    debug_is_silent(&builder().token("canary-1"));
    debug_is_silent(&builder().login("ann", "canary-1").mfa_code("canary-2"));
    debug_is_silent(&builder().token("canary-1").build(FakeServer::new()));
    debug_is_silent(&builder().login("ann", "canary-1").mfa_code("canary-2").build(FakeServer::new()));
    debug_is_silent(&Session::with_token("canary-1"));
    debug_is_silent(&Session::with_token("canary\r\n-1"));
    is_silent_in_all(&"https://ann:canary-1@chat.example.com".parse::<BaseUrl>().expect_err("a password"));
}

#[test]
fn a_transport_does_not_show_the_credentials_of_its_proxy() {
    let builders = || {
        [
            HyperTransport::builder().proxy("http://ann:canary-1@proxy.example.com:3128"),
            HyperTransport::builder()
                .proxy("http://proxy.example.com:3128")
                .proxy_credentials("ann", "canary-2"),
            HyperTransport::builder().proxy("socks5://ann:canary-3@proxy.example.com"),
            HyperTransport::builder().proxy_variables(|name| {
                (name == "all_proxy").then(|| "http://ann:canary-4@proxy.example.com".to_owned())
            }),
        ]
    };
    for builder in builders() {
        debug_is_silent(&builder);
        debug_is_silent(&builder.build().expect("settings"));
    }
    for address in ["ftp://ann:canary-1@proxy.example.com", "http://ann:canary-1@", "ann:canary-1@ proxy"] {
        is_silent_in_all(&HyperTransport::builder().proxy(address).build().expect_err("no such proxy"));
    }
}

/// A transport that keeps what it is given as text, and answers an error.
fn nosy(
    seen: &std::sync::Arc<std::sync::Mutex<Vec<String>>>,
) -> impl Clone
+ tower::Service<
    Request<Body>,
    Response = http::Response<Body>,
    Error = std::convert::Infallible,
    Future: Send,
> + Send
+ Sync
+ 'static {
    let seen = std::sync::Arc::clone(seen);
    tower::service_fn(move |request: Request<Body>| {
        let sent = request.headers().get("authorization").map(|value| value.as_bytes().to_vec());
        let mut seen = seen.lock().expect("no panic");
        seen.push(format!("{request:?}"));
        seen.extend(sent.map(|value| format!("SENT {}", String::from_utf8_lossy(&value))));
        drop(seen);
        let mut response = http::Response::new(Body::from(
            r#"{"id": "api.context.session_expired.app_error", "message": "No.", "status_code": 401}"#,
        ));
        *response.status_mut() = http::StatusCode::UNAUTHORIZED;
        async { Ok(response) }
    })
}

#[tokio::test]
async fn a_request_on_its_way_does_not_show_its_token() {
    let seen = std::sync::Arc::default();
    let client =
        Client::builder("https://chat.example.com").expect("an address").token("canary-1").build(nosy(&seen));
    let error = client.send(GetUser::me()).await.expect_err("401");
    is_silent(&whole_story(&error));
    let seen = seen.lock().expect("no panic");
    let [request, sent] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(sent, "SENT Bearer canary-1");
    is_silent(request);
    assert!(request.contains("Sensitive"), "{request}");
}

#[tokio::test]
async fn a_refused_login_does_not_tell_what_was_tried() {
    let seen = std::sync::Arc::default();
    let base = || Client::builder("https://chat.example.com").expect("an address");
    let eager = base().build(nosy(&seen));
    let error = eager.log_in(Login::new("ann", "canary-1").mfa_code("canary-2")).await.expect_err("401");
    is_silent(&whole_story(&error));
    let lazy = base().login("ann", "canary-1").mfa_code("canary-2").build(nosy(&seen));
    let error = lazy.send(GetUser::me()).await.expect_err("401");
    is_silent(&whole_story(&error));
    debug_is_silent(&lazy);
    seen.lock().expect("no panic").iter().for_each(|request| is_silent(request));
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_not_told() {
    let fake = FakeServer::new();
    for token in ["canary\n1", "canary\u{e9}\0", ""] {
        let client =
            Client::builder("https://chat.example.com").expect("an address").token(token).build(fake.clone());
        let error = client.send(GetUser::me()).await.expect_err("no token");
        is_silent(&whole_story(&error));
        assert!(error.to_string().contains("check where it is read from"), "{error}");
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn the_token_of_a_login_is_not_in_what_is_shown_of_its_answer() {
    let transport = tower::service_fn(async |_: Request<Body>| {
        let response = http::Response::builder()
            .header("Token", "canary-1")
            .header("Set-Cookie", "MMAUTHTOKEN=canary-2; Path=/")
            .header("Set-Cookie", "MMCSRF=canary-3; Path=/")
            .body(Body::from(r#"{"username": "ann"}"#));
        Ok::<_, std::convert::Infallible>(response.expect("a response"))
    });
    let client = Client::builder("https://chat.example.com").expect("an address").build(transport);
    let login = || Login::new("ann", "canary-4");
    debug_is_silent(&client.send_with_meta(login()).await.expect("a login"));
    debug_is_silent(&client.send_raw(login()).await.expect("a login"));
    client.log_in(login()).await.expect("a login");
    debug_is_silent(&client);
}
