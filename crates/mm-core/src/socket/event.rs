//! One frame that tells of something.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use mm_types::event::{Broadcast, EventData, Payload};
use mm_types::json;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::frame::Frame;
use super::scan::{Parts, first_value, unquoted};
use crate::socket::Unreadable;

/// One frame that tells of something: the text as it came, with the places of its parts.
///
/// Cheap to clone, and one allocation, exactly as large as the frame. Nothing inside is decoded before it is asked for.
///
/// ```
/// use mm_core::socket::Event;
/// use mm_core::types::event::{Payload, Posted, Typing};
///
/// let event = Event::read(
///     r#"{"event": "posted", "data": {"post": "{\"message\": \"hello\"}"}, "broadcast": {"channel_id": ""}, "seq": 3}"#,
/// )?;
/// assert_eq!((event.name(), event.seq()), ("posted", 3));
///
/// // If one kind is of interest:
/// if let Some(posted) = event.data::<Posted>() {
///     assert_eq!(posted?.post.get()?.message, "hello");
/// }
/// assert!(event.data::<Typing>().is_none());
///
/// // If several are: what has no type here, and what cannot be read, are values too.
/// match event.payload() {
///     Payload::Posted(posted) => assert_eq!(posted.post.get()?.message, "hello"),
///     other => panic!("{}: {}", event.name(), other.data_json()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Event {
    text: Arc<str>,
    name: Name,
    data: (u32, u32),
    /// Whether that is known to be one value; else the first value in it is meant.
    is_exact: bool,
    broadcast: (u32, u32),
    seq: i64,
    origin: Origin,
}

#[derive(Clone)]
enum Name {
    /// Between its quotes.
    At(u32, u32),
    /// Written with escapes, which nobody does.
    Decoded(Box<str>),
}

/// Numbers of events lie well within this, so that counting on never goes wrong.
const LAST: i64 = 1 << 53;

/// How an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// Over the socket.
    Live,
    /// Made of what was fetched after a gap.
    Backfill,
}

impl Event {
    /// Reads a frame.
    ///
    /// # Errors
    ///
    /// If it is not an event: the reply to an action, or no JSON object with a name and a number at all.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        match Frame::read(text) {
            Frame::Event(event) => Ok(event),
            Frame::Reply(_) => Err(Unreadable::new(text, "this is the reply to an action")),
            Frame::Unreadable(reason) => Err(Unreadable::new(text, reason)),
        }
    }

    /// An event that stands for one that was missed. It has no number: [`seq`](Self::seq) is -1.
    ///
    /// # Errors
    ///
    /// If the data cannot be written as JSON.
    pub fn backfilled<T: EventData>(data: &T, broadcast: &Broadcast) -> Result<Self, serde_json::Error> {
        #[derive(Serialize)]
        struct Envelope<'a> {
            event: &'static str,
            data: Box<RawValue>,
            broadcast: &'a Broadcast,
            seq: i64,
        }
        let envelope = Envelope { event: T::NAME, data: to_raw_value(data)?, broadcast, seq: -1 };
        let text = serde_json::to_string(&envelope)?;
        let event = Self::read(&text).map_err(|problem| serde::ser::Error::custom(problem.reason))?;
        Ok(Self { origin: Origin::Backfill, ..event })
    }

    /// A frame with these parts. `None` if it lacks a name or a number.
    pub(super) fn new(text: &str, parts: &Parts, is_exact: bool) -> Option<Self> {
        let at = parts.event.clone()?;
        let name = match unquoted(text.get(at.clone())?)? {
            std::borrow::Cow::Borrowed(_) => {
                let (start, end) = span(Some(&at));
                Name::At(start + 1, end - 1)
            }
            std::borrow::Cow::Owned(name) => Name::Decoded(name.into()),
        };
        let seq = text.get(parts.seq.clone()?)?.parse().ok().filter(|seq| (-LAST..LAST).contains(seq))?;
        let (data, broadcast) = (span(parts.data.as_ref()), span(parts.broadcast.as_ref()));
        Some(Self { text: text.into(), name, data, is_exact, broadcast, seq, origin: Origin::Live })
    }

    /// What happened: `posted`. Names of plugins' events begin with `custom_`.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.name {
            Name::At(start, end) => self.part((*start, *end)),
            Name::Decoded(name) => name,
        }
    }

    /// The number in the server's list of events: one more than that of the event before. -1 for what was backfilled.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    /// The data as JSON text, as it came; `null` if there was none.
    #[must_use]
    pub fn raw_data(&self) -> &str {
        let data = self.json(self.data);
        if self.is_exact { data } else { first_value(data).unwrap_or(data) }
    }

    /// The audience as JSON text, as it came; `null` if there was none.
    #[must_use]
    pub fn raw_broadcast(&self) -> &str {
        self.json(self.broadcast)
    }

    /// The whole frame.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.text
    }

    /// Whether it is of this kind.
    #[must_use]
    pub fn is<T: EventData>(&self) -> bool {
        self.name() == T::NAME
    }

    /// The data, if it is of this kind.
    ///
    /// # Errors
    ///
    /// If the data is not what its kind promises. [`raw_data`](Self::raw_data) has it.
    #[must_use]
    pub fn data<T: EventData>(&self) -> Option<Result<T, serde_json::Error>> {
        self.is::<T>().then(|| match json::from_str(self.json(self.data)) {
            Err(_) if !self.is_exact => json::from_str(self.raw_data()),
            read => read,
        })
    }

    /// The data, whatever it is: what has no type, and what cannot be read, are values too.
    #[must_use]
    pub fn payload(&self) -> Payload {
        match Payload::read(self.name(), self.json(self.data)) {
            Payload::Unreadable { .. } if !self.is_exact => Payload::read(self.name(), self.raw_data()),
            payload => payload,
        }
    }

    /// Who it was sent to.
    ///
    /// # Errors
    ///
    /// If that cannot be read. [`raw_broadcast`](Self::raw_broadcast) has it.
    pub fn broadcast(&self) -> Result<Broadcast, serde_json::Error> {
        match self.raw_broadcast() {
            "null" => Ok(Broadcast::default()),
            json => serde_json::from_str(json),
        }
    }

    /// How it came.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    fn json(&self, place: (u32, u32)) -> &str {
        match self.part(place) {
            "" => "null",
            json => json,
        }
    }

    fn part(&self, (start, end): (u32, u32)) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Frames are never as long as a `u32` can count: see [`Frame::read`].
fn span(range: Option<&Range<usize>>) -> (u32, u32) {
    let place = |at: usize| u32::try_from(at).unwrap_or_default();
    range.map_or((0, 0), |range| (place(range.start), place(range.end)))
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("name", &self.name()).field("seq", &self.seq).finish_non_exhaustive()
    }
}

/// Two are equal when they came as the same text.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.origin == other.origin
    }
}

impl Eq for Event {}

#[cfg(test)]
mod tests {
    use mm_types::event::{Posted, Typing};

    use super::*;

    #[test]
    fn an_event_is_read_without_its_parts_being_read() {
        let event = Event::read(r#"{"seq":4,"data":{"x":nonsense},"event":"p\u006fsted","broadcast":[]}"#);
        let event = event.expect("an event");
        assert_eq!((event.name(), event.seq(), event.raw_data()), ("posted", 4, r#"{"x":nonsense}"#));
        assert!(event.data::<Posted>().expect("its kind").is_err());
        assert!(event.data::<Typing>().is_none());
        assert!(matches!(event.payload(), Payload::Unreadable { .. }));
        assert!(event.broadcast().is_err());
    }

    #[test]
    fn a_key_between_data_and_audience_does_no_harm() {
        let text =
            r#"{"event":"typing","data":{"parent_id":"p"},"new":{},"broadcast":{"team_id":"t"},"seq":3}"#;
        let event = Event::read(text).expect("an event");
        assert_eq!(event.raw_data(), r#"{"parent_id":"p"}"#);
        assert_eq!(event.data::<Typing>().expect("its kind").expect("its data").parent_id, "p");
        assert!(matches!(event.payload(), Payload::Typing(typing) if typing.parent_id == "p"));
        assert_eq!((event.broadcast().expect("an audience").team_id.as_str(), event.seq()), ("t", 3));
    }

    #[test]
    fn an_event_without_data_or_audience_has_none() {
        let event = Event::read(r#"{"event":"typing","seq":0}"#).expect("an event");
        assert_eq!((event.raw_data(), event.raw_broadcast()), ("null", "null"));
        assert_eq!(event.broadcast().expect("nobody in particular"), Broadcast::default());
        assert!(matches!(event.payload(), Payload::Typing(_)));
    }

    #[test]
    fn every_recorded_frame_is_an_event_as_servers_write_it() {
        for version in ["5.37", "11.6"] {
            let path = format!("{}/../../../shared/wire/{version}.socket.jsonl", env!("CARGO_MANIFEST_DIR"));
            let Ok(text) = std::fs::read_to_string(path) else {
                println!("skipped: the recordings are not here");
                return;
            };
            for line in text.lines() {
                // Recorded with spaces, which servers do not write, so the parts are put together once more.
                let slow = Event::read(line).expect(line);
                let (name, seq) = (slow.name(), slow.seq());
                let (data, broadcast) = (slow.raw_data(), slow.raw_broadcast().replace(": ", ":"));
                let frame = format!(
                    r#"{{"event":"{name}","data":{data},"broadcast":{broadcast},"seq":{seq}}}{}"#,
                    '\n'
                );
                let fast = Event::read(&frame).expect(&frame);
                assert!(!fast.is_exact && slow.is_exact, "{frame}");
                assert_eq!((fast.name(), fast.seq(), fast.raw_data()), (name, seq, data));
                assert_eq!(fast.payload(), slow.payload());
                assert_eq!(fast.broadcast().expect(line), slow.broadcast().expect(line));
            }
        }
    }

    #[test]
    fn what_is_no_event_says_why() {
        for (text, reason) in [
            ("", "no JSON object"),
            ("[1]", "no JSON object"),
            (r#"{"event":"typing"}"#, "neither an event nor a reply"),
            (r#"{"event":"typing","seq":"1"}"#, "neither an event nor a reply"),
            (r#"{"event":7,"seq":1}"#, "neither an event nor a reply"),
            (r#"{"status":"FAIL","error":{}}"#, "neither an event nor a reply"),
            (r#"{"status":"OK","seq_reply":1}"#, "this is the reply to an action"),
        ] {
            let unreadable = Event::read(text).expect_err(text);
            assert_eq!((unreadable.reason, &*unreadable.frame), (reason, text.as_bytes()));
        }
    }

    #[test]
    fn a_backfilled_event_looks_like_a_live_one() {
        let mut typing = Typing::default();
        typing.parent_id = "abcdefghijklmnopqrstuvwxyz".parse().expect("an id");
        let event = Event::backfilled(&typing, &Broadcast::default()).expect("an event");
        assert_eq!((event.name(), event.seq(), event.origin()), ("typing", -1, Origin::Backfill));
        assert_eq!(event.data::<Typing>().expect("its kind").expect("its data"), typing);
    }
}
