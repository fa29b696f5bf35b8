use std::time::Duration;

use http::{Response, StatusCode};
use mm_core::RateLimit;
use serde::{Deserialize, Serialize};

use super::PacingConfig;

/// After how many requests the margin gets smaller by one.
const RELAX: u64 = 500;

/// How late a timer may be, in microseconds.
const TIMER: u64 = 2000;

/// What is known of the quota behind one key, and what was taken from it.
///
/// Plain data, to be kept by a [`PaceStore`](super::PaceStore) in whatever form serde can write. The default is that
/// nothing is known, and nobody has to wait.
///
/// The server lets its quota drain at an even rate (the generic cell rate algorithm); so does this, on the clock of the
/// store. The rate is in no header. It is estimated from above, by how long the server needs to forget what was used,
/// and what each answer says about the state of the quota replaces what was reckoned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Pace {
    /// Requests in a row; 0 while nothing is known.
    limit: u64,
    /// The time in which one request comes back, at most, in microseconds.
    interval: u64,
    /// What that time cannot be less than.
    least: u64,
    /// When the quota is whole again.
    full_at: u64,
    /// How many requests of the limit are left alone on top of the configured reserve, because requests arrive at the server in
    /// bunches, or not only ours.
    margin: u64,
    /// The server asked not to be called before.
    closed_until: u64,
    /// How many requests were let go.
    taken: u64,
    /// The newest of them whose answer was heard.
    heard: u64,
    /// The newest of them when the server last refused one.
    refused: u64,
}

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Go(Ticket),
    Wait(Duration),
}

/// Where a request stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    number: u64,
    at: u64,
    /// Whether the limit was known.
    is_reckoned: bool,
    /// Whether the quota was reckoned to be used up, to the point where this one was the last.
    is_last: bool,
}

/// What an answer says about limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    rate: Option<RateLimit>,
    /// How long the server asks to wait, if it refused.
    wait: Option<Duration>,
}

impl Limits {
    /// `None` if the answer says nothing. A refusal without a time to wait is an operation's own.
    pub(super) fn read<B>(response: &Response<B>) -> Option<Self> {
        let is_refusal = response.status() == StatusCode::TOO_MANY_REQUESTS;
        let wait = if is_refusal { mm_core::retry_after(response.headers()) } else { None };
        let rate = RateLimit::read(response.headers()).filter(|rate| rate.limit > 0);
        (rate.is_some() || wait.is_some()).then_some(Self { rate, wait })
    }
}

impl Pace {
    pub(super) fn take(&mut self, now: Duration, config: &PacingConfig) -> Turn {
        let now = micros(now);
        if now < self.closed_until {
            return Turn::Wait(Duration::from_micros(self.closed_until - now));
        }
        let mut is_last = false;
        if self.limit > 0 {
            let next = self.full_at.max(now).saturating_add(self.interval);
            let full = now.saturating_add(self.interval.saturating_mul(self.usable(config)));
            if next > full {
                return Turn::Wait(Duration::from_micros(next - full));
            }
            let is_behind = now <= self.full_at.saturating_add(self.interval / 2 + TIMER);
            is_last = is_behind && next.saturating_add(self.interval) > full;
            self.full_at = next;
        }
        self.taken += 1;
        if self.taken.is_multiple_of(RELAX) {
            self.margin = self.margin.saturating_sub(1);
        }
        Turn::Go(Ticket { number: self.taken, at: now, is_reckoned: self.limit > 0, is_last })
    }

    /// Heeds an answer; that to `ticket`, if the request had to take one.
    pub(super) fn learn(
        &mut self,
        now: Duration,
        ticket: Option<Ticket>,
        limits: Limits,
        config: &PacingConfig,
    ) {
        let now = micros(now);
        if let Some(wait) = limits.wait {
            let until = now.saturating_add(micros(wait.min(config.max_hold)));
            self.closed_until = self.closed_until.max(until);
        }
        let Some(rate) = limits.rate else {
            return;
        };
        let none = Ticket { number: self.taken, at: now, is_reckoned: false, is_last: false };
        let ticket = ticket.unwrap_or(none);
        // Of an earlier state than what is known.
        if ticket.number < self.heard {
            return;
        }
        self.heard = ticket.number;
        let used = rate.limit.saturating_sub(rate.remaining).max(1);
        self.estimate(rate, used);
        if limits.wait.is_some() && ticket.number > self.refused {
            self.refused = self.taken;
            if ticket.is_reckoned {
                self.margin = (self.margin + self.limit.div_ceil(16)).min(self.limit / 2);
            }
            if ticket.is_last {
                self.slow_down(longest(rate, used));
            }
        } else if limits.wait.is_none() && ticket.is_last && used == 1 {
            // There should have been hardly any room, but there was all of it.
            let step = if self.is_close() { self.interval / 32 } else { self.interval / 4 };
            self.interval = (self.interval - step).max(self.least);
        }
        // What was let go since comes on top of what the server has counted.
        let ahead = used.saturating_add(self.taken.saturating_sub(ticket.number));
        // It counted half-way between question and answer.
        let counted_at = ticket.at + now.saturating_sub(ticket.at) / 2;
        self.full_at = counted_at.saturating_add(self.interval.saturating_mul(ahead));
    }

    fn usable(&self, config: &PacingConfig) -> u64 {
        let reserve = self.limit.saturating_mul(u64::from(config.reserve)) / 100;
        self.limit.saturating_sub(reserve.max(1) + self.margin).max(1)
    }

    /// A request came too early for the server, or somebody else draws on the quota too.
    fn slow_down(&mut self, longest: u64) {
        if self.is_close() {
            self.interval = (self.interval + self.interval / 24).min(longest);
            self.least = self.interval;
        } else {
            self.least = self.interval;
            self.interval = (self.interval / 3 * 4).min(longest);
        }
    }

    /// Whether the interval is known well enough not to try much smaller ones.
    fn is_close(&self) -> bool {
        self.least > self.interval / 2
    }

    /// What was used up drains within `reset` seconds, both of which were rounded up. That bounds the time that one
    /// request takes to drain, and the more was used up the closer.
    fn estimate(&mut self, rate: RateLimit, used: u64) {
        let longest = longest(rate, used);
        let shortest = rate.reset.saturating_sub(1).saturating_mul(1_000_000) / used;
        if self.limit == rate.limit {
            self.interval = self.interval.min(longest);
            self.least = self.least.max(shortest);
        }
        // Another limit than before, or another rate.
        if self.limit != rate.limit || self.least / 8 * 7 > self.interval {
            (self.limit, self.interval, self.least) = (rate.limit, longest, shortest);
        }
        self.interval = self.interval.max(self.least);
    }
}

fn longest(rate: RateLimit, used: u64) -> u64 {
    rate.reset.saturating_mul(1_000_000) / used.saturating_sub(1).max(1)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    const CONFIG: PacingConfig =
        PacingConfig { reserve: 5, first_calls: 4, max_hold: Duration::from_secs(30) };

    fn limits(status: u16, lines: &[(u64, u64, u64)], retry_after: Option<u64>) -> Option<Limits> {
        let mut headers = HeaderMap::new();
        for (limit, remaining, reset) in lines {
            headers.append("x-ratelimit-limit", (*limit).into());
            headers.append("x-ratelimit-remaining", (*remaining).into());
            headers.append("x-ratelimit-reset", (*reset).into());
        }
        if let Some(seconds) = retry_after {
            headers.insert("retry-after", seconds.into());
        }
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        *response.headers_mut() = headers;
        Limits::read(&response)
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn wait(pace: &mut Pace, now: u64) -> Option<u64> {
        match pace.take(at(now), &CONFIG) {
            Turn::Go(_) => None,
            Turn::Wait(wait) => Some(u64::try_from(wait.as_millis()).unwrap()),
        }
    }

    #[test]
    fn nobody_waits_while_nothing_is_known() {
        let mut pace = Pace::default();
        assert!((0..1000).all(|_| wait(&mut pace, 0).is_none()));
    }

    #[test]
    fn a_quota_that_is_nearly_used_up_comes_back_one_by_one() {
        let mut pace = Pace::default();
        // 91 of 101 used, which takes 9.0 s to 10 s to drain: about a tenth of a second each.
        pace.learn(at(0), None, limits(200, &[(101, 10, 10)], None).unwrap(), &CONFIG);
        let free = (0..).take_while(|_| wait(&mut pace, 0).is_none()).count();
        assert_eq!(free, 5, "five are left alone");
        assert_eq!(wait(&mut pace, 0), Some(111));
        assert_eq!(wait(&mut pace, 112), None);
        assert_eq!(wait(&mut pace, 112), Some(110));
    }

    #[test]
    fn of_doubled_headers_the_strictest_counts() {
        let mut pace = Pace::default();
        let doubled = limits(200, &[(1000, 900, 1), (11, 1, 2)], None).unwrap();
        pace.learn(at(0), None, doubled, &CONFIG);
        assert!(wait(&mut pace, 0).is_some());
    }

    #[test]
    fn a_refusal_holds_everything_back_for_as_long_as_it_says() {
        let mut pace = Pace::default();
        pace.learn(at(0), None, limits(429, &[(101, 0, 10)], Some(2)).unwrap(), &CONFIG);
        assert_eq!(wait(&mut pace, 500), Some(1500));
        assert_eq!(wait(&mut pace, 2000), None);
    }

    #[test]
    fn a_server_that_asks_for_hours_is_not_obeyed() {
        let mut pace = Pace::default();
        pace.learn(at(0), None, limits(429, &[], Some(7200)).unwrap(), &CONFIG);
        assert_eq!(wait(&mut pace, 0), Some(30_000));
    }

    #[test]
    fn an_operations_own_refusal_says_nothing_about_limits() {
        assert_eq!(limits(429, &[], None), None);
        assert_eq!(limits(200, &[], Some(5)), None);
    }

    #[test]
    fn what_an_answer_says_replaces_what_was_reckoned() {
        let mut pace = Pace::default();
        pace.learn(at(0), None, limits(200, &[(101, 0, 10)], None).unwrap(), &CONFIG);
        assert!(wait(&mut pace, 0).is_some());
        pace.learn(at(0), None, limits(200, &[(101, 80, 2)], None).unwrap(), &CONFIG);
        assert_eq!(wait(&mut pace, 0), None);
    }

    #[test]
    fn answers_that_overtook_each_other_do_no_harm() {
        let mut pace = Pace::default();
        let tickets: Vec<_> = (0..2).map(|_| pace.take(at(0), &CONFIG)).collect();
        let [Turn::Go(first), Turn::Go(second)] = tickets[..] else { panic!("had to wait") };
        pace.learn(at(10), Some(second), limits(200, &[(101, 0, 10)], None).unwrap(), &CONFIG);
        let known = pace.clone();
        pace.learn(at(20), Some(first), limits(200, &[(101, 99, 1)], None).unwrap(), &CONFIG);
        assert_eq!(pace, known);
    }

    #[test]
    fn a_limit_that_was_changed_is_learnt_anew() {
        let mut pace = Pace::default();
        pace.learn(at(0), None, limits(200, &[(101, 1, 100)], None).unwrap(), &CONFIG);
        pace.learn(at(0), None, limits(200, &[(101, 1, 10)], None).unwrap(), &CONFIG);
        assert!(wait(&mut pace, 0).is_some_and(|wait| wait < 600), "ten a second, not one");
    }

    #[test]
    fn it_can_be_written_down_and_read_back() {
        let mut pace = Pace::default();
        pace.learn(at(5), None, limits(429, &[(101, 3, 10)], Some(1)).unwrap(), &CONFIG);
        let text = serde_json::to_string(&pace).unwrap();
        assert_eq!(serde_json::from_str::<Pace>(&text).unwrap(), pace);
        assert_eq!(serde_json::from_str::<Pace>("{}").unwrap(), Pace::default());
    }
}
