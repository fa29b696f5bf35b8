//! What a text frame of the server is.

use mm_types::{AppError, RawJson};

use super::Event;
use super::scan::{Parts, scan, unquoted, usual};

/// What a text frame of the server is.
#[derive(Debug)]
pub(super) enum Frame {
    Event(Event),
    Reply(Reply),
    /// Neither, for this reason.
    Unreadable(&'static str),
}

/// The reply to an action.
#[derive(Debug)]
pub(super) struct Reply {
    /// The number of the action.
    pub(super) seq: i64,
    pub(super) result: Result<RawJson, Box<AppError>>,
}

impl Frame {
    pub(super) fn read(text: &str) -> Self {
        if u32::try_from(text.len()).is_err() {
            return Self::Unreadable("longer than 4 GiB");
        }
        if let Some(event) = usual(text).and_then(|parts| Event::new(text, &parts, false)) {
            return Self::Event(event);
        }
        let Some(parts) = scan(text) else {
            return Self::Unreadable("no JSON object");
        };
        if let Some(event) = Event::new(text, &parts, true) {
            return Self::Event(event);
        }
        match Reply::new(text, &parts) {
            Some(reply) => Self::Reply(reply),
            None => Self::Unreadable("neither an event nor a reply"),
        }
    }
}

impl Reply {
    fn new(text: &str, parts: &Parts) -> Option<Self> {
        let part = |range: &Option<std::ops::Range<usize>>| text.get(range.clone()?);
        let seq = part(&parts.seq_reply)?.parse().ok()?;
        let failed = part(&parts.status).and_then(unquoted).is_some_and(|status| status == "FAIL");
        let result = if failed || parts.error.is_some() {
            let error = part(&parts.error).and_then(|json| serde_json::from_str::<AppError>(json).ok());
            Err(Box::new(error.unwrap_or_default()))
        } else {
            Ok(part(&parts.data).and_then(|json| RawJson::from_raw(json).ok()).unwrap_or_default())
        };
        Some(Self { seq, result })
    }
}
