//! Two things timed in turn, so that a machine that slows down slows both.

use std::future::Future;
use std::hint::black_box;
use std::time::{Duration, Instant};

use mm_core::BoxError;

/// How long the calls of one block take, about: many times what reading the clock takes, and short enough
/// that most blocks run to their end undisturbed.
const BLOCK: Duration = Duration::from_micros(200);

/// Which block's time counts, of a hundred sorted ones. Whatever else the machine does makes blocks slower,
/// never faster, so it is one of the fast ones; not the very fastest, which luck picks.
const PERCENTILE: usize = 20;

/// What a pair took.
pub(crate) struct Pair {
    /// One call of ours.
    pub(crate) ours: Duration,
    /// One call of the baseline.
    pub(crate) baseline: Duration,
}

impl Pair {
    /// Ours to the baseline.
    pub(crate) fn ratio(&self) -> f64 {
        self.ours.as_secs_f64() / self.baseline.as_secs_f64()
    }
}

/// Something to time: a function that begins it.
pub(crate) trait Call {
    /// Does it once. Dropping what comes out is part of it.
    fn run(&mut self) -> impl Future<Output = Result<(), BoxError>>;
}

impl<F, T, E, Fut> Call for F
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    async fn run(&mut self) -> Result<(), BoxError> {
        self().await.map(|value| drop(black_box(value))).map_err(Into::into)
    }
}

/// Times blocks of both for about `budget`, each block of ours followed by one of the baseline.
pub(crate) async fn pair<A, B>(budget: Duration, mut ours: A, mut baseline: B) -> Result<Pair, BoxError>
where
    A: Call,
    B: Call,
{
    let (our_calls, baseline_calls) = (calls(budget, &mut ours).await?, calls(budget, &mut baseline).await?);
    let mut times = (Vec::new(), Vec::new());
    let end = Instant::now() + budget;
    while Instant::now() < end || times.0.len() < 10 {
        times.0.push(time(our_calls, &mut ours).await?);
        times.1.push(time(baseline_calls, &mut baseline).await?);
    }
    Ok(Pair { ours: typical(times.0) / our_calls, baseline: typical(times.1) / baseline_calls })
}

/// How many calls make a block. Warms up, too.
async fn calls(budget: Duration, call: &mut impl Call) -> Result<u32, BoxError> {
    let mut fastest = Duration::MAX;
    let end = Instant::now() + budget / 10;
    while Instant::now() < end || fastest == Duration::MAX {
        fastest = fastest.min(time(1, call).await?);
    }
    let calls = BLOCK.as_nanos().div_ceil(fastest.as_nanos().max(1));
    Ok(u32::try_from(calls).unwrap_or(u32::MAX))
}

async fn time(calls: u32, call: &mut impl Call) -> Result<Duration, BoxError> {
    let started = Instant::now();
    for _ in 0..calls {
        call.run().await?;
    }
    Ok(started.elapsed())
}

fn typical(mut blocks: Vec<Duration>) -> Duration {
    blocks.sort();
    blocks.get(blocks.len() * PERCENTILE / 100).copied().unwrap_or_default()
}
