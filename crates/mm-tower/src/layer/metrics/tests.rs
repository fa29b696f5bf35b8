use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderValue, Request, Response};
use mm_core::api::users::GetUser;
use mm_core::{Body, BoxError};
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::{AttemptEnded, CallEnded, CallStarted, Metrics, MetricsLayer, Waited};
use crate::layer::{PacingConfig, PacingLayer};
use crate::testing::{Outcome, Script, answer, lost};
use crate::{Client, ClientBuilder};

/// Notes all it is told, in few words.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn add(&self, note: String) {
        self.0.lock().unwrap().push(note);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Metrics for Notes {
    fn call_started(&self, call: &CallStarted) {
        self.add(format!("{} starts", call.operation));
    }

    fn call_ended(&self, call: &CallEnded) {
        let CallEnded { operation, ending, attempts, duration } = call;
        self.add(format!("{operation} ends: {ending}, {attempts} tries, {} s", duration.as_secs()));
    }

    fn attempt_ended(&self, attempt: &AttemptEnded) {
        let AttemptEnded { number, ending, duration, sent, received, .. } = attempt;
        self.add(format!("try {number}: {ending}, {} s, {sent:?}, {received:?}", duration.as_secs()));
    }

    fn waited(&self, wait: &Waited) {
        self.add(format!("waits: {}", wait.reason));
    }
}

fn client(settings: impl FnOnce(ClientBuilder) -> ClientBuilder, script: Script) -> (Client, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let builder = Client::builder("https://a.example").unwrap().token("t").metrics(Arc::clone(&notes));
    (settings(builder).build(script), notes)
}

#[tokio::test(start_paused = true)]
async fn a_call_is_told_of_with_its_tries_and_the_waits_between_them() {
    let script = Script::answering(|number, _| match number {
        0 => lost(),
        1 => answer(503, "no"),
        2 => answer(429, "slow down"),
        _ => answer(200, "{}"),
    });
    let (client, notes) = client(|builder| builder, script);
    client.send(GetUser::me()).await.unwrap();
    let expected = [
        "GetUser starts",
        "try 1: closed, 0 s, Some(0), None",
        "waits: failed",
        "try 2: 503, 0 s, Some(0), Some(2)",
        "waits: refused",
        "try 3: 429, 0 s, Some(0), Some(9)",
        "waits: rate_limited",
        "try 4: 200, 0 s, Some(0), Some(2)",
    ];
    let mut notes = notes.take();
    let end = notes.pop().unwrap();
    notes.retain(|note| note != "waits: pacing"); // A 429 makes the pacing hold calls back, too.
    assert_eq!(notes, expected);
    assert!(end.starts_with("GetUser ends: 200, 4 tries"), "{end}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_or_late_still_ends_and_so_does_its_try() {
    let hung = || Script::new(|_, _| std::future::pending::<Outcome>());
    let (dropped, notes) = client(|builder| builder, hung());
    assert!(tokio::time::timeout(Duration::from_secs(3), dropped.send(GetUser::me())).await.is_err());
    let ends = ["try 1: cancelled, 3 s, Some(0), None", "GetUser ends: cancelled, 1 tries, 3 s"];
    assert_eq!(notes.take()[1..], ends);

    let (late, notes) = client(|builder| builder.timeout(Duration::from_secs(2)), hung());
    late.send(GetUser::me()).await.unwrap_err();
    let ends = ["try 1: timeout, 2 s, Some(0), None", "GetUser ends: timeout, 1 tries, 2 s"];
    assert_eq!(notes.take()[1..], ends);
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_ones_turn_is_no_part_of_the_try() {
    let script = Script::answering(|_, _| {
        let mut response = answer(200, "{}")?;
        for (name, value) in [("x-ratelimit-limit", "10"), ("x-ratelimit-remaining", "0")] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response.headers_mut().insert("x-ratelimit-reset", HeaderValue::from_static("20"));
        Ok(response)
    });
    let pacing = PacingLayer::new(PacingConfig::default().first_calls(1));
    let (client, notes) = client(|builder| builder.pacing(pacing), script);
    client.send(GetUser::me()).await.unwrap();
    notes.take();
    client.send(GetUser::me()).await.unwrap();
    let notes = notes.take();
    assert_eq!(notes[1..3], ["waits: pacing", "try 1: 200, 0 s, Some(0), Some(2)"]);
    assert!(!notes[3].ends_with(" 0 s"), "{notes:?}");
}

#[tokio::test]
async fn without_a_retry_inside_a_call_is_one_try() {
    let notes = Arc::new(Notes::default());
    let broken = service_fn(async |_: Request<Body>| Err::<Response<Body>, BoxError>("odd".into()));
    let layer = MetricsLayer::new(Arc::clone(&notes));
    let service = ServiceBuilder::new().layer(layer).service(broken);
    service.oneshot(Request::new(Body::from("abc"))).await.unwrap_err();
    let told = ["request starts", "try 1: other, 0 s, Some(3), None", "request ends: other, 1 tries, 0 s"];
    assert_eq!(notes.take(), told);
}
