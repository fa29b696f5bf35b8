//! Sessions that end.

use std::time::Duration;

use async_trait::async_trait;
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use http::{Request, Response};
use mm_core::api::posts::CreatePost;
use mm_core::api::users::GetUsers;
use mm_core::types::{ChannelId, Secret};
use mm_core::{Body, BoxError};
use mm_mock::{PASSWORD, Town};
use tokio::task::JoinSet;

use super::*;
use crate::TokenProvider;
use crate::testing::{Outcome, Script, answer};

const HOUR: Duration = Duration::from_secs(3600);

fn builder() -> crate::ClientBuilder {
    Client::builder("https://a.example").unwrap()
}

/// Lets everybody in, and takes only the tokens that this says are good.
fn server(is_good: impl Fn(&str) -> bool + Send + Sync + 'static) -> Script {
    Script::answering(move |number, request| {
        let token = request.headers().get(AUTHORIZATION).map(|token| token.to_str().unwrap().to_owned());
        match token.as_deref().and_then(|token| token.strip_prefix("Bearer ")) {
            None => {
                let mut response = answer(200, r#"{"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc"}"#)?;
                response.headers_mut().insert("token", format!("t{number}").parse().unwrap());
                Ok(response)
            }
            Some(token) if is_good(token) => answer(200, "[]"),
            Some(_) => expired(),
        }
    })
}

fn expired() -> Outcome {
    answer(
        401,
        r#"{"id": "api.context.session_expired.app_error", "message": "expired", "status_code": 401}"#,
    )
}

fn paths(script: &Script) -> String {
    let names = script.paths().into_iter().map(|path| path.rsplit('/').next().unwrap_or_default().to_owned());
    names.collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_whose_session_has_ended_lead_to_one_login() {
    let town = Town::new();
    let client = builder().login("alice", PASSWORD).build(town.fake.clone());
    client.send(GetUser::me()).await.unwrap();
    town.fake.advance(181 * 24 * HOUR);
    // All are under way when the first one is refused, and the login takes its time.
    town.fake.on::<GetUser>().delay(Duration::from_secs(1)).times(100);
    town.fake.on::<Login>().delay(Duration::from_secs(1));
    town.fake.forget_requests();
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        let client = client.clone();
        calls.spawn(async move { client.send(GetUser::me()).await.map(|me| me.username) });
    }
    for name in calls.join_all().await {
        assert_eq!(name.unwrap(), "alice");
    }
    town.fake.assert_called::<Login>(1);
    town.fake.assert_called::<GetUser>(200);
}

#[tokio::test]
async fn a_second_refusal_is_final_for_the_call() {
    let script = server(|_| false);
    let client = builder().login("alice", "x").build(script.clone());
    for logins in 1..3 {
        let error = client.send(GetUsers::new()).await.unwrap_err();
        assert!(error.api().unwrap().is_session_expired(), "{error}");
        let expected = ["login users", "login users", "users login users"][..=logins].join(" ");
        assert_eq!(paths(&script), expected);
    }
}

#[tokio::test]
async fn a_write_is_sent_once_more_too_as_the_same() {
    let script = server(|token| token != "t0");
    let client = builder().login("alice", "x").build(script.clone());
    let channel: ChannelId = "yhwnfy5nzbn9jd5e9wtq7hmjpc".parse().unwrap();
    let _: Vec<u8> = client.send_as(CreatePost::new(channel, "hello")).await.unwrap();
    assert_eq!(paths(&script), "login posts login posts");
    let [_, first, _, second] = &script.seen()[..] else { panic!("four requests") };
    assert_eq!(first.headers["content-type"], second.headers["content-type"]);
    assert_ne!(first.headers[AUTHORIZATION], second.headers[AUTHORIZATION]);
    assert!(second.headers[AUTHORIZATION].is_sensitive());
}

#[tokio::test]
async fn a_body_that_cannot_be_sent_again_is_not_but_the_next_call_has_another_token() {
    let script = server(|token| token != "t0");
    let client = builder().login("alice", "x").build(script.clone());
    let send = |body: Body| {
        let mut request = Request::new(body);
        *request.uri_mut() = "/api/v4/x".parse().unwrap();
        client.send_request(request)
    };
    let stream = Body::stream(http_body_util::Full::new(bytes::Bytes::from_static(b"abc")));
    assert_eq!(send(stream).await.unwrap().status(), 401);
    assert_eq!(send(Body::from("abc")).await.unwrap().status(), 200);
    assert_eq!(paths(&script), "login x login x");
}

#[tokio::test]
async fn a_token_that_stays_the_same_is_refused_at_once() {
    struct Fixed;

    #[async_trait]
    impl TokenProvider for Fixed {
        async fn token(&self) -> Result<Secret, BoxError> {
            Ok("fixed".into())
        }
    }
    for client in [builder().token("fixed"), builder().token_provider(Fixed)] {
        let script = server(|_| false);
        let error = client.build(script.clone()).send(GetUsers::new()).await.unwrap_err();
        assert!(error.to_string().contains("log in again or check the token"), "{error}");
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_login_that_lacks_a_code_says_so_to_every_call_whose_session_has_ended() {
    let script = Script::answering(|number, request| {
        if request.uri().path().ends_with("/login") && number > 0 {
            return answer(401, r#"{"id": "mfa.validate_token.authenticate.app_error", "message": "code"}"#);
        }
        let mut response = if number == 0 { answer(200, r#"{"id": ""}"#)? } else { expired()? };
        response.headers_mut().insert("token", "t0".parse().unwrap());
        Ok(response)
    });
    let client = builder().login("alice", "x").build(script.clone());
    for _ in 0..2 {
        let error = client.send(GetUsers::new()).await.unwrap_err();
        assert!(error.is_mfa_required() && error.operation() == "Login", "{error}");
    }
    assert_eq!(paths(&script), "login users login");
}

#[tokio::test]
async fn cookies_of_the_server_are_not_sent_back() {
    let script = Script::answering(|_, _| {
        let mut response = answer(200, "[]")?;
        response.headers_mut().append(SET_COOKIE, "MMAUTHTOKEN=t2; Path=/; HttpOnly".parse().unwrap());
        Ok::<Response<Body>, _>(response)
    });
    let client = builder().token("t1").build(script.clone());
    for _ in 0..2 {
        client.send(GetUsers::new()).await.unwrap();
    }
    for seen in script.seen() {
        assert!(!seen.headers.contains_key(COOKIE) && seen.headers[AUTHORIZATION] == "Bearer t1");
    }
}
