//! Files from the server: bytes as they come.

use mm_core::api::files::GetFile;
use mm_core::types::FileId;
use mm_core::{ErrorKind, TransportErrorKind};
use wiremock::ResponseTemplate;

use super::{FILE, answering, answering_in_turn, app_error, builder, client, line, request, requests};
use crate::hyper::support::{Server, transport};

fn file() -> GetFile {
    GetFile::new(FILE.parse::<FileId>().expect("an id"))
}

fn bytes(status: u16, content: &[u8]) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(content, "image/png")
}

#[tokio::test]
async fn a_file_is_its_bytes_and_what_its_head_says() {
    let content: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let answer = bytes(200, &content)
        .insert_header(
            "Content-Disposition",
            "inline;filename=\"gr%C3%B6%C3%9Fe.png\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.png",
        )
        .insert_header("Accept-Ranges", "bytes")
        .insert_header("ETag", "\"abc\"");
    let server = answering(answer).await;
    let download = client(&server).send(file().download(true)).await.expect("a file");
    assert_eq!((download.status.as_u16(), download.content_type()), (200, "image/png"));
    assert_eq!((download.len(), download.etag()), (Some(100_000), Some("\"abc\"")));
    assert_eq!(download.file_name().as_deref(), Some("größe.png"));
    assert_eq!(download.headers["accept-ranges"], "bytes");
    assert_eq!(download.collect(1 << 20).await.expect("bytes"), content);
    assert_eq!(line(&request(&server).await), format!("GET /api/v4/files/{FILE}?download=true"));
}

#[tokio::test]
async fn a_part_of_a_file_says_which_part_it_is() {
    let answer = bytes(206, b"456").insert_header("Content-Range", "bytes 4-6/10");
    let server = answering(answer).await;
    let download = client(&server).send(file()).await.expect("a part");
    assert_eq!(
        (download.status.as_u16(), &download.headers["content-range"]),
        (206, &"bytes 4-6/10".parse().expect("text"))
    );
    assert_eq!(download.collect(10).await.expect("bytes"), "456");
}

#[tokio::test]
async fn a_web_page_that_is_a_file_is_a_file() {
    let server = answering(ResponseTemplate::new(200).set_body_raw("<html></html>", "text/html")).await;
    let download = client(&server).send(file()).await.expect("a file");
    assert_eq!(download.collect(100).await.expect("bytes"), "<html></html>");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error_and_not_a_file() {
    let server = answering(app_error(404, "app.file_info.get.app_error")).await;
    let error = client(&server).send(file()).await.expect_err("no file");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Api, "GetFile"));
    assert_eq!(error.api().expect("an answer").id(), "app.file_info.get.app_error");
}

#[tokio::test]
async fn a_download_is_begun_again_behind_a_proxy_that_was_alone() {
    let proxy = ResponseTemplate::new(503).set_body_raw("<html></html>", "text/html");
    let server = answering_in_turn([proxy, bytes(200, b"abc")]).await;
    let download = client(&server).send(file()).await.expect("a file");
    assert_eq!(download.collect(100).await.expect("bytes"), "abc");
    assert_eq!(requests(&server).await.len(), 2);
}

#[tokio::test]
async fn a_file_that_is_cut_off_is_not_taken_for_a_shorter_one() {
    let server = Server::last_words("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234").await;
    let client = builder(&server.url("")).build(transport());
    let mut download = client.send(file()).await.expect("a head");
    assert_eq!(download.chunk().await.expect("bytes").expect("bytes"), "01234");
    let error = download.chunk().await.expect("an error").expect_err("the rest is missing");
    assert_eq!(error.kind(), TransportErrorKind::Closed);
    let download = client.send(file()).await.expect("a head");
    assert_eq!(download.collect(100).await.expect_err("cut off").kind(), TransportErrorKind::Closed);
}

#[tokio::test]
async fn a_file_that_is_longer_than_wanted_is_not_read_into_memory() {
    let server = answering(bytes(200, b"0123456789")).await;
    let download = client(&server).send(file()).await.expect("a file");
    let error = download.collect(9).await.expect_err("ten bytes");
    assert_eq!(error.kind(), TransportErrorKind::TooLarge);
}
