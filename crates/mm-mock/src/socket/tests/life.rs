//! Opening, waiting, ending.

use std::time::Duration;

use mm_core::api::users::{Logout, UpdateUserPassword};

use super::*;
use crate::testing::ask;
use crate::{Audience, Event, PASSWORD};

#[tokio::test]
async fn a_hello_with_the_number_0_comes_first() {
    let town = Town::new();
    let mut client = alice(&town).await;
    let hello = client.frame().await;
    let id = hello["data"]["connection_id"].as_str().unwrap();
    assert_eq!(id.len(), 26);
    let expected = json!({
        "event": "hello",
        "data": {
            "connection_id": id,
            "server_hostname": "mattermost",
            "server_version": crate::manners::VERSION_ID,
        },
        "broadcast": {
            "omit_users": null, "user_id": town.alice.id, "channel_id": "", "team_id": "",
            "connection_id": "", "omit_connection_id": "",
        },
        "seq": 0,
    });
    assert_eq!(hello, expected);
    assert_eq!(client.told().await, [("status_change".to_owned(), 1)]);
}

#[tokio::test]
async fn a_stranger_is_told_who_it_is_after_the_challenge() {
    let town = Town::new();
    let mut client = Client::open(&town.fake, &(), "").await;
    let token = town.alice.token.expose();
    let challenge = json!({"seq": 1, "action": "authentication_challenge", "data": {"token": token}});
    client.send(&json!({"seq": 7, "action": "ping"}).to_string()).await;
    client.send(&challenge.to_string()).await;
    // Nothing is said about the action before.
    assert_eq!(client.frame().await["event"], "hello");
    assert_eq!(client.frame().await, json!({"status": "OK", "seq_reply": 1}));
    // A second one is passed over.
    client.send(&challenge.to_string()).await;
    assert_eq!(names(&client.told().await), ["status_change"]);
}

#[tokio::test]
async fn a_wrong_challenge_ends_the_socket() {
    let town = Town::new();
    for data in [json!({"token": "nonsense"}), json!({})] {
        let mut client = Client::open(&town.fake, &(), "").await;
        client.send(&json!({"seq": 1, "action": "authentication_challenge", "data": data}).to_string()).await;
        assert_eq!(client.hear().await, Heard::Fin);
    }
}

#[tokio::test]
async fn a_stranger_has_five_seconds() {
    let town = Town::new();
    let mut client = Client::open(&town.fake, &(), "").await;
    tokio::task::yield_now().await;
    town.fake.advance(Duration::from_millis(4_900));
    tokio::task::yield_now().await;
    assert_eq!(town.fake.sockets().count(), 1);
    town.fake.advance(Duration::from_millis(100));
    assert_eq!(client.hear().await, Heard::Fin);
    assert_eq!(town.fake.sockets().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_in_tokios_time_pings_every_minute_and_wants_pongs() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let mut client = alice(&town).await;
    let start = tokio::time::Instant::now();
    let mut pings = 0;
    let mut heard = client.hear().await;
    while pings < 3 {
        pings += usize::from(heard == Heard::Ping);
        heard = client.hear().await;
    }
    assert!(start.elapsed().as_secs() >= 180, "the pongs that the library sent kept it open");

    // A client that answers nothing is given up 100 s after its last pong.
    let silent = Client::bytes(&town.fake, &town.bob, "").await;
    let start = tokio::time::Instant::now();
    while town.fake.sockets().of(&town.bob).count() > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(start.elapsed().as_secs().div_ceil(10), 11);
    drop(silent);
}

#[tokio::test]
async fn a_server_whose_clock_stands_still_pings_when_it_is_moved() {
    let town = Town::new();
    let mut client = alice(&town).await;
    client.told().await;
    town.fake.advance(Duration::from_secs(60));
    assert_eq!(client.hear().await, Heard::Ping);
}

#[tokio::test]
async fn a_close_frame_is_returned() {
    let town = Town::new();
    let mut client = alice(&town).await;
    client.told().await;
    client.write(Message::close(Some(tokio_websockets::CloseCode::NORMAL_CLOSURE), "bye")).await.unwrap();
    assert_eq!(client.hear().await, Heard::Close(1000));
    assert_eq!(client.hear().await, Heard::Fin);
    assert_eq!(town.fake.sockets().count(), 0);
}

#[tokio::test]
async fn what_cannot_be_read_ends_the_socket() {
    let town = Town::new();
    for wrong in [
        Message::text("{"),
        Message::text(r#"{"seq": "1", "action": "ping"}"#),
        Message::text(r#"{"seq": 1.5}"#),
        Message::text("[]"),
        Message::binary(br#"{"seq": 1, "action": "ping"}"#.as_slice()),
    ] {
        let mut client = alice(&town).await;
        client.told().await;
        client.write(wrong).await.unwrap();
        assert_eq!(client.hear().await, Heard::Fin);
    }
}

#[tokio::test]
async fn a_frame_of_more_than_8_kib_is_closed_with_1009() {
    let town = Town::new();
    let mut client = alice(&town).await;
    client.told().await;
    let of_length = |length: usize| {
        let empty = json!({"seq": 1, "action": "ping", "data": {"x": ""}}).to_string();
        json!({"seq": 1, "action": "ping", "data": {"x": "x".repeat(length - empty.len())}}).to_string()
    };
    client.send(&of_length(8192)).await;
    assert_eq!(client.frame().await["status"], "OK");
    client.send(&of_length(8193)).await;
    assert_eq!(client.hear().await, Heard::Close(1009));
}

#[tokio::test]
async fn a_session_that_ends_silences_the_socket_and_refuses_actions() {
    let town = Town::new();
    let mut client = alice(&town).await;
    client.told().await;
    town.fake.end_sessions(&town.alice);
    town.fake.emit(Event::new("custom_x"), Audience::everyone());
    let refused = client.ask(json!({"seq": 2, "action": "ping"})).await;
    assert_eq!(refused["error"]["id"], "api.web_socket_router.not_authenticated.app_error");
    assert_eq!(refused["error"]["status_code"], 401);
    assert_eq!(town.fake.sockets().count(), 1);

    // Another token makes it a socket of its user again, and says hello once more.
    let token = town.fake.token_for(&town.alice);
    let data = json!({"token": token.expose()});
    client.send(&json!({"seq": 3, "action": "authentication_challenge", "data": data}).to_string()).await;
    assert_eq!(client.event("hello").await["seq"], 2);
}

#[tokio::test]
async fn sessions_end_in_many_ways() {
    let town = Town::new();
    town.fake.configure(|config| config.session_length = Duration::from_secs(30));
    let tokens = [&town.alice, &town.bob, &town.carol].map(|person| town.fake.token_for(person));
    let [mut logged_out, mut by_password, mut expired] = [
        Client::open(&town.fake, &tokens[0], "").await,
        Client::open(&town.fake, &tokens[1], "").await,
        Client::open(&town.fake, &tokens[2], "").await,
    ];
    expired.told().await;
    // Who is found without a session in the first five seconds is a stranger who said nothing.
    town.fake.advance(Duration::from_secs(5));
    expired.told().await;
    ask(&town.fake, &tokens[0], Logout::new()).await.unwrap();
    let new = UpdateUserPassword::new(town.bob.id, "another-password-1").current_password(PASSWORD);
    ask(&town.fake, &town.bob, new).await.unwrap();
    town.fake.advance(Duration::from_secs(25));
    for client in [&mut logged_out, &mut by_password, &mut expired] {
        let reply = client.ask(json!({"seq": 1, "action": "ping"})).await;
        assert_eq!(reply["error"]["status_code"], 401);
    }
}

#[tokio::test]
async fn a_user_is_online_as_long_as_there_is_a_socket() {
    let town = Town::new();
    let mut one = alice(&town).await;
    let other = alice(&town).await;
    assert_eq!(names(&one.told().await), ["hello", "status_change"]);
    drop(other);
    assert_eq!(names(&one.told().await), [] as [&str; 0]);
    let mut bob = Client::open(&town.fake, &town.bob, "").await;
    drop(one);
    bob.told().await;
    let statuses = bob.ask(json!({"seq": 1, "action": "get_statuses"})).await;
    assert_eq!(statuses["data"], json!({town.bob.id.as_str(): "online"}));
}
