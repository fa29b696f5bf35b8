use tokio::time::{Instant, timeout};

use super::{next, open};
use crate::socket::testing::{Peer, Talk, seconds};

const RESUMING: &str = "connection_id=c1&sequence_number=2";

/// How connections end, and which answer to the end is expected.
const ENDS: [&str; 4] = ["FIN", "RST", "close frame", "garbage"];

async fn end(mut talk: Talk, how: &str) {
    match how {
        "FIN" => drop(talk),
        "RST" => talk.reset(),
        "close frame" => {
            talk.close(1001).await;
            assert_eq!(talk.next().await, Some(1001.into()), "a close frame is answered");
        }
        _ => {
            talk.raw(b"\xff\xff\xff\xff").await;
            assert_eq!(talk.next().await, Some(1002.into()), "garbage is answered");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn however_a_connection_ends_another_one_goes_on_where_it_was() {
    for how in ENDS {
        let mut peer = Peer::new();
        let (mut events, mut talk) = open(&mut peer).await;
        talk.typing(1).await;
        assert_eq!(next(&mut events).await, "typing 1");
        end(talk, how).await;
        let mut talk = peer.accept().await;
        assert!(talk.uri.contains(RESUMING), "{how}: {}", talk.uri);
        talk.typing(2).await;
        assert_eq!(next(&mut events).await, "resumed", "{how}");
        assert_eq!(next(&mut events).await, "typing 2", "{how}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_with_nothing_to_repeat_is_recognised_by_its_reply() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    talk.typing(1).await;
    assert_eq!(next(&mut events).await, "typing 1");
    talk.reset();
    let mut talk = peer.accept().await;
    talk.reply_to_ping().await;
    assert_eq!(next(&mut events).await, "resumed");
    talk.typing(2).await;
    assert_eq!(next(&mut events).await, "typing 2");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_forgotten_makes_a_gap() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    talk.typing(1).await;
    drop(talk);
    let mut talk = peer.accept().await;
    talk.greet("c2").await;
    talk.typing(1).await;
    let expected = ["typing 1", "gap ResumeRefused after Some(1)", "connected c2", "typing 1"];
    for expected in expected {
        assert_eq!(next(&mut events).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_that_are_left_out_are_asked_for_again() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    talk.typing(1).await;
    talk.typing(3).await;
    let mut again = peer.accept().await;
    assert!(again.uri.contains(RESUMING) && again.uri.contains("disconnect_err_code=4001"), "{}", again.uri);
    for seq in [2, 3] {
        again.typing(seq).await;
    }
    for expected in ["typing 1", "resumed", "typing 2", "typing 3"] {
        assert_eq!(next(&mut events).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_noticed_and_made_anew() {
    let mut peer = Peer::new();
    let (_events, _silent) = open(&mut peer).await;
    let since = Instant::now();
    let talk = timeout(seconds(70), peer.accept()).await.expect("another connection");
    assert!(talk.uri.contains("connection_id=c1&sequence_number=1"), "{}", talk.uri);
    assert!(since.elapsed() >= seconds(30));
}

#[tokio::test(start_paused = true)]
async fn a_connection_in_use_stays() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    for _ in 0..60 {
        let ping = talk.next().await.expect("a ping");
        talk.ok(&ping, &serde_json::Value::Null).await;
    }
    talk.typing(1).await;
    assert_eq!(next(&mut events).await, "typing 1");
    assert_eq!(peer.script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drops_every_connection_sees_70_of_them_an_hour_at_most() {
    let mut peer = Peer::new();
    let (_events, talk) = open(&mut peer).await;
    drop(talk);
    let until = Instant::now() + seconds(3600);
    let mut connections = 1;
    while let Ok(mut talk) = tokio::time::timeout_at(until, peer.accept()).await {
        talk.hello("c2").await;
        connections += 1;
    }
    assert!((10..=70).contains(&connections), "{connections}");
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_a_day_is_survived() {
    let mut peer = Peer::refusing(|number| {
        (1..1_000)
            .contains(&number)
            .then(|| if number % 2 == 0 { crate::testing::lost() } else { crate::testing::answer(404, "") })
    });
    let (mut events, talk) = open(&mut peer).await;
    drop(talk);
    let mut talk = timeout(seconds(86_400), peer.accept()).await.expect("a connection in the end");
    talk.greet("c2").await;
    assert_eq!(next(&mut events).await, "gap ResumeRefused after Some(0)");
    assert_eq!(next(&mut events).await, "connected c2");
}
