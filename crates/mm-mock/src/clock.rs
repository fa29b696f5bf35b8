//! The time as the server sees it.

use std::time::{Duration, SystemTime};

use mm_types::Timestamp;
use tokio::time::Instant;

/// 2026-01-15 09:00 UTC, in milliseconds.
const START: i64 = 1_768_467_600_000;

/// A clock that moves when it is told to, unless it was set to follow another.
#[derive(Debug)]
pub(crate) struct Clock {
    now: i64,
    follows: Follows,
}

#[derive(Debug)]
enum Follows {
    Nothing,
    /// tokio's clock, from this point on; a test can pause that one.
    Tokio(Instant),
    /// The system's clock.
    System,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { now: START, follows: Follows::Nothing }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let followed = match &self.follows {
            Follows::Nothing => 0,
            Follows::Tokio(since) => millis(since.elapsed()),
            Follows::System => {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                millis(now).saturating_sub(START)
            }
        };
        Timestamp::from_millis(self.now.saturating_add(followed))
    }

    /// How long to wait for a point in time, in milliseconds; `None` if the clock stands still.
    pub(crate) fn until(&self, at: i64) -> Option<Duration> {
        let wait = at.saturating_sub(self.now().as_millis());
        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
        (!matches!(self.follows, Follows::Nothing)).then_some(wait)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now = self.now.saturating_add(millis(by));
    }

    /// One millisecond on, so that what happens later has a later time.
    pub(crate) fn tick(&mut self) {
        if !matches!(self.follows, Follows::System) {
            self.now = self.now.saturating_add(1);
        }
    }

    pub(crate) fn follow_tokio(&mut self) {
        self.follows = Follows::Tokio(Instant::now());
    }

    pub(crate) fn follow_system(&mut self) {
        self.follows = Follows::System;
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_until_it_is_moved() {
        let mut clock = Clock::new();
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now().as_millis() - start.as_millis(), 2000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_can_follow_a_paused_one() {
        let mut clock = Clock::new();
        let start = clock.now();
        clock.follow_tokio();
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(clock.now().as_millis() - start.as_millis(), 3000);
    }
}
