use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Once;
use std::time::Duration;

use http::{HeaderValue, Request, Response};
use mm_core::api::users::{GetUser, GetUserByEmail};
use mm_core::{Body, BoxError};
use tower::{ServiceBuilder, ServiceExt as _, service_fn};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use super::TraceLayer;
use crate::layer::{PacingConfig, PacingLayer};
use crate::testing::{Outcome, Script, answer, lost};
use crate::{Client, ClientBuilder};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static DEPTH: Cell<i32> = const { Cell::new(0) };
}

/// Notes all that is recorded, as text; events that are in no span with a word about it. Is the same for all threads, as what
/// `tracing` remembers of who is interested is too, and notes by thread.
struct Log;

impl Log {
    /// Of this thread, from now on.
    fn start() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| tracing::subscriber::set_global_default(Self).unwrap());
        Self::lines();
    }

    /// Since it was started, or asked last.
    fn lines() -> Vec<String> {
        LINES.take()
    }

    fn add(line: String) {
        LINES.with_borrow_mut(|lines| lines.push(line));
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 += &format!(" {}={value:?}", field.name());
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "mm_tower"
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut line = Line(format!("span {}", attributes.metadata().name()));
        attributes.record(&mut line);
        Self::add(line.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        Self::add(line.0);
    }

    fn event(&self, event: &Event<'_>) {
        let place = if DEPTH.get() > 0 { "" } else { " in no span" };
        let mut line = Line(format!("{}{place}", event.metadata().level()));
        event.record(&mut line);
        Self::add(line.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {
        DEPTH.set(DEPTH.get() + 1);
    }

    fn exit(&self, _: &span::Id) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

fn builder() -> ClientBuilder {
    Client::builder("https://a.example").unwrap().token("hush")
}

const SPAN: &str =
    r#"span mattermost operation="GetUserByEmail" method="GET" template="/api/v4/users/email/{email}""#;

#[tokio::test(start_paused = true)]
async fn a_call_leaves_a_span_and_an_event_for_each_try_and_each_wait_without_what_was_sent() {
    Log::start();
    let script = Script::answering(|number, _| if number == 0 { lost() } else { answer(200, "{}") });
    builder().build(script).send(GetUserByEmail::new("hush@hush.example")).await.unwrap();
    let lines = Log::lines();
    let [span, first, wait, second, status, request_id] = &lines[..] else { panic!("{lines:#?}") };
    assert_eq!(span, SPAN);
    let failed = r#"DEBUG message=attempt attempt=1 error_kind="closed" delivery="maybe_sent" elapsed_ms=0 sent_bytes=0"#;
    assert_eq!(first, failed);
    assert!(wait.starts_with(r#"WARN message=wait attempt=1 reason="failed" wait_ms="#), "{wait}");
    let answered = r#"DEBUG message=attempt attempt=2 status=200 request_id="r1" elapsed_ms=0 sent_bytes=0 received_bytes=2"#;
    assert_eq!(second, answered);
    assert_eq!((status.as_str(), request_id.as_str()), ("record status=200", "record request_id=\"r1\""));
    assert!(!lines.concat().contains("hush"));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_says_how_and_one_that_is_dropped_that_it_was() {
    Log::start();
    let client = builder().no_retry().build(Script::answering(|_, _| lost()));
    client.send(GetUserByEmail::new("a@a.example")).await.unwrap_err();
    let lines = Log::lines();
    let end = [r#"record error_kind="closed""#, r#"record delivery="maybe_sent""#];
    assert_eq!(lines[2..], end);

    let client = builder().build(Script::new(|_, _| std::future::pending::<Outcome>()));
    let call = client.send(GetUserByEmail::new("a@a.example"));
    assert!(tokio::time::timeout(Duration::from_secs(3), call).await.is_err());
    let cancelled = r#"DEBUG message=attempt attempt=1 error_kind="cancelled" elapsed_ms=3000 sent_bytes=0"#;
    assert_eq!(Log::lines(), [SPAN, r#"record error_kind="cancelled""#, cancelled]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_ones_turn_is_an_event() {
    let script = Script::answering(|_, _| {
        let mut response = answer(200, "{}")?;
        for (name, value) in [("limit", "10"), ("remaining", "0"), ("reset", "2")] {
            let name = format!("x-ratelimit-{name}");
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    });
    let pacing = PacingLayer::new(PacingConfig::default().first_calls(1));
    let client = builder().pacing(pacing).build(script);
    client.send(GetUser::me()).await.unwrap();
    Log::start();
    client.send(GetUser::me()).await.unwrap();
    let lines = Log::lines();
    let wait = lines.iter().find(|line| line.contains("message=wait")).expect("a wait");
    assert!(wait.starts_with(r#"DEBUG message=wait reason="pacing" wait_ms="#), "{wait}");
    assert!(!wait.ends_with("wait_ms=0"), "{wait}");
}

#[tokio::test]
async fn a_request_id_that_is_none_is_not_written_down() {
    Log::start();
    for odd in ["hush hush", "hush@hush.example", &"a".repeat(65)] {
        let odd = HeaderValue::from_str(odd).unwrap();
        let transport = service_fn(move |_: Request<Body>| {
            let mut response = Response::new(Body::empty());
            response.headers_mut().insert("x-request-id", odd.clone());
            async { Ok::<_, BoxError>(response) }
        });
        let service = ServiceBuilder::new().layer(TraceLayer::new()).service(transport);
        service.oneshot(Request::new(Body::empty())).await.unwrap();
    }
    let text = Log::lines().concat();
    assert!(text.contains(r#"operation="request" method="GET" template="""#), "{text}");
    assert!(!text.contains("request_id"), "{text}");
}
