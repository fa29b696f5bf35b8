//! A server of which a test plays every connection by hand.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream as _;
use futures_sink::Sink as _;
use http::{Request, Response, StatusCode};
use mm_core::{Body, Duplex, Upgrade};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf};
use tokio::sync::{mpsc, oneshot};
use tokio_websockets::{CloseCode, Message, ServerBuilder, WebSocketStream};

use super::upgrade::accept_of;
use crate::Client;
use crate::testing::{Outcome, Script, answer};

pub(super) const TOKEN: &str = "a-token-of-a-test";

/// How much the network holds in each direction, in bytes.
const PIPE: usize = 64 << 10;

/// What answers a handshake, if it is not to be an upgrade.
type Refuse = dyn Fn(usize) -> Option<Outcome> + Send + Sync;

pub(super) struct Peer {
    pub(super) script: Script,
    talks: mpsc::UnboundedReceiver<Talk>,
    me: Arc<Mutex<Me>>,
}

/// What is answered to "who am I".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Me {
    Known,
    Revoked,
    Unavailable,
}

/// The server's end of a connection.
pub(super) struct Talk {
    pub(super) uri: String,
    frames: WebSocketStream<DuplexStream>,
    reset: Option<oneshot::Sender<()>>,
}

impl Peer {
    pub(super) fn new() -> Self {
        Self::refusing(|_| None)
    }

    /// With answers to some of the handshakes, counted from 0.
    pub(super) fn refusing(refuse: impl Fn(usize) -> Option<Outcome> + Send + Sync + 'static) -> Self {
        let (talk, talks) = mpsc::unbounded_channel();
        let me = Arc::new(Mutex::new(Me::Known));
        let (refuse, handshakes): (Box<Refuse>, _) = (Box::new(refuse), Mutex::new(0));
        let asked = Arc::clone(&me);
        let script = Script::answering(move |_, request| {
            if request.uri().path().ends_with("/users/me") {
                return who_am_i(*asked.lock().unwrap());
            }
            let number = std::mem::replace(&mut *handshakes.lock().unwrap(), 0);
            *handshakes.lock().unwrap() = number + 1;
            refuse(number).unwrap_or_else(|| {
                let (response, accepted) = accept(&request);
                let _ = talk.send(accepted);
                Ok(response)
            })
        });
        Self { script, talks, me }
    }

    pub(super) fn client(&self) -> Client {
        Client::builder("https://a.example").unwrap().token(TOKEN).build(self.script.clone())
    }

    pub(super) fn set_me(&self, me: Me) {
        *self.me.lock().unwrap() = me;
    }

    /// The next connection that the client opens.
    pub(super) async fn accept(&mut self) -> Talk {
        self.talks.recv().await.unwrap()
    }
}

fn who_am_i(me: Me) -> Outcome {
    match me {
        Me::Known => answer(200, r#"{"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc", "username": "alice"}"#),
        Me::Revoked => answer(
            401,
            r#"{"id": "api.context.session_expired.app_error", "message": "Gone.", "status_code": 401}"#,
        ),
        Me::Unavailable => answer(503, "busy"),
    }
}

/// What a server answers to a handshake, and its end of the connection.
pub(super) fn accept(request: &Request<Body>) -> (Response<Body>, Talk) {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let (reset, is_reset) = oneshot::channel();
    let key = request.headers()["sec-websocket-key"].to_str().unwrap();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert("sec-websocket-accept", accept_of(key).parse().unwrap());
    response.extensions_mut().insert(Upgrade::new(Pipe { stream: theirs, is_reset }));
    let frames = ServerBuilder::new().serve(ours);
    (response, Talk { uri: request.uri().to_string(), frames, reset: Some(reset) })
}

impl Talk {
    pub(super) async fn send(&mut self, message: Message) {
        poll_fn(|cx| Pin::new(&mut self.frames).poll_ready(cx)).await.unwrap();
        Pin::new(&mut self.frames).start_send(message).unwrap();
        poll_fn(|cx| Pin::new(&mut self.frames).poll_flush(cx)).await.unwrap();
    }

    pub(super) async fn send_json(&mut self, value: &Value) {
        self.send(Message::text(value.to_string())).await;
    }

    pub(super) async fn hello(&mut self, connection_id: &str) {
        let data = json!({"connection_id": connection_id, "server_version": "11.6.0.1.x.true"});
        self.send_json(&frame("hello", 0, &data)).await;
    }

    pub(super) async fn typing(&mut self, seq: i64) {
        self.send_json(&frame("typing", seq, &json!({"parent_id": "", "user_id": "u"}))).await;
    }

    /// Greets, and replies to the ping that each connection begins with.
    pub(super) async fn greet(&mut self, connection_id: &str) {
        self.hello(connection_id).await;
        self.reply_to_ping().await;
    }

    pub(super) async fn reply_to_ping(&mut self) {
        let ping = self.next().await.unwrap();
        assert_eq!(ping["action"], "ping");
        self.ok(&ping, &json!({"text": "pong", "version": "11.6.0", "server_time": 1})).await;
    }

    pub(super) async fn ok(&mut self, action: &Value, data: &Value) {
        self.send_json(&json!({"status": "OK", "seq_reply": action["seq"], "data": data})).await;
    }

    /// What the client says next, or `None` when the connection has ended. Close frames are told as their code.
    pub(super) async fn next(&mut self) -> Option<Value> {
        loop {
            let message = poll_fn(|cx| Pin::new(&mut self.frames).poll_next(cx)).await?.ok()?;
            if let Some((code, _)) = message.as_close() {
                return Some(json!(u16::from(code)));
            }
            if let Some(text) = message.as_text() {
                return Some(serde_json::from_str(text).unwrap());
            }
        }
    }

    /// Bytes that need not be frames.
    pub(super) async fn raw(&mut self, bytes: &[u8]) {
        self.frames.get_mut().write_all(bytes).await.unwrap();
    }

    pub(super) async fn close(&mut self, code: u16) {
        self.send(Message::close(CloseCode::try_from(code).ok(), "")).await;
    }

    /// Ends the connection as a crash does.
    pub(super) fn reset(mut self) {
        let _ = self.reset.take().map(|reset| reset.send(()));
    }
}

pub(super) fn frame(name: &str, seq: i64, data: &Value) -> Value {
    let broadcast = json!({"omit_users": null, "user_id": "", "channel_id": "", "team_id": ""});
    json!({"event": name, "data": data, "broadcast": broadcast, "seq": seq})
}

/// The client's end of a connection.
struct Pipe {
    stream: DuplexStream,
    is_reset: oneshot::Receiver<()>,
}

impl Pipe {
    fn poll_reset(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match std::future::Future::poll(Pin::new(&mut self.is_reset), cx) {
            Poll::Ready(Ok(())) => Err(io::ErrorKind::ConnectionReset.into()),
            _ => Ok(()),
        }
    }
}

impl Duplex for Pipe {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        if !self.is_reset.is_terminated() {
            self.poll_reset(cx)?;
        }
        let mut buffer = ReadBuf::new(buffer);
        Pin::new(&mut self.stream).poll_read(cx, &mut buffer).map_ok(|()| buffer.filled().len())
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// How many tasks the test's runtime has, the test itself not counted.
pub(super) fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Lets everybody who can do something do it, without time passing by.
pub(super) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

pub(super) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
