//! What a test does to sockets.

use std::time::Duration;

use super::*;
use crate::{Audience, Event};

#[tokio::test]
async fn a_connection_ends_in_every_way() {
    let town = Town::new();
    let sockets = town.fake.sockets().of(&town.alice);
    let ways: [(&dyn Fn(), Heard); 6] = [
        (&|| _ = sockets.fin(), Heard::Fin),
        (&|| _ = sockets.reset(), Heard::Reset),
        (&|| _ = sockets.close(1001), Heard::Close(1001)),
        (&|| _ = sockets.close(None), Heard::Close(1005)),
        (&|| _ = sockets.close_with(1012, "restart"), Heard::Close(1012)),
        (&|| _ = sockets.overflow(), Heard::Close(1005)),
    ];
    for (way, expected) in ways {
        let mut client = alice(&town).await;
        client.told().await;
        town.fake.emit(Event::new("custom_x"), Audience::everyone());
        way();
        if expected != Heard::Reset {
            assert_eq!(client.frame().await["event"], "custom_x", "what was told before comes before");
        }
        assert_eq!(client.hear().await, expected);
    }
}

#[tokio::test]
async fn garbage_comes_as_it_is() {
    let town = Town::new();
    let sockets = town.fake.sockets();
    let mut client = alice(&town).await;
    client.told().await;
    sockets.text("garbage").text(r#"{"event": 1}"#).binary(&[1, 2, 3]).text(&"x".repeat(3_000_000));
    assert_eq!(client.hear().await, Heard::Text("garbage".to_owned()));
    assert_eq!(client.hear().await, Heard::Frame(json!({"event": 1})));
    assert_eq!(client.hear().await, Heard::Binary(3));
    assert!(matches!(client.hear().await, Heard::Text(long) if long.len() == 3_000_000));
    sockets.bytes(&[0xff, 0xff]);
    assert_eq!(client.hear().await, Heard::Broken);
}

#[tokio::test]
async fn numbers_are_repeated_left_out_and_lost() {
    let town = Town::new();
    let mut client = alice(&town).await;
    client.told().await;
    let sockets = town.fake.sockets();
    let tell = || town.fake.emit(Event::new("custom_x"), Audience::everyone());
    tell();
    sockets.repeat();
    tell();
    sockets.skip(3);
    tell();
    sockets.lose(2);
    for _ in 0..3 {
        tell();
    }
    let numbers: Vec<i64> = client.told().await.into_iter().map(|(_, number)| number).collect();
    assert_eq!(numbers, [2, 2, 3, 7, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_one_in_use_until_the_pongs_are_missed() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let mut client = alice(&town).await;
    let id = client.frame().await["data"]["connection_id"].as_str().unwrap().to_owned();
    client.told().await;
    town.fake.sockets().silence();
    town.fake.emit(Event::new("custom_x"), Audience::everyone());
    client.send(r#"{"seq": 1, "action": "ping"}"#).await;
    let nothing = tokio::time::timeout(Duration::from_secs(1000), client.hear()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    assert_eq!(town.fake.sockets().count(), 0);
    drop(client);

    let query = format!("?connection_id={id}&sequence_number=2");
    let mut client = Client::open(&town.fake, &town.alice, &query).await;
    let told = client.told().await;
    assert!(names(&told).contains(&"hello"), "nobody came back for ten minutes: {told:?}");

    let id = town.fake.sockets().connection_ids().remove(0);
    town.fake.sockets().silence();
    town.fake.emit(Event::new("custom_x"), Audience::everyone());
    drop(client);
    tokio::time::sleep(Duration::from_secs(110)).await;
    let query = format!("?connection_id={id}&sequence_number=1");
    let mut client = Client::open(&town.fake, &town.alice, &query).await;
    let told = client.told().await;
    assert!(names(&told).starts_with(&["status_change", "custom_x"]), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn bytes_trickle() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let mut client = alice(&town).await;
    client.told().await;
    let start = tokio::time::Instant::now();
    town.fake.sockets().trickle(10, Duration::from_millis(100));
    town.fake.emit(Event::new("custom_x"), Audience::everyone());
    client.event("custom_x").await;
    // The frame has some 170 bytes.
    assert!((1_000..2_500).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn bytes_that_trickle_for_minutes_do_not_stop_the_time() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let mut client = alice(&town).await;
    client.told().await;
    // Longer than until the next ping.
    town.fake.sockets().trickle(1, Duration::from_millis(500));
    town.fake.emit(Event::new("custom_x"), Audience::everyone());
    let (end, time) =
        (tokio::time::timeout(Duration::from_secs(500), client.hear()), Duration::from_secs(65));
    let mut end = std::pin::pin!(end);
    assert!(tokio::time::timeout(time, &mut end).await.is_err());
    assert!(matches!(end.await, Ok(Heard::Frame(_))));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_of_what_trickles_does_not_stop_the_time() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let client = alice(&town).await;
    town.fake.sockets().trickle(4096, Duration::from_millis(10));
    for _ in 0..100 {
        town.fake.emit(Event::new("custom_x").with("text", "x".repeat(4096)), Audience::everyone());
    }
    // It is given up.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(town.fake.sockets().count(), 0);
    drop(client);
}

#[tokio::test]
async fn the_next_sockets_can_be_spoken_for() {
    let town = Town::new();
    let sockets = town.fake.sockets();
    sockets.clone().next().fin();
    sockets.clone().next().after(1).fin();
    sockets.clone().upcoming(2).after(1).close(1001);
    assert_eq!(alice(&town).await.hear().await, Heard::Fin);
    let mut second = alice(&town).await;
    assert_eq!(second.frame().await["event"], "hello");
    assert_eq!(second.hear().await, Heard::Fin);
    for _ in 0..2 {
        let mut client = alice(&town).await;
        assert_eq!(client.frame().await["event"], "hello");
        assert_eq!(client.hear().await, Heard::Close(1001));
    }
    let mut client = alice(&town).await;
    assert_eq!(names(&client.told().await), ["hello", "status_change"]);
    assert_eq!(sockets.opened(), 5);
}

#[tokio::test]
async fn a_restart_ends_all_sockets_and_forgets_all_connections() {
    let town = Town::new();
    let mut client = alice(&town).await;
    let id = client.frame().await["data"]["connection_id"].as_str().unwrap().to_owned();
    client.told().await;
    town.fake.sockets().restart();
    assert_eq!(client.hear().await, Heard::Fin);
    let query = format!("?connection_id={id}&sequence_number=2");
    let hello = Client::open(&town.fake, &town.alice, &query).await.frame().await;
    assert_eq!(hello["event"], "hello");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_given_up_after_thirty_seconds() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let silent = Client::bytes(&town.fake, &town.alice, "").await;
    town.fake.sockets().text(&"x".repeat(200_000));
    tokio::time::sleep(Duration::from_secs(29)).await;
    assert_eq!(town.fake.sockets().count(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(town.fake.sockets().count(), 0);
    drop(silent);
}
