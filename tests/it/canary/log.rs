//! A subscriber that keeps everything, of every target and level.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// The fields that the documentation of the trace promises, and no others.
pub(super) const FIELDS: [&str; 14] = [
    "message",
    "operation",
    "method",
    "template",
    "status",
    "request_id",
    "error_kind",
    "delivery",
    "attempt",
    "elapsed_ms",
    "sent_bytes",
    "received_bytes",
    "reason",
    "wait_ms",
];

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static NAMES: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// The same for all threads, as what `tracing` remembers of who is interested is too; it keeps by thread.
pub(super) struct Log;

impl Log {
    /// Of this thread, from now on.
    pub(super) fn start() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| tracing::subscriber::set_global_default(Self).expect("the only one"));
        Self::lines();
        NAMES.take();
    }

    /// Since it was started, or asked last.
    pub(super) fn lines() -> Vec<String> {
        LINES.take()
    }

    /// The names of all fields of this crate's own so far.
    pub(super) fn names() -> BTreeSet<String> {
        NAMES.take()
    }
}

/// One span or event, as text.
struct Line {
    text: String,
    is_own: bool,
}

impl Line {
    fn of(metadata: &Metadata<'_>) -> Self {
        let is_own = metadata.target().starts_with("mm_");
        Self { text: format!("{} {} {}", metadata.target(), metadata.level(), metadata.name()), is_own }
    }

    fn keep(self) {
        LINES.with_borrow_mut(|lines| lines.push(self.text));
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text += &format!(" {}={value:?}", field.name());
        if self.is_own {
            NAMES.with_borrow_mut(|names| names.insert(field.name().to_owned()));
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut line = Line::of(attributes.metadata());
        attributes.record(&mut line);
        if line.is_own {
            // Those too that are recorded later.
            let names = attributes.metadata().fields().iter().map(|field| field.name().to_owned());
            NAMES.with_borrow_mut(|all| all.extend(names));
        }
        line.keep();
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = Line { text: "record".to_owned(), is_own: false };
        values.record(&mut line);
        line.keep();
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::of(event.metadata());
        event.record(&mut line);
        line.keep();
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
