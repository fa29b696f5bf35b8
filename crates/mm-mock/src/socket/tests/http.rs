//! The upgrade as a request.

use ::http::StatusCode;
use mm_core::api::system::ConnectWebSocket;

use super::*;
use crate::testing::send;

#[tokio::test]
async fn a_slash_behind_the_path_makes_no_difference() {
    let town = Town::new();
    let mut client = Client::open(&town.fake, &town.alice, "/").await;
    assert_eq!(client.frame().await["event"], "hello");
}

#[tokio::test]
async fn a_refusal_is_text_with_an_error_behind_it() {
    let town = Town::new();
    let headers = [&UPGRADE[..], &[("origin", "https://evil.example"), ("host", "chat.example")]].concat();
    for (headers, status, word) in
        [(headers.as_slice(), 403, "Forbidden"), (&UPGRADE[..2], 400, "Bad Request")]
    {
        let answer = send(&town.fake, request(Method::GET, "/api/v4/websocket", headers, "")).await;
        assert_eq!(answer.status(), status);
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        let (reason, error) = text.split_once('\n').unwrap();
        let error: Value = serde_json::from_str(error).unwrap();
        assert_eq!(reason, word);
        assert_eq!(error["id"], "api.web_socket.connect.upgrade.app_error");
        assert_eq!(error["status_code"], 400);
    }
    assert_eq!(town.fake.sockets().opened(), 0);
    let answer = send(&town.fake, request(Method::POST, "/api/v4/websocket", &UPGRADE, "")).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_in_the_query_is_for_applications_alone() {
    let town = Town::new();
    let url = format!("/api/v4/websocket?access_token={}", town.alice.token.expose());
    let answer = send(&town.fake, request(Method::GET, &url, &UPGRADE, "")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_is_none_makes_a_stranger() {
    let town = Town::new();
    let mut client = Client::open(&town.fake, &mm_types::Secret::from("nonsense".to_owned()), "").await;
    town.fake.advance(std::time::Duration::from_secs(5));
    assert_eq!(client.hear().await, Heard::Fin);
}

#[tokio::test]
async fn an_upgrade_is_refused_as_every_operation_is() {
    let town = Town::new();
    town.fake.on::<ConnectWebSocket>().rate_limited(std::time::Duration::from_secs(2));
    town.fake.on::<ConnectWebSocket>().html(502);
    for status in [429, 502] {
        let answer = send(&town.fake, request(Method::GET, "/api/v4/websocket", &UPGRADE, "")).await;
        assert_eq!(answer.status(), status);
    }
    // Something in front of the server loses the answer: the server's end of the socket is gone as well.
    town.fake.on::<ConnectWebSocket>().html(502).carried_out().once();
    send(&town.fake, request(Method::GET, "/api/v4/websocket", &UPGRADE, "")).await;
    assert_eq!(town.fake.sockets().count(), 0);
    assert_eq!(alice(&town).await.frame().await["event"], "hello");
    town.fake.assert_called::<ConnectWebSocket>(4);
}

#[cfg(feature = "listen")]
mod over_tcp {
    use std::io::ErrorKind;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::listen::Listener;

    async fn open(town: &Town, listener: &Listener) -> TcpStream {
        let mut tcp = TcpStream::connect(listener.addr()).await.unwrap();
        let token = town.alice.token.expose();
        let mut head =
            format!("GET /api/v4/websocket HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n");
        for (name, value) in UPGRADE {
            head += &format!("{name}: {value}\r\n");
        }
        // A ping right behind the head is not lost.
        let ping = [0x89, 0x80, 1, 2, 3, 4];
        tcp.write_all(&[head.as_bytes(), b"\r\n", &ping].concat()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(tcp.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
        tcp
    }

    #[tokio::test]
    async fn a_socket_over_a_listener_is_the_same() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        let mut client = Client::over(open(&town, &listener).await);
        assert_eq!(client.frame().await["event"], "hello");
        assert_eq!(names(&client.told().await), ["status_change"]);
        town.fake.sockets().fin();
        assert_eq!(client.hear().await, Heard::Fin);
    }

    #[tokio::test]
    async fn the_pong_to_an_early_ping_comes() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        let mut tcp = open(&town, &listener).await;
        let mut bytes = Vec::new();
        while !bytes.ends_with(&[0x8a, 0]) {
            bytes.push(tcp.read_u8().await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_reset_is_a_real_one() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        let mut tcp = open(&town, &listener).await;
        town.fake.sockets().reset();
        let mut bytes = Vec::new();
        let error = tcp.read_to_end(&mut bytes).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn sockets_end_with_their_listener() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        let mut client = Client::over(open(&town, &listener).await);
        client.told().await;
        drop(listener);
        assert_eq!(client.hear().await, Heard::Fin);
        assert_eq!(town.fake.sockets().count(), 0);
    }
}
