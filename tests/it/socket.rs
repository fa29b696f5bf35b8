//! The event socket over everything that moves bytes, with one code path.

mod backfill;
mod fake;
mod flood;
mod matrix;
mod outage;
mod proof;
mod server;

use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use mm_core::Body;
use mm_hyper::HyperTransportBuilder;
use mm_tower::Client;
use mm_tower::socket::actions::Ping;
use mm_tower::socket::{Connection, Events, Incoming, ProtocolConfig};
use tokio_rustls::TlsAcceptor;

use self::server::{TOKEN, serve};
use crate::hyper::support::{Server, direct, join, read_head};
use crate::hyper::tls::Authority;

/// Connects, sees an event, acts, loses the connection, sees what it missed, and says goodbye.
async fn conversation(client: Client) {
    // The server of these tests ends connections at its own pleasure, and the tests do not wait for it.
    let mut config = ProtocolConfig::default();
    (config.min_delay, config.base_delay) = (Duration::from_millis(1), Duration::from_millis(10));
    let mut events = client.events().protocol(config).await.expect("a connection");
    let socket = events.socket();
    assert_eq!(next(&mut events).await, "connected");
    assert_eq!(next(&mut events).await, "typing 1");
    assert_eq!(socket.send(Ping::new()).await.expect("a reply").version, "11.6.0");
    assert_eq!(next(&mut events).await, "resumed");
    assert_eq!(next(&mut events).await, "typing 2");
    socket.close().await;
    assert_eq!(next(&mut events).await, "closed");
    assert!(events.next().await.is_none());
}

async fn next(events: &mut Events) -> String {
    match events.next().await.expect("more") {
        Incoming::Event(event) => format!("{} {}", event.name(), event.seq()),
        Incoming::Connection(Connection::Connected { .. }) => "connected".to_owned(),
        Incoming::Connection(Connection::Resumed { .. }) => "resumed".to_owned(),
        Incoming::Connection(Connection::Closed(_)) => "closed".to_owned(),
        other => format!("{other:?}"),
    }
}

fn client(base: impl AsRef<str>, transport: HyperTransportBuilder) -> Client {
    let transport = transport.build().expect("settings");
    Client::builder(base.as_ref()).expect("a URL").token(TOKEN).build(transport)
}

#[tokio::test]
async fn over_the_real_transport() {
    let server = Server::start(serve("/api/v4/websocket")).await;
    conversation(client(server.url(""), direct())).await;
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn below_a_subpath() {
    let server = Server::start(serve("/chat/api/v4/websocket")).await;
    conversation(client(server.url("/chat"), direct())).await;
}

/// A server behind TLS, and who vouches for it.
async fn tls(name: &'static str) -> (Server, Authority) {
    let authority = Authority::new();
    let acceptor = TlsAcceptor::from(Arc::new(authority.server(name)));
    let server = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.expect("a handshake");
            serve("/api/v4/websocket")(stream).await;
        }
    })
    .await;
    (server, authority)
}

#[tokio::test]
async fn in_tls() {
    let (server, authority) = tls("localhost").await;
    let transport = direct().add_root_certificate_pem(authority.pem());
    conversation(client(format!("https://localhost:{}", server.address.port()), transport)).await;
}

#[tokio::test]
async fn in_tls_through_a_proxy() {
    let (server, authority) = tls("chat.example.com").await;
    let target = server.address;
    let proxy = Server::start(move |mut stream| async move {
        use tokio::io::AsyncWriteExt as _;
        let head = read_head(&mut stream).await.expect("a request");
        assert!(head.starts_with("CONNECT chat.example.com:443 "), "{head}");
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.expect("the client waits");
        join(stream, tokio::net::TcpStream::connect(target).await.expect("the target")).await;
    })
    .await;
    let transport = direct().proxy(proxy.url("")).add_root_certificate_pem(authority.pem());
    conversation(client("https://chat.example.com", transport)).await;
    assert_eq!(proxy.connections(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn over_a_unix_socket() {
    let path = std::env::temp_dir().join(format!("mm-events-{}.socket", std::process::id()));
    let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve("/api/v4/websocket")(stream));
        }
    });
    conversation(client("http://local", direct().unix_socket(&path))).await;
    server.abort();
    std::fs::remove_file(path).expect("the socket's file");
}

#[tokio::test]
async fn over_somebodys_own_hyper_client() {
    let server = Server::start(serve("/api/v4/websocket")).await;
    let transport: HyperClient<HttpConnector, Body> =
        HyperClient::builder(TokioExecutor::new()).build(HttpConnector::new());
    let client = Client::builder(server.url("").as_str()).expect("a URL").token(TOKEN).build(transport);
    conversation(client).await;
}
