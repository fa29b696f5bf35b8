//! Benchmarks: `cargo run --release -p mm-bench`, with `-- --quick` for a rough look.
//!
//! One table. Each row is a ratio to a baseline that is timed in the same run, and ends with the target
//! it has to keep. Times depend on the machine; the ratios are what counts.
//!
//! Allocations are counted by a program of their own: `cargo run --release -p mm-bench --bin allocations`.

mod bare;
mod calls;
mod canned;
mod decoding;
mod events;
mod measure;
mod plain;
mod sample;
mod tape;

use std::time::Duration;

use mm_core::BoxError;

use self::measure::Pair;

/// How long a row is measured.
const BUDGET: Duration = Duration::from_millis(2_500);
/// The same with `--quick`.
const QUICK: Duration = Duration::from_millis(300);

/// What is measured, against what, and how it came out.
struct Row {
    what: &'static str,
    baseline: &'static str,
    pair: Pair,
    /// What the ratio may be at most.
    target: f64,
}

fn main() -> Result<(), BoxError> {
    let budget = if std::env::args().any(|argument| argument == "--quick") { QUICK } else { BUDGET };
    stay_on_one_core();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rows = runtime.block_on(calls::all(budget))?;
    rows.extend(runtime.block_on(decoding::all(budget))?);
    rows.extend(runtime.block_on(events::all(budget))?);
    println!(
        "{:<34} {:<38} {:>11} {:>11} {:>6} {:>7}",
        "what", "baseline", "ours", "baseline", "ratio", "target"
    );
    for Row { what, baseline, pair, target } in &rows {
        let micros = |time: Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6);
        let (ours, theirs, ratio) = (micros(pair.ours), micros(pair.baseline), pair.ratio());
        let mark = if ratio > *target { "  over" } else { "" };
        println!("{what:<34} {baseline:<38} {ours:>11} {theirs:>11} {ratio:>6.2} {target:>7.2}{mark}");
    }
    Ok(())
}

/// Client and server take turns anyway. On two cores either may wait for one that others use, and a row
/// would tell more of them than of us.
fn stay_on_one_core() {
    #[cfg(target_os = "linux")]
    {
        let mut cores = rustix::thread::CpuSet::new();
        cores.set(rustix::thread::sched_getcpu());
        // Measures all the same where it is not allowed.
        rustix::thread::sched_setaffinity(None, &cores).ok();
    }
}
