//! Requests and answers that are too large.

use mm_core::api::files::UploadFile;
use mm_core::api::posts::CreatePost;
use mm_core::api::users::GetUsers;
use mm_core::{Endpoint, Error, ErrorKind, Part, TransportErrorKind};
use mm_mock::Town;
use mm_tower::Client;

use crate::hyper::support::{transport, whole_story};

const MIB: usize = 1 << 20;

fn in_process(town: &Town) -> Client {
    Client::builder("http://fake.example")
        .expect("an address")
        .token(town.alice.token.clone())
        .build(town.fake.clone())
}

fn over_loopback(town: &Town, url: &str) -> Client {
    Client::builder(url).expect("an address").token(town.alice.token.clone()).build(transport())
}

#[track_caller]
fn is_too_large<E: Endpoint>(error: &Error) {
    let text = error.to_string();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Api, E::INFO.operation),
        "{}",
        whole_story(error)
    );
    assert!(text.starts_with(&format!("{}: 413 Payload Too Large", E::INFO.operation)), "{text}");
    assert!(text.contains("send less at once"), "{text}");
}

#[tokio::test]
async fn a_body_over_the_servers_limit_is_refused_and_says_what_to_do() {
    let town = Town::new();
    let listener = town.fake.listen().await.expect("a port");
    let post = || CreatePost::new(town.town_square.id, "x".repeat(12 * MIB));
    for client in [in_process(&town), over_loopback(&town, &listener.url())] {
        is_too_large::<CreatePost>(&client.send(post()).await.expect_err("12 MiB"));
    }
    assert_eq!(town.fake.requests().len(), 2, "it would be too large again");
}

#[tokio::test]
async fn a_file_over_the_servers_limit_is_refused_and_says_what_to_do() {
    let town = Town::new();
    town.fake.configure(|config| config.max_file_size = MIB);
    let listener = town.fake.listen().await.expect("a port");
    let upload = || UploadFile::new(town.town_square.id, [Part::new("big.bin", vec![7; 12 * MIB])]);
    for client in [in_process(&town), over_loopback(&town, &listener.url())] {
        is_too_large::<UploadFile>(&client.send(upload()).await.expect_err("12 MiB"));
    }
}

#[tokio::test]
async fn an_answer_over_the_clients_limit_is_not_read_and_says_what_to_do() {
    let town = Town::new();
    let listener = town.fake.listen().await.expect("a port");
    let builder =
        |url: &str| Client::builder(url).expect("an address").token(town.alice.token.clone()).max_answer(100);
    let clients = [
        builder("http://fake.example").build(town.fake.clone()),
        builder(&listener.url()).build(transport()),
    ];
    for client in clients {
        let error = client.send(GetUsers::new()).await.expect_err("more than 100 bytes");
        let kind = error.transport_error().map(mm_core::TransportError::kind);
        assert_eq!((error.operation(), kind), ("GetUsers", Some(TransportErrorKind::TooLarge)));
        assert!(whole_story(&error).contains("raise `max_answer`"), "{}", whole_story(&error));
    }
    assert_eq!(town.fake.requests().len(), 2, "it would be too large again");
}
