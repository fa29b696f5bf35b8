use http::HeaderValue;
use mm_core::Endpoint;
use mm_core::api::files::GetFile;
use mm_core::api::users::GetUser;
use mm_core::types::FileId;
use tower::ServiceExt as _;

use super::*;
use crate::testing::{Outcome, Script, answer, pieces};

fn get() -> Request<Body> {
    GetUser::me().to_request().unwrap()
}

fn download() -> Request<Body> {
    GetFile::new("yhwnfy5nzbn9jd5e9wtq7hmjpc".parse::<FileId>().unwrap()).to_request().unwrap()
}

async fn send(layer: CollectLayer, request: Request<Body>, make: fn() -> Outcome) -> Outcome {
    layer.layer(Script::answering(move |_, _| make())).oneshot(request).await
}

fn announced(length: &'static str, body: Body) -> Outcome {
    let mut response = answer(200, body)?;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static(length));
    Ok(response)
}

#[tokio::test]
async fn an_answer_in_pieces_is_put_together() {
    for make in [
        || answer(200, pieces(&["[1", ",2", "]"], false)),
        || announced("5", pieces(&["[1", ",2", "]"], false)),
        || answer(200, pieces(&["[1,2]"], false)),
    ] as [fn() -> Outcome; 3]
    {
        let response = send(CollectLayer::default(), get(), make).await.unwrap();
        assert_eq!(response.body().as_bytes(), Some(b"[1,2]" as &[u8]));
    }
}

#[tokio::test]
async fn a_single_piece_is_not_copied() {
    static PIECES: &[&str] = &["[1,2]"];
    let response = send(CollectLayer::default(), get(), || answer(200, pieces(PIECES, false))).await.unwrap();
    assert_eq!(response.body().as_bytes().map(<[u8]>::as_ptr), Some(PIECES[0].as_ptr()));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_a_lost_one() {
    for make in [|| answer(200, pieces(&["[1,"], true)), || announced("9", pieces(&["[1,"], false))]
        as [fn() -> Outcome; 2]
    {
        let error = send(CollectLayer::default(), get(), make).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Closed, Delivery::MaybeSent));
    }
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_before_it_is_held() {
    for make in [
        || answer(200, pieces(&["123", "456"], false)),
        || announced("6", pieces(&["must not be read"], true)),
    ] as [fn() -> Outcome; 2]
    {
        let error = send(CollectLayer::new(5), get(), make).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::TooLarge);
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("max_answer"));
    }
}

#[tokio::test]
async fn a_download_is_handed_over_as_it_comes_unless_it_is_refused() {
    let response =
        send(CollectLayer::new(1), download(), || answer(206, pieces(&["abc"], false))).await.unwrap();
    assert!(response.body().is_stream());
    let make: fn() -> Outcome = || answer(404, pieces(&["{", "}"], false));
    let response = send(CollectLayer::default(), download(), make).await.unwrap();
    assert_eq!(response.body().as_bytes(), Some(b"{}" as &[u8]));
}

#[tokio::test]
async fn the_length_of_a_body_that_is_not_sent_is_not_missed() {
    let mut head = get();
    *head.method_mut() = Method::HEAD;
    let make: fn() -> Outcome = || announced("9", pieces(&[], false));
    assert!(send(CollectLayer::default(), head, make).await.is_ok());
    assert!(send(CollectLayer::default(), get(), make).await.is_err());
}
