//! A server that holds one conversation, in two connections.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream as _;
use futures_sink::Sink as _;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::{Message, ServerBuilder, WebSocketStream};

pub(super) const TOKEN: &str = "t1111111111111111111111111";

type Talk = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Accepts WebSockets at `path`. The first connection has an event, the reply to a ping, and no end; the second goes on
/// where the first was.
pub(super) fn serve<S>(path: &'static str) -> impl Fn(S) -> Talk + Send + Copy + 'static
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    move |stream| Box::pin(talk(path, stream))
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(path: &'static str, stream: S) {
    let (request, mut frames) = ServerBuilder::new().accept(stream).await.expect("a handshake");
    assert_eq!(request.uri().path(), path);
    assert_eq!(request.headers()["authorization"], ["Bearer ", TOKEN].concat());
    let is_first = match request.uri().query() {
        None => true,
        Some(query) => {
            assert!(query.contains("connection_id=c1&sequence_number=2"), "{query}");
            false
        }
    };
    if is_first {
        send(&mut frames, event("hello", 0)).await;
        send(&mut frames, event("typing", 1)).await;
    } else {
        send(&mut frames, event("typing", 2)).await;
    }
    let mut pings = 0;
    while let Some(message) = receive(&mut frames).await {
        let Some(text) = message.as_text() else { continue };
        let action: Value = serde_json::from_str(text).expect("an action");
        assert_eq!(action["action"], "ping");
        send(&mut frames, json!({"status": "OK", "seq_reply": action["seq"], "data": {"version": "11.6.0"}}))
            .await;
        pings += 1;
        // The first is the client's own.
        if is_first && pings == 2 {
            return;
        }
    }
}

async fn send<S: AsyncRead + AsyncWrite + Unpin>(frames: &mut WebSocketStream<S>, value: Value) {
    Pin::new(&mut *frames).start_send(Message::text(value.to_string())).expect("an open connection");
    // Whoever is gone does not read it.
    let _ = poll_fn(|cx| Pin::new(&mut *frames).poll_flush(cx)).await;
}

async fn receive<S: AsyncRead + AsyncWrite + Unpin>(frames: &mut WebSocketStream<S>) -> Option<Message> {
    poll_fn(|cx| Pin::new(&mut *frames).poll_next(cx)).await?.ok()
}

fn event(name: &str, seq: i64) -> Value {
    let data = json!({"connection_id": "c1", "server_version": "11.6.0", "user_id": "", "parent_id": ""});
    let broadcast = json!({"omit_users": null, "user_id": "", "channel_id": "", "team_id": ""});
    json!({"event": name, "data": data, "broadcast": broadcast, "seq": seq})
}
