use std::collections::hash_map::RandomState;
use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use mm_core::{Body, BoxError, Delivery, EndpointInfo, TransportError, TransportErrorKind};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};
use tower_layer::Layer;
use tower_service::Service;

use super::timeout::Deadline;
use crate::adapt::transport_error;

/// When and how often to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryConfig {
    /// The most tries of one call, the first one included.
    pub tries: u32,
    /// The longest wait before the second try where the server asks for none; doubles with each try.
    pub base_delay: Duration,
    /// What that doubling ends at.
    pub max_delay: Duration,
    /// The longest wait that is granted to a server that asks for one. If it asks for more, its answer is handed
    /// to the caller.
    pub max_server_delay: Duration,
    /// The most that all waits of one call may add up to.
    pub total_delay: Duration,
}

impl Default for RetryConfig {
    /// Four tries, waits of at most 0.2, 0.4 and 0.8 s, or what the server asks for up to 30 s, and no more than
    /// 60 s in all.
    fn default() -> Self {
        Self {
            tries: 4,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(5),
            max_server_delay: Duration::from_secs(30),
            total_delay: Duration::from_secs(60),
        }
    }
}

impl RetryConfig {
    /// One try, whatever happens.
    #[must_use]
    pub fn never() -> Self {
        Self { tries: 1, ..Self::default() }
    }

    /// Sets `tries`.
    #[must_use]
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// Sets `base_delay`.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets `max_delay`.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets `max_server_delay`.
    #[must_use]
    pub fn max_server_delay(mut self, delay: Duration) -> Self {
        self.max_server_delay = delay;
        self
    }

    /// Sets `total_delay`.
    #[must_use]
    pub fn total_delay(mut self, delay: Duration) -> Self {
        self.total_delay = delay;
        self
    }

    /// Full jitter: anything from nothing to the doubled delay, so that clients that failed together do not
    /// come back together.
    fn backoff(&self, tries: u32) -> Duration {
        let doublings = tries.saturating_sub(1).min(16);
        random(self.base_delay.saturating_mul(1 << doublings).min(self.max_delay))
    }
}

/// Sends again what failed, where that cannot do harm.
///
/// | what happened | which operations |
/// |---|---|
/// | no connection came about | all |
/// | 429 of a rate limiter | all, after the wait the server asks for |
/// | 502, 503, 504; the connection was lost, the answer cut off or late | [idempotent](mm_core::Retry::Idempotent) ones |
///
/// Without an [`EndpointInfo`] GET, HEAD, OPTIONS, PUT and DELETE count as idempotent. A
/// streamed body is sent again only if it can [start over](Body::try_clone). When there is no try left, or no
/// time, the last answer or error comes out untouched.
///
/// Belongs outside of all that has to be done for each try: token, try timeout, collecting the
/// answer. Outside of [`TimeoutLayer`](super::TimeoutLayer) it would never see a call end in time. Needs a
/// Tokio runtime with its timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct RetryLayer {
    config: RetryConfig,
}

impl RetryLayer {
    /// With a configuration of your own.
    #[must_use]
    pub fn new(config: RetryConfig) -> Self {
        Self { config }
    }
}

impl<S> Layer<S> for RetryLayer {
    type Service = Retry<S>;

    fn layer(&self, inner: S) -> Retry<S> {
        Retry { inner, config: self.config }
    }
}

/// The service that [`RetryLayer`] makes. Always ready: it waits for the inner one before each try.
#[derive(Debug, Clone)]
pub struct Retry<S> {
    inner: S,
    config: RetryConfig,
}

impl<S, B> Service<Request<Body>> for Retry<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
{
    type Response = Response<B>;
    type Error = TransportError;
    type Future = RetryFuture<S, S::Future>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let plan = Plan {
            config: self.config,
            is_idempotent: is_idempotent(&request),
            deadline: request.extensions().get().map(|Deadline(deadline)| *deadline),
            tries: 0,
            waited: Duration::ZERO,
        };
        let state = State::Ready { request: Some(request) };
        RetryFuture { service: self.inner.clone(), plan, spare: None, state }
    }
}

fn is_idempotent<R>(request: &Request<R>) -> bool {
    match EndpointInfo::of(request) {
        Some(info) => matches!(info.retry, mm_core::Retry::Idempotent),
        None => {
            matches!(
                *request.method(),
                Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
            )
        }
    }
}

/// How far a call has come.
#[derive(Debug)]
struct Plan {
    config: RetryConfig,
    is_idempotent: bool,
    deadline: Option<Instant>,
    tries: u32,
    waited: Duration,
}

impl Plan {
    fn has_tries(&self) -> bool {
        self.tries < self.config.tries
    }

    /// How long to wait before the next try; `None` if there is to be none.
    fn wait<B>(&self, result: &Result<Response<B>, TransportError>) -> Option<Duration> {
        if !self.has_tries() {
            return None;
        }
        let wait = match result {
            Ok(response) => self.wait_for_server(response)?,
            Err(error) if self.may_send_again(error) => self.config.backoff(self.tries),
            Err(_) => return None,
        };
        let is_in_time = self.deadline.is_none_or(|deadline| {
            Instant::now().checked_add(wait).is_some_and(|next_try| next_try < deadline)
        });
        let total = self.waited.saturating_add(wait);
        (is_in_time && total <= self.config.total_delay).then_some(wait)
    }

    fn may_send_again(&self, error: &TransportError) -> bool {
        use TransportErrorKind as Kind;
        // What fails for these reasons fails for them again.
        let is_lasting = matches!(
            error.kind(),
            Kind::Tls | Kind::Proxy | Kind::Protocol | Kind::RequestBody | Kind::TooLarge | Kind::Local
        );
        !is_lasting && (self.is_idempotent || matches!(error.delivery(), Delivery::NotSent))
    }

    fn wait_for_server<B>(&self, response: &Response<B>) -> Option<Duration> {
        let asked = mm_core::retry_after(response.headers());
        match response.status() {
            // Without a time to wait, JSON is an operation's own refusal and not a limiter's.
            StatusCode::TOO_MANY_REQUESTS if asked.is_some() || !is_json(response) => {}
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
                if self.is_idempotent => {}
            _ => return None,
        }
        match asked {
            // All who were limited together should not be back in the same instant.
            Some(asked) if asked <= self.config.max_server_delay => {
                Some(asked + random(self.config.base_delay))
            }
            Some(_) => None,
            None => Some(self.config.backoff(self.tries)),
        }
    }
}

fn is_json<B>(response: &Response<B>) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("application/json"))
}

/// Anything from nothing to `most`, from the randomness that hash maps are seeded with.
fn random(most: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX - 1);
    Duration::from_micros(random % (most + 1))
}

/// The request again, if its body can be read again.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut copy = Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}

pin_project! {
    /// The answer to come of [`Retry`].
    #[must_use = "futures do nothing unless polled"]
    pub struct RetryFuture<S, F> {
        service: S,
        plan: Plan,
        spare: Option<Request<Body>>,
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Ready { request: Option<Request<Body>> },
        Try { #[pin] future: F },
        Wait { #[pin] sleep: Sleep },
    }
}

impl<S, F> fmt::Debug for RetryFuture<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl<S, B> Future for RetryFuture<S, S::Future>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Ready { request } => {
                    ready!(this.service.poll_ready(cx)).map_err(transport_error)?;
                    let Some(request) = request.take() else {
                        return Poll::Pending;
                    };
                    this.plan.tries += 1;
                    *this.spare = if this.plan.has_tries() { copy(&request) } else { None };
                    let future = this.service.call(request);
                    this.state.set(State::Try { future });
                }
                StateProjection::Try { future } => {
                    let result = ready!(future.poll(cx)).map_err(transport_error);
                    let wait = if this.spare.is_some() { this.plan.wait(&result) } else { None };
                    #[cfg(feature = "tracing")]
                    super::trace::tried(this.plan.tries, &result, wait);
                    let Some(wait) = wait else {
                        return Poll::Ready(result);
                    };
                    this.plan.waited += wait;
                    this.state.set(State::Wait { sleep: sleep(wait) });
                }
                StateProjection::Wait { sleep } => {
                    ready!(sleep.poll(cx));
                    let request = this.spare.take();
                    this.state.set(State::Ready { request });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
