//! The server's local mode.
#![cfg(unix)]

use std::path::PathBuf;

use mm_core::{Delivery, TransportErrorKind};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixListener;

use super::support::{OK, direct, get, read_request, send, text, whole_story};

/// A path of its own, gone with the test.
struct SocketPath(PathBuf);

impl SocketPath {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("mm-{name}-{}.socket", std::process::id())))
    }
}

impl Drop for SocketPath {
    fn drop(&mut self) {
        // It may never have been created.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn local_mode_is_reached_over_a_unix_socket_whatever_host_the_url_names() {
    let path = SocketPath::new("local-mode");
    let listener = UnixListener::bind(&path.0).expect("a socket");
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut requests = Vec::new();
        for _ in 0..2 {
            requests.push(read_request(&mut stream).await.expect("a request"));
            stream.write_all(OK.as_bytes()).await.expect("the client waits");
        }
        requests
    });
    let transport = direct().unix_socket(&path.0).build().expect("settings");
    for _ in 0..2 {
        let response = send(&transport, get("http://local/api/v4/config")).await.expect("an answer");
        assert_eq!(text(response).await.expect("a body"), "OK");
    }
    for request in server.await.expect("no panic") {
        assert!(request.starts_with("GET /api/v4/config HTTP/1.1\r\n"), "{request}");
    }
}

#[tokio::test]
async fn a_socket_that_is_not_there_says_how_to_turn_local_mode_on() {
    let path = SocketPath::new("missing");
    let transport = direct().unix_socket(&path.0).build().expect("settings");
    let error = send(&transport, get("http://local/")).await.expect_err("no socket");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connect, Delivery::NotSent));
    assert!(whole_story(&error).contains("EnableLocalMode"), "{}", whole_story(&error));
}

#[tokio::test]
async fn https_over_a_unix_socket_is_refused_before_anything_is_tried() {
    let path = SocketPath::new("https");
    let transport = direct().unix_socket(&path.0).build().expect("settings");
    let error = send(&transport, get("https://local/")).await.expect_err("no TLS in there");
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(whole_story(&error).contains("http://"), "{}", whole_story(&error));
}
