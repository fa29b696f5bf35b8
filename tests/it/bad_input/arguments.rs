//! Arguments that cannot be sent: the error names operation and argument, and nothing is sent.

use mm_core::api::channels::GetChannelByName;
use mm_core::api::files::UploadFile;
use mm_core::api::posts::{CreatePost, GetPost};
use mm_core::api::reactions::GetReactions;
use mm_core::api::users::{GetUser, GetUserByEmail, GetUserByUsername, PatchUser, RevokeSession};
use mm_core::types::{ChannelId, Post, PostId, SessionId, TeamId, UserId};
use mm_core::{Endpoint, Error, ErrorKind, Part};
use mm_mock::{FakeServer, Town};
use mm_tower::Client;

/// Texts that would end the path segment, lead to another path, or are no URL.
const BAD: [&str; 15] = [
    "",
    ".",
    "..",
    "/",
    "a/b",
    "../../teams",
    "a\\b",
    "?a=b",
    "#a",
    "a b",
    "a\0",
    "a\r\nX-Evil: 1",
    "é",
    "💥",
    "\u{202e}a",
];

fn client(fake: &FakeServer) -> Client {
    Client::builder("http://fake.example").expect("an address").token("t0ken").build(fake.clone())
}

#[track_caller]
fn refused<T>(result: Result<T, Error>, operation: &str, field: &str, bad: &str) {
    let Err(error) = result else { panic!("{operation} was sent with {bad:?}") };
    assert_eq!(
        (error.kind(), error.operation(), error.field()),
        (ErrorKind::NotSent, operation, Some(field))
    );
    let text = error.to_string();
    assert!(text.starts_with(&format!("{operation}: not sent: `{field}` ")), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

async fn is_refused<E: Endpoint>(client: &Client, operation: E, field: &str, bad: &str) {
    refused(client.send(operation).await, E::INFO.operation, field, bad);
}

#[tokio::test]
async fn a_name_cannot_lead_a_request_elsewhere() {
    let fake = FakeServer::new();
    let client = client(&fake);
    let team: TeamId = "a".repeat(26).parse().expect("an id");
    for bad in BAD {
        is_refused(&client, GetUserByUsername::new(bad), "username", bad).await;
        is_refused(&client, GetUserByEmail::new(bad), "email", bad).await;
        is_refused(&client, GetChannelByName::new(team, bad), "channel_name", bad).await;
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn an_id_out_of_an_answer_cannot_either() {
    let fake = FakeServer::new();
    let client = client(&fake);
    for bad in BAD {
        // What an answer held is not checked when it is read, so it is when it is sent.
        let id = |text: &str| serde_json::Value::from(text);
        let user: UserId = serde_json::from_value(id(bad)).expect("fits");
        let post: PostId = serde_json::from_value(id(bad)).expect("fits");
        is_refused(&client, GetUser::new(user), "user_id", bad).await;
        is_refused(&client, PatchUser::new(user).nickname("x"), "user_id", bad).await;
        is_refused(&client, GetPost::new(post), "post_id", bad).await;
        is_refused(&client, GetReactions::new(post), "post_id", bad).await;
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn an_id_that_is_too_long_is_refused_where_it_comes_in() {
    let town = Town::new();
    for long in ["a".repeat(27), "a".repeat(10_000)] {
        let error = long.parse::<UserId>().expect_err("too long");
        assert!(error.to_string().contains("exactly 26") && error.to_string().len() < 200, "{error}");
    }
    // A name of any length is the server's to judge.
    let long = "a".repeat(10_000);
    let client = Client::builder("http://fake.example")
        .expect("an address")
        .token(town.alice.token.clone())
        .build(town.fake.clone());
    let error = client.send(GetUserByUsername::new(long)).await.expect_err("no such user");
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Api, Some(414)));
}

#[tokio::test]
async fn every_way_to_send_refuses_alike() {
    let fake = FakeServer::new();
    let client = client(&fake);
    let bad = || GetUserByUsername::new("../teams");
    let name = "GetUserByUsername";
    refused(client.send(bad()).await, name, "username", "../teams");
    refused(client.send_as::<serde_json::Value>(bad()).await, name, "username", "../teams");
    refused(client.send_with_meta(bad()).await, name, "username", "../teams");
    refused(client.send_raw(bad()).await, name, "username", "../teams");
    let posts = mm_core::api::posts::GetPostsForChannel::new(ChannelId::default());
    let mut stream = client.stream(posts);
    let first = stream.next().await.expect("an error");
    refused(first, "GetPostsForChannel", "channel_id", "");
    assert!(stream.next().await.is_none());
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn what_the_server_refuses_without_is_not_left_empty() {
    let fake = FakeServer::new();
    let client = client(&fake);
    let none = ChannelId::default();
    is_refused(&client, CreatePost::new(none, "hello"), "channel_id", "").await;
    is_refused(&client, UploadFile::new(none, [Part::new("a.txt", "a")]), "channel_id", "").await;
    is_refused(&client, RevokeSession::new(UserId::ME, SessionId::default()), "session_id", "").await;
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn text_of_any_kind_arrives_as_it_was_given() {
    let town = Town::new();
    let client = Client::builder("http://fake.example")
        .expect("an address")
        .token(town.alice.token.clone())
        .build(town.fake.clone());
    for text in ["\0", "\u{202e}abc", "a\r\nb", "\"\\/</script>", "\u{10ffff}", "é"] {
        let mut post = Post::default();
        post.message = text.to_owned();
        town.fake.on::<CreatePost>().respond(post).once();
        let post = client.send(CreatePost::new(town.town_square.id, text)).await.expect("a post");
        assert_eq!(town.fake.last::<CreatePost>().expect("a request").message, text);
        assert_eq!(post.message, text);
    }
}
