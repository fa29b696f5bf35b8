//! Events of the socket against the collected facts about the server, and against recorded frames.
//!
//! Where the facts or the frames are not at hand the tests print that they skip.

use std::collections::{BTreeMap, BTreeSet};

use mm_types::RawJson;
use mm_types::event::{Broadcast, Payload};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Events with a type that the facts do not name, because they are about newer servers.
const OLD: &[&str] = &["channel_viewed"];

/// A file that is there on some machines only.
fn shared(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("{}/../../shared/{path}", env!("CARGO_MANIFEST_DIR"))).ok();
    if text.is_none() {
        println!("skipped: {path} is not here");
    }
    text
}

/// The facts about all events, by name.
fn facts() -> Option<BTreeMap<String, Value>> {
    let facts: Value = serde_json::from_str(&shared("api/websocket.json")?).expect("JSON");
    let events = facts["events"].as_array().expect("a list").iter();
    let events = events.filter(|event| event["kind"].as_str().is_some_and(|kind| kind.starts_with("event")));
    Some(events.map(|event| (event["name"].as_str().expect("a name").to_owned(), event.clone())).collect())
}

/// A value of a type as the facts describe it.
fn sample(kind: &str) -> Value {
    match kind {
        "int" => json!(7),
        "bool" => json!(true),
        "[string]" => json!(["x"]),
        "map<channel_id,int ms>" => json!({"x": 7}),
        "map<field_id, any JSON>" => json!({"x": ["y"]}),
        _ if kind.starts_with("map<string,string>") => json!({"x": "y"}),
        _ if kind.starts_with("map<language, {") => json!({"de": {"state": "ready", "translation": "x"}}),
        // The spaces go when the text is decoded and written anew.
        _ if kind.starts_with("string containing JSON of [") => json!("[ ]"),
        _ if kind.starts_with("string containing JSON of ") => json!("{ }"),
        _ if kind.starts_with("string \"true\"") => json!("true"),
        _ if kind.starts_with("string") => json!("x"),
        _ if kind.starts_with("object ") => json!({}),
        _ if kind.starts_with('[') => json!([{}]),
        _ => panic!("no sample of {kind}"),
    }
}

/// Whether everything in one value is in the other as well.
fn is_within(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|other| is_within(value, other)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(one, other)| is_within(one, other))
        }
        _ => part == whole,
    }
}

fn typed(name: &str, data: &Value) -> Payload {
    let payload = Payload::read(name, &data.to_string());
    let has_type = !matches!(payload, Payload::Unknown { .. } | Payload::Unreadable { .. });
    assert!(has_type, "{name}: {payload:?}");
    payload
}

#[test]
fn every_event_of_the_server_has_a_type() {
    let Some(facts) = facts() else { return };
    let described: BTreeSet<_> = facts.keys().map(String::as_str).collect();
    let ours: BTreeSet<_> = Payload::NAMES.iter().copied().collect();
    assert_eq!(described.difference(&ours).collect::<Vec<_>>(), Vec::<&&str>::new(), "without a type");
    assert_eq!(ours.difference(&described).copied().collect::<Vec<_>>(), OLD, "not described");
}

#[test]
fn the_data_of_an_event_has_the_keys_and_types_that_the_server_writes() {
    let Some(facts) = facts() else { return };
    let mut keys = 0;
    for (name, fact) in &facts {
        let fields = fact["data"].as_array().expect("a list");
        let text = |field: &Value, key: &str| field[key].as_str().expect("text").to_owned();
        let optional = |field: &&Value| field["optional"].as_bool() == Some(true);
        let value = |field: &Value| (text(field, "key"), sample(&text(field, "type")));
        let all: Map<String, Value> = fields.iter().map(value).collect();
        let required: Map<String, Value> =
            fields.iter().filter(|field| !optional(field)).map(value).collect();
        for data in [all, required] {
            keys += data.len();
            let data = Value::Object(data);
            let mut payload = typed(name, &data);
            let written = serde_json::to_value(&payload).expect("JSON");
            assert!(is_within(&data, &written), "{name}: {data} became {written}");
            let names = |value: &Value| {
                value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>()
            };
            assert_eq!(names(&written), names(&data), "{name}");

            payload.recode().expect("no data is the default");
            let anew = serde_json::to_value(&payload).expect("JSON");
            for (key, value) in data.as_object().expect("an object") {
                let is_nested = [json!("{ }"), json!("[ ]")].contains(value);
                assert_eq!(is_nested, anew[key] != written[key], "{name}: {key} became {}", anew[key]);
            }
        }
    }
    assert!(keys > 200, "{keys} keys");
}

#[derive(Deserialize)]
struct Frame {
    event: String,
    data: RawJson,
    broadcast: Broadcast,
}

#[test]
fn recorded_events_are_typed_and_go_back_as_they_came() {
    for version in ["5.37", "11.6"] {
        let Some(text) = shared(&format!("wire/{version}.socket.jsonl")) else { return };
        let mut frames = 0;
        for line in text.lines() {
            let recorded: Value = serde_json::from_str(line).expect("JSON");
            if recorded["event"].is_null() {
                continue;
            }
            frames += 1;
            let frame: Frame = serde_json::from_str(line).expect("an event");
            let mut payload = typed(&frame.event, &recorded["data"]);
            assert_eq!(payload, Payload::read(&frame.event, frame.data.raw()));
            let written = serde_json::to_value(&payload).expect("JSON");
            assert!(is_within(&recorded["data"], &written), "{version} {line}\nbecame {written}");
            assert_eq!(payload.recode().map_err(|error| error.to_string()), Ok(()), "{version} {line}");
            assert_eq!(serde_json::to_value(&frame.broadcast).expect("JSON"), recorded["broadcast"]);
        }
        println!("{version}: {frames} events");
        assert!(frames > 50, "{version}: {frames} events");
    }
}
