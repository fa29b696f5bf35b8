use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use mm_core::{Body, BoxError, Delivery, TransportError, TransportErrorKind};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout_at};
use tower_layer::Layer;
use tower_service::Service;

use crate::adapt::{into_response, transport_error, unready};

/// How late a timer is looked at before it counts as not waited for.
const LATE: Duration = Duration::from_secs(1);

/// What is left of a call's time. Travels in the request's extensions, as one, because a fourth entry would make
/// their map grow.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    /// When the call has to be over: nobody waits in vain.
    pub(super) deadline: Option<Deadline>,
    /// How long a try may take at most, so that others have their turn in time.
    pub(super) patience: Option<Duration>,
}

impl Limits {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        Self::noted(request.extensions()).unwrap_or_default()
    }

    /// What is noted of them, if anything is.
    #[inline(never)]
    pub(super) fn noted(extensions: &http::Extensions) -> Option<Self> {
        extensions.get().copied()
    }
}

/// When a call has to be over.
///
/// Whatever of this crate waits on behalf of a call heeds it, and so no call of a [`Client`](crate::Client) needs a second
/// timer beside the one that it waits with anyway: see [`TimeoutLayer::heeded_inside`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    why: Why,
}

/// What is over with a [`Deadline`].
#[derive(Debug, Clone, Copy)]
enum Why {
    /// The time that the call had.
    Limit(Duration),
    /// The time in which the server recognises another try.
    Window,
}

impl Deadline {
    /// That of a try which the server would take for another request from then on.
    pub(super) const fn of_window(at: Instant) -> Self {
        Self { at, why: Why::Window }
    }

    /// The nearer of both.
    pub(super) fn min(self, other: Option<Self>) -> Self {
        other.filter(|other| other.at <= self.at).unwrap_or(self)
    }

    pub(super) fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    pub(super) fn missed(self) -> TransportError {
        match self.why {
            Why::Limit(limit) => timed_out("the call", limit),
            Why::Window => too_late(),
        }
    }

    /// Waits no longer than the call may take, if there is a limit to that.
    pub(super) async fn bound<F: Future>(
        deadline: Option<Self>,
        future: F,
    ) -> Result<F::Output, TransportError> {
        match deadline {
            Some(deadline) => timeout_at(deadline.at, future).await.map_err(|_| deadline.missed()),
            None => Ok(future.await),
        }
    }
}

/// Ends a call in time, with all its tries and the waits between them. For a download it is the head
/// of the answer that has to come in time. A streamed upload has all the time it needs as a whole: it is each of its pieces
/// that [`TryTimeoutLayer`] waits for.
///
/// Belongs outside of [`RetryLayer`](super::RetryLayer): inside of it, it would bound a
/// single try only, and a call could take as long as all of them together. Needs a Tokio runtime with
/// its timer, unless there is no limit.
///
/// In a client: [`timeout`](crate::ClientBuilder::timeout) sets the limit; without one it does nothing, which is the default. Alone:
///
/// ```
/// use std::time::Duration;
///
/// use mm_tower::core::{Body, BoxError, TransportErrorKind};
/// use mm_tower::layer::TimeoutLayer;
/// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), BoxError> {
/// let silent = service_fn(async |_: http::Request<Body>| {
///     std::future::pending::<Result<http::Response<Body>, BoxError>>().await
/// });
/// let service = ServiceBuilder::new().layer(TimeoutLayer::new(Duration::from_secs(10))).service(silent);
/// let error = service.oneshot(http::Request::new(Body::empty())).await.unwrap_err();
/// assert_eq!(error.kind(), TransportErrorKind::Timeout);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TimeoutLayer {
    limit: Option<Duration>,
}

impl TimeoutLayer {
    /// With a limit, or without, when the layer does nothing.
    #[must_use]
    pub fn new(limit: impl Into<Option<Duration>>) -> Self {
        Self { limit: limit.into() }
    }

    /// Only says when the call has to be over and leaves it to the layers inside to end it then. That is enough where
    /// nothing waits but [`RetryLayer`](super::RetryLayer), [`PacingLayer`](super::PacingLayer) and what is inside of
    /// [`TryTimeoutLayer`].
    pub(crate) fn heeded_inside(limit: Option<Duration>) -> DeadlineLayer {
        DeadlineLayer(Self { limit })
    }

    /// Tells the layers inside when the call has to be over.
    fn tell<R: 'static>(self, request: &mut Request<R>) -> Option<Deadline> {
        let limit = self.limit.filter(|_| !is_streamed(request))?;
        let deadline = Deadline { at: Instant::now().checked_add(limit)?, why: Why::Limit(limit) };
        request.extensions_mut().get_or_insert_default::<Limits>().deadline = Some(deadline);
        Some(deadline)
    }
}

/// See [`TimeoutLayer::heeded_inside`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeadlineLayer(TimeoutLayer);

impl<S> Layer<S> for DeadlineLayer {
    type Service = WithDeadline<S>;

    fn layer(&self, inner: S) -> WithDeadline<S> {
        WithDeadline { inner, layer: self.0 }
    }
}

/// The service that [`DeadlineLayer`] makes.
#[derive(Debug, Clone)]
pub(crate) struct WithDeadline<S> {
    inner: S,
    layer: TimeoutLayer,
}

impl<S, R> Service<Request<R>> for WithDeadline<S>
where
    S: Service<Request<R>>,
    R: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<R>) -> Self::Future {
        self.layer.tell(&mut request);
        self.inner.call(request)
    }
}

impl<S> Layer<S> for TimeoutLayer {
    type Service = Timeout<S>;

    fn layer(&self, inner: S) -> Timeout<S> {
        Timeout { inner, layer: *self }
    }
}

/// The service that [`TimeoutLayer`] makes.
#[derive(Debug, Clone)]
pub struct Timeout<S> {
    inner: S,
    layer: TimeoutLayer,
}

impl<S, R> Service<Request<R>> for Timeout<S>
where
    S: Service<Request<R>>,
    S::Error: Into<BoxError>,
    R: 'static,
{
    type Response = S::Response;
    type Error = TransportError;
    type Future = TimeoutFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<R>) -> Self::Future {
        let deadline = self.layer.tell(&mut request);
        let timer = deadline.map(|deadline| Timer { sleep: sleep_until(deadline.at), deadline });
        TimeoutFuture { future: self.inner.call(request), timer }
    }
}

fn is_streamed<R: 'static>(request: &Request<R>) -> bool {
    (request.body() as &dyn Any).downcast_ref::<Body>().is_some_and(Body::is_stream)
}

pin_project! {
    /// The answer to come of [`Timeout`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TimeoutFuture<F> {
        #[pin]
        future: F,
        #[pin]
        timer: Option<Timer>,
    }
}

pin_project! {
    #[derive(Debug)]
    struct Timer {
        #[pin]
        sleep: Sleep,
        deadline: Deadline,
    }
}

impl<F, T, E> Future for TimeoutFuture<F>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(result) = this.future.poll(cx) {
            return Poll::Ready(result.map_err(transport_error));
        }
        match this.timer.as_pin_mut().map(Timer::project) {
            Some(timer) => timer.sleep.poll(cx).map(|()| Err(timer.deadline.missed())),
            None => Poll::Pending,
        }
    }
}

/// Ends a try in time, so that another one can be made.
///
/// The time is that from the request to the end of the answer. While a streamed upload makes
/// progress it starts anew; of a download the head has to come in time, and then each piece. Where
/// [`RetryLayer`](super::RetryLayer) counts on the server to [recognise](mm_core::Retry::window) another try, this one
/// gets 10 s at most. It ends with the call where that has to be over before, because of a [`TimeoutLayer`] outside.
///
/// Belongs inside of [`RetryLayer`](super::RetryLayer): outside of it nothing would be
/// left to try again. Needs a Tokio runtime with its timer, unless there is no limit.
///
/// In a client: [`try_timeout`](crate::ClientBuilder::try_timeout) sets the limit, 30 s if it is not called, and `None` leaves it out. Alone:
///
/// ```
/// use std::time::Duration;
///
/// use mm_tower::core::{Body, BoxError, TransportErrorKind};
/// use mm_tower::layer::TryTimeoutLayer;
/// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), BoxError> {
/// let silent = service_fn(async |_: http::Request<Body>| {
///     std::future::pending::<Result<http::Response<Body>, BoxError>>().await
/// });
/// let service = ServiceBuilder::new().layer(TryTimeoutLayer::new(Duration::from_secs(10))).service(silent);
/// let error = service.oneshot(http::Request::new(Body::empty())).await.unwrap_err();
/// assert_eq!(error.kind(), TransportErrorKind::Timeout);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TryTimeoutLayer {
    limit: Option<Duration>,
    /// Whether a retry outside counts on the server to recognise another try.
    is_hurried: bool,
}

impl TryTimeoutLayer {
    /// With a limit, or without, when the layer does nothing.
    #[must_use]
    pub fn new(limit: impl Into<Option<Duration>>) -> Self {
        Self { limit: limit.into(), is_hurried: false }
    }

    /// Inside of a retry that leaves it to this to ask how much time a try has.
    pub(super) fn of_retry(limit: Option<Duration>, is_hurried: bool) -> Self {
        Self { limit, is_hurried }
    }
}

/// How long a try may take at most, so that others have their turn while the server recognises them.
pub(super) fn patience(class: mm_core::Retry) -> Option<Duration> {
    class.window().map(|window| window / 3)
}

impl<S> Layer<S> for TryTimeoutLayer {
    type Service = TryTimeout<S>;

    fn layer(&self, inner: S) -> TryTimeout<S> {
        TryTimeout { inner, layer: *self }
    }
}

/// The service that [`TryTimeoutLayer`] makes.
#[derive(Debug, Clone)]
pub struct TryTimeout<S> {
    inner: S,
    layer: TryTimeoutLayer,
}

impl<S, B> Service<Request<Body>> for TryTimeout<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = TryTimeoutFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Limits { deadline, patience: mut hurry } = Limits::of(&request);
        if self.layer.is_hurried {
            hurry = hurry.or_else(|| patience(mm_core::Retry::of(&request)));
        }
        let limit = self.layer.limit.map(|limit| hurry.map_or(limit, |hurry| limit.min(hurry)));
        let ends = Ends { limit, deadline };
        let end = ends.nearer(Instant::now());
        let mut progress = None;
        if limit.is_some() && request.body().is_stream() {
            let moved = Arc::new(Mutex::new(Instant::now()));
            progress = Some(Arc::clone(&moved));
            let watch = move |body| Body::stream(Watched { body, moved: Arc::clone(&moved) });
            request = request.map(|body| body.map_stream(watch));
        }
        TryTimeoutFuture { future: self.inner.call(request), end, sleep: None, ends, progress }
    }
}

/// What ends a try: its own time, and that of the call. One timer is set to whichever is over first.
#[derive(Debug, Clone, Copy)]
struct Ends {
    limit: Option<Duration>,
    deadline: Option<Deadline>,
}

impl Ends {
    /// When to look at the try if its time counts from `start`.
    fn nearer(self, start: Instant) -> Option<Instant> {
        let own = self.limit.and_then(|limit| start.checked_add(limit));
        own.into_iter().chain(self.deadline.map(|deadline| deadline.at)).min()
    }
}

type Moved = Arc<Mutex<Instant>>;

pin_project! {
    /// The answer to come of [`TryTimeout`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TryTimeoutFuture<F> {
        #[pin]
        future: F,
        // When to look at it first.
        end: Option<Instant>,
        // Made where it stays, and only once there is something to wait for.
        #[pin]
        sleep: Option<Sleep>,
        ends: Ends,
        progress: Option<Moved>,
    }
}

impl<F, B, E> Future for TryTimeoutFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(result) = this.future.poll(cx) {
            let mut response = into_response(result.map_err(transport_error)?);
            if let Some(limit) = this.ends.limit
                && response.body().is_stream()
                && !response.status().is_informational()
            {
                let body = std::mem::take(response.body_mut());
                *response.body_mut() = Body::stream(Idle { body, limit, sleep: None, waits: false });
            }
            return Poll::Ready(Ok(response));
        }
        if let Some(end) = this.end.take() {
            this.sleep.set(Some(sleep_until(end)));
        }
        let Some(mut sleep) = this.sleep.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        loop {
            ready!(sleep.as_mut().poll(cx));
            let now = Instant::now();
            let Ends { limit, deadline } = *this.ends;
            if let Some(deadline) = deadline.filter(|deadline| deadline.at <= now) {
                return Poll::Ready(Err(deadline.missed()));
            }
            // Whoever comes late did not wait for the answer, so its absence says nothing about the server.
            let is_late = sleep.deadline() + LATE < now;
            let moved =
                || this.progress.as_ref().map(|moved| *moved.lock().unwrap_or_else(PoisonError::into_inner));
            let start = if is_late { Some(now) } else { moved() };
            match start.and_then(|start| this.ends.nearer(start)) {
                Some(next) if next > now => sleep.as_mut().reset(next),
                _ => return Poll::Ready(Err(timed_out("the try", limit.unwrap_or_default()))),
            }
        }
    }
}

/// An upload that notes when a piece of it was taken.
struct Watched {
    body: Body,
    moved: Moved,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A download of which each piece has to come in time.
struct Idle {
    body: Body,
    limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    /// Whether the timer runs: only while somebody waits for a piece. A slow reader is no slow server.
    waits: bool,
}

impl http_body::Body for Idle {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.waits = false;
            return Poll::Ready(frame);
        }
        let limit = this.limit;
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(sleep(limit)));
        if !std::mem::replace(&mut this.waits, true) {
            sleep.as_mut().reset(Instant::now() + limit);
        }
        ready!(sleep.as_mut().poll(cx));
        this.body = Body::empty();
        Poll::Ready(Some(Err(timed_out("the next piece of the download", limit).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What was not done within which time.
#[derive(Debug)]
struct TimedOut(&'static str, Duration);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} took longer than {:?}", self.0, self.1)
    }
}

impl std::error::Error for TimedOut {}

fn timed_out(what: &'static str, limit: Duration) -> TransportError {
    TransportError::new(TransportErrorKind::Timeout, Delivery::MaybeSent).with_source(TimedOut(what, limit))
}

/// The server would not recognise another try any more.
fn too_late() -> TransportError {
    TransportError::new(TransportErrorKind::Timeout, Delivery::MaybeSent)
        .with_source("the server soon forgets the first try, so no other could be recognised as the same")
}

#[cfg(test)]
mod tests;
