use std::sync::Mutex;

use http::{HeaderMap, HeaderValue};
use mm_core::Endpoint as _;
use mm_core::api::posts::CreatePost;
use mm_core::api::users::{GetProfileImage, GetUser, GetUsersByIds};
use mm_core::types::{ChannelId, UserId};

use super::*;
use crate::testing::{Outcome, Script, answer, pieces};
use crate::{Client, Session};

const CHANNEL: &str = "yhwnfy5nzbn9jd5e9wtq7hmjpc";
const TAG: &str = "11.6.0.yhwnfy5nzbn9jd5e9wtq7hmjpc.17";

/// Answers with the tag, or 304 if it was sent.
fn tagged(request: &Request<Body>, tag: &str, body: impl Into<Body>) -> Outcome {
    let is_same = request.headers().get(IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == tag.as_bytes());
    let mut response = if is_same { answer(304, Body::empty()) } else { answer(200, body) }?;
    response.headers_mut().insert(ETAG, HeaderValue::from_str(tag).unwrap());
    Ok(response)
}

fn user() -> String {
    format!(r#"{{"username": "alice", "nickname": "{}"}}"#, "x".repeat(1000))
}

fn server() -> Script {
    Script::answering(|_, request| match request.uri().path() {
        "/api/v4/users/me" => tagged(&request, TAG, user()),
        path if path.starts_with("/api/v4/users/") && *request.method() == Method::GET => {
            tagged(&request, path, user())
        }
        "/api/v4/users/ids" => answer(200, "[]"),
        _ => answer(201, "{}"),
    })
}

fn client(script: &Script, etags: &EtagLayer, token: &str) -> Client {
    Client::builder("https://a.example").unwrap().token(token).etags(etags.clone()).build(script.clone())
}

fn conditions(script: &Script) -> Vec<bool> {
    script.seen().iter().map(|seen| seen.headers.contains_key(IF_NONE_MATCH)).collect()
}

#[tokio::test]
async fn what_was_not_modified_comes_from_memory_as_it_came_first() {
    let (script, etags) = (server(), EtagLayer::new(1 << 20));
    let client = client(&script, &etags, "a");
    for _ in 0..3 {
        let answer = client.send_with_meta(GetUser::me()).await.unwrap();
        assert_eq!((answer.value.username.as_str(), answer.meta.status), ("alice", StatusCode::OK));
    }
    assert_eq!(script.seen()[1].headers[IF_NONE_MATCH], TAG, "byte for byte, without quotes");
    let stats = etags.stats();
    assert_eq!((stats.asked, stats.not_modified, stats.entries), (2, 2, 1));
    assert_eq!(stats.bytes_saved, 2 * user().len() as u64);
}

#[tokio::test]
async fn the_headers_are_those_of_the_new_answer() {
    let script = Script::answering(|number, request| {
        let mut response = tagged(&request, TAG, user())?;
        response.headers_mut().insert("x-request-id", number.into());
        response.headers_mut().append("x-ratelimit-limit", 1.into());
        response.headers_mut().append("x-ratelimit-limit", 2.into());
        if number == 0 {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(response)
    });
    let client = client(&script, &EtagLayer::new(1 << 20), "a");
    client.send(GetUser::me()).await.unwrap();
    let headers: HeaderMap = client.send_with_meta(GetUser::me()).await.unwrap().meta.headers;
    assert_eq!(headers["x-request-id"], "1");
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    assert_eq!(headers.get_all("x-ratelimit-limit").iter().collect::<Vec<_>>(), ["1", "2"]);
}

#[tokio::test]
async fn a_changed_answer_takes_the_place_of_the_old_one() {
    let script = Script::answering(|number, request| match number {
        0 => tagged(&request, "v1", r#"{"username": "alice"}"#),
        _ => tagged(&request, "v2", r#"{"username": "alicia"}"#),
    });
    let client = client(&script, &EtagLayer::new(1 << 20), "a");
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(client.send(GetUser::me()).await.unwrap().username);
    }
    assert_eq!(names, ["alice", "alicia", "alicia"]);
    assert_eq!(script.seen()[2].headers[IF_NONE_MATCH], "v2");
}

#[tokio::test]
async fn nobody_is_shown_what_was_for_another_token() {
    let (script, etags) = (server(), EtagLayer::new(1 << 20));
    for token in ["a", "b", "a"] {
        client(&script, &etags, token).send(GetUser::me()).await.unwrap();
    }
    assert_eq!(conditions(&script), [false, false, true]);
}

#[tokio::test]
async fn another_session_in_the_same_client_finds_nothing() {
    let (script, etags) = (server(), EtagLayer::new(1 << 20));
    let session = Session::with_token("a");
    let builder = Client::builder("https://a.example").unwrap().session(session.clone());
    let client = builder.etags(etags).build(script.clone());
    client.send(GetUser::me()).await.unwrap();
    session.end();
    session.begin(&"b".into(), UserId::default()).unwrap();
    client.send(GetUser::me()).await.unwrap();
    assert_eq!(conditions(&script), [false, false]);
}

#[tokio::test]
async fn a_write_forgets_what_its_user_was_shown_and_a_search_does_not() {
    let (script, etags) = (server(), EtagLayer::new(1 << 20));
    let (alice, bob) = (client(&script, &etags, "a"), client(&script, &etags, "b"));
    for client in [&alice, &bob] {
        client.send(GetUser::me()).await.unwrap();
    }
    alice.send(GetUsersByIds::new([CHANNEL.parse::<UserId>().unwrap()])).await.unwrap();
    assert_eq!(etags.stats().entries, 2);
    alice.send(CreatePost::new(CHANNEL.parse::<ChannelId>().unwrap(), "hello")).await.unwrap();
    assert_eq!(etags.stats().entries, 1);
    for client in [&alice, &bob] {
        client.send(GetUser::me()).await.unwrap();
    }
    assert_eq!(conditions(&script), [false, false, false, false, false, true]);
}

#[tokio::test(start_paused = true)]
async fn what_was_read_during_a_write_is_not_kept() {
    let script = Script::new(|_, request: Request<Body>| async move {
        if *request.method() == Method::GET {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            return tagged(&request, TAG, user());
        }
        answer(201, "{}")
    });
    let etags = EtagLayer::new(1 << 20);
    let client = client(&script, &etags, "a");
    let (read, write) = (
        client.send(GetUser::me()),
        client.send(CreatePost::new(CHANNEL.parse::<ChannelId>().unwrap(), "hello")),
    );
    let (read, write) = tokio::join!(read, write);
    assert!(read.is_ok() && write.is_ok());
    assert_eq!(etags.stats().entries, 0);
}

#[tokio::test]
async fn the_least_recently_used_answers_go_first() {
    let (script, etags) = (server(), EtagLayer::new(5000));
    let client = client(&script, &etags, "a");
    let ids = ["a", "b", "c", "d"].map(|id| id.repeat(26).parse::<UserId>().unwrap());
    for id in [0, 1, 2, 0, 3, 0, 1] {
        client.send(GetUser::new(ids[id])).await.unwrap();
    }
    assert_eq!(conditions(&script), [false, false, false, true, false, true, false]);
    assert!(etags.stats().bytes <= 5000);
    assert_eq!(etags.stats().entries, 3);
}

#[tokio::test]
async fn small_downloads_are_kept_and_large_ones_stream() {
    for (length, entries) in [(Some("6"), 1), (None, 0)] {
        let script = Script::answering(move |_, request| {
            let body = pieces(&["abc", "def"], false);
            let body = if length.is_some() { Body::sized_stream(body, 6) } else { body };
            tagged(&request, "17", body)
        });
        let etags = EtagLayer::new(1 << 20);
        let client = client(&script, &etags, "a");
        for _ in 0..2 {
            let response = client.send_raw(GetProfileImage::new(UserId::ME)).await.unwrap();
            assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "abcdef");
        }
        assert_eq!(etags.stats().entries, entries);
        assert_eq!(etags.stats().not_modified, entries as u64);
    }
}

#[tokio::test]
async fn a_condition_of_the_callers_is_his_own() {
    let (script, etags) = (server(), EtagLayer::new(1 << 20));
    let client = client(&script, &etags, "a");
    client.send(GetUser::me()).await.unwrap();
    let mut request = GetUser::me().to_request().unwrap();
    request.headers_mut().insert(IF_NONE_MATCH, HeaderValue::from_static(TAG));
    assert_eq!(client.send_request(request).await.unwrap().status(), 304);
}

#[tokio::test]
async fn what_is_gone_is_forgotten() {
    let denied = Mutex::new(false);
    let script = Script::answering(move |_, request| {
        if std::mem::replace(&mut *denied.lock().unwrap(), true) {
            return answer(403, "{}");
        }
        tagged(&request, TAG, user())
    });
    let etags = EtagLayer::new(1 << 20);
    let client = client(&script, &etags, "a");
    client.send(GetUser::me()).await.unwrap();
    client.send(GetUser::me()).await.unwrap_err();
    assert_eq!(etags.stats().entries, 0);
}

#[tokio::test]
async fn nothing_that_was_read_is_shown() {
    let (script, etags) = (server(), EtagLayer::new(1 << 20));
    let client = client(&script, &etags, "xoxo");
    client.send(GetUser::me()).await.unwrap();
    let shown = format!("{etags:?}");
    assert!(!shown.contains("xoxo") && !shown.contains("alice"), "{shown}");
}
