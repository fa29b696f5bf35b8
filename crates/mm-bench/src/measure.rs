//! Two things timed in turn, so that a machine that slows down slows both.

use std::future::Future;
use std::time::{Duration, Instant};

use mm_core::BoxError;

/// How often the pair is timed. The median round is reported.
const ROUNDS: usize = 25;

/// What a pair took.
pub(crate) struct Pair {
    /// Median time of one call of ours.
    pub(crate) ours: Duration,
    /// Median time of one call of the baseline.
    pub(crate) baseline: Duration,
    /// Median of the rounds' ratios, ours to the baseline.
    pub(crate) ratio: f64,
}

/// Times `calls` of each a round. A round's two halves follow one another, in alternating order.
pub(crate) async fn pair<A, B, FA, FB>(calls: u32, mut ours: A, mut baseline: B) -> Result<Pair, BoxError>
where
    A: FnMut() -> FA,
    B: FnMut() -> FB,
    FA: Future<Output = Result<(), BoxError>>,
    FB: Future<Output = Result<(), BoxError>>,
{
    let mut rounds = Vec::with_capacity(ROUNDS);
    // The first round warms up.
    for round in 0..=ROUNDS {
        let (a, b) = if round % 2 == 0 {
            let a = time(calls, &mut ours).await?;
            (a, time(calls, &mut baseline).await?)
        } else {
            let b = time(calls, &mut baseline).await?;
            (time(calls, &mut ours).await?, b)
        };
        if round > 0 {
            rounds.push((a, b));
        }
    }
    let ratio = median(rounds.iter().map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()));
    let seconds = |per_round: &dyn Fn(&(Duration, Duration)) -> Duration| {
        Duration::from_secs_f64(
            median(rounds.iter().map(|round| per_round(round).as_secs_f64())) / f64::from(calls),
        )
    };
    Ok(Pair { ours: seconds(&|round| round.0), baseline: seconds(&|round| round.1), ratio })
}

async fn time<F: Future<Output = Result<(), BoxError>>>(
    calls: u32,
    call: &mut impl FnMut() -> F,
) -> Result<Duration, BoxError> {
    let started = Instant::now();
    for _ in 0..calls {
        call().await?;
    }
    Ok(started.elapsed())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
