//! Counts calls, tries and waits, and prints them in the text format of Prometheus.
//!
//! ```text
//! cargo run --example metrics
//! ```
//!
//! A client is given anything that implements `Metrics`. Here it is a map behind a lock, which is enough for a bot; where
//! there is a registry of an exporter already, the same four methods add to that.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mm_mock::Town;
use mm_tower::Client;
use mm_tower::api::posts::{CreatePost, GetPost};
use mm_tower::api::users::{GetUser, GetUserByUsername};
use mm_tower::core::BoxError;
use mm_tower::layer::metrics::{AttemptEnded, CallEnded, CallStarted, Metrics, Waited};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let town = Town::new();
    // The fake misbehaves twice: the retry makes up for it, and the numbers show it.
    town.fake.on::<GetUser>().reset().times(1);
    town.fake.on::<GetPost>().fail(503, "proxy.says.no").times(1);

    let counters = Arc::new(Counters::default());
    let client = Client::builder("http://fake.example")?
        .token(town.alice.token.clone())
        .metrics(Arc::clone(&counters))
        .build(town.fake.clone());

    client.send(GetUser::me()).await?;
    let post = client.send(CreatePost::new(town.town_square.id, "counted")).await?;
    client.send(GetPost::new(post.id)).await?;
    // This one fails for good.
    if client.send(GetUserByUsername::new("nobody")).await.is_ok() {
        return Err("there is a nobody".into());
    }

    print!("{counters}");
    Ok(())
}

/// Sums by name and labels.
#[derive(Default)]
struct Counters(Mutex<BTreeMap<String, f64>>);

impl Counters {
    fn add(&self, name: &str, labels: &[(&str, &dyn fmt::Display)], amount: f64) {
        // The values are words of the SDK's own, so nothing in them needs to be escaped.
        let labels: Vec<_> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        let series = format!("mattermost_{name}{{{}}}", labels.join(","));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(series).or_default() += amount;
    }

    /// A summary without quantiles, which is enough for rates and averages.
    fn observe(&self, name: &str, labels: &[(&str, &dyn fmt::Display)], duration: Duration) {
        self.add(&format!("{name}_sum"), labels, duration.as_secs_f64());
        self.add(&format!("{name}_count"), labels, 1.0);
    }
}

impl Metrics for Counters {
    fn call_started(&self, call: &CallStarted) {
        self.add("calls_in_flight", &[("operation", &call.operation)], 1.0);
    }

    fn call_ended(&self, call: &CallEnded) {
        self.add("calls_in_flight", &[("operation", &call.operation)], -1.0);
        self.add("calls_total", &[("operation", &call.operation), ("ending", &call.ending)], 1.0);
        self.observe("call_duration_seconds", &[("operation", &call.operation)], call.duration);
    }

    fn attempt_ended(&self, attempt: &AttemptEnded) {
        let operation: (&str, &dyn fmt::Display) = ("operation", &attempt.operation);
        self.add("attempts_total", &[operation, ("ending", &attempt.ending)], 1.0);
        self.observe("attempt_duration_seconds", &[operation], attempt.duration);
        for (name, bytes) in [("sent", attempt.sent), ("received", attempt.received)] {
            self.add(&format!("{name}_bytes_total"), &[operation], bytes.unwrap_or_default() as f64);
        }
    }

    fn waited(&self, wait: &Waited) {
        self.add("waits_total", &[("reason", &wait.reason)], 1.0);
        self.add("wait_seconds_total", &[("reason", &wait.reason)], wait.duration.as_secs_f64());
    }
}

/// What `/metrics` would answer.
impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = "";
        for (series, value) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let name = series.split('{').next().unwrap_or_default();
            let family = name.trim_end_matches("_sum").trim_end_matches("_count");
            if !last.starts_with(family) {
                let kind = match family {
                    name if name.ends_with("_in_flight") => "gauge",
                    name if name.ends_with("_total") => "counter",
                    _ => "summary",
                };
                writeln!(f, "# TYPE {family} {kind}")?;
            }
            writeln!(f, "{series} {value}")?;
            last = series;
        }
        Ok(())
    }
}
