//! What an answer says about itself: status, request id, server version, limits.

mod version;
mod wait;

use http::header::{AsHeaderName, CONTENT_TYPE, ETAG, Entry, HeaderMap, HeaderName, RETRY_AFTER, SET_COOKIE};
use http::{StatusCode, response};

pub use version::ServerVersion;
pub use wait::{retry_after, retry_after_at};

/// Status and headers of an answer, with names for those that Mattermost gives a meaning.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Meta {
    /// The status, 2xx.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
}

impl Meta {
    /// Takes them from an answer's head.
    #[must_use]
    pub fn new(head: &response::Parts) -> Self {
        let mut headers = head.headers.clone();
        mark_secrets(&mut headers);
        Self { status: head.status, headers }
    }

    /// The server's name for this request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// The server's version and configuration, as `version.build.config_hash.licensed`. If it
    /// changes between two answers, the server was updated or configured.
    #[must_use]
    pub fn server_version(&self) -> Option<&str> {
        text(&self.headers, "x-version-id")
    }

    /// The tag to send as `If-None-Match`.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        text(&self.headers, ETAG)
    }

    /// The state of the rate limit, if the server has one.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::read(&self.headers)
    }
}

/// Keeps the token of a session, which comes in `Token` and in cookies, out of what `Debug` shows of an answer's headers.
pub fn mark_secrets(headers: &mut HeaderMap) {
    static TOKEN: HeaderName = HeaderName::from_static("token");
    for name in [&TOKEN, &SET_COOKIE] {
        // `entry` makes room for another header, and hardly any answer has these.
        if headers.contains_key(name)
            && let Entry::Occupied(mut entry) = headers.entry(name)
        {
            entry.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
}

/// What the `X-Ratelimit-*` headers say.
///
/// With two limiters in a row every header comes twice; the strictest values count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed in a row.
    pub limit: u64,
    /// Requests left of them.
    pub remaining: u64,
    /// Seconds from now until all are available again.
    pub reset: u64,
}

impl RateLimit {
    /// Reads the headers; `None` if one is missing.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        // Looked for in every answer, so the names are not parsed each time.
        static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
        static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
        static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
        // Most servers have no limits, and this is asked of every answer.
        if !headers.contains_key(&LIMIT) {
            return None;
        }
        Some(Self {
            limit: numbers(headers, &LIMIT).min()?,
            remaining: numbers(headers, &REMAINING).min()?,
            reset: numbers(headers, &RESET).max()?,
        })
    }
}

/// Whether an answer is a limiter's, the server's own or a proxy's: the request was not carried out, and will be later.
///
/// Without a time to wait, a 429 in JSON is an operation's own refusal and not a limiter's.
#[must_use]
pub fn is_rate_limit(status: StatusCode, headers: &HeaderMap) -> bool {
    let has_wait = || headers.contains_key(RETRY_AFTER) || headers.contains_key("x-ratelimit-reset");
    let is_json = || {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        content_type.is_some_and(|value| value.starts_with("application/json"))
    };
    status == StatusCode::TOO_MANY_REQUESTS && (has_wait() || !is_json())
}

/// Whether a status is one by which somebody between us and the server gives up on it (502, 503, 504), so that nobody knows
/// whether the request was carried out.
#[must_use]
pub const fn is_gateway_error(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    text(headers, "x-request-id")
}

fn text<K: AsHeaderName>(headers: &HeaderMap, name: K) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Header lines may repeat, and proxies join them by commas.
fn numbers<K: AsHeaderName>(headers: &HeaderMap, name: K) -> impl Iterator<Item = u64> + '_ {
    let lines = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(|number| number.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_of_doubled_limits_counts() {
        let mut headers = HeaderMap::new();
        for (limit, remaining, reset) in [("100", "99", "1"), ("10", "3", "4")] {
            headers.append("X-Ratelimit-Limit", limit.parse().unwrap());
            headers.append("X-Ratelimit-Remaining", remaining.parse().unwrap());
            headers.append("X-Ratelimit-Reset", reset.parse().unwrap());
        }
        assert_eq!(RateLimit::read(&headers), Some(RateLimit { limit: 10, remaining: 3, reset: 4 }));
    }
}
