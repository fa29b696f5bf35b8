//! What the unit tests of this crate have in common.

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::BodyExt as _;
use mm_core::api::channels::CreateChannel;
use mm_core::{Body, Endpoint, Output};
use mm_types::{AppError, Channel, ChannelId, Secret};
use tower_service::Service as _;

use crate::{Audience, Event, FakeServer, Person, Town};

/// Somebody who can send requests: a person of the town, a token, or `()` for nobody.
pub(crate) trait Sender {
    fn token(&self) -> Option<&str>;
}

impl Sender for () {
    fn token(&self) -> Option<&str> {
        None
    }
}

impl Sender for Secret {
    fn token(&self) -> Option<&str> {
        Some(self.expose())
    }
}

impl Sender for Person {
    fn token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

/// Sends an operation; an error is its status and id.
pub(crate) async fn ask<E: Endpoint>(
    fake: &FakeServer,
    sender: &impl Sender,
    op: E,
) -> Result<Output<E>, (u16, String)> {
    let mut request = op.to_request().expect("an operation that can be sent");
    if let Some(token) = sender.token() {
        let value = format!("Bearer {token}").parse().expect("a token that fits into a header");
        request.headers_mut().insert("authorization", value);
    }
    let answer = send(fake, request).await;
    if !answer.status().is_success() {
        let error: AppError = serde_json::from_slice(answer.body()).unwrap_or_default();
        return Err((answer.status().as_u16(), error.id));
    }
    Ok(E::decode(answer.map(Body::from)).expect("an answer that can be read"))
}

/// Sends a request as it is.
pub(crate) async fn send(fake: &FakeServer, request: Request<Body>) -> Response<Bytes> {
    let (head, body) = fake.clone().call(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a whole answer").to_bytes();
    Response::from_parts(head, body)
}

/// A request with headers.
pub(crate) fn request(
    method: Method,
    url: &str,
    headers: &[(&'static str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).expect("a request")
}

/// The server's own error in an answer.
pub(crate) fn error(answer: &Response<Bytes>) -> AppError {
    serde_json::from_slice(answer.body()).expect("an error of the server")
}

/// The posts of a channel with their kinds, the oldest first.
pub(crate) fn posts(town: &Town, channel: ChannelId) -> Vec<(String, String)> {
    let state = town.fake.state();
    let posts = state.world.posts.in_channel(channel);
    posts.map(|post| (post.kind.as_str().to_owned(), post.message.clone())).collect()
}

/// A post as [`posts`] tells it.
pub(crate) fn note(kind: &str, message: &str) -> (String, String) {
    (kind.to_owned(), message.to_owned())
}

/// The events of a name so far, with who was told.
pub(crate) fn told(town: &Town, name: &str) -> Vec<(Event, Audience)> {
    town.fake.events().into_iter().filter(|(event, _)| event.name == name).collect()
}

/// A public channel of alice's.
pub(crate) async fn plans(town: &Town) -> Channel {
    ask(&town.fake, &town.alice, CreateChannel::new(town.team.id, "plans", "Plans")).await.expect("a channel")
}
