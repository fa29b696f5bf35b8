//! Who is told what, and what it looks like.

use mm_core::api::posts::{CreatePost, DeletePost};
use mm_core::api::system::GetPing;
use mm_core::api::users::PatchUser;
use mm_types::{SystemStatus, UserId};

use super::*;
use crate::testing::{ask, send};
use crate::{Audience, Event};

/// Which of admin, alice, bob and guest are told of an event for this audience.
async fn who(town: &Town, clients: &mut [Client; 4], audience: Audience) -> [bool; 4] {
    town.fake.emit(Event::new("custom_x"), audience);
    let mut told = [false; 4];
    for (client, told) in clients.iter_mut().zip(&mut told) {
        *told = names(&client.told().await).contains(&"custom_x");
    }
    told
}

#[tokio::test]
async fn an_event_reaches_its_audience_and_nobody_else() {
    let town = Town::new();
    let fake = &town.fake;
    let mut clients = [
        Client::open(fake, &town.admin, "").await,
        Client::open(fake, &town.alice, "").await,
        Client::open(fake, &town.bob, "").await,
        Client::open(fake, &town.carol, "").await,
    ];
    let ids = fake.sockets().connection_ids();
    let ops = fake.channel(&town.team, "ops").private().members([&town.bob]).create().id;
    let (alice, team) = (town.alice.id, town.team.id);
    let audiences = [
        (Audience::everyone(), [true; 4]),
        (Audience::everyone().sanitized(), [false, true, true, true]),
        (Audience::everyone().sensitive(), [true, false, false, false]),
        (Audience::connection(ids[2].clone()), [false, false, true, false]),
        (Audience::everyone().but_connection(ids[1].clone()), [true, false, true, true]),
        (Audience::user(alice), [false, true, false, false]),
        // One user is asked for before anybody is left out.
        (Audience::user(alice).but(alice), [false, true, false, false]),
        (Audience::everyone().but(alice), [true, false, true, true]),
        (Audience::channel(ops), [false, false, true, false]),
        (Audience::team(team), [true, true, true, false]),
        (Audience::team(team).but(alice), [true, false, true, false]),
    ];
    for (audience, expected) in audiences {
        assert_eq!(who(&town, &mut clients, audience.clone()).await, expected, "{audience:?}");
    }
}

/// The data of the next `posted` of a client.
async fn posted(client: &mut Client) -> Value {
    client.event("posted").await["data"].take()
}

#[tokio::test]
async fn nobody_is_told_who_else_was_mentioned_or_follows() {
    let town = Town::new();
    let fake = &town.fake;
    let mut alice = Client::open(fake, &town.alice, "?posted_ack=true").await;
    let mut bob = Client::open(fake, &town.bob, "?posted_ack=true").await;
    let mut admin = Client::open(fake, &town.admin, "?posted_ack=true").await;
    let post = CreatePost::new(town.town_square.id, "hi @bob and @admin");
    let root = ask(fake, &town.alice, post).await.unwrap().id;
    let own = posted(&mut alice).await;
    assert!(own.get("mentions").is_none() && own.get("should_ack").is_none());
    for (client, id) in [(&mut bob, town.bob.id), (&mut admin, town.admin.id)] {
        let data = posted(client).await;
        assert_eq!(data["mentions"], format!(r#"["{id}"]"#));
        assert_eq!(data["should_ack"], true);
    }
    ask(fake, &town.bob, CreatePost::new(town.town_square.id, "hello").root_id(root)).await.unwrap();
    // Who began the thread follows it, and who was mentioned there.
    for (client, id) in [(&mut alice, town.alice.id), (&mut admin, town.admin.id)] {
        assert_eq!(posted(client).await["followers"], format!(r#"["{id}"]"#));
    }
    let data = posted(&mut bob).await;
    assert!(data.get("followers").is_none() && data.get("should_ack").is_none());
    let whole = fake.events().into_iter().find(|(event, _)| event.data.contains_key("mentions")).unwrap().0;
    assert!(whole.data["mentions"].as_str().unwrap().contains(town.bob.id.as_str()), "a test sees all");
}

#[tokio::test]
async fn those_in_a_thread_are_told_what_they_have_not_read() {
    let town = Town::new();
    let fake = &town.fake;
    let mut clients = [Client::open(fake, &town.alice, "").await, Client::open(fake, &town.bob, "").await];
    let mut admin = Client::open(fake, &town.admin, "").await;
    let root = fake.post(&town.town_square, &town.alice, "root").create().id;
    let reply = |text: &str| CreatePost::new(town.town_square.id, text).root_id(root);
    ask(fake, &town.bob, reply("one")).await.unwrap();
    ask(fake, &town.bob, reply("two @alice")).await.unwrap();
    ask(fake, &town.alice, reply("three")).await.unwrap();
    let mut seen = Vec::new();
    for client in &mut clients {
        for _ in 0..3 {
            let event = client.event("thread_updated").await;
            let data = &event["data"];
            let thread: Value = serde_json::from_str(data["thread"].as_str().unwrap()).unwrap();
            let number = |value: &Value| value.as_i64().unwrap();
            seen.push([
                number(&thread["reply_count"]),
                number(&thread["unread_replies"]),
                number(&data["previous_unread_replies"]),
                number(&thread["unread_mentions"]),
                number(&data["previous_unread_mentions"]),
            ]);
            assert_eq!(event["broadcast"]["team_id"], json!(town.team.id));
        }
    }
    let of_alice = [[1, 1, 0, 0, 0], [2, 2, 1, 1, 0], [3, 0, 0, 0, 0]];
    let of_bob = [[1, 0, 0, 0, 0], [2, 0, 0, 0, 0], [3, 1, 0, 0, 0]];
    assert_eq!(seen, [of_alice, of_bob].concat());
    assert!(!names(&admin.told().await).contains(&"thread_updated"));
}

#[tokio::test]
async fn guests_are_told_of_users_they_know() {
    let town = Town::new();
    let mut guest = Client::open(&town.fake, &town.guest, "").await;
    guest.told().await;
    ask(&town.fake, &town.carol, PatchUser::new(UserId::ME).nickname("C")).await.unwrap();
    ask(&town.fake, &town.alice, PatchUser::new(UserId::ME).nickname("A")).await.unwrap();
    assert_eq!(guest.event("user_updated").await["data"]["user"]["username"], "alice");
}

#[tokio::test]
async fn administrators_are_told_who_deleted_a_post() {
    let town = Town::new();
    let fake = &town.fake;
    let mut admin = Client::open(fake, &town.admin, "").await;
    let mut bob = Client::open(fake, &town.bob, "").await;
    let post = fake.post(&town.town_square, &town.alice, "hello").create().id;
    ask(fake, &town.alice, DeletePost::new(post)).await.unwrap();
    assert_eq!(admin.event("post_deleted").await["data"]["delete_by"], json!(town.alice.id));
    assert!(bob.event("post_deleted").await["data"].get("delete_by").is_none());
    assert!(!names(&admin.told().await).contains(&"post_deleted"), "once");
}

#[tokio::test]
async fn the_header_connection_id_is_known_to_rules_of_ones_own() {
    let town = Town::new();
    let mut one = alice(&town).await;
    let mut other = alice(&town).await;
    let id = one.frame().await["data"]["connection_id"].as_str().unwrap().to_owned();
    town.fake.handle(|world, caller, _: GetPing| {
        let audience = Audience::user(caller.id).but_connection(caller.connection());
        world.emit(Event::new("draft_created"), audience);
        Ok(SystemStatus::default())
    });
    let token = format!("Bearer {}", town.alice.token.expose());
    let headers = [("authorization", token.as_str()), ("connection-id", id.as_str())];
    send(&town.fake, request(Method::GET, "/api/v4/system/ping", &headers, "")).await;
    assert_eq!(other.event("draft_created").await["broadcast"]["omit_connection_id"], id);
    assert!(!names(&one.told().await).contains(&"draft_created"));
}

#[tokio::test]
async fn calls_without_a_pause_fill_no_queue() {
    let town = Town::new();
    let mut client = Client::open(&town.fake, &town.bob, "").await;
    for number in 0..400 {
        let op = CreatePost::new(town.town_square.id, number.to_string());
        ask(&town.fake, &town.alice, op).await.unwrap();
        client.event("posted").await;
    }
    for number in 0..100 {
        let op = CreatePost::new(town.town_square.id, number.to_string());
        ask(&town.fake, &town.alice, op).await.unwrap();
    }
    assert_eq!(names(&client.told().await).len(), 100);
}
