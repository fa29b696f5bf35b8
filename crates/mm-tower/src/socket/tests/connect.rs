use mm_core::ErrorKind;

use super::{next, open};
use crate::Client;
use crate::socket::State;
use crate::socket::testing::{Peer, seconds, settle, tasks};
use crate::testing::{Script, answer, lost};

#[tokio::test(start_paused = true)]
async fn events_arrive_in_order_behind_the_connection() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    assert_eq!(*events.socket().state().borrow(), State::Open);
    for seq in 1..4 {
        talk.typing(seq).await;
        assert_eq!(next(&mut events).await, format!("typing {seq}"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_twice_is_seen_once() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    for seq in [1, 1, 2, 1, 3] {
        talk.typing(seq).await;
    }
    for seq in 1..4 {
        assert_eq!(next(&mut events).await, format!("typing {seq}"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_connection_is_tried_again_while_that_can_help() {
    let mut peer = Peer::refusing(|number| match number {
        0 => Some(answer(502, "")),
        1 => Some(lost()),
        2 => Some(answer(429, "limit exceeded")),
        _ => None,
    });
    let _open = open(&mut peer).await;
    assert_eq!(peer.script.seen().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_lasting_refusal_is_an_error_at_once() {
    let peer = Peer::refusing(|_| Some(answer(404, "<html>")));
    let error = peer.client().events().await.expect_err("an error");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert_eq!(error.operation(), "ConnectWebSocket");
    assert_eq!((peer.script.seen().len(), tasks()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn the_last_refusal_is_the_error_when_the_time_is_up() {
    let peer = Peer::refusing(|_| Some(answer(503, "")));
    let error = peer.client().events().connect_within(seconds(5)).await.expect_err("an error");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert!(peer.script.seen().len() > 1);
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_an_error_when_the_time_is_up() {
    let script = Script::new(|_, _| std::future::pending());
    let client = Client::builder("https://a.example").unwrap().try_timeout(None).build(script.clone());
    let error = client.events().connect_within(seconds(7)).await.expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert!(error.to_string().contains("within 7 s"), "{error}");
    settle().await;
    assert_eq!((script.running(), tasks()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn giving_up_the_first_connection_leaves_nothing_behind() {
    let script = Script::new(|_, _| std::future::pending());
    let client = Client::builder("https://a.example").unwrap().try_timeout(None).build(script.clone());
    let connect = client.events().into_future();
    assert!(tokio::time::timeout(seconds(1), connect).await.is_err());
    settle().await;
    assert_eq!((script.running(), tasks()), (0, 0));
}
