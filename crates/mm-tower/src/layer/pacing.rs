//! Calls that go out no faster than the server takes them.
//!
//! [`PacingLayer`] is all that most need; the rest is for processes that share a quota.

mod line;
mod pace;
mod store;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{Request, Response};
use mm_core::{Auth, BoxError, EndpointInfo, TransportError, header};
use pin_project_lite::pin_project;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use self::line::{Line, Lines, Pass};
pub use self::pace::Pace;
pub use self::store::{PaceChange, PaceKey, PaceStore};
use super::timeout::{Deadline, Limits};
use super::watch::{Watch, waited_for_turn};
use crate::Session;
use crate::adapt::{transport_error, unready};

/// How careful to be with a server that limits requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PacingConfig {
    /// Which share of the requests that the server takes in a row is left alone, in percent. At least one request,
    /// if it takes two or more. The rate is not affected.
    pub reserve: u8,
    /// How many calls may be under way before the first answer tells whether there are limits. After a second
    /// without any answer all may go.
    pub first_calls: u32,
    /// The longest that all calls are held back because the server asked one of them to wait.
    pub max_hold: Duration,
}

impl Default for PacingConfig {
    /// 5 % reserve, 4 first calls, and held back for 30 s at most.
    fn default() -> Self {
        Self { reserve: 5, first_calls: 4, max_hold: Duration::from_secs(30) }
    }
}

impl PacingConfig {
    /// Sets `reserve`.
    #[must_use]
    pub fn reserve(mut self, percent: u8) -> Self {
        self.reserve = percent;
        self
    }

    /// Sets `first_calls`.
    #[must_use]
    pub fn first_calls(mut self, calls: u32) -> Self {
        self.first_calls = calls;
        self
    }

    /// Sets `max_hold`.
    #[must_use]
    pub fn max_hold(mut self, time: Duration) -> Self {
        self.max_hold = time;
        self
    }
}

/// Sends requests no faster than the server takes them, so that hardly any is refused.
///
/// Learns from the `X-Ratelimit-*` headers of all answers and from the wait that a 429 asks for. As long as most of the
/// quota is there, nobody waits; when it comes to an end, requests go out one by one, at the rate at which the server
/// gives the quota back, in the order in which they came. Whoever gives up waiting gives his place to the next. Where there are no
/// such headers, it lets everything pass. If a server takes only one or two requests in a row, it finds the rate by trying.
///
/// Each token has a quota of its own, shared by the clones of the layer and of what it makes. Operations
/// that [need no token](mm_core::Auth::None) have one each, as logging in has a stricter limit than the rest. A server that
/// limits by address, which is what they do unless told otherwise, has one quota for all tokens:
/// then let them share a layer with a [name](Self::with_key), and processes a [store](Self::with_store) too.
///
/// Belongs inside of [`RetryLayer`](super::RetryLayer), as each try draws on the quota, and outside of
/// [`TryTimeoutLayer`](super::TryTimeoutLayer): inside of that, waiting for one's turn would count as a silence of the server, and
/// the try that ends with it would be followed by another one at the end of the line. [`TimeoutLayer`](super::TimeoutLayer)
/// bounds the wait. Needs a Tokio runtime with its timer.
///
/// In a client: [`pacing`](crate::ClientBuilder::pacing) tunes it, or has it shared;
/// [`no_pacing`](crate::ClientBuilder::no_pacing) leaves it out. In a stack of your own:
///
/// ```
/// use mm_tower::core::Body;
/// use mm_tower::layer::{PacingLayer, RetryLayer, TryTimeoutLayer};
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), mm_tower::core::BoxError> {
/// let service = ServiceBuilder::new()
///     .layer(RetryLayer::default())
///     .layer(PacingLayer::default())
///     .layer(TryTimeoutLayer::new(std::time::Duration::from_secs(30)))
///     .service(mm_mock::FakeServer::new());
/// let request = http::Request::get("/api/v4/system/ping").body(Body::empty())?;
/// service.oneshot(request).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PacingLayer {
    /// `None` if it does nothing.
    lines: Option<Arc<Lines>>,
    session: Option<Session>,
    key: Option<PaceKey>,
}

impl PacingLayer {
    /// With a configuration of your own.
    #[must_use]
    pub fn new(config: PacingConfig) -> Self {
        Self { lines: Some(Arc::new(Lines::new(config, None))), session: None, key: None }
    }

    /// A layer that does nothing.
    #[must_use]
    pub fn off() -> Self {
        Self { lines: None, session: None, key: None }
    }

    /// For requests of this session, whose token is not in their headers yet.
    #[must_use]
    pub fn with_session(mut self, session: Session) -> Self {
        self.session = Some(session);
        self
    }

    /// One quota for all tokens, with a name that says which; for a server that limits by address.
    #[must_use]
    pub fn with_key(mut self, name: &str) -> Self {
        self.key = Some(PaceKey::NONE.and(name.as_bytes()));
        self
    }

    /// Keeps what is known in a store that other processes use too. They must have the same token, or the
    /// same [`with_key`](Self::with_key): tokens of a provider are not the same to two processes.
    #[must_use]
    pub fn with_store(mut self, store: impl PaceStore) -> Self {
        self.lines = self.lines.map(|lines| Arc::new(Lines::new(lines.config(), Some(Arc::new(store)))));
        self
    }
}

impl Default for PacingLayer {
    fn default() -> Self {
        Self::new(PacingConfig::default())
    }
}

impl fmt::Debug for PacingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacingLayer")
            .field("config", &self.lines.as_ref().map(|lines| lines.config()))
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for PacingLayer {
    type Service = Pacing<S>;

    fn layer(&self, inner: S) -> Pacing<S> {
        Pacing { inner, layer: self.clone() }
    }
}

/// The service that [`PacingLayer`] makes.
#[derive(Debug, Clone)]
pub struct Pacing<S> {
    inner: S,
    layer: PacingLayer,
}

impl PacingLayer {
    fn line<R>(&self, request: &Request<R>) -> Option<Arc<Line>> {
        let lines = self.lines.as_ref()?;
        let without_token = EndpointInfo::of(request)
            .filter(|info| matches!(info.auth, Auth::None))
            .map(|info| info.operation);
        let key =
            match (self.key, without_token, header::get(request.headers(), AUTHORIZATION), &self.session) {
                (key, Some(operation), ..) => key.unwrap_or(PaceKey::NONE).and(operation.as_bytes()),
                (Some(key), ..) => key,
                (_, _, Some(header), _) => PaceKey::of_header(header),
                (_, _, _, Some(session)) => session.pace_key(),
                (_, _, _, None) => PaceKey::NONE,
            };
        Some(lines.of(key))
    }
}

impl<S, R, B> Service<Request<R>> for Pacing<S>
where
    S: Service<Request<R>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    R: Send + 'static,
    B: Send + 'static,
{
    type Response = Response<B>;
    type Error = TransportError;
    type Future = PacingFuture<S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let Some(line) = self.layer.line(&request) else {
            return PacingFuture { state: State::Direct { future: self.inner.call(request), pass: None } };
        };
        if let Some(pass) = line.try_pass() {
            let future = self.inner.call(request);
            return PacingFuture { state: State::Direct { future, pass: Some(pass) } };
        }
        // The one that was made ready is the one to call.
        let unready = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, unready);
        PacingFuture { state: State::Waiting { future: in_turn(line, ready, request) } }
    }
}

/// Large and rare, and so no part of the future of every call.
#[cold]
fn in_turn<S, R, B>(line: Arc<Line>, mut service: S, request: Request<R>) -> BoxFuture<B>
where
    S: Service<Request<R>, Response = Response<B>> + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    R: Send + 'static,
    B: Send + 'static,
{
    Box::pin(async move {
        let asked = Instant::now();
        let watch = Watch::of(request.extensions());
        let deadline = Limits::of(&request).deadline;
        let pass = line.wait(deadline).await;
        waited_for_turn(watch.as_ref(), asked.elapsed());
        let pass = pass?;
        let response = service.call(request).await.map_err(transport_error)?;
        if let Some(limits) = pass.answered(&response) {
            // A store that takes too long learns from the next answer.
            Deadline::bound(deadline, pass.tell(limits)).await.ok();
        }
        Ok(response)
    })
}

type BoxFuture<B> = Pin<Box<dyn Future<Output = Result<Response<B>, TransportError>> + Send>>;

pin_project! {
    /// The answer to come of [`Pacing`].
    #[must_use = "futures do nothing unless polled"]
    pub struct PacingFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        Direct { #[pin] future: F, pass: Option<Pass> },
        Waiting { future: BoxFuture<B> },
    }
}

impl<F, B> fmt::Debug for PacingFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PacingFuture")
    }
}

impl<F, B, E> Future for PacingFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Direct { future, pass } => {
                let result = ready!(future.poll(cx)).map_err(transport_error);
                if let (Some(pass), Ok(response)) = (pass.take(), &result) {
                    // What would be for a store is left to the next answer, as this call did not ask it either.
                    pass.answered(response);
                }
                Poll::Ready(result)
            }
            StateProjection::Waiting { future } => future.as_mut().poll(cx),
        }
    }
}

#[cfg(test)]
mod tests;
