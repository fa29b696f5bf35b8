//! From a request through the client's stack to a WebSocket.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

use bytes::Bytes;
use http::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use mm_core::api::system::ConnectWebSocket;
use mm_core::socket::Refusal;
use mm_core::{
    ApiError, Body, BoxError, Delivery, Endpoint as _, Error, TransportError, TransportErrorKind, Upgrade,
};
use tokio_websockets::{ClientBuilder, Limits, WebSocketStream};

use super::wire::Wire;
use crate::Client;

/// A connection that carries frames.
pub(super) type Framed = WebSocketStream<Wire>;

/// The largest message that is taken, in bytes. Posts can be of some MiB.
const MAX_MESSAGE: usize = 16 << 20;

/// What RFC 6455 has the server add to our key.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Sends the handshake as any other operation, and takes over the connection that it was answered with.
pub(super) async fn connect(client: Client, operation: ConnectWebSocket) -> Result<Framed, Refusal> {
    let key = new_key();
    let mut request = operation.to_request().map_err(|error| Refusal::new(error.into()))?;
    add_handshake(request.headers_mut(), &key);
    let response = client.send_request(request).await.map_err(Refusal::new)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refused(response));
    }
    let wire = take_over(response, &key).await?;
    let limits = Limits::default().max_payload_len(Some(MAX_MESSAGE));
    Ok(ClientBuilder::new().limits(limits).take_over(wire))
}

fn add_handshake(headers: &mut HeaderMap, key: &str) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    if let Ok(key) = HeaderValue::from_str(key) {
        headers.insert(SEC_WEBSOCKET_KEY, key);
    }
}

async fn take_over(mut response: Response<Body>, key: &str) -> Result<Wire, Refusal> {
    let accept = response.headers().get(SEC_WEBSOCKET_ACCEPT);
    if accept.is_none_or(|accept| accept.as_bytes() != accept_of(key).as_bytes()) {
        return Err(broken(
            "the `Sec-WebSocket-Accept` of its answer does not belong to our key; something on the way answers \
             for the server",
        ));
    }
    if let Some(stream) = response.extensions_mut().remove::<Upgrade>().and_then(|upgrade| upgrade.take()) {
        return Ok(Wire::Other(stream));
    }
    let Some(upgrade) = response.extensions_mut().remove::<OnUpgrade>() else {
        return Err(broken(
            "the transport hands over no connection with its 101; it has to leave `hyper::upgrade::OnUpgrade` or \
             `mm_core::Upgrade` in the extensions of the response",
        ));
    };
    // With it goes what hyper may still hold of the answer.
    drop(response);
    upgrade
        .await
        .map(Wire::Hyper)
        .map_err(|error| Refusal::new(failed(error.into(), TransportErrorKind::Closed)))
}

/// An answer of the server, or of somebody in between, that is no upgrade.
fn refused(response: Response<Body>) -> Refusal {
    let (head, body) = response.into_parts();
    let body = body.into_bytes().unwrap_or_default();
    let is_success = head.status.is_success();
    let error = ApiError::read(ConnectWebSocket::INFO, head, without_preface(body));
    let mut refusal = Refusal::new(error.into());
    refusal.is_permanent |= is_success;
    refusal
}

/// A refused handshake is answered with the name of the status, and the server's error in JSON right behind it.
fn without_preface(body: Bytes) -> Bytes {
    let start = body.iter().position(|byte| matches!(byte, b'{' | b'<'));
    match start {
        Some(start) if body[start] == b'{' => body.slice(start..),
        _ => body,
    }
}

/// A 101 that is not one.
fn broken(problem: &str) -> Refusal {
    let mut refusal = Refusal::new(failed(problem.into(), TransportErrorKind::Protocol));
    refusal.is_permanent = true;
    refusal
}

fn failed(problem: BoxError, kind: TransportErrorKind) -> Error {
    let error = TransportError::new(kind, Delivery::MaybeSent).with_source(problem);
    Error::transport(ConnectWebSocket::INFO, error)
}

/// 16 bytes nobody has seen before, in base 64. They keep caches from answering, and need not be secret.
fn new_key() -> String {
    let random = || RandomState::new().build_hasher().finish().to_ne_bytes();
    let (mut key, half) = ([0; 16], 8);
    key[..half].copy_from_slice(&random());
    key[half..].copy_from_slice(&random());
    base64(&key)
}

/// What a server makes of our key, if it speaks WebSocket.
pub(super) fn accept_of(key: &str) -> String {
    let mut hash = sha1_smol::Sha1::from(key);
    hash.update(GUID.as_bytes());
    base64(&hash.digest().bytes())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0, |group, byte| (group << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests;
