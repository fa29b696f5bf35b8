//! HTTP/2, where the server offers it.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response, StatusCode, Version};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mm_core::Body;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::support::{Server, direct, get, post, read_head, send, text};
use super::tls::Authority;

async fn echo(request: Request<::hyper::body::Incoming>) -> Result<Response<Full<bytes::Bytes>>, Infallible> {
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    Ok(Response::new(Full::new(body)))
}

/// Speaks HTTP/2 with those who ask for it, and agrees to upgrades with the others.
async fn serve(authority: &Authority) -> Server {
    let mut config = authority.server("localhost");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                // Ends with an error when the test does.
                let _ = ::hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), ::hyper::service::service_fn(echo))
                    .await;
            } else {
                read_head(&mut stream).await;
                let answer =
                    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
                stream.write_all(answer).await.expect("the client waits");
            }
        }
    })
    .await
}

#[tokio::test]
async fn calls_share_one_http2_connection() {
    let authority = Authority::new();
    let server = serve(&authority).await;
    let transport = direct().add_root_certificate_pem(authority.pem()).build().expect("settings");
    let url = format!("https://localhost:{}/", server.address.port());
    text(send(&transport, get(&url)).await.expect("an answer")).await.expect("a body");
    let calls = (0..20).map(|n| {
        let (transport, request) = (transport.clone(), post(&url, format!("call {n}")));
        tokio::spawn(async move {
            let response = send(&transport, request).await.expect("an answer");
            assert_eq!(response.version(), Version::HTTP_2);
            assert_eq!(text(response).await.expect("a body"), format!("call {n}"));
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_websocket_gets_a_connection_of_http1() {
    let authority = Authority::new();
    let server = serve(&authority).await;
    let transport = direct().add_root_certificate_pem(authority.pem()).build().expect("settings");
    let url = format!("https://localhost:{}/", server.address.port());
    text(send(&transport, get(&url)).await.expect("an answer")).await.expect("a body");
    let request = Request::get(&url)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .body(Body::empty())
        .expect("a valid request");
    let response = send(&transport, request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    ::hyper::upgrade::on(response).await.expect("a stream");
}
