//! What takes a world of one's own to see: the clock, settings, archives, and what sockets are told.

use std::time::Duration;

use mm_core::api::posts::{
    CreatePost, CreatePostEphemeral, DeletePost, GetPost, GetPostsForChannel, PatchPost, UpdatePost,
};
use mm_types::{Channel, EphemeralPost, Post, PostProps, Timestamp};
use serde_json::Value;

use crate::testing::{ask, error, request, send};
use crate::world::{Audience, Event};
use crate::{FakeServer, Town};

/// The events that came after a point.
fn told(fake: &FakeServer, since: usize) -> Vec<(Event, Audience)> {
    fake.events().split_off(since)
}

fn names(events: &[(Event, Audience)]) -> Vec<&str> {
    events.iter().map(|(event, _)| event.name).collect()
}

fn post_in(event: &Event) -> Post {
    serde_json::from_str(event.data["post"].as_str().unwrap()).unwrap()
}

fn archived(town: &Town) -> Channel {
    let now = town.fake.now();
    let channel = town.fake.channel(&town.team, "old").members([&town.alice, &town.admin]);
    channel.with(|channel| channel.delete_at = now).create()
}

#[tokio::test]
async fn after_thirty_seconds_a_pending_id_makes_another_post() {
    let town = Town::new();
    let op = || CreatePost::new(town.town_square.id, "x").pending_post_id("mine");
    let first = ask(&town.fake, &town.alice, op()).await.unwrap();
    town.fake.advance(Duration::from_secs(29));
    assert_eq!(ask(&town.fake, &town.alice, op()).await.unwrap().id, first.id);
    town.fake.advance(Duration::from_secs(1));
    let second = ask(&town.fake, &town.alice, op()).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(ask(&town.fake, &town.alice, op()).await.unwrap().id, second.id, "the 30 seconds begin anew");
}

#[tokio::test]
async fn a_repeated_post_is_told_once() {
    let town = Town::new();
    let before = town.fake.events().len();
    for _ in 0..3 {
        let op = CreatePost::new(town.town_square.id, "x").pending_post_id("mine");
        ask(&town.fake, &town.alice, op).await.unwrap();
    }
    assert_eq!(names(&told(&town.fake, before)), ["posted", "multiple_channels_viewed", "status_change"]);
}

#[tokio::test]
async fn a_repeat_of_a_post_that_was_deleted_meanwhile_fails() {
    let town = Town::new();
    let op = || CreatePost::new(town.town_square.id, "x").pending_post_id("mine");
    let post = ask(&town.fake, &town.alice, op()).await.unwrap();
    ask(&town.fake, &town.alice, DeletePost::new(post.id)).await.unwrap();
    let failed = ask(&town.fake, &town.alice, op()).await.unwrap_err();
    assert_eq!(failed, (500, "api.post.deduplicate_create_post.failed_to_get".to_owned()));
}

#[tokio::test]
async fn the_channel_is_told_of_a_post_and_the_author_has_read_it() {
    let town = Town::new();
    let before = town.fake.events().len();
    let op = CreatePost::new(town.town_square.id, "hi @bob and @all").pending_post_id("mine");
    let post = ask(&town.fake, &town.alice, op.set_online(false)).await.unwrap();
    let events = told(&town.fake, before);
    let (posted, audience) = &events[0];
    assert_eq!((posted.name, audience), ("posted", &Audience::channel(town.town_square.id)));
    assert_eq!(post_in(posted), post);
    assert_eq!(posted.data["sender_name"], "@alice");
    assert_eq!(posted.data["channel_display_name"], "Town Square");
    assert_eq!(
        (&posted.data["channel_type"], &posted.data["set_online"]),
        (&Value::from("O"), &Value::from(false))
    );
    let mentions: Vec<String> = serde_json::from_str(posted.data["mentions"].as_str().unwrap()).unwrap();
    assert!(mentions.contains(&town.bob.id.to_string()) && !mentions.contains(&town.alice.id.to_string()));
    let (viewed, audience) = &events[1];
    assert_eq!((viewed.name, audience), ("multiple_channels_viewed", &Audience::user(town.alice.id)));
    let times = &viewed.data["channel_times"];
    assert_eq!(times[town.town_square.id.as_str()], post.create_at.as_millis());
}

#[tokio::test]
async fn a_reply_leaves_the_channel_unread_for_its_author() {
    let town = Town::new();
    let root = town.fake.post(&town.town_square, &town.bob, "root").create();
    let before = town.fake.events().len();
    let op = CreatePost::new(town.town_square.id, "x").root_id(root.id);
    ask(&town.fake, &town.alice, op).await.unwrap();
    let told = told(&town.fake, before);
    assert_eq!(names(&told), ["posted", "thread_updated", "thread_updated", "status_change"]);
}

#[tokio::test]
async fn a_direct_message_mentions_the_other_one_and_bears_the_authors_name() {
    let town = Town::new();
    let direct = town.fake.direct_channel(&town.alice, &town.bob);
    let before = town.fake.events().len();
    ask(&town.fake, &town.alice, CreatePost::new(direct.id, "x")).await.unwrap();
    let (posted, _) = &told(&town.fake, before)[0];
    assert_eq!(posted.data["mentions"], format!("[\"{}\"]", town.bob.id));
    assert_eq!(
        (&posted.data["channel_display_name"], &posted.data["team_id"]),
        (&"@alice".into(), &"".into())
    );
}

#[tokio::test]
async fn edits_and_deletions_are_told_with_the_post() {
    let town = Town::new();
    let post = town.fake.post(&town.town_square, &town.alice, "x").create();
    let before = town.fake.events().len();
    ask(&town.fake, &town.alice, PatchPost::new(post.id).message("y")).await.unwrap();
    ask(&town.fake, &town.alice, DeletePost::new(post.id)).await.unwrap();
    let events = told(&town.fake, before);
    assert_eq!(names(&events), ["post_edited", "post_deleted", "post_deleted"]);
    let channel = || Audience::channel(town.town_square.id);
    let audiences: Vec<Audience> = events.iter().map(|(_, audience)| audience.clone()).collect();
    assert_eq!(audiences, [channel(), channel().sanitized(), channel().sensitive()]);
    assert_eq!(events[2].0.data["delete_by"], town.alice.id.as_str());
    let (edited, deleted) = (post_in(&events[0].0), post_in(&events[1].0));
    assert_eq!((&*edited.message, edited.metadata.is_some()), ("y", true));
    assert_eq!((deleted.delete_at, deleted.metadata), (Timestamp::UNSET, None), "as it was before");
}

#[tokio::test]
async fn an_ephemeral_post_is_told_to_one_user() {
    let town = Town::new();
    let before = town.fake.events().len();
    let post = EphemeralPost::new(town.town_square.id, "psst");
    let op = CreatePostEphemeral::new(town.bob.id, post);
    let shown = ask(&town.fake, &town.admin, op).await.unwrap();
    let (event, audience) = &told(&town.fake, before)[0];
    assert_eq!((event.name, post_in(event)), ("ephemeral_message", shown));
    assert_eq!((audience.user, audience.channel), (town.bob.id, town.town_square.id));
}

#[tokio::test]
async fn an_archived_channel_stays_as_it_is() {
    let town = Town::new();
    let channel = archived(&town);
    let post = town.fake.post(&channel, &town.alice, "x").create();
    let refused = |id: &str| (400, format!("api.post.{id}.error"));
    let create = ask(&town.fake, &town.alice, CreatePost::new(channel.id, "x")).await.unwrap_err();
    assert_eq!(create, refused("create_post.can_not_post_to_deleted"));
    let patch = ask(&town.fake, &town.alice, PatchPost::new(post.id).message("y")).await.unwrap_err();
    assert_eq!(patch, refused("patch_post.can_not_update_post_in_deleted"));
    let update = ask(&town.fake, &town.alice, UpdatePost::new(post.id, "y")).await.unwrap_err();
    assert_eq!(update, refused("update_post.can_not_update_post_in_deleted"));
    let delete = ask(&town.fake, &town.alice, DeletePost::new(post.id)).await.unwrap_err();
    assert_eq!(delete, refused("delete_post.can_not_delete_post_in_deleted"));
}

#[tokio::test]
async fn where_allowed_administrators_delete_for_good() {
    let town = Town::new();
    town.fake.configure(|config| config.post_deletion = true);
    let root = town.fake.post(&town.town_square, &town.alice, "x").create();
    let reply = town.fake.post(&town.town_square, &town.bob, "y").reply_to(&root).create();
    let op = DeletePost::new(root.id).permanent(true);
    assert_eq!(ask(&town.fake, &town.alice, op.clone()).await.unwrap_err().0, 403);
    ask(&town.fake, &town.admin, op).await.unwrap();
    for id in [root.id, reply.id] {
        let gone = ask(&town.fake, &town.admin, GetPost::new(id).include_deleted(true)).await;
        assert_eq!(gone.unwrap_err(), (404, "app.post.get.app_error".to_owned()));
    }
}

#[tokio::test]
async fn guests_edit_their_posts_but_do_not_delete_them() {
    let town = Town::new();
    let post = ask(&town.fake, &town.guest, CreatePost::new(town.town_square.id, "x")).await.unwrap();
    assert!(ask(&town.fake, &town.guest, PatchPost::new(post.id).message("y")).await.is_ok());
    assert_eq!(ask(&town.fake, &town.guest, DeletePost::new(post.id)).await.unwrap_err().0, 403);
    let elsewhere = town.fake.post(&town.off_topic, &town.alice, "x").create();
    assert_eq!(ask(&town.fake, &town.guest, GetPost::new(elsewhere.id)).await.unwrap_err().0, 403);
}

#[tokio::test]
async fn posts_of_bots_say_so() {
    let town = Town::new();
    let bot = town.fake.bot("robot").in_team(&town.team).create();
    let token = town.fake.access_token_for(&bot);
    let post = ask(&town.fake, &token, CreatePost::new(town.town_square.id, "x")).await.unwrap();
    assert_eq!(post.props.get_str("from_bot").as_deref(), Some("true"));
}

#[tokio::test]
async fn props_have_at_most_800_000_characters() {
    let town = Town::new();
    town.fake.configure(|config| config.max_payload = 2_000_000);
    let op = |size| CreatePost::new(town.town_square.id, "x").props([("x", "y".repeat(size))]);
    assert!(ask(&town.fake, &town.alice, op(790_000)).await.is_ok());
    let refused = ask(&town.fake, &town.alice, op(800_000)).await.unwrap_err();
    assert_eq!(refused, (400, "model.post.is_valid.props.app_error".to_owned()));
}

#[tokio::test]
async fn only_the_server_sets_its_own_props() {
    let town = Town::new();
    let props = PostProps::from([("add_channel_member", "x"), ("mine", "y")]);
    let post =
        ask(&town.fake, &town.alice, CreatePost::new(town.town_square.id, "x").props(props)).await.unwrap();
    assert!(!post.props.contains_key("add_channel_member") && post.props.contains_key("mine"));
}

#[tokio::test]
async fn changes_since_a_time_are_a_thousand_at_most() {
    let town = Town::new();
    for _ in 0..1005 {
        town.fake.post(&town.town_square, &town.alice, "x").create();
    }
    let op = GetPostsForChannel::new(town.town_square.id).since(1);
    assert_eq!(ask(&town.fake, &town.alice, op).await.unwrap().len(), 1000);
    let page = GetPostsForChannel::new(town.town_square.id).per_page(500);
    assert_eq!(ask(&town.fake, &town.alice, page).await.unwrap().len(), 200);
}

#[tokio::test]
async fn keys_of_another_type_and_other_ids_are_refused_and_odd_flags_ignored() {
    let town = Town::new();
    let post = town.fake.post(&town.town_square, &town.alice, "x").create();
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let headers = [("authorization", bearer.as_str())];
    let channel = town.town_square.id;
    let ask = async |method: http::Method, url: &str, body: String| {
        let answer = send(&town.fake, request(method, url, &headers, body)).await;
        let status = answer.status().as_u16();
        (status, if status < 400 { String::new() } else { error(&answer).message })
    };
    let invalid = |name: &str| (400, format!("Invalid or missing {name} in request body."));
    let post_body = format!(r#"{{"channel_id": "{channel}", "message": 5}}"#);
    assert_eq!(ask(http::Method::POST, "/api/v4/posts", post_body).await, invalid("post"));
    let url = format!("/api/v4/posts/{}", post.id);
    let other = format!(r#"{{"id": "{channel}", "message": "y"}}"#);
    assert_eq!(ask(http::Method::PUT, &url, other).await, invalid("id"));
    let list = |query: &str| format!("/api/v4/channels/{channel}/posts?{query}");
    assert_eq!(ask(http::Method::GET, &list("since=x"), String::new()).await, invalid("since"));
    assert_eq!(ask(http::Method::GET, &list("before=x"), String::new()).await, invalid("before"));
    let odd = "collapsedThreads=x&per_page=-1&include_deleted=maybe";
    assert_eq!(ask(http::Method::GET, &list(odd), String::new()).await.0, 200);
    let thread = format!("/api/v4/posts/{}/thread?perPage=x", post.id);
    assert_eq!(ask(http::Method::GET, &thread, String::new()).await, invalid("perPage"));
}
