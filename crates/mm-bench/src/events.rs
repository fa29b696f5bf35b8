//! Events of the socket, one after the other. In every row the frames come through `tokio-websockets`, so that what
//! differs is what is made of them.

use std::future::poll_fn;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use futures_core::Stream as _;
use http::header::{SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY};
use http::{Request, Response, StatusCode};
use mm_core::socket::{Event, Incoming};
use mm_core::{Body, BoxError, Upgrade};
use mm_tower::Client;
use mm_tower::socket::Events;
use mm_types::event::Posted;
use serde_json::Value;
use tokio_websockets::{ClientBuilder, WebSocketStream};

use crate::measure::{Call, pair};
use crate::tape::Tape;
use crate::{Row, plain};

pub(crate) async fn all(budget: Duration) -> Result<Vec<Row>, BoxError> {
    let (strings, value) = ("serde_json, plain String structs", "serde_json::Value");
    Ok(vec![
        Row {
            what: "event, envelope",
            baseline: strings,
            pair: pair(budget, Frames::read(envelope), Frames::read(plain_envelope)).await?,
            target: 0.32,
        },
        Row {
            what: "event, envelope",
            baseline: value,
            pair: pair(budget, Frames::read(envelope), Frames::read(value_envelope)).await?,
            target: 0.32,
        },
        Row {
            what: "event with its post",
            baseline: strings,
            pair: pair(budget, Frames::read(with_post), Frames::read(plain_with_post)).await?,
            target: 0.72,
        },
        Row {
            what: "event with its post",
            baseline: value,
            pair: pair(budget, Frames::read(with_post), Frames::read(value_with_post)).await?,
            target: 0.72,
        },
        Row {
            what: "event with its post, whole client",
            baseline: strings,
            pair: pair(budget, Stream(events().await?), Frames::read(plain_with_post)).await?,
            target: 1.00,
        },
    ])
}

fn envelope(text: &str) -> Result<(), BoxError> {
    black_box(Event::read(text)?);
    Ok(())
}

fn with_post(text: &str) -> Result<(), BoxError> {
    post_of(&Event::read(text)?)
}

fn post_of(event: &Event) -> Result<(), BoxError> {
    let posted = event.data::<Posted>().ok_or("another event")??;
    black_box(posted.post.get()?);
    black_box(posted);
    Ok(())
}

fn plain_envelope(text: &str) -> Result<(), BoxError> {
    black_box(serde_json::from_str::<plain::Event>(text)?);
    Ok(())
}

fn plain_with_post(text: &str) -> Result<(), BoxError> {
    let event: plain::Event = serde_json::from_str(text)?;
    black_box(serde_json::from_str::<plain::Post>(&event.data.post)?);
    black_box(event);
    Ok(())
}

fn value_envelope(text: &str) -> Result<(), BoxError> {
    black_box(serde_json::from_str::<Value>(text)?);
    Ok(())
}

fn value_with_post(text: &str) -> Result<(), BoxError> {
    let event: Value = serde_json::from_str(text)?;
    let post = event.pointer("/data/post").and_then(Value::as_str).ok_or("no post")?;
    black_box(serde_json::from_str::<Value>(post)?);
    black_box(event);
    Ok(())
}

/// Frames, and what is made of each.
struct Frames {
    stream: WebSocketStream<Tape>,
    read: fn(&str) -> Result<(), BoxError>,
}

impl Frames {
    fn read(read: fn(&str) -> Result<(), BoxError>) -> Self {
        Self { stream: ClientBuilder::new().take_over(Tape::posted()), read }
    }
}

impl Call for Frames {
    async fn run(&mut self) -> Result<(), BoxError> {
        let frame =
            poll_fn(|cx| Pin::new(&mut self.stream).poll_next(cx)).await.ok_or("the tape ended")??;
        (self.read)(frame.as_text().ok_or("no text")?)
    }
}

/// What a client hands out: after its protocol, its queue and a change of tasks.
struct Stream(Events);

impl Call for Stream {
    async fn run(&mut self) -> Result<(), BoxError> {
        match self.0.next().await {
            Some(Incoming::Event(event)) => post_of(&event),
            other => Err(format!("no event but {other:?}").into()),
        }
    }
}

/// A client's events over a transport that shakes hands and plays the tape.
async fn events() -> Result<Events, BoxError> {
    let transport = tower::service_fn(async |request: Request<Body>| {
        let mut answer = Response::new(Body::empty());
        let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY) else { return Ok(answer) };
        let mut hash = sha1_smol::Sha1::from(key);
        hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
        let accept = BASE64_STANDARD.encode(hash.digest().bytes());
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        answer.headers_mut().insert(SEC_WEBSOCKET_ACCEPT, accept.try_into()?);
        answer.extensions_mut().insert(Upgrade::new(Tape::posted().with_hello()));
        Ok::<_, BoxError>(answer)
    });
    let client =
        Client::builder("http://chat.example.com")?.token("tokentokentokentokentoken1").build(transport);
    let mut events = client.events().await?;
    match events.next().await {
        Some(Incoming::Connection(_)) => Ok(events),
        other => Err(format!("not connected but {other:?}").into()),
    }
}
