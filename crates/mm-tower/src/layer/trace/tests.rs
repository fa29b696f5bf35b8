use std::fmt;
use std::sync::{Arc, Mutex};

use mm_core::api::users::GetUserByEmail;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::Client;
use crate::testing::{Script, answer, lost};

/// Notes all that is recorded, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 += &format!(" {}={value:?}", field.name());
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("mm_tower")
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut line = Line(format!("span {}", attributes.metadata().name()));
        attributes.record(&mut line);
        self.0.lock().unwrap().push(line.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_call_leaves_a_span_and_an_event_for_each_try_without_what_was_sent() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let script = Script::answering(|number, _| if number == 0 { lost() } else { answer(200, "{}") });
    let client = Client::builder("https://a.example").unwrap().token("hush").build(script);
    client.send(GetUserByEmail::new("hush@hush.example")).await.unwrap();
    let lines = log.0.lock().unwrap();
    let [span, first, second, status, request_id] = &lines[..] else { panic!("{lines:#?}") };
    let path = "/api/v4/users/email/{email}";
    assert_eq!(*span, format!("span mattermost operation=\"GetUserByEmail\" method=\"GET\" path=\"{path}\""));
    assert!(first.starts_with("WARN message=will try again attempt=1 error="), "{first}");
    assert_eq!(second, "DEBUG message=answered attempt=2 status=200 request_id=\"r1\" wait_ms=0");
    assert_eq!((status.as_str(), request_id.as_str()), ("record status=200", "record request_id=\"r1\""));
    assert!(!lines.concat().contains("hush"));
}
