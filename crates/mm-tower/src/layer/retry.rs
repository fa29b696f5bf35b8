mod backoff;
mod budget;
mod policy;
mod spare;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use mm_core::{Body, BoxError, Delivery, EndpointInfo, InDoubt, ResponseKind, TransportError};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tower::retry::backoff::{Backoff, MakeBackoff};
use tower_layer::Layer;
use tower_service::Service;

pub(crate) use backoff::Backoffs;
pub use backoff::FullJitter;
pub use budget::RetryBudget;
pub use policy::{Attempt, Next, Outcome, RetryConfig, RetryPolicy};

use self::backoff::Waits;
use self::spare::Spare;
use super::timeout::{Deadline, Limits, TryTimeoutLayer, patience};
use super::watch::Try;
use crate::adapt::{transport_error, unready};

/// Sends again what failed, where that cannot do harm.
///
/// | what happened | which operations |
/// |---|---|
/// | no connection came about | all |
/// | 429 of a rate limiter | all, after the wait the server asks for |
/// | 503 of a server that is [marked as busy](mm_core::types::error_id::SERVER_BUSY) | all |
/// | 502, 503, 504; the connection was lost, the answer late, cut off or no JSON | [idempotent](mm_core::Retry::Idempotent) ones |
///
/// What the server [recognises](mm_core::Retry::Deduplicated) by a name counts as idempotent while it does: up to
/// 25 s after the first try that may have arrived, which is when a try is cut off too. "I am still at it" is waited out.
/// If the call fails after all, an answer has [`InDoubt`] in its extensions where an earlier try may have been carried out.
///
/// Never repeated is what [says so](mm_core::Retry::Never): the request for the event socket.
///
/// That is what [`RetryConfig`] says; another [`RetryPolicy`] may say otherwise. A [`RetryBudget`] sees to it that all
/// calls together are not repeated too often.
///
/// Without an [`EndpointInfo`](mm_core::EndpointInfo) GET, HEAD, OPTIONS, PUT and DELETE count as idempotent. A
/// streamed body is sent again only if it can [start over](Body::try_clone). When there is no try left, or no
/// time, the last answer or error comes out untouched; except that an error never says
/// [`NotSent`](Delivery::NotSent) if an earlier try may have been carried out.
///
/// Belongs outside of all that has to be done for each try: token, try timeout, collecting the
/// answer. Outside of [`TimeoutLayer`](super::TimeoutLayer) it would never see a call end in time. Inside of
/// [`CollectLayer`](super::CollectLayer) an answer that breaks off would be found out when nobody tries again any more. Needs
/// a Tokio runtime with its timer.
///
/// In a client: [`retry`](crate::ClientBuilder::retry) and [`retry_budget`](crate::ClientBuilder::retry_budget) tune it,
/// [`retry_policy`](crate::ClientBuilder::retry_policy) replaces what it decides by, and
/// [`no_retry`](crate::ClientBuilder::no_retry) leaves it out. Alone:
///
/// ```
/// use mm_tower::core::{Body, BoxError, Delivery, TransportError, TransportErrorKind};
/// use mm_tower::layer::{RetryConfig, RetryLayer};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// // Fails twice, before anything was sent.
/// let tries = Arc::new(AtomicU32::new(0));
/// let number = tries.clone();
/// let transport = service_fn(move |_: http::Request<Body>| {
///     let number = number.fetch_add(1, Ordering::Relaxed);
///     async move {
///         match number {
///             0 | 1 => Err(TransportError::new(TransportErrorKind::Connect, Delivery::NotSent)),
///             _ => Ok(http::Response::new(Body::from("{}"))),
///         }
///     }
/// });
/// let service = ServiceBuilder::new().layer(RetryLayer::new(RetryConfig::default().tries(3))).service(transport);
/// let request = http::Request::post("https://chat.example.com/api/v4/posts").body(Body::from("{}"))?;
/// assert_eq!(service.oneshot(request).await?.status(), 200);
/// assert_eq!(tries.load(Ordering::Relaxed), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RetryLayer {
    shared: Arc<Shared>,
}

#[derive(Debug, Clone)]
struct Shared {
    policy: Arc<dyn RetryPolicy>,
    budget: RetryBudget,
    backoffs: Backoffs,
    /// Whether a layer inside ends tries with the window, and before that in time for others.
    is_heeded: bool,
}

impl RetryLayer {
    /// With a configuration of your own.
    #[must_use]
    pub fn new(config: RetryConfig) -> Self {
        Self::with_policy(config).backoff(config.backoff())
    }

    /// With a policy of your own.
    #[must_use]
    pub fn with_policy(policy: impl RetryPolicy) -> Self {
        let shared = Shared {
            policy: Arc::new(policy),
            budget: RetryBudget::default(),
            backoffs: Backoffs::new(RetryConfig::default().backoff()),
            is_heeded: false,
        };
        Self { shared: Arc::new(shared) }
    }

    /// With another budget than the default one of its own.
    #[must_use]
    pub fn budget(self, budget: RetryBudget) -> Self {
        self.with(|shared| shared.budget = budget)
    }

    /// With another back-off than [`FullJitter`], such as tower's `ExponentialBackoffMaker`. Each call begins with the first of
    /// its waits.
    #[must_use]
    pub fn backoff<M>(self, maker: M) -> Self
    where
        M: MakeBackoff + Clone + Send + Sync + 'static,
        M::Backoff: Backoff<Future = Sleep> + Send + 'static,
    {
        self.backoffs(Backoffs::new(maker))
    }

    pub(crate) fn backoffs(self, backoffs: Backoffs) -> Self {
        self.with(|shared| shared.backoffs = backoffs)
    }

    /// Leaves it to a [`TryTimeoutLayer`] inside to end tries when the server forgets the first one, and gives that one.
    pub(crate) fn heeded_inside(self, limit: Option<Duration>) -> (Self, TryTimeoutLayer) {
        let inside = TryTimeoutLayer::of_retry(limit, self.shared.policy.ever_repeats());
        (self.with(|shared| shared.is_heeded = true), inside)
    }

    fn with(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.shared));
        self
    }
}

impl Default for RetryLayer {
    fn default() -> Self {
        Self::new(RetryConfig::default())
    }
}

impl<S> Layer<S> for RetryLayer {
    type Service = Retry<S>;

    fn layer(&self, inner: S) -> Retry<S> {
        Retry { inner, shared: Arc::clone(&self.shared) }
    }
}

/// The service that [`RetryLayer`] makes. Ready when the inner one is, which it waits for again before each other try.
#[derive(Debug, Clone)]
pub struct Retry<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S, B> Service<Request<Body>> for Retry<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: 'static,
{
    type Response = Response<B>;
    type Error = TransportError;
    type Future = RetryFuture<S, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        self.shared.budget.pay_in();
        let class = mm_core::Retry::of(&request);
        if !self.shared.is_heeded && self.shared.policy.ever_repeats() && class.window().is_some() {
            request.extensions_mut().get_or_insert_default::<Limits>().patience = patience(class);
        }
        let mut plan = Plan {
            shared: Arc::clone(&self.shared),
            class,
            deadline: Limits::of(&request).deadline.map(|deadline| deadline.at),
            tries: 0,
            waited: Duration::ZERO,
            waits: None,
            may_be_done: false,
            window: Window::default(),
        };
        // The clone is not ready yet, the service itself is.
        let unready = self.inner.clone();
        let mut service = std::mem::replace(&mut self.inner, unready);
        let spare = plan.begin_try(&mut request);
        let state = plan.watch(request, |request| service.call(request));
        RetryFuture { service, plan, spare, state }
    }
}

/// How far a call has come.
struct Plan {
    shared: Arc<Shared>,
    class: mm_core::Retry,
    deadline: Option<Instant>,
    tries: u32,
    waited: Duration,
    /// Once a try has failed.
    waits: Option<Waits>,
    /// Whether a try before the present one may have been carried out.
    may_be_done: bool,
    window: Window,
}

/// The time in which the server recognises a repetition, if it does.
#[derive(Debug, Default)]
struct Window {
    /// When the present try began.
    began: Option<Instant>,
    /// When the window closes. It opened with the first try that may have arrived: the server's own begins later.
    end: Option<Instant>,
}

/// How long before the server's window ours closes, so that what was sent by then is there in time.
const MARGIN: Duration = Duration::from_secs(5);

impl Window {
    fn begin_try(&mut self, class: mm_core::Retry) {
        if matches!(class, mm_core::Retry::Deduplicated) {
            self.began = Some(Instant::now());
        }
    }

    fn open(&mut self, class: mm_core::Retry) {
        if let (None, Some(began), Some(length)) = (self.end, self.began, class.window()) {
            self.end = began.checked_add(length.saturating_sub(MARGIN));
        }
    }

    /// Whether it is closed.
    fn missed(&self) -> Option<TransportError> {
        self.end.filter(|end| *end <= Instant::now()).map(|end| Deadline::of_window(end).missed())
    }
}

impl Plan {
    /// Another try begins. What would be sent next, if anything.
    fn begin_try(&mut self, request: &mut Request<Body>) -> Option<Spare> {
        self.tries += 1;
        self.window.begin_try(self.class);
        if self.shared.policy.ever_repeats() { Spare::of(request, self.class) } else { None }
    }

    /// Sends it, with an eye on it.
    fn watch<F>(&self, mut request: Request<Body>, send: impl FnOnce(Request<Body>) -> F) -> State<F> {
        let watched = Try::begin(&request, self.tries);
        let end = self.bound(&mut request);
        State::Try { future: send(request), end, watched }
    }

    /// Begins another try once the service is ready for it.
    #[cold]
    fn try_again<S>(
        &mut self,
        service: &mut S,
        request: &mut Option<Request<Body>>,
        spare: &mut Option<Spare>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<State<S::Future>, TransportError>>
    where
        S: Service<Request<Body>>,
        S::Error: Into<BoxError>,
    {
        ready!(service.poll_ready(cx)).map_err(unready)?;
        let Some(mut request) = request.take() else {
            return Poll::Pending;
        };
        if let Some(missed) = self.window.missed() {
            return Poll::Ready(Err(missed));
        }
        *spare = self.begin_try(&mut request);
        Poll::Ready(Ok(self.watch(request, |request| service.call(request))))
    }

    /// How long to wait before the next try; `None` if there is to be none. `spare` is what it would send.
    fn wait<B: 'static>(
        &mut self,
        result: &Result<Response<B>, TransportError>,
        spare: &Spare,
    ) -> Option<Duration> {
        let outcome = outcome(result).or_else(|| unreadable(result, spare.info()?))?;
        self.wait_after(outcome, spare)
    }

    #[cold]
    fn wait_after(&mut self, outcome: Outcome<'_>, spare: &Spare) -> Option<Duration> {
        if matches!(self.class, mm_core::Retry::Never) {
            return None;
        }
        let may_be_done = self.may_be_done || outcome.may_be_done();
        if may_be_done {
            self.window.open(self.class);
        }
        let backoffs = &self.shared.backoffs;
        let is_harmless = matches!(self.class, mm_core::Retry::Idempotent | mm_core::Retry::Deduplicated);
        let attempt = Attempt {
            info: spare.info(),
            method: spare.method(),
            class: self.class,
            number: self.tries,
            waited: self.waited,
            backoff: self.waits.get_or_insert_with(|| backoffs.begin())(),
            is_safe: is_harmless || !may_be_done,
            outcome,
        };
        let Next::Wait(wait) = self.shared.policy.next(&attempt) else {
            return None;
        };
        let end = [self.deadline, self.window.end].into_iter().flatten().min();
        let is_in_time =
            end.is_none_or(|end| Instant::now().checked_add(wait).is_some_and(|next_try| next_try < end));
        if !is_in_time || !self.shared.budget.take() {
            return None;
        }
        self.may_be_done = may_be_done;
        self.waited += wait;
        Some(wait)
    }

    /// Sees to it that a try ends with the window. The first one has all the time it wants. The timer is for where nobody
    /// inside does it.
    fn bound(&self, request: &mut Request<Body>) -> Option<Pin<Box<Sleep>>> {
        let end = Deadline::of_window(self.window.end?);
        if self.shared.is_heeded {
            let limits = request.extensions_mut().get_or_insert_default::<Limits>();
            limits.deadline = Some(end.min(limits.deadline));
            return None;
        }
        Some(Box::pin(sleep_until(end.at)))
    }

    /// What the caller gets.
    fn end<B>(&self, result: Result<Response<B>, TransportError>) -> Result<Response<B>, TransportError> {
        if self.may_be_done { in_doubt(result) } else { result }
    }
}

/// Says that an earlier try may have been carried out, unless this one was.
#[cold]
fn in_doubt<B>(result: Result<Response<B>, TransportError>) -> Result<Response<B>, TransportError> {
    match result {
        Err(error) if matches!(error.delivery(), Delivery::NotSent) => {
            Err(TransportError::new(error.kind(), Delivery::MaybeSent).with_source(error))
        }
        Ok(mut response) if !response.status().is_success() => {
            response.extensions_mut().insert(InDoubt::default());
            Ok(response)
        }
        result => result,
    }
}

/// What a policy is to know of a failure; `None` if it is a success.
pub(super) fn outcome<B: 'static>(result: &Result<Response<B>, TransportError>) -> Option<Outcome<'_>> {
    match result {
        Ok(response) if response.status().as_u16() < 400 => None,
        Ok(response) => Some(Outcome::Answered {
            status: response.status(),
            headers: response.headers(),
            body: (response.body() as &dyn Any).downcast_ref::<Body>().and_then(Body::as_bytes),
        }),
        Err(error) => Some(Outcome::Failed(error)),
    }
}

/// An answer of success whose body cannot be the JSON that the operation answers. Its ends are looked at, as reading it
/// twice would be dear: of what was cut off, that shows nearly all.
fn unreadable<'a, B: 'static>(
    result: &'a Result<Response<B>, TransportError>,
    info: &EndpointInfo,
) -> Option<Outcome<'a>> {
    let response = result.as_ref().ok().filter(|response| response.status().is_success())?;
    let body = (response.body() as &dyn Any).downcast_ref::<Body>()?.as_bytes()?;
    let is_readable = match info.response {
        _ if response.status() == StatusCode::NO_CONTENT => true,
        ResponseKind::Json => looks_like_json(body),
        ResponseKind::StatusOk => body.is_empty() || looks_like_json(body),
        _ => true,
    };
    let (status, headers) = (response.status(), response.headers());
    (!is_readable).then_some(Outcome::Unreadable { status, headers, body })
}

fn looks_like_json(body: &[u8]) -> bool {
    match body.trim_ascii() {
        [b'{', .., b'}'] | [b'[', .., b']'] | [b'"', .., b'"'] => true,
        [first, ..] => matches!(first, b'-' | b'0'..=b'9' | b'n' | b't' | b'f'),
        [] => false,
    }
}

pin_project! {
    /// The answer to come of [`Retry`].
    #[must_use = "futures do nothing unless polled"]
    pub struct RetryFuture<S, F> {
        service: S,
        plan: Plan,
        spare: Option<Spare>,
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Ready { request: Option<Request<Body>> },
        Try { #[pin] future: F, end: Option<Pin<Box<Sleep>>>, watched: Try },
        Wait { #[pin] sleep: Sleep },
    }
}

impl<S, F> fmt::Debug for RetryFuture<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture").field("tries", &self.plan.tries).finish_non_exhaustive()
    }
}

impl<S, B> Future for RetryFuture<S, S::Future>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: 'static,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Ready { request } => {
                    let begun = ready!(this.plan.try_again(this.service, request, this.spare, cx));
                    match begun {
                        Ok(state) => this.state.set(state),
                        Err(error) => return Poll::Ready(this.plan.end(Err(error))),
                    }
                }
                StateProjection::Try { future, end, watched } => {
                    let result = match (future.poll(cx), end) {
                        (Poll::Ready(result), _) => result.map_err(transport_error),
                        (Poll::Pending, None) => return Poll::Pending,
                        (Poll::Pending, Some(end)) => {
                            ready!(end.as_mut().poll(cx));
                            Err(Deadline::of_window(end.deadline()).missed())
                        }
                    };
                    let wait = this.spare.as_ref().and_then(|spare| this.plan.wait(&result, spare));
                    watched.end(&result, wait);
                    let Some(wait) = wait else {
                        return Poll::Ready(this.plan.end(result));
                    };
                    this.state.set(State::Wait { sleep: sleep(wait) });
                }
                StateProjection::Wait { sleep } => {
                    ready!(sleep.poll(cx));
                    let request = this.spare.take().map(Spare::into_request);
                    this.state.set(State::Ready { request });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
