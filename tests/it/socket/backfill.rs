//! Missed posts over the fake's socket, with the whole client between.

use std::time::Duration;

use mm_core::BoxError;
use mm_core::api::posts::{CreatePost, GetPostsForChannel, PatchPost};
use mm_mock::Town;
use mm_tower::Client;
use mm_tower::socket::{Backfill, Connection, Incoming, Origin};
use mm_tower::types::event::{PostEdited, Posted};
use tokio::runtime::Handle;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn what_a_restarted_server_no_longer_knows_is_fetched() -> Result<(), BoxError> {
    let town = Town::new();
    let base = "https://chat.example.com";
    let alice = Client::builder(base)?.token(town.alice.token.clone()).build(town.fake.clone());
    let bob = Client::builder(base)?.token(town.bob.token.clone()).build(town.fake.clone());
    let square = town.town_square.id;
    let mut events = alice.events().backfill(Backfill::channels([square]).and_seen()).await?;
    let first = bob.send(CreatePost::new(square, "one")).await?;

    let mut told = Vec::new();
    while !told.contains(&"five".to_owned()) {
        match events.next().await {
            Some(Incoming::Event(event)) => {
                let mark = if event.origin() == Origin::Live { "" } else { "late " };
                if let Some(posted) = event.data::<Posted>() {
                    told.push(format!("{mark}{}", posted?.post.get()?.message));
                }
                if let Some(edited) = event.data::<PostEdited>() {
                    told.push(format!("{mark}edit {}", edited?.post.get()?.message));
                }
            }
            Some(Incoming::Connection(Connection::Gap(gap))) => told.push(format!("{:?}", gap.reason)),
            Some(Incoming::Connection(Connection::Backfilled(done))) => {
                told.push(format!("{} {} {}", done.posted, done.edited, done.missing.len()));
                bob.send(CreatePost::new(square, "five")).await?;
            }
            Some(_) => {}
            None => return Err("the end".into()),
        }
        if told == ["one"] {
            // All connections end, and the lists of what is still to be sent are gone.
            town.fake.sockets().restart();
            for text in ["two", "three", "four"] {
                bob.send(CreatePost::new(square, text)).await?;
            }
            bob.send(PatchPost::new(first.id).message("one!")).await?;
        }
    }
    assert_eq!(
        told,
        ["one", "ResumeRefused", "late two", "late three", "late four", "late edit one!", "3 1 0", "five"]
    );
    events.socket().close().await;
    tokio::time::advance(Duration::from_secs(1)).await;
    Ok(())
}

/// Whether it is closed or dropped while missed posts are fetched.
#[tokio::test(start_paused = true)]
async fn an_end_in_the_midst_of_a_backfill_leaves_no_task() -> Result<(), BoxError> {
    for is_dropped in [false, true] {
        let town = Town::new();
        town.fake.follow_tokio_time();
        let square = town.town_square.id;
        let builder = Client::builder("https://chat.example.com")?;
        let alice = builder.token(town.alice.token.clone()).build(town.fake.clone());
        let tasks = Handle::current().metrics().num_alive_tasks();
        let mut events = alice.events().backfill(Backfill::channels([square])).await?;
        town.fake.on::<GetPostsForChannel>().hang();
        town.fake.sockets().restart();
        town.fake.post(&town.town_square, &town.bob, "missed").create();
        town.fake.forget_requests();
        while town.fake.sent::<GetPostsForChannel>().is_empty() {
            sleep(Duration::from_millis(100)).await;
        }
        if is_dropped {
            drop(events);
        } else {
            events.socket().close().await;
            while events.next().await.is_some() {}
            drop(events);
        }
        // The server's own, which notices the end of the connection, is among them.
        sleep(Duration::from_secs(1)).await;
        assert_eq!(Handle::current().metrics().num_alive_tasks(), tasks, "dropped: {is_dropped}");
        assert_eq!(town.fake.sockets().count(), 0);
    }
    Ok(())
}
