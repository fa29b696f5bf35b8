use std::time::Duration;

use mm_core::api::channels::RemoveUserFromChannel;
use mm_core::api::posts::GetPostsForChannel;
use mm_core::socket::{CloseReason, Connection, Incoming, MissingKind};
use mm_mock::Town;

use super::rig::{Rig, Saw, client, now, told};
use crate::socket::Backfill;

#[tokio::test(start_paused = true)]
async fn what_could_not_be_fetched_is_named_and_fetched_later() {
    for status in [429, 502, 503, 0] {
        let town = Town::new();
        let mut rig = Rig::new(town.clone(), Backfill::channels([town.town_square.id])).await;
        rig.cut();
        rig.post(&town.town_square, "one").await;
        rig.restore();
        match status {
            0 => town.fake.on::<GetPostsForChannel>().reset(),
            status => town.fake.on::<GetPostsForChannel>().fail(status, "some.error"),
        };
        rig.post(&town.town_square, "two").await;
        rig.hear();
        let all = rig.drain().await;
        assert_eq!(told(&all), ["ResumeRefused", "Connected", "0 0 0 missing 2", "post two"], "{status}");
        let Saw::Backfilled(done) = &all[2] else { panic!("{all:?}") };
        let kinds: Vec<_> = done.missing.iter().map(|missing| missing.kind).collect();
        assert_eq!(kinds, [MissingKind::Changes, MissingKind::Posts]);
        assert!(done.missing.iter().all(|missing| missing.error.is_some()));
        let later = rig.drain_for(Duration::from_secs(60)).await;
        assert_eq!(told(&later), ["late post one", "1 0 0 missing 0"], "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_connection_tries_again_from_where_it_was() {
    let town = Town::new();
    let mut rig = Rig::with_history(town.clone(), Backfill::channels([town.town_square.id])).await;
    rig.cut();
    for number in 0..500 {
        rig.post(&town.town_square, &format!("{number}")).await;
    }
    rig.restore();
    // The changes, the first page, and then no more.
    let script = || town.fake.on::<GetPostsForChannel>();
    script().delay(Duration::ZERO);
    script().delay(Duration::ZERO);
    script().reset().times(2);
    let all = told(&rig.drain().await);
    let first: Vec<_> = all.iter().filter(|told| told.starts_with("late")).cloned().collect();
    assert!((150..250).contains(&first.len()), "{}", first.len());
    assert_eq!(all.last().unwrap(), &format!("{} 0 0 missing 1", first.len()));
    rig.cut();
    rig.restore();
    let all = told(&rig.drain_for(Duration::from_secs(100)).await);
    let again = all.into_iter().filter(|told| told.starts_with("late"));
    let both: Vec<_> = first.into_iter().chain(again).collect();
    assert_eq!(both, (0..500).map(|number| format!("late post {number}")).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_may_no_longer_be_read_is_named_and_the_others_are_fetched() {
    let town = Town::new();
    let secret = town.fake.channel(&town.team, "secret").private().members([&town.alice, &town.bob]).create();
    let mut rig = Rig::new(town.clone(), Backfill::channels([secret.id, town.town_square.id])).await;
    rig.cut();
    rig.post(&secret, "lost").await;
    rig.post(&town.town_square, "found").await;
    let admin = client(&town, &town.admin.token);
    admin.send(RemoveUserFromChannel::new(secret.id, town.alice.id)).await.unwrap();
    rig.restore();
    let all = rig.drain_for(Duration::from_secs(100)).await;
    let Some(Saw::Backfilled(done)) = all.last() else { panic!("{all:?}") };
    assert_eq!(told(&all)[2..], ["late post found", "1 0 0 missing 2"]);
    for missing in &done.missing {
        assert_eq!(missing.channel_id, secret.id);
        assert_eq!(missing.error.as_ref().unwrap().api().unwrap().status().as_u16(), 403);
    }
}

#[tokio::test(start_paused = true)]
async fn a_post_to_begin_at_that_was_deleted_is_no_hindrance() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels([town.town_square.id])).await;
    let mut anchor = rig.post(&town.town_square, "anchor").await;
    anchor.message.clear();
    town.fake.advance(Duration::from_secs(60));
    rig.post(&town.town_square, "one").await;
    rig.hear();
    rig.drain().await;
    rig.cut();
    rig.delete(&anchor).await;
    rig.post(&town.town_square, "two").await;
    town.fake.forget_requests();
    rig.restore();
    let all = told(&rig.drain().await);
    assert_eq!(all[2..], ["late delete anchor", "late post two", "1 0 1 missing 0"]);
    assert_eq!(town.fake.sent::<GetPostsForChannel>()[1].after, Some(anchor.id));
}

#[tokio::test(start_paused = true)]
async fn a_post_to_begin_at_that_is_gone_for_good_is_noticed() {
    let town = Town::new();
    let mut rig = Rig::with_history(town.clone(), Backfill::channels([town.town_square.id])).await;
    rig.cut();
    for number in 0..450 {
        rig.post(&town.town_square, &format!("{number}")).await;
    }
    rig.restore();
    // This is what the server answers when it does not know the cursor.
    town.fake.on::<GetPostsForChannel>().respond(mm_core::types::PostList::default());
    let all = told(&rig.drain().await);
    assert_eq!(all.last().unwrap(), "450 0 0 missing 0");
    assert_eq!(all[2..452], (0..450).map(|number| format!("late post {number}")).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn closing_during_a_backfill_gives_what_was_held_and_ends() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels([town.town_square.id])).await;
    rig.cut();
    rig.post(&town.town_square, "one").await;
    rig.restore();
    town.fake.on::<GetPostsForChannel>().hang();
    rig.post(&town.town_square, "two").await;
    rig.hear();
    assert_eq!(told(&rig.drain_for(Duration::from_secs(1)).await), ["ResumeRefused", "Connected"]);
    rig.delivery.accept(Incoming::Connection(Connection::Closed(CloseReason::Asked)), now());
    assert_eq!(told(&rig.drain_for(Duration::from_secs(1)).await), ["post two"]);
}

#[tokio::test(start_paused = true)]
async fn that_more_changed_than_the_server_tells_is_said() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels([town.town_square.id])).await;
    rig.cut();
    for number in 0..1_001 {
        rig.post(&town.town_square, &format!("{number}")).await;
    }
    rig.restore();
    let all = rig.drain().await;
    let Some(Saw::Backfilled(done)) = all.last() else { panic!("{:?}", told(&all)) };
    assert_eq!(done.posted, 1_001);
    assert_eq!(done.missing.len(), 1);
    assert!(done.missing[0].kind == MissingKind::Changes && done.missing[0].error.is_none());
}
