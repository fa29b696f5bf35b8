use std::time::Duration;

use mm_core::api::posts::{CreatePost, GetPostsForChannel};
use mm_core::types::event::Posted;
use mm_core::types::{ChannelId, ChannelType};
use mm_mock::Town;

use super::rig::{Rig, Saw, client, now, told};
use crate::socket::Backfill;
use crate::socket::backfill::Filler;
use crate::socket::queue::Room;

fn both(town: &Town) -> [ChannelId; 2] {
    [town.town_square.id, town.off_topic.id]
}

#[tokio::test(start_paused = true)]
async fn what_was_posted_edited_and_deleted_during_a_gap_comes_before_what_is_live() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels(both(&town))).await;
    let (square, topic) = (town.town_square.clone(), town.off_topic.clone());
    let one = rig.post(&square, "one").await;
    let two = rig.post(&topic, "two").await;
    rig.hear();
    assert_eq!(told(&rig.drain().await), ["post one", "post two"]);

    rig.cut();
    rig.post(&topic, "three").await;
    rig.edit(&one, "one!").await;
    rig.post(&square, "four").await;
    rig.delete(&two).await;
    rig.restore();
    rig.post(&square, "five").await;
    rig.hear();
    let all = told(&rig.drain().await);
    let expected = [
        "ResumeRefused",
        "Connected",
        "late post three",
        "late edit one!",
        "late post four",
        "late delete two",
        "late post five",
        "3 1 1 missing 0",
    ];
    assert_eq!(all, expected);
}

#[tokio::test(start_paused = true)]
async fn a_second_gap_does_not_tell_again_what_the_first_one_has_told() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels(both(&town))).await;
    let one = rig.post(&town.town_square, "one").await;
    rig.cut();
    rig.edit(&one, "one!").await;
    rig.restore();
    assert_eq!(
        told(&rig.drain().await),
        ["post one", "ResumeRefused", "Connected", "late edit one!", "0 1 0 missing 0"]
    );
    rig.cut();
    rig.restore();
    assert_eq!(told(&rig.drain().await), ["ResumeRefused", "Connected", "0 0 0 missing 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_posts_arrive_in_order_across_channels_and_pages() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels(both(&town))).await;
    rig.cut();
    let mut expected = Vec::new();
    for number in 0..1_000 {
        let channel = if number % 3 == 0 { &town.off_topic } else { &town.town_square };
        expected.push(rig.post(channel, &format!("{number}")).await.id);
    }
    rig.restore();
    let all = rig.drain().await;
    let posts: Vec<_> = all
        .iter()
        .filter_map(|saw| match saw {
            Saw::Posted(post, _) => Some(post.id),
            _ => None,
        })
        .collect();
    assert!(posts == expected);
    assert!(matches!(all.last(), Some(Saw::Backfilled(done)) if done.posted == 1_000 && done.is_complete()));
}

#[tokio::test(start_paused = true)]
async fn posts_of_one_millisecond_at_the_edge_of_a_page_are_not_left_out() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels([town.town_square.id])).await;
    let admin = client(&town, &town.admin.token);
    rig.cut();
    let mut expected = Vec::new();
    for number in 0..600_i64 {
        let at = town.fake.now().as_millis() / 1_000 * 1_000 + 10_000 + number / 7;
        let post = CreatePost::new(town.town_square.id, format!("{number}")).create_at(at);
        expected.push(admin.send(post).await.unwrap().id);
    }
    rig.restore();
    let mut posts: Vec<_> = rig
        .drain()
        .await
        .into_iter()
        .filter_map(|saw| match saw {
            Saw::Posted(post, _) => Some(post.id),
            _ => None,
        })
        .collect();
    posts.sort_unstable();
    expected.sort_unstable();
    assert_eq!(posts.len(), 600);
    assert!(posts == expected);
}

#[tokio::test(start_paused = true)]
async fn what_was_posted_between_the_call_and_the_first_connection_is_told() {
    let town = Town::new();
    let mut rig = Rig::room(town.clone(), Backfill::channels(both(&town)), 100).await;
    rig.post(&town.town_square, "early").await;
    rig.hello();
    assert_eq!(told(&rig.drain().await), ["Connected", "late post early", "1 0 0 missing 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_remembered_by_the_posts_that_were_seen_in_it() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::seen()).await;
    rig.post(&town.town_square, "before").await;
    rig.hear();
    rig.cut();
    rig.post(&town.off_topic, "nobody is interested").await;
    rig.post(&town.town_square, "after").await;
    rig.restore();
    assert_eq!(
        told(&rig.drain().await),
        ["post before", "ResumeRefused", "Connected", "late post after", "1 0 0 missing 0"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_direct_channel_that_was_empty_is_told_from_its_beginning() {
    let town = Town::new();
    let direct = town.fake.direct_channel(&town.alice, &town.bob);
    let mut rig = Rig::new(town.clone(), Backfill::channels([direct.id])).await;
    rig.cut();
    for number in 0..450 {
        rig.post(&direct, &format!("{number}")).await;
    }
    rig.restore();
    let all = told(&rig.drain().await);
    let expected = (0..450).map(|number| format!("late post {number}"));
    let around = ["ResumeRefused", "Connected"].map(str::to_owned).into_iter();
    let expected: Vec<_> = around.chain(expected).chain(["450 0 0 missing 0".to_owned()]).collect();
    assert_eq!(all, expected);
}

#[tokio::test(start_paused = true)]
async fn the_channel_that_was_silent_for_longest_is_forgotten_and_that_is_said() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::seen().remember(1)).await;
    rig.post(&town.town_square, "one").await;
    rig.post(&town.off_topic, "two").await;
    rig.hear();
    rig.cut();
    rig.post(&town.town_square, "three").await;
    rig.post(&town.off_topic, "four").await;
    rig.restore();
    let all = rig.drain().await;
    assert_eq!(told(&all)[4..], ["late post four", "1 0 0 missing 0"]);
    assert!(matches!(all.last(), Some(Saw::Backfilled(done)) if done.forgotten == 1 && !done.is_complete()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_channel_takes_two_requests() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::channels([town.town_square.id])).await;
    for number in 0..3 {
        town.fake.advance(Duration::from_secs(60));
        rig.post(&town.town_square, &format!("{number}")).await;
    }
    rig.hear();
    rig.drain().await;
    rig.cut();
    town.fake.forget_requests();
    rig.restore();
    rig.drain().await;
    let sent = town.fake.sent::<GetPostsForChannel>();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].since.is_some() && sent[1].after.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_live_events_have_told_of_a_channel_is_there_in_backfilled_ones() {
    let town = Town::new();
    let mut rig = Rig::new(town.clone(), Backfill::seen()).await;
    rig.post(&town.town_square, "one").await;
    rig.hear();
    rig.drain().await;
    rig.cut();
    rig.post(&town.town_square, "two").await;
    rig.restore();
    let event = loop {
        let incoming = std::future::poll_fn(|cx| {
            rig.delivery.poll_work(cx, now());
            rig.consumer.poll_pop(cx)
        });
        if let Some(mm_core::socket::Incoming::Event(event)) = incoming.await {
            break event;
        }
    };
    let posted = event.data::<Posted>().unwrap().unwrap();
    assert_eq!(event.broadcast().unwrap().channel_id, town.town_square.id);
    assert_eq!((event.seq(), posted.channel_type), (-1, ChannelType::Open));
    assert_eq!((posted.channel_name.as_str(), posted.team_id), ("town-square", town.team.id));
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_too_slow_gets_a_gap_that_is_backfilled() {
    let town = Town::new();
    let mut rig = Rig::room(town.clone(), Backfill::channels(both(&town)), 4).await;
    rig.hello();
    rig.drain().await;
    for number in 0..20 {
        rig.post(&town.town_square, &format!("{number}")).await;
        rig.hear();
        // What fits goes on to the queue.
        std::future::poll_fn(|cx| {
            rig.delivery.poll_work(cx, now());
            std::task::Poll::Ready(())
        })
        .await;
    }
    let all = rig.drain().await;
    let posts: Vec<_> = told(&all).into_iter().filter(|told| told.contains("post")).collect();
    assert_eq!(posts.len(), 20, "{posts:?}");
    for (number, post) in posts.iter().enumerate() {
        assert!(post.ends_with(&format!("post {number}")), "{posts:?}");
    }
    assert!(told(&all).contains(&"Overflow".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_may_not_be_read_is_an_error_before_there_is_a_socket() {
    let town = Town::new();
    let carol = client(&town, &town.carol.token);
    let room = Room { events: 10, bytes: 10 };
    let error = Filler::new(carol, Backfill::channels(both(&town)), room, now()).await.unwrap_err();
    assert_eq!(error.api().unwrap().status().as_u16(), 403);
}
