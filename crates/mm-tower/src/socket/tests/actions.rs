use mm_core::ErrorKind;
use mm_core::types::RawJson;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::{next, open};
use crate::socket::Action;
use crate::socket::actions::{Custom, GetStatuses, Ping, UserTyping};
use crate::socket::testing::{Peer, seconds, settle};

fn typing() -> UserTyping {
    UserTyping::new("c1111111111111111111111111".parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn each_reply_reaches_the_one_who_asked_in_whatever_order_they_come() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let (one, two) = (events.socket(), events.socket());
    let (pong, statuses, ()) = tokio::join!(one.send(Ping::new()), two.send(GetStatuses::new()), async {
        let (ping, statuses) = (talk.next().await.unwrap(), talk.next().await.unwrap());
        assert_eq!((&ping["action"], &statuses["action"]), (&json!("ping"), &json!("get_statuses")));
        talk.ok(&statuses, &json!({"u1111111111111111111111111": "away"})).await;
        talk.ok(&ping, &json!({"version": "11.6.0"})).await;
    });
    assert_eq!(pong.unwrap().version, "11.6.0");
    assert_eq!(statuses.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_servers_error_is_told_with_the_action() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let socket = events.socket();
    let (result, ()) = tokio::join!(socket.send(typing()), async {
        let action = talk.next().await.unwrap();
        let error = json!({"id": "api.context.permissions.app_error", "message": "No.", "status_code": 403});
        talk.send_json(&json!({"status": "FAIL", "seq_reply": action["seq"], "error": error})).await;
    });
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Api, "user_typing"));
    assert!(error.api().is_some_and(|api| api.id() == "api.context.permissions.app_error"));
}

#[tokio::test(start_paused = true)]
async fn a_reply_of_another_kind_is_told_with_what_came() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let socket = events.socket();
    let (result, ()) = tokio::join!(socket.send(GetStatuses::new()), async {
        let action = talk.next().await.unwrap();
        talk.ok(&action, &json!(["secret"])).await;
    });
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unreadable, "get_statuses"));
    assert!(!error.to_string().contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn without_a_reply_in_time_it_may_have_been_done() {
    let mut peer = Peer::new();
    let (events, _talk) = open(&mut peer).await;
    let since = Instant::now();
    let error = events.socket().send_within(typing(), seconds(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert_eq!(since.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_with_the_connection_may_have_been_done() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let socket = events.socket();
    let (result, ()) = tokio::join!(socket.send(typing()), async {
        assert!(talk.next().await.is_some());
        talk.reset();
    });
    assert_eq!(result.unwrap_err().kind(), ErrorKind::MaybeSent);
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_an_action_waits_for_one() {
    let mut peer = Peer::new();
    let (events, talk) = open(&mut peer).await;
    talk.reset();
    settle().await;
    let socket = events.socket();
    let (result, ()) = tokio::join!(socket.send(typing()), async {
        let mut talk = peer.accept().await;
        talk.reply_to_ping().await;
        let action = talk.next().await.unwrap();
        assert_eq!(action["action"], "user_typing");
        talk.ok(&action, &json!(null)).await;
    });
    result.unwrap();
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_in_time_it_was_not_sent() {
    let mut peer = Peer::refusing(|number| (number > 0).then(crate::testing::lost));
    let (events, talk) = open(&mut peer).await;
    talk.reset();
    settle().await;
    assert_eq!(events.socket().send(typing()).await.unwrap_err().kind(), ErrorKind::NotSent);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_would_end_the_connection_for_is_not_sent() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let data = RawJson::new(&json!({"text": "x".repeat(8_192)})).unwrap();
    let error = events.socket().send(Custom::new("poll", "vote", data)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.to_string().contains("8192"), "{error}");
    assert!(timeout(seconds(5), talk.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_action_without_reply_is_done_when_it_is_sent() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let data = RawJson::new(&json!({"choice": 1})).unwrap();
    events.socket().send(Custom::new("poll", "vote", data)).await.unwrap();
    let action = talk.next().await.unwrap();
    assert_eq!((&action["action"], &action["data"]["choice"]), (&json!("custom_poll_vote"), &json!(1)));
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_nobody_waits_for_any_more_does_no_harm() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    assert!(timeout(seconds(1), events.socket().send(typing())).await.is_err());
    let action = talk.next().await.unwrap();
    talk.ok(&action, &json!(null)).await;
    talk.typing(1).await;
    assert_eq!(next(&mut events).await, "typing 1");
}

/// An action of somebody's own.
#[derive(serde::Serialize)]
struct Poke {
    user: &'static str,
}

impl Action for Poke {
    const NAME: &'static str = "poke";
    type Reply = u32;
}

#[tokio::test(start_paused = true)]
async fn actions_of_ones_own_are_like_any_other() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let socket = events.socket();
    let (result, ()) = tokio::join!(socket.send(Poke { user: "bob" }), async {
        let action = talk.next().await.unwrap();
        assert_eq!((&action["action"], &action["data"]), (&json!("poke"), &json!({"user": "bob"})));
        talk.ok(&action, &json!(3)).await;
    });
    assert_eq!(result.unwrap(), 3);
}
