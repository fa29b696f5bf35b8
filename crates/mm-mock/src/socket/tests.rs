//! Sockets as a client of another make sees them.

mod actions;
mod faults;
mod http;
mod life;
mod recorded;
mod resume;
mod told;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::Method;
use futures_core::Stream as _;
use mm_core::{Body, Duplex, Upgrade};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_websockets::{ClientBuilder, Message, WebSocketStream};
use tower_service::Service as _;

use crate::testing::{Sender, request};
use crate::{FakeServer, Town};

/// A client of the socket. Everything it waits for is bounded by the test's own time.
struct Client(WebSocketStream<Box<dyn Io>>);

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// The client's end of a connection as tokio's traits have it.
struct Bytes(Box<dyn Duplex>);

impl AsyncRead for Bytes {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.0.poll_read(cx, buffer.initialize_unfilled());
        read.map_ok(|length| buffer.advance(length))
    }
}

impl AsyncWrite for Bytes {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shutdown(cx)
    }
}

/// What a client hears.
#[derive(Debug, PartialEq)]
enum Heard {
    Frame(Value),
    Text(String),
    Binary(usize),
    /// Or a pong.
    Ping,
    /// With its code; 1005 without one.
    Close(u16),
    Fin,
    Reset,
    Broken,
}

const UPGRADE: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

impl Client {
    async fn open(fake: &FakeServer, sender: &impl Sender, query: &str) -> Self {
        Self::over(Self::bytes(fake, sender, query).await)
    }

    async fn bytes(fake: &FakeServer, sender: &impl Sender, query: &str) -> Bytes {
        let mut asked = request(Method::GET, &format!("/api/v4/websocket{query}"), &UPGRADE, Body::empty());
        if let Some(token) = sender.token() {
            asked.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let mut answer = fake.clone().call(asked).await.unwrap();
        assert_eq!(answer.status(), 101);
        Bytes(answer.extensions_mut().remove::<Upgrade>().unwrap().take().unwrap())
    }

    fn over(io: impl Io + 'static) -> Self {
        Self(ClientBuilder::new().take_over(Box::new(io)))
    }

    /// The next frame, or the end.
    async fn hear(&mut self) -> Heard {
        let message = poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx)).await;
        match message {
            None => Heard::Fin,
            Some(Err(tokio_websockets::Error::Io(error)))
                if error.kind() == io::ErrorKind::ConnectionReset =>
            {
                Heard::Reset
            }
            Some(Err(tokio_websockets::Error::Io(error))) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Heard::Fin
            }
            Some(Err(_)) => Heard::Broken,
            Some(Ok(message)) if message.is_text() => {
                let text = message.as_text().unwrap();
                serde_json::from_str(text).map_or_else(|_| Heard::Text(text.to_owned()), Heard::Frame)
            }
            Some(Ok(message)) if message.is_close() => {
                Heard::Close(message.as_close().map_or(1005, |(code, _)| code.into()))
            }
            Some(Ok(message)) if message.is_ping() || message.is_pong() => Heard::Ping,
            Some(Ok(message)) => Heard::Binary(message.as_payload().len()),
        }
    }

    /// The next event or reply.
    async fn frame(&mut self) -> Value {
        loop {
            match self.hear().await {
                Heard::Frame(frame) => return frame,
                Heard::Ping => {}
                other => panic!("{other:?} in the place of a frame"),
            }
        }
    }

    /// The next event of this kind, whatever comes before.
    async fn event(&mut self, name: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if frame["event"] == name {
                return frame;
            }
        }
    }

    /// The reply to an action. Events before it are passed over.
    async fn ask(&mut self, action: Value) -> Value {
        self.send(&action.to_string()).await;
        loop {
            let frame = self.frame().await;
            if frame.get("status").is_some() {
                return frame;
            }
        }
    }

    /// The names of the events that have come by now, and their numbers.
    async fn told(&mut self) -> Vec<(String, i64)> {
        self.send(&json!({"seq": 99, "action": "ping"}).to_string()).await;
        let mut told = Vec::new();
        loop {
            let frame = self.frame().await;
            match frame["event"].as_str() {
                Some(name) => told.push((name.to_owned(), frame["seq"].as_i64().unwrap())),
                None => return told,
            }
        }
    }

    async fn send(&mut self, text: &str) {
        self.write(Message::text(text.to_owned())).await.unwrap();
    }

    async fn write(&mut self, message: Message) -> Result<(), tokio_websockets::Error> {
        use futures_sink::Sink as _;
        poll_fn(|cx| Pin::new(&mut self.0).poll_ready(cx)).await?;
        Pin::new(&mut self.0).start_send(message)?;
        poll_fn(|cx| Pin::new(&mut self.0).poll_flush(cx)).await
    }
}

/// The names alone.
fn names(told: &[(String, i64)]) -> Vec<&str> {
    told.iter().map(|(name, _)| name.as_str()).collect()
}

async fn alice(town: &Town) -> Client {
    Client::open(&town.fake, &town.alice, "").await
}
