use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Tokens are counted in hundredths.
const TOKEN: u32 = 100;

/// How many second tries there may be, measured by the first ones, so that a server in trouble is not sent a multiple
/// of what brought it there.
///
/// Every call pays in a fraction of a try, every further try takes a whole one; without one left, a call ends with
/// what it has. A small reserve lets clients that send little try again too: it is there from the start, and fills up
/// slowly with time. Clones share it, and so do the clones of a client; several clients can be given the same one.
///
/// ```
/// use mm_tower::layer::RetryBudget;
///
/// // A tenth more at most, and five tries for the start.
/// let budget = RetryBudget::new(0.1, 5);
/// let client = mm_tower::Client::builder("https://chat.example.com")?.retry_budget(budget);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RetryBudget(Option<Arc<Bucket>>);

struct Bucket {
    /// What a call pays in.
    ratio: u32,
    reserve: u32,
    tokens: AtomicU32,
    /// Up to when the reserve was filled up.
    filled: Mutex<Option<Instant>>,
}

impl RetryBudget {
    /// How long it takes until the reserve has one try more.
    const FILL: Duration = Duration::from_secs(10);

    /// `ratio` further tries for each call, rounded to hundredths, and `reserve` of them beforehand.
    #[must_use]
    pub fn new(ratio: f32, reserve: u32) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the cast of a float saturates, and the number is small"
        )]
        let ratio = (ratio * TOKEN as f32).round() as u32;
        let reserve = reserve.saturating_mul(TOKEN);
        let (tokens, filled) = (AtomicU32::new(reserve), Mutex::new(None));
        Self(Some(Arc::new(Bucket { ratio, reserve, tokens, filled })))
    }

    /// As many as the policy allows.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// A call begins.
    pub(super) fn pay_in(&self) {
        let Some(bucket) = &self.0 else { return };
        // What was saved up in good times must not be spent at once in bad ones.
        let most = bucket.reserve.max(TOKEN);
        let tokens = bucket.tokens.load(Ordering::Relaxed);
        if tokens < most {
            let more = tokens.saturating_add(bucket.ratio).min(most);
            // If somebody else was faster, the budget is short of a fraction, which harms nobody.
            let _ = bucket.tokens.compare_exchange(tokens, more, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Whether another try may be made. If so, it is paid for.
    pub(super) fn take(&self) -> bool {
        let Some(bucket) = &self.0 else { return true };
        bucket.fill_up(Instant::now());
        let paid = |tokens: u32| tokens.checked_sub(TOKEN);
        bucket.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, paid).is_ok()
    }
}

impl Default for RetryBudget {
    /// A fifth of the calls, and a reserve of twenty.
    fn default() -> Self {
        Self::new(0.2, 20)
    }
}

impl Bucket {
    fn fill_up(&self, now: Instant) {
        let mut filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *filled.get_or_insert(now);
        let times = now.duration_since(since).as_secs() / RetryBudget::FILL.as_secs();
        let Ok(times @ 1..) = u32::try_from(times) else { return };
        *filled = Some(since + RetryBudget::FILL.saturating_mul(times));
        let more = |tokens: u32| {
            (tokens < self.reserve)
                .then(|| tokens.saturating_add(times.saturating_mul(TOKEN)).min(self.reserve))
        };
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(bucket) => f
                .debug_struct("RetryBudget")
                .field("tries", &(bucket.tokens.load(Ordering::Relaxed) / TOKEN))
                .finish_non_exhaustive(),
            None => f.write_str("RetryBudget(unlimited)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(budget: &RetryBudget, tries: usize) -> usize {
        (0..tries).filter(|_| budget.take()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn in_the_long_run_there_is_a_fifth_more() {
        let budget = RetryBudget::default();
        let mut tries = 0;
        for _ in 0..10_000 {
            budget.pay_in();
            tries += taken(&budget, 3);
        }
        assert!((2000..=2020).contains(&tries), "{tries}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_little_has_a_reserve_that_fills_up_with_time() {
        let budget = RetryBudget::default();
        assert_eq!(taken(&budget, 100), 20);
        tokio::time::advance(Duration::from_secs(35)).await;
        assert_eq!(taken(&budget, 100), 3);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(taken(&budget.clone(), 100), 1);
        tokio::time::advance(Duration::from_secs(1_000_000)).await;
        assert_eq!(taken(&budget, 100), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn good_times_save_nothing_up() {
        let budget = RetryBudget::new(0.5, 2);
        (0..1000).for_each(|_| budget.pay_in());
        assert_eq!(taken(&budget, 100), 2);
        let without_reserve = RetryBudget::new(0.5, 0);
        (0..3).for_each(|_| without_reserve.pay_in());
        assert_eq!(taken(&without_reserve, 100), 1);
        assert_eq!(taken(&RetryBudget::unlimited(), 100), 100);
    }
}
