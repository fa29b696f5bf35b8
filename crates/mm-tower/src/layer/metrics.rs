//! Numbers about calls, for whatever exports them.
//!
//! [`Metrics`] is told of calls, tries and waits, as plain structs; [`MetricsLayer`] tells it, or
//! [`ClientBuilder::metrics`](crate::ClientBuilder::metrics). Every name in them is one of this crate's: labels made of them
//! are few, and no argument, token or address is among them.
//!
//! For an exporter of Prometheus these names suggest themselves; `examples/metrics.rs` has them in full:
//!
//! | told by | metric | kind | labels |
//! |---|---|---|---|
//! | [`call_started`](Metrics::call_started), [`call_ended`](Metrics::call_ended) | `mattermost_calls_in_flight` | gauge | `operation` |
//! | [`CallEnded`] | `mattermost_calls_total` | counter | `operation`, `ending` |
//! | its `duration` | `mattermost_call_duration_seconds` | histogram | `operation` |
//! | [`AttemptEnded`] | `mattermost_attempts_total` | counter | `operation`, `ending` |
//! | its `duration` | `mattermost_attempt_duration_seconds` | histogram | `operation` |
//! | its `sent` and `received` | `mattermost_sent_bytes_total`, `mattermost_received_bytes_total` | counter | `operation` |
//! | [`Waited`] | `mattermost_waits_total`, `mattermost_wait_seconds_total` | counter | `reason` |
//!
//! The label `ending` is [`Ending`]'s `Display`, `reason` that of [`WaitReason`].

mod layer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Response, StatusCode};
use mm_core::{EndpointInfo, TransportError, TransportErrorKind};

pub use layer::{MetricsFuture, MetricsLayer, MetricsService};

/// Is told what calls do. Each method does nothing unless it is implemented.
///
/// They are called in the midst of a call, and many at once, so they should not take long: add to a counter, no more.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use mm_mock::Town;
/// use mm_tower::api::users::GetUser;
/// use mm_tower::layer::metrics::{AttemptEnded, Metrics};
///
/// #[derive(Default)]
/// struct Bytes(AtomicU64);
///
/// impl Metrics for Bytes {
///     fn attempt_ended(&self, attempt: &AttemptEnded) {
///         self.0.fetch_add(attempt.received.unwrap_or_default(), Ordering::Relaxed);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let town = Town::new();
/// let bytes = Arc::new(Bytes::default());
/// let client = mm_tower::Client::builder("https://chat.example.com")?
///     .token(town.alice.token.clone())
///     .metrics(Arc::clone(&bytes))
///     .build(town.fake.clone());
/// client.send(GetUser::me()).await?;
/// assert!(bytes.0.load(Ordering::Relaxed) > 500);
/// # Ok(())
/// # }
/// ```
pub trait Metrics: Send + Sync + 'static {
    /// A call begins.
    fn call_started(&self, _: &CallStarted) {}

    /// A call is over, or was given up. Comes once for each that began.
    fn call_ended(&self, _: &CallEnded) {}

    /// A try is over, or was given up.
    fn attempt_ended(&self, _: &AttemptEnded) {}

    /// A call is held up: before a try by [`PacingLayer`](super::PacingLayer), or after it by
    /// [`RetryLayer`](super::RetryLayer).
    fn waited(&self, _: &Waited) {}
}

impl<M: Metrics + ?Sized> Metrics for Arc<M> {
    fn call_started(&self, call: &CallStarted) {
        (**self).call_started(call);
    }

    fn call_ended(&self, call: &CallEnded) {
        (**self).call_ended(call);
    }

    fn attempt_ended(&self, attempt: &AttemptEnded) {
        (**self).attempt_ended(attempt);
    }

    fn waited(&self, wait: &Waited) {
        (**self).waited(wait);
    }
}

/// A call that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallStarted {
    /// The operation, `GetUser`; or `request` for a request that is none.
    pub operation: &'static str,
    /// What there is to know of it.
    pub info: Option<&'static EndpointInfo>,
}

/// A call that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallEnded {
    /// The operation, or `request`.
    pub operation: &'static str,
    /// What came of it. Of a download it is the head.
    pub ending: Ending,
    /// How many tries it took.
    pub attempts: u32,
    /// How long it took, with all waits.
    pub duration: Duration,
}

/// A try that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptEnded {
    /// The operation, or `request`.
    pub operation: &'static str,
    /// 1 for the first.
    pub number: u32,
    /// What came of it.
    pub ending: Ending,
    /// How long it took, without the wait for its turn.
    pub duration: Duration,
    /// The length of the request's body in bytes, if it was known. All of it need not have left.
    pub sent: Option<u64>,
    /// The length of the answer's body in bytes, if it is known.
    pub received: Option<u64>,
}

/// A wait of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waited {
    /// The operation, or `request`.
    pub operation: &'static str,
    /// What for.
    pub reason: WaitReason,
    /// How long: for one's turn, what it came to; between tries, what was decided on.
    pub duration: Duration,
}

/// How a call or a try ended. Its `Display` is a label that stays the same: `200`, `connect`, `cancelled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// With an answer of this status.
    Answered(StatusCode),
    /// Without an answer.
    Failed(TransportErrorKind),
    /// It was dropped, or its time was over.
    Cancelled,
}

impl Ending {
    pub(super) fn of<B>(result: &Result<Response<B>, TransportError>) -> Self {
        match result {
            Ok(response) => Self::Answered(response.status()),
            Err(error) => Self::Failed(error.kind()),
        }
    }

    /// Whether there was an answer that is no error.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Answered(status) if !status.is_client_error() && !status.is_server_error())
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered(status) => status.as_str(),
            Self::Failed(kind) => kind.as_str(),
            Self::Cancelled => "cancelled",
        })
    }
}

/// Why a call waits. Its `Display` is a label that stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// `pacing`: for its turn, before a try, so that the server does not refuse it.
    Pacing,
    /// `rate_limited`: the server answered 429.
    RateLimited,
    /// `pending`: the server is still at an earlier try of the same post.
    Pending,
    /// `refused`: another status, such as 503.
    Refused,
    /// `failed`: there was no answer.
    Failed,
}

impl WaitReason {
    /// The label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pacing => "pacing",
            Self::RateLimited => "rate_limited",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
