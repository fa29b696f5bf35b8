//! Recorded frames of the socket: events through their payloads and back, JSON inside JSON included.

use mm_core::BoxError;
use mm_core::types::event::{Broadcast, Payload};
use mm_core::types::{AppError, RawJson};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Tally, compare::compare};

#[derive(Deserialize)]
struct Event {
    event: String,
    data: RawJson,
    broadcast: Broadcast,
    seq: i64,
}

/// The answer to an action.
#[derive(Serialize, Deserialize)]
struct Reply {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq_reply: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<AppError>,
}

pub(crate) fn check(line: &str, frame: &Value, tally: &mut Tally) {
    tally.frames += 1;
    let name = frame["event"].as_str().unwrap_or("reply");
    let result =
        if frame["event"].is_null() { check_reply(line, frame) } else { check_event(line, frame, tally) };
    tally.add(name, &format!("seq {}", frame["seq"]), result);
}

fn check_reply(line: &str, frame: &Value) -> Result<Vec<String>, BoxError> {
    let reply: Reply = serde_json::from_str(line)?;
    let mut lost = Vec::new();
    compare("", frame, Some(&serde_json::to_value(reply)?), &mut lost);
    Ok(lost)
}

fn check_event(line: &str, frame: &Value, tally: &mut Tally) -> Result<Vec<String>, BoxError> {
    let Event { event, data, broadcast, seq } = serde_json::from_str(line)?;
    let mut payload = Payload::read(&event, data.raw());
    match &payload {
        Payload::Unreadable { error, .. } => return Err(error.clone().into()),
        Payload::Unknown { .. } => drop(tally.unknown_events.insert(event)),
        _ => {}
    }
    let written = |payload: &Payload| {
        serde_json::to_value(
            json!({"event": payload.name(), "data": payload, "broadcast": broadcast, "seq": seq}),
        )
    };
    let mut lost = Vec::new();
    compare("", frame, Some(&written(&payload)?), &mut lost);
    // The text inside was kept as it came. It has to survive its own type as well.
    payload.recode()?;
    compare("", &unfolded(frame.clone()), Some(&unfolded(written(&payload)?)), &mut lost);
    Ok(lost)
}

/// The frame with the JSON in the place of the text that holds it.
fn unfolded(mut frame: Value) -> Value {
    for value in frame["data"].as_object_mut().into_iter().flat_map(|data| data.values_mut()) {
        let inside = value.as_str().filter(|text| text.starts_with(['{', '[']) || *text == "null");
        if let Some(inside) = inside.and_then(|text| serde_json::from_str(text).ok()) {
            *value = inside;
        }
    }
    frame
}
