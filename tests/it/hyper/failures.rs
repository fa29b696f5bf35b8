//! What goes wrong, and what the caller is told about it.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use mm_core::{Body, Delivery, TransportError, TransportErrorKind};
use mm_hyper::HyperTransport;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::support::{OK, Server, direct, get, post, read_request, send, text, transport, whole_story};

async fn refused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}/", listener.local_addr().expect("an address"))
}

async fn failure(answer: &'static str) -> TransportError {
    let server = Server::last_words(answer).await;
    match send(&transport(), get(server.url("/"))).await {
        Ok(response) => text(response).await.expect_err("a broken answer"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_refused_connection_was_not_sent_and_names_the_address() {
    let url = refused_url().await;
    let error = send(&transport(), get(&url)).await.expect_err("nobody listens");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connect, Delivery::NotSent));
    assert!(whole_story(&error).contains(url.trim_end_matches('/')), "{}", whole_story(&error));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_was_not_sent() {
    let error = send(&transport(), get("http://chat.invalid/")).await.expect_err("no such name");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connect, Delivery::NotSent));
    assert!(whole_story(&error).contains("could not be resolved"), "{}", whole_story(&error));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_finishes_the_handshake_runs_into_the_connect_timeout() {
    let server = Server::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let transport = direct().connect_timeout(Duration::from_secs(7)).build().expect("settings");
    let url = format!("https://{}/", server.address);
    let error = send(&transport, get(url)).await.expect_err("no handshake");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Timeout, Delivery::NotSent));
    assert!(whole_story(&error).contains("within 7 s"), "{}", whole_story(&error));
}

#[tokio::test]
async fn a_server_that_hangs_up_without_an_answer_may_have_got_the_request() {
    let error = failure("").await;
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Closed, Delivery::MaybeSent));
}

#[tokio::test]
async fn a_truncated_body_is_an_error_and_not_a_shorter_body() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n",
    ] {
        let error = failure(answer).await;
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Closed, Delivery::MaybeSent));
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    for answer in [
        "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "HTTP/1.1 twohundred OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let error = failure(answer).await;
        assert_eq!(
            (error.kind(), error.delivery()),
            (TransportErrorKind::Protocol, Delivery::MaybeSent),
            "{answer}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_request_body_that_fails_is_told_from_a_connection_that_fails() {
    let server = Server::answering(OK).await;
    let body = http_body_util::Full::new(Bytes::from_static(b"12345"));
    let shrunk = Body::sized_stream(body, 10);
    let error = send(&transport(), post(server.url("/"), shrunk)).await.expect_err("five bytes are missing");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::RequestBody, Delivery::MaybeSent));
    assert!(whole_story(&error).contains("5 bytes before"), "{}", whole_story(&error));
}

#[tokio::test]
async fn a_url_that_cannot_be_called_was_not_sent_and_says_why() {
    for (url, reason) in [("/api/v4/users/me", "base URL"), ("ftp://chat.example.com/", "http://")] {
        let error = send(&transport(), get(url)).await.expect_err("not callable");
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Other, Delivery::NotSent));
        assert!(whole_story(&error).contains(reason), "{}", whole_story(&error));
    }
}

#[test]
fn a_call_outside_of_a_runtime_is_an_error_and_not_a_panic() {
    let mut call = std::pin::pin!(transport().oneshot(get("http://127.0.0.1:1/")));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = call.as_mut().poll(&mut context) else {
        panic!("nothing to wait for")
    };
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(whole_story(&error).contains("runtime"), "{}", whole_story(&error));
}

#[tokio::test]
async fn the_errors_of_a_hyper_util_client_of_ones_own_can_be_classified() {
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .build_http::<Full<Bytes>>()
        .map_err(mm_hyper::classify);
    let request = |url: String| http::Request::get(url).body(Full::default()).expect("a valid request");

    let error = client.clone().oneshot(request(refused_url().await)).await.expect_err("nobody listens");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connect, Delivery::NotSent));
    assert!(std::error::Error::source(&error).is_some());

    let server = Server::last_words("").await;
    let error = client.clone().oneshot(request(server.url("/"))).await.expect_err("no answer");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Closed, Delivery::MaybeSent));
}

#[tokio::test]
async fn cookies_are_not_kept_and_redirects_are_not_followed() {
    let server = Server::start(|mut stream| async move {
        while let Some(request) = read_request(&mut stream).await {
            let echo = format!(
                "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: MMAUTHTOKEN=abc; Path=/\r\n\
                 Content-Length: {}\r\n\r\n{request}",
                request.len()
            );
            stream.write_all(echo.as_bytes()).await.expect("the client still listens");
        }
    })
    .await;
    let transport = transport();
    for _ in 0..2 {
        let response = send(&transport, get(server.url("/here"))).await.expect("an answer");
        assert_eq!(response.status(), 302);
        assert_eq!(response.headers()["location"], "/elsewhere");
        let request = text(response).await.expect("a body").to_ascii_lowercase();
        assert!(request.starts_with("get /here ") && !request.contains("cookie"), "{request}");
    }
}

#[tokio::test]
async fn a_trailer_after_the_body_is_handed_on() {
    let server = Server::last_words(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n2\r\nhi\r\n0\r\nx-sum: 7\r\n\r\n",
    )
    .await;
    let response = send(&transport(), get(server.url("/"))).await.expect("an answer");
    let collected = response.into_body().collect().await.expect("a body");
    assert_eq!(collected.trailers().and_then(|trailers| trailers.get("x-sum")).expect("a trailer"), "7");
}

#[test]
fn settings_that_make_no_sense_are_refused_with_a_reason() {
    let no_certificate = HyperTransport::builder().add_root_certificate_pem("hello").build();
    assert!(no_certificate.expect_err("no PEM").to_string().contains("BEGIN CERTIFICATE"));
    let no_address = HyperTransport::builder().proxy("not a proxy").build();
    assert!(no_address.expect_err("no address").to_string().contains("http://proxy.example.com"));
    let broken = HyperTransport::builder().add_root_certificate_der(vec![1, 2, 3]).build();
    assert!(io::Error::other(broken.expect_err("no certificate")).to_string().contains("X.509"));
}
