use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, StatusCode};
use mm_core::types::error_id;
use mm_core::{Delivery, EndpointInfo, TransportError, is_gateway_error, is_rate_limit};

use super::backoff::FullJitter;

/// Decides whether a call that failed is tried again, and when.
///
/// [`RetryConfig`] is one. Whatever a policy says, a body that cannot be sent again, a deadline that would be missed, or
/// an exhausted [`RetryBudget`](super::RetryBudget) end the call; and so does the end of the time in which the server recognises a
/// [repetition](mm_core::Retry::window).
///
/// ```
/// use mm_tower::layer::{Attempt, Next, RetryPolicy};
///
/// /// Once more, if it does no harm.
/// #[derive(Debug)]
/// struct OnceMore;
///
/// impl RetryPolicy for OnceMore {
///     fn next(&self, attempt: &Attempt<'_>) -> Next {
///         if attempt.number == 1 && attempt.is_safe { Next::Wait(attempt.backoff) } else { Next::Stop }
///     }
/// }
///
/// let client = mm_tower::Client::builder("https://chat.example.com")?.retry_policy(OnceMore);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait RetryPolicy: fmt::Debug + Send + Sync + 'static {
    /// What comes after a try that failed: one without an answer, or with one of status 400 or more, or with one that
    /// cannot be read.
    fn next(&self, attempt: &Attempt<'_>) -> Next;

    /// False if no call is ever tried again, so that nothing needs to be kept for it.
    fn ever_repeats(&self) -> bool {
        true
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Nothing: the caller gets the answer or the error as it is.
    Stop,
    /// Another try, after this time.
    Wait(Duration),
}

/// A try that failed, and those before it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation, if the request is one.
    pub info: Option<&'static EndpointInfo>,
    /// The HTTP method.
    pub method: &'a Method,
    /// What sending twice does: the operation's class, or the method's.
    pub class: mm_core::Retry,
    /// How many tries there were, this one included.
    pub number: u32,
    /// What the waits between them add up to.
    pub waited: Duration,
    /// What the layer's [back-off](super::RetryLayer::backoff) says to wait now.
    pub backoff: Duration,
    /// Whether another try does no harm: none so far can have been carried out, or it does not matter, or the server
    /// still recognises it.
    pub is_safe: bool,
    /// What came of this one.
    pub outcome: Outcome<'a>,
}

/// What came of a try.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// An answer.
    #[non_exhaustive]
    Answered {
        /// Its status, 400 or more.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body, where the layers below have read it.
        body: Option<&'a [u8]>,
    },
    /// An answer of success that cannot be what the operation answers: the page of something in between, or cut off.
    #[non_exhaustive]
    Unreadable {
        /// Its status, 200 to 299.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body.
        body: &'a [u8],
    },
    /// No answer.
    Failed(&'a TransportError),
}

impl Outcome<'_> {
    /// Whether the server is still at an earlier try of the same call.
    pub(in crate::layer) fn is_pending(&self) -> bool {
        self.is_refusal(StatusCode::INTERNAL_SERVER_ERROR, error_id::POST_PENDING)
    }

    /// Whether the server refused it before it did anything, because an administrator has marked it as busy.
    fn is_busy(&self) -> bool {
        self.is_refusal(StatusCode::SERVICE_UNAVAILABLE, error_id::SERVER_BUSY)
    }

    fn is_refusal(&self, by: StatusCode, id: &str) -> bool {
        match self {
            Self::Answered { status, body: Some(body), .. } if *status == by => {
                body.windows(id.len()).any(|window| window == id.as_bytes())
            }
            _ => false,
        }
    }

    /// Whether the try may have been carried out.
    pub(super) fn may_be_done(&self) -> bool {
        match self {
            // Somebody between us and the server did not hear of it in time, or not whole.
            Self::Answered { status, .. } => {
                (is_gateway_error(*status) && !self.is_busy()) || self.is_pending()
            }
            Self::Unreadable { .. } => true,
            Self::Failed(error) => !matches!(error.delivery(), Delivery::NotSent),
        }
    }
}

/// When and how often to send again: the policy of [`RetryLayer`](super::RetryLayer) unless it is given another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryConfig {
    /// The most tries of one call, the first one included.
    pub tries: u32,
    /// The longest wait before the second try where the server asks for none; doubles with each try. See [`FullJitter`].
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

    /// The back-off that goes with it.
    #[must_use]
    pub fn backoff(&self) -> FullJitter {
        FullJitter::new(self.base_delay, self.max_delay)
    }

    fn wait(&self, attempt: &Attempt<'_>) -> Option<Duration> {
        match attempt.outcome {
            _ if !attempt.is_safe => None,
            // Its end is near, and the window's too.
            outcome if outcome.is_pending() && attempt.class.window().is_some() && self.tries > 1 => {
                Some(attempt.backoff)
            }
            _ if attempt.number >= self.tries => None,
            Outcome::Failed(error) if error.kind().is_lasting() => None,
            Outcome::Failed(_) | Outcome::Unreadable { .. } => Some(attempt.backoff),
            Outcome::Answered { status, headers, .. } => self.wait_for_server(attempt, status, headers),
        }
    }

    fn wait_for_server(
        &self,
        attempt: &Attempt<'_>,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Option<Duration> {
        if !is_rate_limit(status, headers) && !is_gateway_error(status) {
            return None;
        }
        match mm_core::retry_after_at(headers, SystemTime::now()) {
            // All who were limited together should not be back in the same instant.
            Some(asked) if asked <= self.max_server_delay => {
                Some(asked.saturating_add(self.backoff().up_to(self.base_delay)))
            }
            Some(_) => None,
            None => Some(attempt.backoff),
        }
    }
}

impl RetryPolicy for RetryConfig {
    fn next(&self, attempt: &Attempt<'_>) -> Next {
        match self.wait(attempt) {
            Some(wait) if attempt.waited.saturating_add(wait) <= self.total_delay => Next::Wait(wait),
            _ => Next::Stop,
        }
    }

    fn ever_repeats(&self) -> bool {
        self.tries > 1
    }
}
