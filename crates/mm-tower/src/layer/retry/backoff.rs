use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};
use tower::retry::backoff::{Backoff, MakeBackoff};
use tower::util::rng::{HasherRng, Rng as _};

/// Exponential back-off with full jitter: each wait is anything from nothing to a delay that doubles, so that clients that
/// failed together do not come back together.
///
/// It is a back-off of [tower](tower::retry::backoff), for policies of tower's own retry as well. What tower brings adds
/// jitter on top of the delay, so that nobody comes back at once; [`RetryLayer::backoff`](super::RetryLayer::backoff) takes
/// either.
///
/// ```
/// use std::time::Duration;
///
/// use mm_tower::layer::FullJitter;
/// use tower::retry::backoff::{Backoff as _, MakeBackoff as _};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let mut waits = FullJitter::new(Duration::from_millis(200), Duration::from_secs(5)).make_backoff();
/// waits.next_backoff().await; // up to 0.2 s
/// waits.next_backoff().await; // up to 0.4 s
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FullJitter {
    next: Duration,
    max: Duration,
    random: HasherRng,
}

impl FullJitter {
    /// With the longest first wait, and what doubling it ends at.
    #[must_use]
    pub fn new(base: Duration, max: Duration) -> Self {
        Self { next: base.min(max), max, random: HasherRng::default() }
    }

    /// Anything from nothing to `most`.
    pub(super) fn up_to(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.random.next_f64())
    }
}

impl MakeBackoff for FullJitter {
    type Backoff = Self;

    fn make_backoff(&mut self) -> Self {
        // With a seed of its own: copies of one would draw the same numbers.
        Self { random: HasherRng::default(), ..*self }
    }
}

impl Backoff for FullJitter {
    type Future = Sleep;

    fn next_backoff(&mut self) -> Sleep {
        let most = self.next;
        self.next = most.saturating_mul(2).min(self.max);
        sleep(self.up_to(most))
    }
}

/// The waits of one call.
pub(super) type Waits = Box<dyn FnMut() -> Duration + Send>;

/// What makes the waits of each call.
#[derive(Clone)]
pub(crate) struct Backoffs(Arc<dyn Fn() -> Waits + Send + Sync>);

impl Backoffs {
    pub(crate) fn new<M>(maker: M) -> Self
    where
        M: MakeBackoff + Clone + Send + Sync + 'static,
        M::Backoff: Backoff<Future = Sleep> + Send + 'static,
    {
        Self(Arc::new(move || {
            let mut backoff = maker.clone().make_backoff();
            // How long, and not the wait itself: it may be too long for the call.
            Box::new(move || {
                let now = Instant::now();
                backoff.next_backoff().deadline().saturating_duration_since(now)
            })
        }))
    }

    pub(super) fn begin(&self) -> Waits {
        (self.0)()
    }
}

impl fmt::Debug for Backoffs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backoffs")
    }
}

#[cfg(test)]
mod tests {
    use tower::retry::backoff::ExponentialBackoffMaker;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn longest(backoffs: &Backoffs, number: usize) -> Duration {
        let wait = |_| {
            let mut waits = backoffs.begin();
            (0..number).map(|_| waits()).last().unwrap()
        };
        (0..200).map(wait).max().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn waits_grow_up_to_a_limit() {
        let backoffs = Backoffs::new(FullJitter::new(SECOND, SECOND * 3));
        for (number, most) in [(1, SECOND), (2, SECOND * 2), (3, SECOND * 3), (40, SECOND * 3)] {
            let longest = longest(&backoffs, number);
            // That 200 draws all fall into the lower half is less likely than a broken computer.
            assert!(longest <= most && longest > most / 2, "{number}: {longest:?}");
        }
        assert_eq!(longest(&Backoffs::new(FullJitter::new(Duration::ZERO, SECOND)), 3), Duration::ZERO);
        let endless = Backoffs::new(FullJitter::new(Duration::MAX, Duration::MAX));
        assert!(longest(&endless, 2) > SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn waits_of_towers_own_back_off_are_taken_as_they_are() {
        let maker = ExponentialBackoffMaker::new(SECOND, SECOND * 60, 0.0, HasherRng::default()).unwrap();
        let mut waits = Backoffs::new(maker).begin();
        assert_eq!([waits(), waits(), waits()], [SECOND, SECOND * 2, SECOND * 4]);
    }
}
