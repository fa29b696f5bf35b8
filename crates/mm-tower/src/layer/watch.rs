//! What the layers tell those who watch a call: events for its trace, reports for its metrics.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use http::{Extensions, Request, Response, StatusCode};
use mm_core::{Body, TransportError};
use tokio::time::Instant;

use super::metrics::{AttemptEnded, Ending, Metrics, WaitReason, Waited};
use super::retry::Outcome;

/// Travels in the extensions of a request whose call is counted.
#[derive(Clone)]
pub(super) struct Watch(Arc<Call>);

struct Call {
    metrics: Arc<dyn Metrics>,
    operation: &'static str,
    attempts: AtomicU32,
    /// How long the present try has waited for its turn, in microseconds.
    turn: AtomicU64,
}

impl Watch {
    pub(super) fn new(metrics: Arc<dyn Metrics>, operation: &'static str) -> Self {
        Self(Arc::new(Call { metrics, operation, attempts: AtomicU32::new(0), turn: AtomicU64::new(0) }))
    }

    pub(super) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// How many tries have been told of.
    pub(super) fn attempts(&self) -> u32 {
        self.0.attempts.load(Ordering::Relaxed)
    }

    pub(super) fn attempt_ended(
        &self,
        number: u32,
        ending: Ending,
        elapsed: Duration,
        sent: Option<u64>,
        received: Option<u64>,
    ) {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
        let turn = Duration::from_micros(self.0.turn.swap(0, Ordering::Relaxed));
        let duration = elapsed.saturating_sub(turn);
        let operation = self.0.operation;
        self.0.metrics.attempt_ended(&AttemptEnded { operation, number, ending, duration, sent, received });
    }

    fn waited(&self, reason: WaitReason, duration: Duration) {
        self.0.metrics.waited(&Waited { operation: self.0.operation, reason, duration });
    }
}

/// A try had to wait for its turn.
pub(super) fn waited_for_turn(watch: Option<&Watch>, wait: Duration) {
    #[cfg(feature = "tracing")]
    super::trace::waited_for_turn(wait);
    if let Some(watch) = watch {
        let micros = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        watch.0.turn.fetch_add(micros, Ordering::Relaxed);
        watch.waited(WaitReason::Pacing, wait);
    }
}

/// A try under way. One that is dropped before its end was cancelled.
pub(super) struct Try {
    watch: Option<Watch>,
    number: u32,
    /// `None` if nobody watches, or no more.
    began: Option<Instant>,
    sent: Option<u64>,
}

impl Try {
    pub(super) fn begin(request: &Request<Body>, number: u32) -> Self {
        let watch = Watch::of(request.extensions());
        let is_watched = watch.is_some() || is_traced();
        let began = is_watched.then(Instant::now);
        Self { watch, number, began, sent: request.body().len() }
    }

    /// Tells what came of it, and how long the wait for the next one is.
    pub(super) fn end<B: 'static>(
        &mut self,
        result: &Result<Response<B>, TransportError>,
        wait: Option<Duration>,
    ) {
        let Some(began) = self.began.take() else {
            return;
        };
        let elapsed = began.elapsed();
        let received = result.as_ref().ok().and_then(|response| length(response));
        #[cfg(feature = "tracing")]
        super::trace::tried(self.number, result, elapsed, self.sent, received);
        if let Some(watch) = &self.watch {
            watch.attempt_ended(self.number, Ending::of(result), elapsed, self.sent, received);
        }
        if let Some(wait) = wait {
            let reason = reason(result);
            #[cfg(feature = "tracing")]
            super::trace::waits(self.number, reason, wait);
            if let Some(watch) = &self.watch {
                watch.waited(reason, wait);
            }
        }
    }
}

impl Drop for Try {
    fn drop(&mut self) {
        if let Some(began) = self.began.take() {
            #[cfg(feature = "tracing")]
            super::trace::cancelled(self.number, began.elapsed(), self.sent);
            if let Some(watch) = &self.watch {
                watch.attempt_ended(self.number, Ending::Cancelled, began.elapsed(), self.sent, None);
            }
        }
    }
}

fn is_traced() -> bool {
    #[cfg(feature = "tracing")]
    return super::trace::is_on();
    #[cfg(not(feature = "tracing"))]
    false
}

fn length<B: 'static>(response: &Response<B>) -> Option<u64> {
    (response.body() as &dyn Any).downcast_ref::<Body>().and_then(Body::len)
}

fn reason<B: 'static>(result: &Result<Response<B>, TransportError>) -> WaitReason {
    match super::retry::outcome(result) {
        Some(outcome) if outcome.is_pending() => WaitReason::Pending,
        Some(Outcome::Answered { status: StatusCode::TOO_MANY_REQUESTS, .. }) => WaitReason::RateLimited,
        Some(Outcome::Failed(_)) => WaitReason::Failed,
        _ => WaitReason::Refused,
    }
}
