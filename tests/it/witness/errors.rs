//! Answers that say no, by the server itself and by what stands before it.

use std::time::Duration;

use mm_core::api::posts::CreatePost;
use mm_core::api::users::{CheckUserMfa, GetUser};
use mm_core::types::ChannelId;
use mm_core::{Endpoint, Error, ErrorBody, ErrorKind};
use wiremock::ResponseTemplate;

use super::{CHANNEL, answering, app_error, client, json, request};

/// The error that an answer makes of an operation, which is sent once.
async fn refusal<E: Endpoint>(operation: E, answer: ResponseTemplate) -> Error {
    let server = answering(answer).await;
    let Err(error) = client(&server).send(operation).await else { panic!("a success") };
    request(&server).await;
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Api, E::INFO.operation), "{error}");
    error
}

fn post() -> CreatePost {
    CreatePost::new(CHANNEL.parse::<ChannelId>().expect("an id"), "hello")
}

#[tokio::test]
async fn the_servers_own_error_is_told_in_full() {
    let body = r#"{"id":"api.context.permissions.app_error","message":"Sie haben nicht die nötigen Rechte.",
        "detailed_error":"userId=x, permission=create_post","request_id":"in-the-body","status_code":403}"#;
    let error = refusal(post(), json(403, body)).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(403));
    assert_eq!(error.request_id(), Some("q5r8w3zsjbdz5x1fmyjrwk6qbe"));
    let api = error.api().expect("an answer");
    assert_eq!(api.id(), "api.context.permissions.app_error");
    assert_eq!(api.message(), "Sie haben nicht die nötigen Rechte.");
    assert_eq!(api.app().expect("its own").detailed_error, "userId=x, permission=create_post");
    assert_eq!(
        error.to_string(),
        "CreatePost: 403 Forbidden: Sie haben nicht die nötigen Rechte. (api.context.permissions.app_error); \
         the account lacks a permission for this [request id q5r8w3zsjbdz5x1fmyjrwk6qbe]"
    );
}

#[tokio::test]
async fn a_refused_token_says_what_to_do() {
    let error = refusal(GetUser::me(), app_error(401, "api.context.session_expired.app_error")).await;
    assert!(error.to_string().starts_with("GetUser: 401 Unauthorized: No. "), "{error}");
    assert!(error.to_string().contains("log in again or check the token"), "{error}");
    // A proxy's own login.
    let basic = ResponseTemplate::new(401).insert_header("WWW-Authenticate", "Basic realm=\"staff\"");
    let error = refusal(GetUser::me(), basic).await;
    assert!(!error.api().expect("an answer").is_session_expired());
    assert!(error.to_string().contains("did not come from Mattermost"), "{error}");
}

#[tokio::test]
async fn too_large_a_request_says_what_to_do() {
    let own = app_error(413, "api.context.request_body_too_large.app_error");
    let proxy = ResponseTemplate::new(413)
        .set_body_raw("<html><head><title>413 Request Entity Too Large</title></head></html>", "text/html");
    for answer in [own, proxy] {
        let error = refusal(post(), answer).await;
        assert!(error.to_string().starts_with("CreatePost: 413 Payload Too Large"), "{error}");
        assert!(
            error.to_string().contains("send less at once") && !error.to_string().contains('<'),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_operation_that_the_server_does_not_have_is_named() {
    // The way of old servers, and of new ones.
    for kind in ["text/plain; charset=utf-8", "application/json"] {
        let body = r#"{"id":"api.context.404.app_error","message":"Sorry, we could not find the page.","detailed_error":"There doesn't appear to be an api call for the url='/api/v4/users/mfa'.  Typo? are you missing a team_id or user_id as part of the url?","status_code":404}"#;
        let answer = ResponseTemplate::new(404).set_body_raw(body, kind);
        let error = refusal(CheckUserMfa::new("alice"), answer).await;
        assert_eq!(error.api().expect("an answer").id(), "api.context.404.app_error");
        assert_eq!(error.request_id(), None);
        assert!(
            error.to_string().contains("no such operation, or the base URL lacks its subpath"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_hints_at_the_address() {
    let answer = ResponseTemplate::new(404).set_body_raw("404 page not found\n", "text/plain; charset=utf-8");
    let error = refusal(GetUser::me(), answer).await;
    assert_eq!(
        error.to_string(),
        "GetUser: 404 Not Found: 404 page not found; this did not come from Mattermost; check the base URL"
    );
    let body = error.api().expect("an answer").body();
    assert_eq!(body, &ErrorBody::Other("404 page not found\n".into()));
}

#[tokio::test]
async fn a_hidden_internal_error_is_still_the_servers() {
    let body = r#"{"id":"","message":"Internal Server Error","detailed_error":"","request_id":"r","status_code":500}"#;
    let error = refusal(GetUser::me(), json(500, body)).await;
    assert!(error.api().expect("an answer").app().is_some());
    assert!(!error.to_string().contains("did not come from Mattermost"), "{error}");
}

#[tokio::test]
async fn how_long_to_wait_is_told_if_it_is_too_long_to_wait() {
    let answer = ResponseTemplate::new(429)
        .set_body_raw("limit exceeded", "text/plain; charset=utf-8")
        .append_header("X-Ratelimit-Reset", "0")
        .append_header("X-Ratelimit-Reset", "3600");
    let error = refusal(GetUser::me(), answer).await;
    assert_eq!(error.api().expect("an answer").retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(
        error.to_string(),
        "GetUser: 429 Too Many Requests: limit exceeded; call less often, and again in 3600 s"
    );
}
