//! Connections that are used again, and those that had better not be.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc::unbounded_channel;

use super::support::{OK, Server, direct, get, post, read_head, read_request, send, text, transport};

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let server = Server::answering(OK).await;
    let transport = transport();
    for _ in 0..20 {
        let response = send(&transport.clone(), get(server.url("/"))).await.expect("an answer");
        assert_eq!(text(response).await.expect("a body"), "OK");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn without_idle_connections_every_call_has_its_own() {
    let server = Server::answering(OK).await;
    let transport = direct().idle_connections(0).build().expect("settings");
    for _ in 0..3 {
        let response = send(&transport, get(server.url("/"))).await.expect("an answer");
        text(response).await.expect("a body");
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn calls_at_the_same_time_do_not_wait_for_each_other() {
    let (tell, mut told) = unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            read_request(&mut stream).await;
            tell.send(stream).expect("the test still runs");
        }
    })
    .await;
    let transport = transport();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let (transport, request) = (transport.clone(), get(server.url("/")));
            tokio::spawn(async move { send(&transport, request).await.expect("an answer").status() })
        })
        .collect();
    let mut waiting = Vec::new();
    while waiting.len() < calls.len() {
        waiting.push(told.recv().await.expect("another request"));
    }
    for stream in &mut waiting {
        stream.write_all(OK.as_bytes()).await.expect("the client waits");
    }
    for call in calls {
        assert_eq!(call.await.expect("no panic"), 200);
    }
}

/// A program that calls now and then from a runtime that only runs while it does so, as the blocking
/// client has one, does not hear of the server closing the connection in between.
#[test]
fn a_connection_the_server_closed_between_two_calls_is_replaced_unnoticed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let (close, told_to_close) = mpsc::channel();
    let (closed, was_closed) = mpsc::channel();
    let server = std::thread::spawn(move || {
        let mut requests = Vec::new();
        for _ in 0..10 {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = [0; 1024];
            let length = stream.read(&mut request).expect("a request");
            requests.push(String::from_utf8_lossy(&request[..length]).into_owned());
            stream.write_all(OK.as_bytes()).expect("the client waits");
            told_to_close.recv().expect("the test still runs");
            drop(stream);
            closed.send(()).expect("the test still runs");
        }
        requests
    });

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let transport = transport();
    for call in 0..10 {
        let body = runtime.block_on(async {
            let request = post(&url, format!("call {call}"));
            let response =
                send(&transport, request).await.unwrap_or_else(|error| panic!("call {call}: {error:?}"));
            let body = text(response).await;
            // Lets the connection get back to the pool.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            body
        });
        assert_eq!(body.expect("a body"), "OK");
        close.send(()).expect("the server still runs");
        was_closed.recv().expect("the server still runs");
        // Not so soon after the last call that the transport would take the connection for open unseen.
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let requests = server.join().expect("the server did not panic");
    assert!(requests.iter().enumerate().all(|(n, request)| request.ends_with(&format!("call {n}"))));
}

#[tokio::test]
async fn giving_a_call_up_closes_its_connection() {
    let (tell, mut told) = unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            read_head(&mut stream).await;
            tell.send("asked").expect("the test still runs");
            let mut rest = Vec::new();
            // Ends when the client has closed, one way or the other.
            let _ = stream.read_to_end(&mut rest).await;
            tell.send("closed").expect("the test still runs");
        }
    })
    .await;
    let transport = transport();
    let call = tokio::spawn({
        let (transport, request) = (transport.clone(), get(server.url("/")));
        async move { send(&transport, request).await.map(|response| response.status()) }
    });
    assert_eq!(told.recv().await, Some("asked"));
    call.abort();
    assert_eq!(told.recv().await, Some("closed"));
    drop(transport);
}

#[tokio::test]
async fn dropping_the_transport_closes_its_idle_connections() {
    let (tell, mut told) = unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            read_request(&mut stream).await;
            stream.write_all(OK.as_bytes()).await.expect("the client waits");
            assert_eq!(read_request(&mut stream).await, None);
            tell.send(()).expect("the test still runs");
        }
    })
    .await;
    let transport = transport();
    let response = send(&transport, get(server.url("/"))).await.expect("an answer");
    text(response).await.expect("a body");
    drop(transport);
    assert_eq!(told.recv().await, Some(()));
}

#[tokio::test]
async fn a_connection_that_was_not_used_for_too_long_is_closed() {
    let (tell, mut told) = unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            read_request(&mut stream).await;
            stream.write_all(OK.as_bytes()).await.expect("the client waits");
            assert_eq!(read_request(&mut stream).await, None);
            tell.send(()).expect("the test still runs");
        }
    })
    .await;
    let transport = direct().idle_timeout(std::time::Duration::from_millis(5)).build().expect("settings");
    // Twice, because whoever closes them must not have gone after the first.
    for _ in 0..2 {
        let response = send(&transport, get(server.url("/"))).await.expect("an answer");
        text(response).await.expect("a body");
        assert_eq!(told.recv().await, Some(()));
    }
}

#[tokio::test]
async fn no_more_idle_connections_are_kept_than_set() {
    let (tell, mut told) = unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            read_request(&mut stream).await;
            tell.send(Some(stream)).expect("the test still runs");
        }
    })
    .await;
    let transport = direct().idle_connections(2).build().expect("settings");
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (transport, request) = (transport.clone(), get(server.url("/")));
            tokio::spawn(async move { text(send(&transport, request).await.expect("an answer")).await })
        })
        .collect();
    let mut streams = Vec::new();
    while streams.len() < calls.len() {
        streams.extend(told.recv().await.expect("another request"));
    }
    for stream in &mut streams {
        stream.write_all(OK.as_bytes()).await.expect("the client waits");
    }
    for call in calls {
        assert_eq!(call.await.expect("no panic").expect("a body"), "OK");
    }
    let (tell, mut closed) = unbounded_channel();
    for mut stream in streams {
        let tell = tell.clone();
        tokio::spawn(async move {
            read_request(&mut stream).await;
            tell.send(()).expect("the test still runs");
        });
    }
    closed.recv().await.expect("one is closed");
    closed.recv().await.expect("and another");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(closed.is_empty(), "two are kept");
    drop(transport);
}

/// While a connection is being made, one that gets free is as good.
#[tokio::test]
async fn a_call_that_waits_for_a_connection_takes_one_that_gets_free() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let socks = format!("socks5://{}", listener.local_addr().expect("an address"));
    let transport = mm_hyper::HyperTransport::builder().proxy(socks).build().expect("settings");
    let call = || {
        let (transport, request) = (transport.clone(), get("http://chat.example.com/"));
        tokio::spawn(async move { text(send(&transport, request).await.expect("an answer")).await })
    };
    let first = call();
    let (mut stream, _) = listener.accept().await.expect("a connection");
    accept_as_socks_proxy(&mut stream).await;
    read_request(&mut stream).await.expect("a request");
    let second = call();
    // This one never gets through.
    let (_silent, _) = listener.accept().await.expect("another connection");
    stream.write_all(OK.as_bytes()).await.expect("the client waits");
    assert_eq!(first.await.expect("no panic").expect("a body"), "OK");
    read_request(&mut stream).await.expect("the other request");
    stream.write_all(OK.as_bytes()).await.expect("the client waits");
    assert_eq!(second.await.expect("no panic").expect("a body"), "OK");
}

/// Plays the proxy's part in opening a way to a server, whichever it is.
async fn accept_as_socks_proxy(stream: &mut tokio::net::TcpStream) {
    let mut greeting = [0; 3];
    stream.read_exact(&mut greeting).await.expect("a greeting");
    stream.write_all(&[5, 0]).await.expect("the client waits");
    let mut wish = [0; 5];
    stream.read_exact(&mut wish).await.expect("a wish");
    let mut name_and_port = vec![0; usize::from(wish[4]) + 2];
    stream.read_exact(&mut name_and_port).await.expect("a name");
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.expect("the client waits");
}

#[tokio::test]
async fn an_answer_that_is_not_read_to_its_end_does_not_spoil_the_next() {
    let server = Server::answering(OK).await;
    let transport = transport();
    for _ in 0..3 {
        drop(send(&transport, get(server.url("/"))).await.expect("an answer"));
        let response = send(&transport, get(server.url("/"))).await.expect("an answer");
        assert_eq!(text(response).await.expect("a body"), "OK");
    }
}
