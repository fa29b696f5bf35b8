//! Coming back.

use std::time::Duration;

use super::*;
use crate::{Audience, Event};

/// Tells everybody so many things.
fn tell(town: &Town, events: usize) {
    for _ in 0..events {
        town.fake.emit(Event::new("custom_x"), Audience::everyone());
    }
}

/// A connection that has been told so much, its hello and status included, and the id of it.
async fn told(town: &Town, events: usize) -> (Client, String) {
    let mut client = alice(town).await;
    let id = client.frame().await["data"]["connection_id"].as_str().unwrap().to_owned();
    client.told().await;
    for _ in 2..events {
        tell(town, 1);
        client.event("custom_x").await;
    }
    (client, id)
}

async fn back(town: &Town, id: &str, number: i64) -> Client {
    tokio::task::yield_now().await;
    Client::open(&town.fake, &town.alice, &format!("?connection_id={id}&sequence_number={number}")).await
}

/// The numbers of all events that have come.
async fn numbers(client: &mut Client) -> Vec<i64> {
    client.told().await.into_iter().map(|(_, number)| number).collect()
}

#[tokio::test]
async fn what_was_written_and_what_was_missed_comes_again() {
    let town = Town::new();
    let (client, id) = told(&town, 6).await;
    drop(client);
    tokio::task::yield_now().await;
    tell(&town, 2);
    // It has seen numbers 0 to 2. Then offline, two events and online were put behind.
    let mut client = back(&town, &id, 3).await;
    let events = client.told().await;
    assert_eq!(events.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
    assert!(!names(&events).contains(&"hello"));
    assert_eq!(town.fake.sockets().connection_ids(), [id]);
}

#[tokio::test]
async fn nothing_missed_is_nothing_told() {
    let town = Town::new();
    let (client, id) = told(&town, 4).await;
    drop(client);
    let mut client = back(&town, &id, 4).await;
    assert_eq!(client.told().await, [("status_change".to_owned(), 4), ("status_change".to_owned(), 5)]);
}

#[tokio::test]
async fn a_number_that_is_nowhere_is_a_new_connection() {
    let town = Town::new();
    // Too old: 128 events are kept. And one that was not reached yet.
    for number in [1, 1000] {
        let (client, id) = told(&town, 150).await;
        drop(client);
        tokio::task::yield_now().await;
        let mut client = back(&town, &id, number).await;
        let hello = client.frame().await;
        assert_eq!((&hello["event"], &hello["seq"]), (&json!("hello"), &json!(0)));
        assert_ne!(hello["data"]["connection_id"], json!(id));
        assert_eq!(numbers(&mut client).await, [1, 2], "what waited follows");
        drop(client);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_number_0_starts_anew_without_a_hello() {
    let town = Town::new();
    let (client, id) = told(&town, 4).await;
    drop(client);
    let mut client = back(&town, &id, 0).await;
    assert_eq!(numbers(&mut client).await, [0, 1]);
}

#[tokio::test]
async fn a_connection_in_use_or_of_somebody_else_is_not_taken_up() {
    let town = Town::new();
    let (client, id) = told(&town, 4).await;
    let hello = back(&town, &id, 4).await.frame().await;
    assert_eq!(hello["seq"], 0);
    drop(client);
    tokio::task::yield_now().await;
    let query = format!("?connection_id={id}&sequence_number=4");
    let hello = Client::open(&town.fake, &town.bob, &query).await.frame().await;
    assert_eq!((&hello["event"], &hello["broadcast"]["user_id"]), (&json!("hello"), &json!(town.bob.id)));
}

#[tokio::test]
async fn what_cannot_be_resumed_by_its_form_ends_at_once() {
    let town = Town::new();
    let id = "a".repeat(26);
    for query in [
        "?connection_id=short&sequence_number=1".to_owned(),
        format!("?connection_id={id}"),
        format!("?connection_id={id}&sequence_number=x"),
        format!("?connection_id={id}&sequence_number=-1"),
    ] {
        let mut client = Client::open(&town.fake, &town.alice, &query).await;
        assert_eq!(client.hear().await, Heard::Fin, "{query}");
    }
    // Nobody in particular cannot come back, and so says nothing wrong.
    let mut stranger = Client::open(&town.fake, &(), "?connection_id=short").await;
    let challenge =
        json!({"seq": 1, "action": "authentication_challenge", "data": {"token": town.alice.token.expose()}});
    stranger.send(&challenge.to_string()).await;
    assert_eq!(stranger.frame().await["event"], "hello");
}

#[tokio::test]
async fn a_connection_is_kept_for_five_to_ten_minutes() {
    let town = Town::new();
    for (minutes, is_there) in [(4, true), (11, false)] {
        let (client, id) = told(&town, 4).await;
        drop(client);
        tokio::task::yield_now().await;
        town.fake.advance(Duration::from_secs(minutes * 60));
        let mut client = back(&town, &id, 4).await;
        assert_eq!(names(&client.told().await)[0] != "hello", is_there, "{minutes} minutes");
        drop(client);
        tokio::task::yield_now().await;
        town.fake.sockets().forget();
    }
}

#[tokio::test]
async fn a_queue_that_is_full_ends_the_connection_for_good() {
    let town = Town::new();
    let (client, id) = told(&town, 4).await;
    drop(client);
    tokio::task::yield_now().await;
    // One place is taken by the user's going offline.
    tell(&town, 256);
    assert_eq!(back(&town, &id, 4).await.frame().await["seq"], 0);

    // With a client it gets what is in the queue, and then an empty close frame.
    let mut client = alice(&town).await;
    client.told().await;
    tell(&town, 257);
    let mut events = 0;
    let end = loop {
        match client.hear().await {
            Heard::Frame(_) => events += 1,
            other => break other,
        }
    };
    assert_eq!((events, end), (256, Heard::Close(1005)));
}

#[tokio::test]
async fn a_client_that_is_slow_is_not_told_who_is_typing() {
    let town = Town::new();
    let (mut client, _) = told(&town, 4).await;
    for _ in 0..100 {
        tell(&town, 1);
        town.fake.emit(Event::new("typing"), Audience::everyone());
    }
    tell(&town, 50);
    let told = client.told().await;
    let typing = names(&told).into_iter().filter(|name| *name == "typing").count();
    assert_eq!((typing, told.len()), (64, 214));
    assert!(told.windows(2).all(|two| two[0].1 + 1 == two[1].1), "nothing is missing from the numbers");
}
