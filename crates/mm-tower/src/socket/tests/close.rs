use mm_core::ErrorKind;
use mm_core::socket::State;
use tokio::time::{Instant, sleep};

use super::{next, open};
use crate::socket::actions::Ping;
use crate::socket::testing::{Peer, seconds, settle, tasks};
use crate::testing::lost;

#[tokio::test(start_paused = true)]
async fn closing_says_goodbye_and_waits_for_the_answer() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    talk.typing(1).await;
    settle().await;
    let socket = events.socket();
    let ((), goodbye) = tokio::join!(socket.close(), async {
        let goodbye = talk.next().await;
        assert_eq!(talk.next().await, None);
        goodbye
    });
    assert_eq!(goodbye, Some(1000.into()));
    assert_eq!((tasks(), *socket.state().borrow()), (0, State::Closed));
    for expected in ["typing 1", "closed", "end", "end"] {
        assert_eq!(next(&mut events).await, expected);
    }
    // Again, and from another handle.
    events.socket().close().await;
    let error = socket.send(Ping::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.to_string().contains("the socket is closed"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_say_goodbye_is_not_waited_for_long() {
    let mut peer = Peer::new();
    let (events, _talk) = open(&mut peer).await;
    let since = Instant::now();
    events.socket().close().await;
    assert_eq!((since.elapsed().as_secs(), tasks()), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_events_says_goodbye_and_leaves_no_task() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let socket = events.socket();
    drop(events);
    assert_eq!(talk.next().await, Some(1000.into()));
    assert_eq!(talk.next().await, None);
    settle().await;
    assert_eq!(tasks(), 0);
    assert_eq!(socket.send(Ping::new()).await.unwrap_err().kind(), ErrorKind::NotSent);
}

#[tokio::test(start_paused = true)]
async fn dropped_in_the_middle_of_a_frame_nothing_is_left() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    // A text frame of 100 bytes, of which three come.
    talk.raw(b"\x81\x64{\"e").await;
    settle().await;
    drop(events);
    assert_eq!(talk.next().await, Some(1000.into()));
    sleep(seconds(6)).await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropped_between_two_connections_nothing_is_left() {
    let mut peer = Peer::refusing(|number| (number > 0).then(lost));
    let (events, talk) = open(&mut peer).await;
    drop(talk);
    sleep(seconds(20)).await;
    drop(events);
    settle().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropped_with_an_action_under_way_it_may_have_been_done() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let socket = events.socket();
    let action = tokio::spawn(async move { socket.send(Ping::new()).await });
    assert_eq!(talk.next().await.unwrap()["action"], "ping");
    drop(events);
    assert_eq!(talk.next().await, Some(1000.into()));
    drop(talk);
    assert_eq!(action.await.unwrap().unwrap_err().kind(), ErrorKind::MaybeSent);
    settle().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropped_with_a_full_queue_nothing_is_left() {
    let mut peer = Peer::new();
    let (events, mut talk) = open(&mut peer).await;
    let sending = tokio::spawn(async move {
        for seq in 1..100_000 {
            talk.typing(seq).await;
        }
    });
    sleep(seconds(1)).await;
    drop(events);
    sleep(seconds(6)).await;
    // The server's own task failed to write, or still waits for somebody to read.
    sending.abort();
    let _ = sending.await;
    assert_eq!(tasks(), 0);
}
