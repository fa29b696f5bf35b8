use std::path::PathBuf;

use http_body_util::BodyExt as _;
use mm_core::Body;

use super::*;
use crate::testing::{TempDir, pieces};

fn listing(dir: &TempDir) -> Vec<PathBuf> {
    std::fs::read_dir(&dir.0).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn download(body: Body, length: Option<&str>) -> Download {
    let mut download = Download::new("text/plain", body);
    if let Some(length) = length {
        download.headers.insert(http::header::CONTENT_LENGTH, length.parse().unwrap());
    }
    download
}

#[tokio::test]
async fn a_file_is_read_from_its_beginning_for_every_try() {
    let dir = TempDir::new();
    let content: Vec<u8> = (0..300_000u32).map(|number| number.to_le_bytes()[0]).collect();
    let path = dir.file("a.bin", &content);
    let part = part(&path).await.unwrap();
    assert_eq!((part.file_name(), part.len()), ("a.bin", Some(300_000)));
    for _ in 0..2 {
        assert!(part.open().collect().await.unwrap().to_bytes() == content);
    }
}

#[tokio::test]
async fn a_file_that_grows_is_sent_as_it_was_and_one_that_shrinks_fails() {
    let dir = TempDir::new();
    let path = dir.file("a.log", b"0123456789");
    let part = part(&path).await.unwrap();
    dir.file("a.log", b"0123456789abc");
    assert_eq!(part.open().collect().await.unwrap().to_bytes(), "0123456789");
    dir.file("a.log", b"0123");
    assert!(part.open().collect().await.is_err());
    std::fs::remove_file(&path).unwrap();
    assert!(part.open().collect().await.unwrap_err().to_string().contains("a.log"));
}

#[tokio::test]
async fn what_is_no_file_is_named() {
    let dir = TempDir::new();
    let error = part(dir.0.join("absent")).await.unwrap_err();
    assert!(error.to_string().contains("absent"), "{error}");
    assert_eq!(error.io().kind(), io::ErrorKind::NotFound);
    assert!(part(&dir.0).await.is_err());
}

#[tokio::test]
async fn a_download_takes_its_place_when_it_is_whole() {
    let dir = TempDir::new();
    let path = dir.file("a.txt", b"old");
    let saved = save(download(pieces(&["new ", "content"], false), Some("11")), &path).await.unwrap();
    assert_eq!((saved, std::fs::read(&path).unwrap()), (11, b"new content".to_vec()));
    assert_eq!(listing(&dir), [path]);
}

#[tokio::test]
async fn a_download_that_is_cut_off_leaves_what_was_there() {
    let dir = TempDir::new();
    let path = dir.file("a.txt", b"old");
    for broken in [
        download(pieces(&["new "], true), None),
        download(pieces(&["new "], false), Some("11")),
        download(pieces(&["new ", "content"], false), Some("4")),
    ] {
        let error = save(broken, &path).await.unwrap_err();
        assert!(matches!(error, SaveError::Download(_)), "{error:?}");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(listing(&dir), std::slice::from_ref(&path));
    }
}

#[tokio::test]
async fn a_download_that_is_given_up_leaves_nothing() {
    let dir = TempDir::new();
    let endless = http_body_util::channel::Channel::<bytes::Bytes, std::io::Error>::new(1);
    let (_sender, body) = endless;
    let saving = save(download(Body::stream(body), None), dir.0.join("a.txt"));
    tokio::select! {
        _ = saving => panic!("an endless download ended"),
        () = async { while listing(&dir).is_empty() { tokio::task::yield_now().await } } => {}
    }
    // It goes in the thread that made it, if that had not handed it over yet.
    while !listing(&dir).is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let dir = TempDir::new();
    for path in [dir.0.join("no/such/dir/a.txt"), dir.0.clone()] {
        let error = save(download("x".into(), None), &path).await.unwrap_err();
        assert!(error.to_string().contains(dir.0.to_str().unwrap()), "{error}");
        assert!(matches!(error, SaveError::File(_)));
    }
    assert!(listing(&dir).is_empty());
}
