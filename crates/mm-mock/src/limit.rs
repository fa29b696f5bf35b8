//! The rate limit.

use std::collections::HashMap;

use http::{HeaderMap, HeaderValue, Response};
use mm_core::Body;
use mm_types::Timestamp;

use crate::fault::limit_exceeded;

/// How many requests the server takes from one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// A second, on average.
    pub per_second: u32,
    /// In a row on top of that.
    pub burst: u32,
}

impl Default for Rate {
    /// What a server has whose administrator just turned it on.
    fn default() -> Self {
        Self::new(10, 100)
    }
}

impl Rate {
    /// Both numbers.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst }
    }
}

/// Logging in has a limit of its own, counted on top of the other.
const LOGIN: Rate = Rate::new(5, 10);

/// Clients by token or, without one, all together, and the time at which each has its full quota again.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    full_at: HashMap<String, i64>,
}

/// What the limits say about one request.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    lines: Vec<(i64, i64, i64)>,
    retry_after: Option<i64>,
}

impl Limiter {
    /// Counts a request.
    pub(crate) fn count(&mut self, rate: Rate, client: &str, is_login: bool, now: Timestamp) -> Verdict {
        let mut verdict = Verdict::default();
        let limits = [(Some(rate), format!("all {client}")), (is_login.then_some(LOGIN), "login".to_owned())];
        for (rate, key) in limits {
            if let (Some(rate), None) = (rate, verdict.retry_after) {
                self.one(rate, key, now, &mut verdict);
            }
        }
        verdict
    }

    /// The generic cell rate algorithm, in microseconds.
    fn one(&mut self, rate: Rate, key: String, now: Timestamp, verdict: &mut Verdict) {
        let now = now.as_millis().saturating_mul(1000);
        let interval = 1_000_000 / i64::from(rate.per_second.max(1));
        let limit = i64::from(rate.burst) + 1;
        let full_at = self.full_at.entry(key).or_insert(now);
        let next = (*full_at).max(now) + interval;
        let late = next - interval * limit - now;
        if late > 0 {
            verdict.retry_after = Some(seconds(late));
        } else {
            *full_at = next;
        }
        let until_full = *full_at - now;
        let remaining = (limit - (until_full + interval - 1) / interval).max(0);
        verdict.lines.push((limit, remaining, seconds(until_full)));
    }
}

/// Rounded up.
fn seconds(micros: i64) -> i64 {
    (micros + 999_999) / 1_000_000
}

impl Verdict {
    /// The refusal, if it is one.
    pub(crate) fn refusal(&self) -> Option<Response<Body>> {
        let seconds = u64::try_from(self.retry_after?).unwrap_or_default();
        let mut response = limit_exceeded(seconds);
        self.write(response.headers_mut());
        Some(response)
    }

    /// The headers, which come with every answer, once for each limit.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (limit, remaining, reset) in &self.lines {
            headers.append("x-ratelimit-limit", HeaderValue::from(*limit));
            headers.append("x-ratelimit-remaining", HeaderValue::from(*remaining));
            headers.append("x-ratelimit-reset", HeaderValue::from(*reset));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + millis)
    }

    #[test]
    fn a_burst_is_taken_and_then_the_average() {
        let mut limiter = Limiter::default();
        let mut count = |millis| limiter.count(Rate::new(2, 2), "a", false, at(millis));
        assert_eq!(count(0).lines, [(3, 2, 1)]);
        assert_eq!(count(0).lines, [(3, 1, 1)]);
        assert_eq!(count(0).lines, [(3, 0, 2)]);
        assert_eq!(count(0).retry_after, Some(1));
        assert_eq!(count(499).retry_after, Some(1));
        assert_eq!(count(500).retry_after, None);
        assert_eq!(count(500).retry_after, Some(1));
    }

    #[test]
    fn clients_do_not_use_up_each_others_quota() {
        let mut limiter = Limiter::default();
        let rate = Rate::new(1, 0);
        assert!(limiter.count(rate, "a", false, at(0)).refusal().is_none());
        assert!(limiter.count(rate, "a", false, at(0)).refusal().is_some());
        assert!(limiter.count(rate, "b", false, at(0)).refusal().is_none());
    }

    #[test]
    fn logging_in_carries_every_header_twice() {
        let verdict = Limiter::default().count(Rate::default(), "", true, at(0));
        let mut headers = HeaderMap::new();
        verdict.write(&mut headers);
        let limits: Vec<_> = headers.get_all("x-ratelimit-limit").iter().collect();
        assert_eq!(limits, ["101", "11"]);
    }
}
