use std::time::Duration;

use mm_core::ErrorKind;
use mm_core::api::users::GetUsers;
use serde::Deserialize;
use tokio::time::sleep;

use super::*;
use crate::testing::{Outcome, Script, answer};

/// A list of `rows` users, named by their number.
fn list(rows: usize) -> impl Fn(usize, http::Request<mm_core::Body>) -> Outcome + Send + Sync {
    move |_, request| {
        let query = |name: &str| {
            let query = request.uri().query().unwrap_or_default();
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse::<usize>().ok())
        };
        let (page, per_page) = (query("page").unwrap_or(0), query("per_page").unwrap_or(60));
        let rows: Vec<_> = (page * per_page..rows.min((page + 1) * per_page))
            .map(|row| format!(r#"{{"username": "u{row}"}}"#))
            .collect();
        answer(200, format!("[{}]", rows.join(",")))
    }
}

fn client(script: &Script) -> Client {
    Client::builder("https://a.example").unwrap().no_retry().build(script.clone())
}

#[tokio::test]
async fn a_short_list_costs_one_request() {
    let script = Script::answering(list(3));
    let users = client(&script).stream(GetUsers::new()).collect_all().await.unwrap();
    assert_eq!(users.len(), 3);
    assert_eq!(script.paths(), ["/api/v4/users?per_page=200"]);
}

#[tokio::test]
async fn nothing_is_sent_before_a_row_is_asked_for() {
    let script = Script::answering(list(3));
    drop(client(&script).stream(GetUsers::new()));
    assert!(script.seen().is_empty());
}

#[tokio::test]
async fn rows_come_in_order_however_the_answers_do() {
    let rows = list(47);
    let script = Script::new(move |number, request| {
        let answer = rows(number, request);
        async move {
            // Later pages are faster.
            sleep(Duration::from_millis(100 - 5 * number as u64)).await;
            answer
        }
    });
    tokio::time::pause();
    let mut stream = client(&script).stream(GetUsers::new().per_page(5u32));
    let mut names = Vec::new();
    while let Some(user) = stream.next().await {
        names.push(user.unwrap().username);
    }
    assert_eq!(names, (0..47).map(|row| format!("u{row}")).collect::<Vec<_>>());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn more_pages_are_asked_for_at_once_the_longer_the_list_goes_on() {
    for (prefetch, asked) in [(1, [2, 3, 4, 5]), (8, [3, 6, 11, 12]), (16, [3, 6, 11, 20])] {
        let script = Script::answering(list(10_000));
        let mut stream = client(&script).stream(GetUsers::new().per_page(1u32)).prefetch(prefetch);
        for (read, asked) in (1..).zip(asked) {
            stream.next().await.unwrap().unwrap();
            assert_eq!(script.seen().len(), asked, "{read} read, prefetch {prefetch}");
        }
    }
}

#[tokio::test]
async fn a_list_that_fills_its_last_page_ends_with_an_empty_one() {
    let script = Script::answering(list(10));
    let stream = client(&script).stream(GetUsers::new().per_page(5u32)).prefetch(1);
    assert_eq!(stream.collect_all().await.unwrap().len(), 10);
    assert_eq!(script.seen().len(), 3);
}

#[tokio::test]
async fn a_page_size_of_nothing_ends_at_once() {
    let script = Script::answering(list(10));
    let stream = client(&script).stream(GetUsers::new().per_page(0u32));
    assert!(stream.collect_all().await.unwrap().is_empty());
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn an_error_ends_the_stream_after_the_rows_before_it() {
    let rows = list(50);
    let script = Script::answering(move |number, request| match number {
        3 => answer(500, r#"{"id": "some.error", "message": "broken"}"#),
        _ => rows(number, request),
    });
    let mut stream = client(&script).stream(GetUsers::new().per_page(5u32));
    for row in 0..15 {
        assert_eq!(stream.next().await.unwrap().unwrap().username, format!("u{row}"));
    }
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Api, "GetUsers"));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn dropping_the_stream_gives_up_what_is_under_way() {
    let rows = list(10_000);
    let script = Script::new(move |number, request| {
        let answer = rows(number, request);
        async move {
            if number > 2 {
                std::future::pending::<()>().await;
            }
            answer
        }
    });
    let mut stream = client(&script).stream(GetUsers::new().per_page(1u32));
    for _ in 0..3 {
        stream.next().await.unwrap().unwrap();
    }
    assert!(script.running() > 0);
    drop(stream);
    assert_eq!(script.running(), 0);
}

#[tokio::test]
async fn rows_can_be_of_a_type_of_the_callers_own() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Name {
        username: String,
    }
    let script = Script::answering(list(450));
    let names = client(&script).stream_as::<Name>(GetUsers::new()).collect_all().await.unwrap();
    assert_eq!(names.len(), 450);
    assert_eq!(names.last(), Some(&Name { username: "u449".to_owned() }));
}

#[tokio::test]
async fn a_list_that_is_null_is_empty() {
    let script = Script::answering(|_, _| answer(200, "null"));
    assert!(client(&script).stream(GetUsers::new()).collect_all().await.unwrap().is_empty());
    assert!(client(&script).stream_as::<u8>(GetUsers::new()).collect_all().await.unwrap().is_empty());
}
