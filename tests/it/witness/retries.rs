//! What is sent again, and what is not.

use std::time::Duration;

use mm_core::api::files::UploadFile;
use mm_core::api::users::{CreateUser, GetUser, GetUsers, PatchUser};
use mm_core::types::{ChannelId, UserId};
use mm_core::{ErrorKind, Part};
use mm_tower::RetryConfig;
use wiremock::{MockServer, ResponseTemplate};

use super::{
    ALICE, CHANNEL, answering, answering_in_turn, app_error, builder, client, header, json, requests,
};
use crate::hyper::support::{Server, transport};

fn limited() -> ResponseTemplate {
    ResponseTemplate::new(429)
        .set_body_raw("limit exceeded", "text/plain; charset=utf-8")
        .append_header("X-Ratelimit-Limit", "101")
        .append_header("X-Ratelimit-Limit", "11")
        .append_header("X-Ratelimit-Remaining", "57")
        .append_header("X-Ratelimit-Remaining", "0")
        .append_header("X-Ratelimit-Reset", "0")
        .append_header("X-Ratelimit-Reset", "0")
        .append_header("Retry-After", "0")
}

fn bad_gateway() -> ResponseTemplate {
    ResponseTemplate::new(502)
        .set_body_raw("<html><head><title>502 Bad Gateway</title></head></html>", "text/html")
}

async fn count(server: &MockServer) -> usize {
    requests(server).await.len()
}

fn new_user() -> CreateUser {
    CreateUser::new("ann@example.com", "ann").password("correct horse")
}

fn upload() -> UploadFile {
    UploadFile::new(CHANNEL.parse::<ChannelId>().expect("an id"), [Part::new("a.txt", "abc")])
}

#[tokio::test]
async fn a_limited_call_is_sent_again_whatever_it_is() {
    let server = answering_in_turn([limited(), limited(), json(201, ALICE)]).await;
    client(&server).send(new_user()).await.expect("a user");
    let requests = requests(&server).await;
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.body, requests[0].body);
        assert_eq!(header(request, "authorization"), "Bearer t0ken");
    }
}

#[tokio::test]
async fn a_servers_own_429_is_not_a_limiter() {
    let server = answering(app_error(429, "api.user.send_verification_email.too_many.app_error")).await;
    client(&server).send(GetUser::me()).await.expect_err("refused");
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn a_limit_that_lasts_is_given_up_after_the_last_try() {
    let server = answering(limited()).await;
    let retry = RetryConfig::default().tries(3).base_delay(Duration::from_micros(1));
    let client = builder(&server.uri()).retry(retry).build(transport());
    let error = client.send(GetUser::me()).await.expect_err("limited");
    assert_eq!((error.kind(), count(&server).await), (ErrorKind::Api, 3));
    assert!(error.to_string().contains("limit exceeded"), "{error}");
}

#[tokio::test]
async fn a_proxy_without_its_server_is_asked_again_for_what_can_be_repeated() {
    let server = answering_in_turn([bad_gateway(), bad_gateway(), json(200, ALICE)]).await;
    client(&server).send(GetUser::me()).await.expect("a user");
    assert_eq!(count(&server).await, 3);

    let server = answering_in_turn([bad_gateway(), json(200, ALICE)]).await;
    client(&server).send(PatchUser::new(UserId::ME).nickname("x")).await.expect("a user");
    assert_eq!(count(&server).await, 2);
}

#[tokio::test]
async fn what_must_not_be_done_twice_is_not_repeated_after_a_proxys_error() {
    let server = answering(bad_gateway()).await;
    let error = client(&server).send(new_user()).await.expect_err("no user");
    assert_eq!((error.kind(), count(&server).await), (ErrorKind::Api, 1));
    assert_eq!(
        error.to_string(),
        "CreateUser: 502 Bad Gateway; a proxy answered for the server; it may have been done, so look before calling again"
    );
    let server = answering(bad_gateway()).await;
    client(&server).send(upload()).await.expect_err("no file");
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn the_servers_own_500_is_not_repeated() {
    let server = answering(app_error(500, "app.user.get.app_error")).await;
    client(&server).send(GetUser::me()).await.expect_err("an error");
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn one_try_is_one_try() {
    for answer in [limited(), bad_gateway()] {
        let server = answering(answer).await;
        let client = builder(&server.uri()).no_retry().build(transport());
        client.send(GetUser::me()).await.expect_err("an error");
        assert_eq!(count(&server).await, 1);
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_if_that_does_no_harm() {
    for lost in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[", "HTTP/1.1 200 OK\r\nContent-Len"] {
        let server = Server::last_words(lost).await;
        let client = builder(&server.url("")).token("t0ken").build(transport());
        let error = client.send(GetUsers::new()).await.expect_err("no answer");
        assert_eq!((error.kind(), server.connections()), (ErrorKind::MaybeSent, 4), "{lost:?}: {error}");

        let server = Server::last_words(lost).await;
        let client = builder(&server.url("")).token("t0ken").build(transport());
        let error = client.send(new_user()).await.expect_err("no answer");
        assert_eq!((error.kind(), server.connections()), (ErrorKind::MaybeSent, 1), "{lost:?}: {error}");
    }
}
