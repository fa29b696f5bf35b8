//! When to try again.

use std::time::{Duration, Instant};

use super::ProtocolConfig;

/// There is always some time between two attempts, whatever the configuration says.
const SHORTEST: Duration = Duration::from_millis(1);

/// Counts attempts and spreads them over time.
#[derive(Debug)]
pub(super) struct Reconnect {
    /// Attempts since the last healthy connection.
    attempts: u32,
    /// Attempts that may be made at once.
    tokens: u32,
    /// When the last token came by itself.
    refilled: Instant,
    random: u64,
}

impl Reconnect {
    pub(super) const fn new(config: &ProtocolConfig, seed: u64, now: Instant) -> Self {
        Self { attempts: 0, tokens: config.attempt_burst, refilled: now, random: seed }
    }

    pub(super) const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// An attempt is made.
    pub(super) fn begin(&mut self, config: &ProtocolConfig, now: Instant) {
        self.refill(config, now);
        self.tokens = self.tokens.saturating_sub(1);
        self.attempts = self.attempts.saturating_add(1);
    }

    /// The last attempt was worth it: its connection has lasted.
    pub(super) fn healthy(&mut self, config: &ProtocolConfig) {
        self.attempts = 0;
        self.tokens = self.tokens.saturating_add(1).min(config.attempt_burst);
    }

    /// When the next attempt may be made: at random within a time that doubles with each attempt, not before the server
    /// wants it, and not before there is a token for it.
    pub(super) fn next(
        &mut self,
        config: &ProtocolConfig,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Instant {
        self.refill(config, now);
        let doublings = self.attempts.saturating_sub(1).min(31);
        let window = config.base_delay.saturating_mul(1 << doublings).min(config.max_delay);
        let spread = window.saturating_sub(config.min_delay);
        let delay = config.min_delay.saturating_add(spread.mul_f64(self.fraction()));
        let delay = delay.saturating_add(retry_after.unwrap_or_default().min(config.max_retry_after));
        let at = later(now, delay.max(SHORTEST));
        match self.tokens {
            0 => at.max(later(self.refilled, config.attempt_interval)),
            _ => at,
        }
    }

    fn refill(&mut self, config: &ProtocolConfig, now: Instant) {
        while self.tokens < config.attempt_burst {
            let next = later(self.refilled, config.attempt_interval);
            if next > now || config.attempt_interval.is_zero() {
                return;
            }
            self.refilled = next;
            self.tokens += 1;
        }
        self.refilled = now;
    }

    /// From 0 to less than 1 (splitmix64).
    fn fraction(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bits = u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or_default();
        f64::from(bits) / 4_294_967_296.0
    }
}

/// This long after; never, if that is too far away to be told.
pub(super) fn later(at: Instant, wait: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    at.checked_add(wait.min(YEAR)).unwrap_or(at)
}
