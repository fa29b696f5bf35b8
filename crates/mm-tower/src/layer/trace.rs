//! What a call leaves in the log, through [`tracing`].
//!
//! | name | where | meaning |
//! |---|---|---|
//! | `mattermost` | span, level INFO | one call |
//! | `operation` | span | `GetUser`; empty for requests that are no operation |
//! | `method` | span | `GET` |
//! | `path` | span | the template: `/api/v4/users/{user_id}` |
//! | `status` | span, event | HTTP status of the answer |
//! | `request_id` | span, event | the server's name for the request |
//! | `error` | span, event | what the transport said, without the cause |
//! | `attempt` | event | 1 for the first try |
//! | `wait_ms` | event | how long until the next try; 0 if there is none |
//!
//! There is an event for each try, of level DEBUG, or WARN where another follows; [`RetryLayer`](super::RetryLayer)
//! makes them. Arguments, queries, bodies, headers and tokens are in none of them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use mm_core::{BoxError, EndpointInfo, TransportError};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::field::{Empty, display};
use tracing::{Span, debug, info_span, warn};

use crate::adapt::transport_error;

/// One span a call. Belongs outermost: inside of [`RetryLayer`](super::RetryLayer) there would be a span for
/// each try, and the waits between them in none.
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
        self.inner.poll_ready(cx).map_err(transport_error)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let info = EndpointInfo::of(&request);
        let span = info_span!(
            "mattermost",
            operation = info.map_or("", |info| info.operation),
            method = request.method().as_str(),
            path = info.map_or("", |info| info.path),
            status = Empty,
            request_id = Empty,
            error = Empty,
        );
        let future = span.in_scope(|| self.inner.call(request));
        TraceFuture { future, span }
    }
}

pin_project! {
    /// The answer to come of [`Trace`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TraceFuture<F> {
        #[pin]
        future: F,
        span: Span,
    }
}

impl<F, B, E> Future for TraceFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let entered = this.span.enter();
        let result = ready!(this.future.poll(cx)).map_err(transport_error);
        drop(entered);
        match &result {
            Ok(response) => {
                this.span.record("status", response.status().as_u16());
                if let Some(id) = request_id(response.headers()) {
                    this.span.record("request_id", id);
                }
            }
            Err(error) => {
                this.span.record("error", display(error));
            }
        }
        Poll::Ready(result)
    }
}

/// The event of one try.
pub(super) fn tried<B>(attempt: u32, result: &Result<Response<B>, TransportError>, wait: Option<Duration>) {
    let wait_ms = wait.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    match (result, wait) {
        (Ok(response), None) => {
            let request_id = request_id(response.headers());
            debug!(attempt, status = response.status().as_u16(), request_id, wait_ms, "answered");
        }
        (Ok(response), Some(_)) => {
            let request_id = request_id(response.headers());
            warn!(attempt, status = response.status().as_u16(), request_id, wait_ms, "will try again");
        }
        (Err(error), None) => debug!(attempt, error = %error, wait_ms, "failed"),
        (Err(error), Some(_)) => warn!(attempt, error = %error, wait_ms, "will try again"),
    }
}

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

#[cfg(test)]
mod tests;
