//! Every argument of every operation is sent as a word that occurs nowhere else, and all that is written down about
//! the calls is searched for them.

mod log;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Debug;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use mm_core::api::teams::GetTeamByName;
use mm_core::api::users::{CreateUserAccessToken, GenerateMfaSecret, GetSessions, GetUser, Login};
use mm_core::types::{IncomingWebhook, Secret, UserId};
use mm_core::{
    ApiError, Auth, Body, Delivery, Endpoint, Error, Operation, Place, TransportError, TransportErrorKind,
    registry,
};
use mm_hyper::HyperTransport;
use mm_mock::{FakeServer, PASSWORD, Town};
use mm_tower::layer::metrics::{AttemptEnded, CallEnded, CallStarted, Metrics, Waited};
use mm_tower::{Client, ClientBuilder};
use serde_json::{Map, Value, json};

use self::log::{FIELDS, Log};
use crate::hyper::support::whole_story;

/// Every word that is looked for has this in it.
const MARK: &str = "canary";

/// And this too, if it is a secret and no mere argument.
const SECRET_MARK: &str = "canaryhush";

/// Arguments whose value nobody but the server may see, by name. That they are of the type `Secret` shows in `Debug`.
const SECRETS: [&str; 14] = [
    "auth_data",
    "code",
    "current_password",
    "cws_token",
    "magic_link_token",
    "mfa_code",
    "new_password",
    "password",
    "token",
    "invite_token",
    "invite_id",
    "device_id",
    "voip_device_id",
    "secret",
];

/// Secrets that the server reads from the query and nowhere else.
const IN_QUERIES: [(&str, &str); 3] =
    [("CreateUser", "invite_token"), ("CreateUser", "invite_id"), ("GetPing", "device_id")];

/// Arguments that sound like a secret and are none.
const NO_SECRETS: [(&str, &str); 3] = [
    ("allow_open_invite", "whether all may join"),
    ("token_id", "names a token, and opens nothing"),
    ("disconnect_err_code", "says why the last connection ended"),
];

#[track_caller]
fn is_silent(of: &str, text: &str) {
    assert!(!text.contains(MARK), "{of}: {text}");
}

/// Arguments for all that an operation takes, each with a word of its own where it can hold one.
fn arguments(operation: &Operation) -> Map<String, Value> {
    let info = operation.info;
    let candidates = |name: &str, number: usize| {
        // As long as an id, and made of what an id may hold.
        let word = |mark: &str| format!("{:x<26}", format!("{mark}{number}z"));
        let (word, hush) =
            (word(if SECRETS.contains(&name) { SECRET_MARK } else { MARK }), word(SECRET_MARK));
        let object = json!({"id": word, "name": word, "email": word, "message": word, "password": hush, "token": hush});
        [
            json!(word),
            json!([word]),
            json!({"filename": word, "content": word}),
            object.clone(),
            json!([object]),
            json!({"key": word}),
            json!(7),
            json!(true),
            Value::Null,
        ]
    };
    let mut choice: BTreeMap<&str, usize> = info.fields.iter().map(|field| (field.name, 0)).collect();
    loop {
        let value = |name: &str, at: usize| {
            let number = info.fields.iter().position(|field| field.name == name).unwrap_or_default();
            candidates(name, number).get(at).cloned()
        };
        let arguments: Map<String, Value> = choice
            .iter()
            .filter_map(|(name, at)| Some(((*name).to_owned(), value(name, *at)?)))
            .filter(|(_, value)| !value.is_null())
            .collect();
        let error = match operation.request(arguments.clone()) {
            Ok(_) => return arguments,
            Err(error) => error,
        };
        let text = error.to_string();
        // The first argument that is named is the one that does not fit.
        let name = info
            .fields
            .iter()
            .map(|field| field.name)
            .filter_map(|name| Some((text.find(&format!("`{name}`"))?, name)));
        let Some((_, name)) = name.min() else { panic!("{}: {text}", info.operation) };
        let at = choice.get_mut(name).expect("an argument of it");
        *at += 1;
        assert!(*at < 9, "{}: nothing fits: {text}", info.operation);
    }
}

/// All that a client is told of, as text.
#[derive(Default)]
struct Told(std::sync::Mutex<String>);

impl Told {
    fn add(&self, what: &impl Debug) {
        *self.0.lock().expect("no panic") += &format!("{what:?}\n");
    }
}

impl Metrics for Told {
    fn call_started(&self, call: &CallStarted) {
        self.add(call);
    }

    fn call_ended(&self, call: &CallEnded) {
        self.add(call);
    }

    fn attempt_ended(&self, attempt: &AttemptEnded) {
        self.add(attempt);
    }

    fn waited(&self, wait: &Waited) {
        self.add(wait);
    }
}

fn builder() -> ClientBuilder {
    Client::builder("https://chat.example.com").expect("an address")
}

/// Sends every operation with a canary in every argument, and searches log, metrics, and errors.
async fn send_all(of: &str, settings: impl FnOnce(ClientBuilder) -> Client) {
    Log::start();
    let told = std::sync::Arc::new(Told::default());
    let client = settings(builder().metrics(std::sync::Arc::clone(&told)));
    let mut calls = 0;
    for operation in registry() {
        let request = operation.request(arguments(operation)).expect("a request");
        let result = client.send_request(request).await;
        let name = operation.info.operation;
        let written = Log::lines().join("\n");
        assert!(written.contains(&format!("operation={name:?}")), "{of}: {name} left nothing: {written}");
        is_silent(of, &written);
        match result {
            Err(error) => is_silent(of, &whole_story(&error)),
            Ok(response) if !operation.info.is_success(response.status()) => {
                is_silent(of, &format!("{:?}", response.headers()));
                let (head, body) = response.into_parts();
                let error = ApiError::read(operation.info, head, body.into_bytes().unwrap_or_default());
                // The server's message may name what was not found, but no secret.
                let story = whole_story(&Error::from(error));
                assert!(!story.contains(SECRET_MARK), "{of}: {name}: {story}");
            }
            Ok(response) => is_silent(of, &format!("{response:?}")),
        }
        calls += 1;
    }
    is_silent(of, &format!("{client:?}"));
    let told = told.0.lock().expect("no panic");
    is_silent(of, &told);
    assert_eq!(told.matches("CallEnded").count(), calls);
}

#[tokio::test(start_paused = true)]
async fn no_argument_of_any_operation_is_written_down_when_it_succeeds() {
    // Whatever was asked, it went well; and the answer is full of secrets too.
    let echo = tower::service_fn(async |request: Request<Body>| {
        let mut response =
            Response::new(Body::from(format!(r#"{{"token": "canary", "echo": "{}"}}"#, request.uri())));
        let headers = response.headers_mut();
        headers.insert("content-type", "application/json".parse().expect("a header"));
        headers.insert("token", "canary".parse().expect("a header"));
        headers.insert("set-cookie", "MMAUTHTOKEN=canary".parse().expect("a header"));
        headers.insert("x-request-id", "canary of somebody else".parse().expect("a header"));
        *response.status_mut() = StatusCode::OK;
        Ok::<_, Infallible>(response)
    });
    // Its request id is no id, so it is kept out of the log, but the caller may see it in the answer's headers.
    Log::start();
    let client = builder().token("canary-token").build(echo);
    for operation in registry() {
        let request = operation.request(arguments(operation)).expect("a request");
        client.send_request(request).await.expect("an answer");
        is_silent(operation.info.operation, &Log::lines().join("\n"));
    }
}

#[tokio::test(start_paused = true)]
async fn no_argument_of_any_operation_is_written_down_when_the_server_refuses_it() {
    let Town { fake, admin, .. } = Town::new();
    fake.follow_tokio_time();
    let token = admin.token.clone();
    send_all("refused", |builder| builder.token(token).build(fake.clone())).await;
    assert!(fake.requests().len() >= registry().count());
    // It names the paths, which is what it is for.
    let log = format!("{:#?}", fake.requests());
    assert!(log.contains(MARK) && !log.contains(SECRET_MARK), "{log}");
    is_silent("the fake", &format!("{fake:?}"));
}

#[tokio::test(start_paused = true)]
async fn no_argument_of_any_operation_is_written_down_when_it_fails_on_its_way() {
    for (kind, delivery) in
        [(TransportErrorKind::Connect, Delivery::NotSent), (TransportErrorKind::Closed, Delivery::MaybeSent)]
    {
        let broken = tower::service_fn(move |_: Request<Body>| async move {
            Err::<Response<Body>, _>(TransportError::new(kind, delivery))
        });
        send_all(kind.as_str(), |builder| builder.token("canary-token").build(broken)).await;
    }
    // Nor when there are too many at once.
    let limited = tower::service_fn(async |_: Request<Body>| {
        let response = Response::builder().status(429).header("retry-after", "1");
        Ok::<_, Infallible>(response.body(Body::from("slow down")).expect("a response"))
    });
    send_all("limited", |builder| builder.token("canary-token").build(limited)).await;
    // Nor when nobody answers.
    let silent = tower::service_fn(async |_: Request<Body>| {
        std::future::pending::<Result<Response<Body>, Infallible>>().await
    });
    send_all("silent", |builder| builder.token("canary-token").timeout(Duration::from_secs(5)).build(silent))
        .await;
    // Nor when there is no token to be had.
    let nobody = FakeServer::new();
    send_all("no token", |builder| builder.token("canary\ntoken").build(nobody)).await;
}

#[tokio::test]
async fn nothing_of_a_session_is_written_down_over_real_connections_either() {
    Log::start();
    let town = Town::new();
    let listener = town.fake.listen().await.expect("a listener");
    let transport = HyperTransport::new().expect("a transport");
    let base = || Client::builder(listener.url()).expect("an address");

    // A password that the fake takes, and a token that it gives, count as canaries here.
    let client = base().login("alice", PASSWORD).build(transport.clone());
    client.send(GetUser::me()).await.expect("alice");
    let eager = base().build(transport.clone());
    eager.log_in(Login::new("bob", PASSWORD)).await.expect("bob");
    let bobs = town.fake.requests();
    eager.logout().await.expect("logged out");
    let wrong = base().login("alice", "canary-1").mfa_code("canary-2").build(transport.clone());
    let refused = wrong.send(GetUser::me()).await.expect_err("a wrong password");
    let unknown = base().token("canary-3").build(transport);
    let unauthorised = unknown.send(GetUser::me()).await.expect_err("an unknown token");

    let log = Log::lines().join("\n");
    assert!(log.contains(r#"operation="GetUser""#), "{log}");
    let shown = format!("{client:?}{eager:?}{wrong:?}{unknown:?}{bobs:?}");
    for text in [log, shown, whole_story(&refused), whole_story(&unauthorised)] {
        is_silent("a session", &text);
        assert!(!text.contains(PASSWORD), "{text}");
        assert!(!text.contains(town.alice.token.expose()), "{text}");
    }
}

#[test]
fn answers_that_hold_secrets_do_not_show_them() {
    fn answer<E: Endpoint<Codec: mm_core::Codec<Output: Debug>>>(operation: &E, json: &Value) {
        let _ = operation;
        let response = Response::new(Body::from(json.to_string()));
        let value = E::decode(response).expect("an answer");
        is_silent(E::INFO.operation, &format!("{value:?}{value:#?}"));
    }
    answer(
        &CreateUserAccessToken::new(UserId::ME, "for a test"),
        &json!({"id": "a", "token": "canary", "user_id": "b", "description": "d", "is_active": true}),
    );
    answer(&GenerateMfaSecret::new(UserId::ME), &json!({"secret": "canary", "qr_code": "canary"}));
    answer(&GetUser::me(), &json!({"password": "canary", "auth_data": "canary", "mfa_secret": "canary"}));
    answer(&GetSessions::new(UserId::ME), &json!([{"token": "canary", "device_id": "apple:canary"}]));
    answer(&GetTeamByName::new("acme"), &json!({"name": "acme", "invite_id": "canary"}));
    let hook: IncomingWebhook = serde_json::from_value(json!({"id": "canary"})).expect("a hook");
    is_silent("an incoming webhook", &format!("{hook:?}"));
}

#[test]
fn nobody_forgets_to_say_that_an_argument_is_a_secret() {
    let sounds = |name: &str| {
        ["password", "token", "secret", "code", "auth_data", "otp", "pin", "invite", "device"].iter().any(
            |word| name.split('_').any(|part| part == *word) || name.contains("password") || name == *word,
        )
    };
    for operation in registry() {
        for field in operation.info.fields {
            let is_known =
                SECRETS.contains(&field.name) || NO_SECRETS.iter().any(|(name, _)| *name == field.name);
            assert!(
                !sounds(field.name) || is_known,
                "{}: `{}`: a secret?",
                operation.info.operation,
                field.name
            );
            let is_in_uri = matches!(field.place, Place::Path | Place::Query);
            let must_be = IN_QUERIES.contains(&(operation.info.operation, field.name));
            let is_secret = SECRETS.contains(&field.name);
            assert!(
                !is_secret || !is_in_uri || must_be,
                "{}: `{}` in a URI",
                operation.info.operation,
                field.name
            );
        }
        // Where a token is not needed none is sent, so that a login shows no session.
        if operation.info.auth == Auth::None {
            let request = operation.request(arguments(operation)).expect("a request");
            assert!(!request.headers().contains_key("authorization"));
        }
    }
    assert_eq!(format!("{:?}", Secret::from(MARK)).find(MARK), None);
}

#[tokio::test(start_paused = true)]
async fn only_what_is_documented_is_recorded() {
    Log::start();
    let town = Town::new();
    town.fake.on::<GetUser>().reset().times(1);
    let client = builder().token(town.alice.token.clone()).build(town.fake.clone());
    client.send(GetUser::me()).await.expect("alice");
    let client = builder().token("unknown").build(town.fake.clone());
    client.send(GetUser::me()).await.expect_err("nobody");
    let names = Log::names();
    let unknown: Vec<_> = names.iter().filter(|name| !FIELDS.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
