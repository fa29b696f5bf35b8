use std::task::Poll;

use http::Request;
use mm_core::socket::Connect;

use super::*;
use crate::socket::testing::{Peer, TOKEN, accept};
use crate::testing::{Outcome, Script, answer, lost};

async fn refusal(outcome: fn(Request<Body>) -> Outcome) -> Refusal {
    let script = Script::answering(move |_, request| outcome(request));
    let client = Client::builder("https://a.example/sub").unwrap().token(TOKEN).build(script);
    connect(client, Connect::default().operation()).await.expect_err("a refusal")
}

#[test]
fn the_key_is_answered_as_in_the_standard() {
    assert_eq!(accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(new_key().len(), 24);
    assert_ne!(new_key(), new_key());
}

#[tokio::test]
async fn the_handshake_carries_token_subpath_and_what_the_standard_asks_for() {
    let mut peer = Peer::new();
    let client = Client::builder("https://a.example/sub").unwrap().token(TOKEN).build(peer.script.clone());
    connect(client, Connect::default().operation().posted_ack(true)).await.expect("a connection");
    assert_eq!(peer.accept().await.uri, "https://a.example/sub/api/v4/websocket?posted_ack=true");
    let headers = &peer.script.seen()[0].headers;
    let all: Vec<&str> = ["authorization", "connection", "upgrade", "sec-websocket-version"]
        .into_iter()
        .map(|name| headers[name].to_str().unwrap())
        .collect();
    assert_eq!(all, [&["Bearer ", TOKEN].concat(), "Upgrade", "websocket", "13"]);
}

#[tokio::test]
async fn a_refused_origin_is_told_with_what_to_do() {
    const BODY: &str = "Forbidden\n{\"id\": \"api.web_socket.connect.upgrade.app_error\", \"message\": \"URL Blocked because of CORS.\", \"status_code\": 400}";
    let refusal = refusal(|_| answer(403, BODY)).await;
    assert!(refusal.is_permanent);
    let message = refusal.error.to_string();
    assert!(
        message.starts_with("ConnectWebSocket: 403 Forbidden: URL Blocked because of CORS."),
        "{message}"
    );
    assert!(message.contains("send no `Origin`"), "{message}");
}

#[tokio::test]
async fn a_proxy_that_drops_the_upgrade_is_named() {
    const BODY: &str = "Bad Request\n{\"id\": \"api.web_socket.connect.upgrade.app_error\", \"message\": \"Failed.\", \"status_code\": 400}";
    for outcome in [|_| answer(400, BODY), |_| answer(426, ""), |_| answer(200, "<html>")] {
        let refusal = refusal(outcome).await;
        assert!(refusal.is_permanent);
        let message = refusal.error.to_string();
        assert!(message.contains("a proxy on the way") && message.contains("`Upgrade`"), "{message}");
    }
}

#[tokio::test]
async fn what_another_attempt_can_mend_is_not_permanent_and_keeps_the_wait_that_is_asked_for() {
    for outcome in [|_| answer(502, "<html>"), |_| answer(503, ""), |_| lost()] {
        assert!(!refusal(outcome).await.is_permanent);
    }
    let refusal = refusal(|_| {
        answer(429, "limit exceeded").map(|mut response| {
            response.headers_mut().insert("retry-after", HeaderValue::from_static("7"));
            response
        })
    });
    let refusal = refusal.await;
    assert!(!refusal.is_permanent);
    assert_eq!(refusal.retry_after, Some(std::time::Duration::from_secs(7)));
}

#[tokio::test]
async fn the_handshake_is_sent_once_whatever_the_answer() {
    let script = Script::answering(|_, _| answer(503, ""));
    let client = Client::builder("https://a.example").unwrap().build(script.clone());
    connect(client, Connect::default().operation()).await.expect_err("a refusal");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_to_somebody_elses_key_is_refused() {
    let refusal = refusal(|request| {
        let (mut response, _) = accept(&request);
        response.headers_mut().insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::from_static("x"));
        Ok(response)
    });
    let refusal = refusal.await;
    assert!(refusal.is_permanent);
    assert!(refusal.error.to_string().contains("Sec-WebSocket-Accept"), "{}", refusal.error);
}

#[tokio::test]
async fn a_transport_that_forgets_the_connection_is_told_what_is_missing() {
    let refusal = refusal(|request| {
        let (mut response, _) = accept(&request);
        response.extensions_mut().clear();
        Ok(response)
    });
    let refusal = refusal.await;
    assert!(refusal.is_permanent);
    assert!(refusal.error.to_string().contains("mm_core::Upgrade"), "{}", refusal.error);
}

#[tokio::test]
async fn a_stream_that_lies_about_what_it_read_does_no_harm() {
    struct Liar;
    impl mm_core::Duplex for Liar {
        fn poll_read(
            &mut self,
            _: &mut std::task::Context<'_>,
            _: &mut [u8],
        ) -> Poll<std::io::Result<usize>> {
            Poll::Ready(Ok(usize::MAX))
        }
        fn poll_write(&mut self, _: &mut std::task::Context<'_>, _: &[u8]) -> Poll<std::io::Result<usize>> {
            Poll::Ready(Ok(usize::MAX))
        }
        fn poll_flush(&mut self, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(&mut self, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut wire = Wire::Other(Box::new(Liar));
    assert_eq!(wire.read(&mut [1; 3]).await.unwrap(), 3);
    wire.write_all(b"abc").await.unwrap();
}
