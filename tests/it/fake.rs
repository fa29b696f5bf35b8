//! The fake server against recorded traffic: what a real server refuses, the fake refuses the same way.

use std::collections::BTreeMap;

use http::{Method, Request};
use http_body_util::BodyExt as _;
use mm_core::Body;
use mm_core::types::AppError;
use mm_mock::Town;
use serde_json::Value;
use tower::ServiceExt as _;

/// What the fake answers otherwise than the recorded server, and why that is right.
const DIFFERENT: &[(&str, &str)] = &[];

/// The bad calls of a recorded 11.6 server; `None` where there are none.
fn recorded() -> Option<Vec<Value>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wire/11.6.http.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the recorded traffic is not here");
        return None;
    };
    let rows = text.lines().map(|line| serde_json::from_str(line).expect("a JSON document"));
    Some(rows.filter(|row: &Value| row["case"].as_str().unwrap_or_default().starts_with("matrix")).collect())
}

/// Who sent it: the case says so.
fn token<'a>(town: &'a Town, case: &str) -> Option<&'a str> {
    match case {
        "matrix: no token" => None,
        case if case.contains("admin") => Some(town.admin.token.expose()),
        _ => Some(town.alice.token.expose()),
    }
}

#[tokio::test]
async fn the_fake_refuses_what_a_recorded_server_refused() {
    let Some(rows) = recorded() else { return };
    let mut wrong = BTreeMap::new();
    let mut same = 0;
    for row in rows {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let (operation, case) = (text("op_id"), text("case"));
        let known = mm_core::operation(operation).is_some_and(|operation| operation.info.until.is_none());
        let text_body = &row["req_body"]["_text"];
        let is_form = row["req_body"].get("_multipart").is_some();
        if !known || is_form || DIFFERENT.iter().any(|(name, _)| *name == operation) {
            continue;
        }
        let body = match (&row["req_body"], text_body) {
            (_, Value::String(text)) => text.clone(),
            (Value::Null, _) => String::new(),
            (json, _) => json.to_string(),
        };
        let town = Town::new();
        let method: Method = text("method").parse().expect("a method");
        let mut request = Request::builder().method(method).uri(text("url"));
        if let Some(token) = token(&town, case) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let answer = town.fake.clone().oneshot(request).await.expect("an answer");
        let status = u64::from(answer.status().as_u16());
        let bytes = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        let error: AppError = serde_json::from_slice(&bytes).unwrap_or_default();
        if error.id == "mm_mock.not_implemented" {
            continue;
        }
        let expected = (row["status"].as_u64().unwrap_or_default(), row["res_body"]["id"].as_str());
        let expected = (expected.0, if expected.0 < 400 { "" } else { expected.1.unwrap_or_default() });
        let found = (status, if status < 400 { "" } else { &*error.id });
        if found == expected {
            same += 1;
        } else {
            wrong.insert(format!("{operation}: {case}"), format!("{found:?} instead of {expected:?}"));
        }
    }
    println!("{same} refusals are those of the recorded server");
    assert!(wrong.is_empty(), "the fake answers otherwise: {wrong:#?}");
    assert!(same > 0);
}
