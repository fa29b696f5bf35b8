//! Proxies in between.

use std::sync::Arc;

use mm_core::{Delivery, TransportErrorKind};
use mm_hyper::HyperTransport;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;

use super::support::{OK, Server, get, join, read_head, read_request, send, text, whole_story};
use super::tls::Authority;

/// `ann:s3cret`, as Basic.
const CREDENTIALS: &str = "Basic YW5uOnMzY3JldA==";

/// A proxy that opens tunnels to `target` whatever is asked for, to those who have the credentials, and
/// reports what it was asked.
async fn tunnel_proxy(target: &Server) -> (Server, UnboundedReceiver<String>) {
    let (tell, told) = unbounded_channel();
    let target = target.address;
    let proxy = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            let Some(head) = read_head(&mut stream).await else { return };
            let allowed = head.contains(&format!("Proxy-Authorization: {CREDENTIALS}"));
            tell.send(head).expect("the test still runs");
            if !allowed {
                let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(refusal).await.expect("the client waits");
                return;
            }
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.expect("the client waits");
            join(stream, TcpStream::connect(target).await.expect("the target")).await;
        }
    })
    .await;
    (proxy, told)
}

async fn https_server(authority: &Authority) -> Server {
    let acceptor = TlsAcceptor::from(Arc::new(authority.server("chat.example.com")));
    Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            while let Some(request) = read_request(&mut stream).await {
                assert!(!request.to_ascii_lowercase().contains("proxy-authorization"), "{request}");
                stream.write_all(OK.as_bytes()).await.expect("the client waits");
            }
        }
    })
    .await
}

#[tokio::test]
async fn https_goes_through_a_tunnel_and_the_proxys_credentials_stay_with_the_proxy() {
    let authority = Authority::new();
    let server = https_server(&authority).await;
    let (proxy, mut asked) = tunnel_proxy(&server).await;
    for transport in [
        HyperTransport::builder().proxy(format!("http://ann:s3cret@{}", proxy.address)),
        HyperTransport::builder().proxy(proxy.url("")).proxy_credentials("ann", "s3cret"),
    ] {
        let transport = transport.add_root_certificate_pem(authority.pem()).build().expect("settings");
        // The name is known to the proxy only.
        let response = send(&transport, get("https://chat.example.com/")).await.expect("an answer");
        assert_eq!(text(response).await.expect("a body"), "OK");
        let head = asked.recv().await.expect("a request to the proxy");
        assert!(head.starts_with("CONNECT chat.example.com:443 HTTP/1.1\r\n"), "{head}");
        let shown = format!("{transport:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("YW5u"), "{shown}");
    }
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_refuses_with_advice_and_no_secrets() {
    let authority = Authority::new();
    let server = https_server(&authority).await;
    let (proxy, _asked) = tunnel_proxy(&server).await;
    let transport = HyperTransport::builder()
        .proxy(format!("http://ann:wrong-one@{}", proxy.address))
        .build()
        .expect("settings");
    let error = send(&transport, get("https://chat.example.com/")).await.expect_err("wrong password");
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Proxy, Delivery::NotSent));
    let story = whole_story(&error);
    assert!(story.contains("proxy_credentials") && !story.contains("wrong-one"), "{story}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn plain_http_is_forwarded_in_absolute_form_with_credentials() {
    let (tell, mut told) = unbounded_channel();
    let proxy = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            while let Some(request) = read_request(&mut stream).await {
                tell.send(request).expect("the test still runs");
                stream.write_all(OK.as_bytes()).await.expect("the client waits");
            }
        }
    })
    .await;
    let transport = HyperTransport::builder()
        .proxy(format!("http://ann:s3cret@{}", proxy.address))
        .build()
        .expect("settings");
    for _ in 0..2 {
        let response = send(&transport, get("http://chat.example.com:8065/api/v4/users/me?a=b"));
        assert_eq!(text(response.await.expect("an answer")).await.expect("a body"), "OK");
        let request = told.recv().await.expect("a request");
        assert!(
            request.starts_with("GET http://chat.example.com:8065/api/v4/users/me?a=b HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(request.contains(&format!("proxy-authorization: {CREDENTIALS}")), "{request}");
        assert!(request.contains("host: chat.example.com:8065"), "{request}");
    }
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn the_environments_proxy_is_used_except_where_it_says_no() {
    let direct = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect").await;
    let proxy = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nproxied").await;
    let proxy_url = proxy.url("");
    let with = |exceptions: &'static str| {
        let proxy_url = proxy_url.clone();
        HyperTransport::builder()
            .proxy_variables(move |name| match name {
                "HTTP_PROXY" => Some(proxy_url.clone()),
                "no_proxy" => Some(exceptions.to_owned()),
                _ => None,
            })
            .build()
            .expect("settings")
    };
    for (exceptions, answer) in [("example.com", "proxied"), ("127.0.0.0/8", "direct"), ("*", "direct")] {
        let response = send(&with(exceptions), get(direct.url("/"))).await.expect("an answer");
        assert_eq!(text(response).await.expect("a body"), answer, "no_proxy={exceptions}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_not_blamed_on_the_server() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = gone.local_addr().expect("an address");
    drop(gone);
    let transport = HyperTransport::builder().proxy(format!("http://{address}")).build().expect("settings");
    for url in ["http://chat.example.com/", "https://chat.example.com/"] {
        let error = send(&transport, get(url)).await.expect_err("no proxy");
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Proxy, Delivery::NotSent));
        assert!(whole_story(&error).contains(&address.to_string()), "{}", whole_story(&error));
    }
}

#[tokio::test]
async fn a_proxy_may_itself_be_spoken_to_in_tls() {
    let authority = Authority::new();
    let server = https_server(&authority).await;
    let target = server.address;
    let acceptor = TlsAcceptor::from(Arc::new(authority.server("localhost")));
    let proxy = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            read_head(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("the client waits");
            join(stream, TcpStream::connect(target).await.expect("the target")).await;
        }
    })
    .await;
    let transport = HyperTransport::builder()
        .proxy(format!("https://localhost:{}", proxy.address.port()))
        .add_root_certificate_pem(authority.pem())
        .build()
        .expect("settings");
    let response = send(&transport, get("https://chat.example.com/")).await.expect("an answer");
    assert_eq!(text(response).await.expect("a body"), "OK");
}

#[tokio::test]
async fn a_socks_proxy_is_given_the_name_of_the_server() {
    let server = Server::answering(OK).await;
    let target = server.address;
    let (tell, mut told) = unbounded_channel();
    let proxy = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.expect("a greeting");
            stream.write_all(&[5, 0]).await.expect("the client waits");
            let mut request = [0; 5];
            stream.read_exact(&mut request).await.expect("a request");
            let mut name = vec![0; usize::from(request[4]) + 2];
            stream.read_exact(&mut name).await.expect("a name and a port");
            name.truncate(usize::from(request[4]));
            tell.send(String::from_utf8(name).expect("a name")).expect("the test still runs");
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.expect("the client waits");
            join(stream, TcpStream::connect(target).await.expect("the target")).await;
        }
    })
    .await;
    let transport =
        HyperTransport::builder().proxy(format!("socks5://{}", proxy.address)).build().expect("settings");
    let response = send(&transport, get("http://chat.example.com:8065/")).await.expect("an answer");
    assert_eq!(text(response).await.expect("a body"), "OK");
    assert_eq!(told.recv().await.as_deref(), Some("chat.example.com"));
}
