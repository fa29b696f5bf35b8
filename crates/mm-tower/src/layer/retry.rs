mod budget;
mod policy;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use mm_core::{Body, BoxError, Delivery, EndpointInfo, TransportError};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};
use tower_layer::Layer;
use tower_service::Service;

pub use budget::RetryBudget;
pub use policy::{Attempt, Next, Outcome, RetryConfig, RetryPolicy};

use super::timeout::Deadline;
use crate::adapt::transport_error;

/// Sends again what failed, where that cannot do harm.
///
/// | what happened | which operations |
/// |---|---|
/// | no connection came about | all |
/// | 429 of a rate limiter | all, after the wait the server asks for |
/// | 502, 503, 504; the connection was lost, the answer cut off or late | [idempotent](mm_core::Retry::Idempotent) ones |
///
/// That is what [`RetryConfig`] says; another [`RetryPolicy`] may say otherwise. A [`RetryBudget`] sees to it that all
/// calls together are not repeated too often.
///
/// Without an [`EndpointInfo`] GET, HEAD, OPTIONS, PUT and DELETE count as idempotent. A
/// streamed body is sent again only if it can [start over](Body::try_clone). When there is no try left, or no
/// time, the last answer or error comes out untouched; except that an error never says
/// [`NotSent`](Delivery::NotSent) if an earlier try may have been carried out.
///
/// Belongs outside of all that has to be done for each try: token, try timeout, collecting the
/// answer. Outside of [`TimeoutLayer`](super::TimeoutLayer) it would never see a call end in time. Needs a
/// Tokio runtime with its timer.
#[derive(Debug, Clone)]
pub struct RetryLayer {
    shared: Arc<Shared>,
}

#[derive(Debug, Clone)]
struct Shared {
    policy: Arc<dyn RetryPolicy>,
    budget: RetryBudget,
}

impl RetryLayer {
    /// With a configuration of your own.
    #[must_use]
    pub fn new(config: RetryConfig) -> Self {
        Self::with_policy(config)
    }

    /// With a policy of your own.
    #[must_use]
    pub fn with_policy(policy: impl RetryPolicy) -> Self {
        let (policy, budget) = (Arc::new(policy), RetryBudget::default());
        Self { shared: Arc::new(Shared { policy, budget }) }
    }

    /// With another budget than the default one of its own.
    #[must_use]
    pub fn budget(mut self, budget: RetryBudget) -> Self {
        let policy = Arc::clone(&self.shared.policy);
        self.shared = Arc::new(Shared { policy, budget });
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

/// The service that [`RetryLayer`] makes. Always ready: it waits for the inner one before each try.
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

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.shared.budget.pay_in();
        let plan = Plan {
            shared: Arc::clone(&self.shared),
            deadline: request.extensions().get().map(|Deadline(deadline)| *deadline),
            tries: 0,
            waited: Duration::ZERO,
            may_be_done: false,
        };
        let state = State::Ready { request: Some(request) };
        RetryFuture { service: self.inner.clone(), plan, spare: None, state }
    }
}

/// How far a call has come.
#[derive(Debug)]
struct Plan {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
    tries: u32,
    waited: Duration,
    /// Whether a try before the present one may have been carried out.
    may_be_done: bool,
}

impl Plan {
    /// How long to wait before the next try; `None` if there is to be none. `spare` is what it would send.
    fn wait<B: 'static>(
        &self,
        result: &Result<Response<B>, TransportError>,
        spare: &Request<Body>,
    ) -> Option<Duration> {
        let class = mm_core::Retry::of(spare);
        let is_harmless = matches!(class, mm_core::Retry::Idempotent);
        let attempt = Attempt {
            info: EndpointInfo::of(spare),
            method: spare.method(),
            class,
            number: self.tries,
            waited: self.waited,
            is_safe: is_harmless || !(self.may_be_done || may_be_done(result)),
            outcome: outcome(result)?,
        };
        let Next::Wait(wait) = self.shared.policy.next(&attempt) else {
            return None;
        };
        let is_in_time = self.deadline.is_none_or(|deadline| {
            Instant::now().checked_add(wait).is_some_and(|next_try| next_try < deadline)
        });
        (is_in_time && self.shared.budget.take()).then_some(wait)
    }

    /// What the caller gets.
    fn end<B>(&self, result: Result<Response<B>, TransportError>) -> Result<Response<B>, TransportError> {
        match result {
            Err(error) if self.may_be_done && matches!(error.delivery(), Delivery::NotSent) => {
                Err(TransportError::new(error.kind(), Delivery::MaybeSent).with_source(error))
            }
            result => result,
        }
    }
}

/// What a policy is to know of a failure; `None` if it is a success.
fn outcome<B: 'static>(result: &Result<Response<B>, TransportError>) -> Option<Outcome<'_>> {
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

/// Whether a try that failed may have been carried out.
fn may_be_done<B>(result: &Result<Response<B>, TransportError>) -> bool {
    match result {
        // Somebody between us and the server did not hear of it in time, or not whole.
        Ok(response) => matches!(
            response.status(),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
        ),
        Err(error) => !matches!(error.delivery(), Delivery::NotSent),
    }
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
    B: 'static,
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
                    *this.spare = if this.plan.shared.policy.ever_repeats() { copy(&request) } else { None };
                    let future = this.service.call(request);
                    this.state.set(State::Try { future });
                }
                StateProjection::Try { future } => {
                    let result = ready!(future.poll(cx)).map_err(transport_error);
                    let wait = this.spare.as_ref().and_then(|spare| this.plan.wait(&result, spare));
                    #[cfg(feature = "tracing")]
                    super::trace::tried(this.plan.tries, &result, wait);
                    let Some(wait) = wait else {
                        return Poll::Ready(this.plan.end(result));
                    };
                    this.plan.waited += wait;
                    this.plan.may_be_done |= may_be_done(&result);
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
