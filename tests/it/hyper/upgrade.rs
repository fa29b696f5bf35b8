//! The way to a WebSocket: a 101, and the bytes after it.

use std::sync::Arc;

use http::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use mm_core::Body;
use mm_hyper::HyperTransport;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use super::support::{Server, direct, read_head, send, transport};
use super::tls::Authority;

/// Agrees to the upgrade, then says everything back in capitals.
async fn shout<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let head = read_head(&mut stream).await.expect("a request").to_ascii_lowercase();
    assert!(head.contains("upgrade: websocket") && head.contains("connection: upgrade"), "{head}");
    // The first bytes of the new protocol come along with the answer.
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nHI";
    stream.write_all(answer).await.expect("the client waits");
    let mut buffer = [0; 64];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        buffer.make_ascii_uppercase();
        stream.write_all(&buffer[..length]).await.expect("the client waits");
    }
}

async fn round_trip(transport: &HyperTransport, url: String) {
    let request = Request::get(url)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .body(Body::empty())
        .expect("a valid request");
    let response = send(transport, request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    let response = response.map(|_| ());
    let mut stream = TokioIo::new(::hyper::upgrade::on(response).await.expect("a stream"));
    let mut buffer = [0; 2];
    stream.read_exact(&mut buffer).await.expect("the greeting");
    assert_eq!(&buffer, b"HI");
    for word in ["hello", "again"] {
        stream.write_all(word.as_bytes()).await.expect("the server listens");
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).await.expect("an echo");
        assert_eq!(heard.as_slice(), word.to_ascii_uppercase().as_bytes());
    }
}

#[tokio::test]
async fn an_upgraded_connection_carries_bytes_both_ways() {
    let server = Server::start(shout).await;
    round_trip(&transport(), server.url("/api/v4/websocket")).await;
}

#[tokio::test]
async fn an_upgraded_connection_carries_bytes_both_ways_in_tls() {
    let authority = Authority::new();
    let acceptor = TlsAcceptor::from(Arc::new(authority.server("localhost")));
    let server = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move { shout(acceptor.accept(stream).await.expect("a handshake")).await }
    })
    .await;
    let transport = direct().add_root_certificate_pem(authority.pem()).build().expect("settings");
    round_trip(&transport, format!("https://localhost:{}/api/v4/websocket", server.address.port())).await;
}

/// Whoever has an upgraded stream may only write, so the stream must not pretend that it can.
#[tokio::test]
async fn writing_to_an_upgraded_connection_fails_when_the_other_side_is_gone() {
    let server = Server::start(|mut stream| async move {
        read_head(&mut stream).await;
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        stream.write_all(answer).await.expect("the client waits");
    })
    .await;
    let request = Request::get(server.url("/"))
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .body(Body::empty())
        .expect("a valid request");
    let response = send(&transport(), request).await.expect("an answer");
    let mut stream = TokioIo::new(::hyper::upgrade::on(response).await.expect("a stream"));
    while stream.write_all(b"is anybody there").await.is_ok() {
        tokio::task::yield_now().await;
    }
}
