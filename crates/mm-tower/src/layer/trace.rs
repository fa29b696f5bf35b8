//! What a call leaves in the log, through [`tracing`].
//!
//! Names, levels and the target `mm_tower` are a contract: they change only with a version that may break things.
//!
//! | span or event | level | comes from | when |
//! |---|---|---|---|
//! | span `mattermost` | INFO | [`TraceLayer`] | one for each call, around all that it does |
//! | event `attempt` | DEBUG | [`RetryLayer`](super::RetryLayer) | a try is over |
//! | event `wait` | WARN | [`RetryLayer`](super::RetryLayer) | a try failed, and another one follows after a while |
//! | event `wait` | DEBUG | [`PacingLayer`](super::PacingLayer) | a try waited for its turn |
//! | event `renew` | DEBUG | [`AuthLayer`](super::AuthLayer) | the server took the token for expired, and another is asked for |
//!
//! The word in the table is the event's message. Its fields, each of them there only if it is known:
//!
//! | field | where | type | meaning |
//! |---|---|---|---|
//! | `operation` | span | text | `GetUser`; `request` for requests that are no operation |
//! | `method` | span | text | `GET` |
//! | `template` | span | text | the path with its arguments in braces: `/api/v4/users/{user_id}` |
//! | `status` | span, `attempt` | number | HTTP status of the answer |
//! | `request_id` | span, `attempt` | text | the server's name for the request, to be found in its log |
//! | `error_kind` | span, `attempt` | text | [`TransportErrorKind::as_str`](mm_core::TransportErrorKind::as_str), or `cancelled` |
//! | `delivery` | span, `attempt` | text | of an error: `not_sent`, or `maybe_sent` |
//! | `attempt` | `attempt`, `wait` | number | 1 for the first try |
//! | `elapsed_ms` | `attempt` | number | how long the try took, in ms, with the wait for its turn |
//! | `sent_bytes` | `attempt` | number | length of the request's body |
//! | `received_bytes` | `attempt` | number | length of the answer's body |
//! | `reason` | `wait` | text | [`WaitReason::as_str`](super::metrics::WaitReason::as_str) |
//! | `wait_ms` | `wait` | number | how long, in ms |
//!
//! Nothing else is recorded: no argument, query, header or body, no token, address or error message. What does
//! write those down is a trace of somebody else's, such as tower-http's, if it is put into the same stack and left at
//! its defaults: it logs whole URIs.
//!
//! Without a subscriber, or with one that wants no DEBUG, an event costs a comparison.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use mm_core::{BoxError, Delivery, EndpointInfo, TransportError};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::field::Empty;
use tracing::{Level, Span, debug, enabled, info_span, warn};

use super::metrics::WaitReason;
use crate::adapt::{transport_error, unready};

const TARGET: &str = "mm_tower";

/// One span a call; [the module](self) says what is in it.
///
/// Belongs outermost: inside of [`RetryLayer`](super::RetryLayer) there would be a span for each try, and what
/// the retry says of tries and waits would be in none.
///
/// In a client it is there as soon as the feature is on. A subscriber's filter leaves it out, `mm_tower=off`, or the tries,
/// `mm_tower=info`. To replace it, do the same and add a layer of your own with
/// [`ClientBuilder::layer`](crate::ClientBuilder::layer), which is outside of it. Alone:
///
/// ```
/// use mm_tower::core::Body;
/// use mm_tower::layer::trace::TraceLayer;
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), mm_tower::core::BoxError> {
/// let service = ServiceBuilder::new().layer(TraceLayer::new()).service(mm_mock::FakeServer::new());
/// let request = http::Request::get("/api/v4/system/ping").body(Body::empty())?;
/// // mattermost{operation="request" method="GET" template="" status=200 request_id="…"}
/// service.oneshot(request).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TraceLayer;

impl TraceLayer {
    /// There is nothing to set.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner }
    }
}

/// The service that [`TraceLayer`] makes.
#[derive(Debug, Clone)]
pub struct Trace<S> {
    inner: S,
}

impl<S, R, B> Service<Request<R>> for Trace<S>
where
    S: Service<Request<R>, Response = Response<B>>,
    S::Error: Into<BoxError>,
{
    type Response = Response<B>;
    type Error = TransportError;
    type Future = TraceFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let info = EndpointInfo::of(&request);
        let span = info_span!(
            target: TARGET,
            "mattermost",
            operation = info.map_or("request", |info| info.operation),
            method = request.method().as_str(),
            template = info.map_or("", |info| info.path),
            status = Empty,
            request_id = Empty,
            error_kind = Empty,
            delivery = Empty,
        );
        let future = Some(span.in_scope(|| self.inner.call(request)));
        TraceFuture { future, span }
    }
}

pin_project! {
    /// The answer to come of [`Trace`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TraceFuture<F> {
        // `None` when it is over.
        #[pin]
        future: Option<F>,
        span: Span,
    }

    impl<F> PinnedDrop for TraceFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                this.span.record("error_kind", "cancelled");
                // The try that ends with it belongs to the span.
                let _entered = this.span.enter();
                this.future.set(None);
            }
        }
    }
}

impl<F, B, E> Future for TraceFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let entered = this.span.enter();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let result = ready!(future.poll(cx)).map_err(transport_error);
        this.future.set(None);
        drop(entered);
        match &result {
            Ok(response) => {
                this.span.record("status", response.status().as_u16());
                if let Some(id) = request_id(response.headers()) {
                    this.span.record("request_id", id);
                }
            }
            Err(error) => {
                this.span.record("error_kind", error.kind().as_str());
                this.span.record("delivery", delivery(error));
            }
        }
        Poll::Ready(result)
    }
}

/// Whether anybody wants to know of tries.
pub(super) fn is_on() -> bool {
    enabled!(target: TARGET, Level::DEBUG)
}

/// A try is over.
pub(super) fn tried<B>(
    attempt: u32,
    result: &Result<Response<B>, TransportError>,
    elapsed: Duration,
    sent_bytes: Option<u64>,
    received_bytes: Option<u64>,
) {
    let elapsed_ms = millis(elapsed);
    match result {
        Ok(response) => {
            let (status, request_id) = (response.status().as_u16(), request_id(response.headers()));
            debug!(
                target: TARGET,
                attempt, status, request_id, elapsed_ms, sent_bytes, received_bytes, "attempt"
            );
        }
        Err(error) => {
            let (error_kind, delivery) = (error.kind().as_str(), delivery(error));
            debug!(target: TARGET, attempt, error_kind, delivery, elapsed_ms, sent_bytes, "attempt");
        }
    }
}

/// A try was given up.
pub(super) fn cancelled(attempt: u32, elapsed: Duration, sent_bytes: Option<u64>) {
    let (error_kind, elapsed_ms) = ("cancelled", millis(elapsed));
    debug!(target: TARGET, attempt, error_kind, elapsed_ms, sent_bytes, "attempt");
}

/// Another try follows.
pub(super) fn waits(attempt: u32, reason: WaitReason, wait: Duration) {
    warn!(target: TARGET, attempt, reason = reason.as_str(), wait_ms = millis(wait), "wait");
}

/// A try had its turn.
pub(super) fn waited_for_turn(wait: Duration) {
    debug!(target: TARGET, reason = WaitReason::Pacing.as_str(), wait_ms = millis(wait), "wait");
}

/// A token is no good any more.
pub(super) fn renews() {
    debug!(target: TARGET, "renew");
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn delivery(error: &TransportError) -> &'static str {
    match error.delivery() {
        Delivery::NotSent => "not_sent",
        _ => "maybe_sent",
    }
}

/// If it is one: whoever answers could write anything there, and a log is no place for that.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (id.len() <= 64 && id.bytes().all(is_name)).then_some(id)
}

#[cfg(test)]
mod tests;
