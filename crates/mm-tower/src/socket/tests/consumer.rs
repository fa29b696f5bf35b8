use tokio::time::{sleep, timeout};

use super::next;
use crate::socket::actions::Ping;
use crate::socket::testing::{Peer, Talk, seconds};
use crate::socket::{Connect, Events};

/// More than the pipes hold.
const MANY: i64 = 5_000;

async fn open(peer: &mut Peer, connect: Connect) -> (Events, Talk) {
    let (events, talk) = tokio::join!(connect.into_future(), async {
        let mut talk = peer.accept().await;
        talk.greet("c1").await;
        talk
    });
    let mut events = events.expect("a connection");
    assert_eq!(next(&mut events).await, "connected c1");
    (events, talk)
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_slows_the_server_and_misses_nothing() {
    let mut peer = Peer::new();
    let connect = peer.client().events().queue(10, 1 << 20);
    let (mut events, mut talk) = open(&mut peer, connect).await;
    let sending = tokio::spawn(async move {
        for seq in 1..=MANY {
            talk.typing(seq).await;
        }
        talk
    });
    sleep(seconds(4)).await;
    assert!(!sending.is_finished());
    assert_eq!(events.waiting().0, 10);
    for seq in 1..=MANY {
        assert_eq!(next(&mut events).await, format!("typing {seq}"));
        assert!(events.waiting().0 <= 10);
    }
    assert!(sending.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_does_not_come_back_in_time_finds_one_gap() {
    let mut peer = Peer::new();
    let connect = peer.client().events().queue(10, 1 << 20);
    let (mut events, mut talk) = open(&mut peer, connect).await;
    for seq in 1..=MANY {
        timeout(seconds(6), talk.typing(seq)).await.expect("read on after a while");
    }
    sleep(seconds(1)).await;
    assert_eq!(events.waiting().0, 10);
    for seq in 1..=10 {
        assert_eq!(next(&mut events).await, format!("typing {seq}"));
    }
    assert_eq!(next(&mut events).await, "gap Overflow after Some(10)");
    talk.typing(MANY + 1).await;
    assert_eq!(next(&mut events).await, format!("typing {}", MANY + 1));
    assert_eq!(peer.script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_bytes_that_wait_are_bounded_as_well() {
    const ROOM: usize = 8 << 10;
    let mut peer = Peer::new();
    let connect = peer.client().events().queue(1_000_000, ROOM).patience(seconds(1));
    let (events, mut talk) = open(&mut peer, connect).await;
    for seq in 1..=MANY {
        talk.typing(seq).await;
        assert!(events.waiting().1 < ROOM + 1_000);
    }
    assert!(events.waiting().1 >= ROOM);
}

#[tokio::test(start_paused = true)]
async fn a_reply_gets_through_a_full_queue_at_once() {
    let mut peer = Peer::new();
    let connect = peer.client().events().queue(10, 1 << 20).patience(seconds(3_600));
    let (events, mut talk) = open(&mut peer, connect).await;
    let socket = events.socket();
    let (reply, ()) = tokio::join!(socket.send(Ping::new()), async {
        let ping = talk.next().await.expect("a ping");
        for seq in 1..=100 {
            talk.typing(seq).await;
        }
        talk.ok(&ping, &serde_json::json!({"version": "11.6.0"})).await;
    });
    assert_eq!(reply.expect("a reply").version, "11.6.0");
    assert_eq!(events.waiting().0, 10);
}
