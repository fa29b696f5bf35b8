//! The server answers while the upload is still going on, and then is gone.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;
use http_body_util::StreamBody;
use mm_core::{Body, Delivery, TransportErrorKind};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::support::{Server, direct, post, read_head, send, text, transport};
use super::tls::Authority;

const UPLOAD: usize = 12 << 20;
const TRIES: usize = 25;
const REFUSAL: &str = r#"{"id":"api.context.request_body_too_large.app_error"}"#;

/// Reads a little of each request, refuses it, and closes with the rest unread: the system then answers
/// what still comes with a reset.
fn refusing_server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/api/v4/files", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut start = [0; 2048];
            // The client may be gone already; that is for it to report.
            let _ = stream.read(&mut start);
            let _ = stream.write_all(answer.as_bytes());
            let _ = stream.shutdown(Shutdown::Write);
        }
    });
    url
}

fn refusal() -> String {
    format!(
        "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{REFUSAL}",
        REFUSAL.len()
    )
}

fn in_memory() -> Body {
    Bytes::from(vec![b'x'; UPLOAD]).into()
}

fn in_pieces() -> Body {
    let pieces =
        (0..UPLOAD / 4096).map(|_| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(&[b'x'; 4096]))));
    Body::sized_stream(StreamBody::new(Pieces(pieces)), UPLOAD as u64)
}

/// An iterator as a stream.
struct Pieces<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Pieces<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

async fn the_refusal_arrives(upload: fn() -> Body) {
    let url = refusing_server(refusal());
    let transport = transport();
    for attempt in 0..TRIES {
        let response = send(&transport, post(&url, upload())).await;
        let response = response.unwrap_or_else(|error| panic!("try {attempt}: {error:?}"));
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(text(response).await.expect("the whole body"), REFUSAL, "try {attempt}");
    }
}

#[tokio::test]
async fn an_upload_refused_while_it_is_written_ends_with_the_servers_reason() {
    the_refusal_arrives(in_memory).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_streamed_upload_refused_while_it_is_written_ends_with_the_servers_reason() {
    the_refusal_arrives(in_pieces).await;
}

/// The same with TLS in between, which most servers have; here the runtime's own sockets close.
#[tokio::test]
async fn an_upload_refused_while_it_is_written_ends_with_the_servers_reason_in_tls() {
    let authority = Authority::new();
    let acceptor = TlsAcceptor::from(Arc::new(authority.server("localhost")));
    let server = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            read_head(&mut stream).await;
            stream.write_all(refusal().as_bytes()).await.expect("the client is there");
            // Sends the end of TLS; then the socket is dropped with the upload unread.
            let _ = stream.shutdown().await;
        }
    })
    .await;
    let transport = direct().add_root_certificate_pem(authority.pem()).build().expect("settings");
    let url = format!("https://localhost:{}/", server.address.port());
    for attempt in 0..TRIES {
        let response = send(&transport, post(&url, in_memory())).await;
        let response = response.unwrap_or_else(|error| panic!("try {attempt}: {error:?}"));
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(text(response).await.expect("the whole body"), REFUSAL, "try {attempt}");
    }
}

#[tokio::test]
async fn an_upload_cut_off_without_an_answer_is_a_closed_connection() {
    let url = refusing_server(String::new());
    for upload in [in_memory, in_pieces] {
        let error = send(&transport(), post(&url, upload())).await.expect_err("no answer was given");
        assert_eq!(error.kind(), TransportErrorKind::Closed, "{error:?}");
        assert_eq!(error.delivery(), Delivery::MaybeSent);
    }
}
