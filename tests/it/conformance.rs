//! The registry against the collected facts about the server's API.
//!
//! Client and fake are made from one description of each operation, so a mistake in it would show in no
//! other test. Where the facts are not at hand the tests print that they skip.

mod differences;

use std::collections::{BTreeMap, BTreeSet};

use mm_core::{Auth, BodyKind, EndpointInfo, Paging, Place, ResponseKind, registry};
use serde_json::Value;

use self::differences::{DIFFERENCES, NOT_DESCRIBED};

/// The facts by operation id; `None` where there are none.
fn facts() -> Option<BTreeMap<String, Value>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/api/operations.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the description of the API is not here");
        return None;
    };
    let records: Vec<Value> = serde_json::from_str(&text).expect("a JSON array");
    let id = |record: &Value| record["id"].as_str().expect("an id").to_owned();
    Some(records.into_iter().map(|record| (id(&record), record)).collect())
}

/// The names of a list of objects or of the keys of an object.
fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(list) => {
            list.iter().filter_map(|item| Some(item["name"].as_str()?.to_owned())).collect()
        }
        Value::Object(map) => map.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

/// What we say and what the facts say, by aspect.
fn aspects(info: &EndpointInfo, fact: &Value) -> Vec<(&'static str, BTreeSet<String>, BTreeSet<String>)> {
    let one = |text: &str| BTreeSet::from([text.to_owned()]);
    let ours = |place| info.names(place).map(str::to_owned).collect::<BTreeSet<_>>();
    let text = |key: &str| one(fact[key].as_str().unwrap_or_default());
    let body = &fact["body"];
    let body_kind = match (info.body, info.fields.iter().any(|field| field.place == Place::WholeBody)) {
        (BodyKind::Empty, _) => "none",
        (BodyKind::Json, true) => "whole",
        (BodyKind::Json, false) => "application/json",
        (BodyKind::Multipart, _) => "multipart/form-data",
        (BodyKind::UrlEncoded, _) => "application/x-www-form-urlencoded",
        _ => "another",
    };
    let fact_kind = match (body["content_type"].as_str(), body["schema"].as_str()) {
        (None, _) => "none",
        (Some("application/json"), Some(_)) => "whole",
        (Some(content_type), _) => content_type,
    };
    let response = match info.response {
        ResponseKind::Json => "json",
        ResponseKind::StatusOk => "status_ok",
        ResponseKind::Empty => "empty",
        ResponseKind::Text => "text",
        ResponseKind::Stream => "binary",
        ResponseKind::Redirect => "redirect",
        _ => "another",
    };
    let auth = match info.auth {
        Auth::Session => "session",
        Auth::Optional => "optional",
        Auth::None => "none",
        _ => "another",
    };
    let paging = match info.paging {
        Paging::None => "none",
        Paging::Number => "page",
        Paging::Cursor => "cursor",
        _ => "another",
    };
    let path_arguments = |path: &str| -> BTreeSet<String> {
        path.split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(str::to_owned)
            .collect()
    };
    vec![
        ("method", one(info.method.as_str()), text("method")),
        ("path", one(info.path), text("path")),
        ("path arguments", ours(Place::Path), path_arguments(info.path)),
        ("query", ours(Place::Query), names(&fact["query"])),
        ("body", one(body_kind), one(fact_kind)),
        ("body keys", ours(Place::Body), names(&body["fields"])),
        ("status", one(&info.status.to_string()), one(&fact["response"]["status"].to_string())),
        ("response", one(response), one(fact["response"]["kind"].as_str().unwrap_or_default())),
        ("auth", one(auth), text("auth")),
        ("paging", one(paging), one(fact["paged"]["style"].as_str().unwrap_or("none"))),
        ("etag", one(&info.etag.to_string()), one(&fact["etag"].as_bool().unwrap_or(false).to_string())),
        (
            "local only",
            one(&info.local_only.to_string()),
            one(&fact["local_only"].as_bool().unwrap_or(false).to_string()),
        ),
    ]
}

#[test]
fn every_operation_is_what_the_server_reads_and_writes() {
    let Some(facts) = facts() else { return };
    let mut found = Vec::new();
    for operation in registry() {
        let info = operation.info;
        let Some(fact) = facts.get(info.operation) else {
            assert!(NOT_DESCRIBED.iter().any(|(id, _)| *id == info.operation), "{}: unknown", info.operation);
            continue;
        };
        for (aspect, ours, theirs) in aspects(info, fact) {
            found.extend(ours.difference(&theirs).map(|item| (info.operation, aspect, format!("+{item}"))));
            found.extend(theirs.difference(&ours).map(|item| (info.operation, aspect, format!("-{item}"))));
        }
    }
    let explained: BTreeSet<_> = DIFFERENCES
        .iter()
        .flat_map(|known| known.items.iter().map(|item| (known.operation, known.aspect, (*item).to_owned())))
        .collect();
    let found = BTreeSet::from_iter(found);
    let unexplained: Vec<_> = found.difference(&explained).collect();
    let stale: Vec<_> = explained.difference(&found).collect();
    assert!(unexplained.is_empty(), "not explained: {unexplained:#?}");
    assert!(stale.is_empty(), "explained, but not there any more: {stale:#?}");
}

#[test]
fn every_operation_is_listed_once() {
    let mut seen = BTreeSet::new();
    for operation in registry() {
        assert!(seen.insert(operation.info.operation), "{} is there twice", operation.info.operation);
    }
    assert!(seen.len() >= 107, "{} operations", seen.len());
}
