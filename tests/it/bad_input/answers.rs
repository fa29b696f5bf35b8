//! Answers that are not what was expected: the error names the operation and the place, and quotes nothing.

use http::{HeaderValue, Response, StatusCode};
use mm_core::api::channels::GetChannel;
use mm_core::api::posts::GetPostsForChannel;
use mm_core::api::users::{CreateUserAccessToken, GetUser, GetUsers};
use mm_core::types::{ChannelId, UserId};
use mm_core::{Body, Endpoint, Error, ErrorKind};
use mm_tower::Client;

use crate::hyper::support::whole_story;

/// The error that an answer of status 200 makes of an operation.
async fn unreadable<E: Endpoint>(operation: E, content_type: &'static str, body: &str) -> Error {
    let body = body.to_owned();
    let transport = tower::service_fn(move |_: http::Request<Body>| {
        let mut response = Response::new(Body::from(body.clone()));
        response.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
        response.headers_mut().insert("x-request-id", HeaderValue::from_static("q5r8w3zsjbdz5x1fmyjrwk6qbe"));
        async { Ok::<_, std::convert::Infallible>(response) }
    });
    let client = Client::builder("http://a.example").expect("an address").build(transport);
    let Err(error) = client.send(operation).await else { panic!("it was read") };
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unreadable, E::INFO.operation));
    assert_eq!(error.status(), Some(StatusCode::OK));
    let text = error.to_string();
    assert!(text.starts_with(&format!("{}: unreadable answer: ", E::INFO.operation)), "{text}");
    assert!(text.contains("request id q5r8w3zsjbdz5x1fmyjrwk6qbe") && text.contains(content_type), "{text}");
    assert!(!whole_story(&error).contains("s3cret"), "{}", whole_story(&error));
    error
}

async fn json<E: Endpoint>(operation: E, body: &str) -> String {
    unreadable(operation, "application/json", body).await.to_string()
}

fn channel() -> ChannelId {
    "4xp9fdt77pncbef59f4k1qe83o".parse().expect("an id")
}

#[tokio::test]
async fn the_field_that_is_not_as_expected_is_named_by_its_path() {
    let text = json(GetUser::me(), r#"{"id": {"s3cret": 1}}"#).await;
    assert!(text.contains("answer: id: "), "{text}");
    let text = json(GetUsers::new(), r#"[{"username": "a"}, {"username": ["s3cret"]}]"#).await;
    assert!(text.contains("[1].username: "), "{text}");
    let text = json(GetChannel::new(channel()), r#"{"create_at": "s3cret"}"#).await;
    assert!(text.contains("create_at: "), "{text}");
    let body = r#"{"order": [], "posts": {"4xp9fdt77pncbef59f4k1qe83o": {"message": "x", "edit_at": [7]}}}"#;
    let text = json(GetPostsForChannel::new(channel()), body).await;
    assert!(text.contains("posts") && text.contains("edit_at: "), "{text}");
}

#[tokio::test]
async fn a_document_of_another_kind_is_an_error_without_its_content() {
    for body in [r#""s3cret""#, r#"["s3cret"]"#, "7", "true"] {
        json(GetUser::me(), body).await;
    }
    for body in [r#""s3cret""#, r#"{"s3cret": "s3cret"}"#, "7"] {
        json(GetUsers::new(), body).await;
    }
}

#[tokio::test]
async fn no_value_of_an_answer_is_in_its_error() {
    for body in [
        // A token that came as something else.
        r#"{"token": 31337}"#,
        r#"{"token": -31337}"#,
        r#"{"token": 31337.5}"#,
        r#"{"token": ["31337"]}"#,
        r#"{"token": {"31337": "31337"}}"#,
        // The token alone, or in a list.
        "31337",
        "31337.5",
        r#""31337""#,
        r#"["31337"]"#,
        "[31337]",
        // A text that is cut off, or not well written.
        r#"{"token": "31337"#,
        r#"{"token": "31337\x"}"#,
        r#"{"token": 31337x}"#,
    ] {
        let operation = CreateUserAccessToken::new(UserId::ME, "backup");
        let error = unreadable(operation, "application/json", body).await;
        let story = whole_story(&error);
        assert!(!story.contains("31337"), "{body}: {story}");
        if body.starts_with(r#"{"token": "#) && body.ends_with('}') && !body.contains(['x', '\\']) {
            assert!(story.contains("answer: token: "), "{body}: {story}");
        }
        assert!(
            error.decode().is_some_and(|error| error.excerpt().contains("31337")),
            "{body}: for those who ask"
        );
    }
}

#[tokio::test]
async fn another_content_type_is_told() {
    let error = unreadable(GetUser::me(), "text/html", "<html>s3cret</html>").await;
    assert!(error.to_string().contains("check the base URL"), "{error}");
    for kind in ["text/plain", "application/xml", "image/png"] {
        unreadable(GetUser::me(), kind, "s3cret").await;
    }
}
