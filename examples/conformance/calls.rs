//! Recorded calls: every JSON body through the operation's own output and back.

use std::collections::BTreeMap;

use mm_core::types::AppError;
use mm_core::{Body, BoxError, Operation, operation};
use serde::Deserialize;
use serde_json::Value;

use crate::{Tally, compare::compare};

#[derive(Deserialize)]
pub(crate) struct Call {
    op_id: String,
    #[serde(default)]
    case: String,
    status: u16,
    #[serde(default)]
    res_headers: BTreeMap<String, Value>,
    #[serde(default)]
    res_body: Value,
}

pub(crate) fn check(recorded: &Call, tally: &mut Tally) {
    let Some(operation) = operation(&recorded.op_id) else {
        tally.unknown_operations.insert(recorded.op_id.clone());
        return;
    };
    if !is_json(&recorded.res_body) || is_empty(recorded) {
        return;
    }
    tally.bodies += 1;
    let again = if (200..300).contains(&recorded.status) {
        recode(operation, recorded)
    } else {
        recode_error(&recorded.res_body)
    };
    let note = format!("{} {}", recorded.status, recorded.case);
    let result = again.map(|again| {
        let mut lost = Vec::new();
        compare("", &recorded.res_body, Some(&again), &mut lost);
        lost
    });
    tally.add(&recorded.op_id, &note, result);
}

/// Recordings stand in for text and bytes by an object with one of these keys.
fn is_json(body: &Value) -> bool {
    !body.as_object().is_some_and(|body| body.contains_key("_text") || body.contains_key("_binary"))
}

/// An answer without a body is recorded as null.
fn is_empty(recorded: &Call) -> bool {
    let length = recorded.res_headers.get("content-length").and_then(Value::as_str);
    recorded.res_body.is_null() && length == Some("0")
}

fn recode(operation: &Operation, recorded: &Call) -> Result<Value, BoxError> {
    let mut response = http::Response::builder().status(recorded.status);
    for (name, value) in &recorded.res_headers {
        // A header that came more than once is a list.
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values.iter().filter_map(Value::as_str) {
            response = response.header(name, value);
        }
    }
    let response = response.body(Body::from(serde_json::to_vec(&recorded.res_body)?))?;
    let again = operation.recode(response)?;
    Ok(if again.is_empty() { Value::Null } else { serde_json::from_slice(&again)? })
}

fn recode_error(body: &Value) -> Result<Value, BoxError> {
    if body.is_null() {
        return Ok(Value::Null);
    }
    let error = AppError::deserialize(body)?;
    Ok(serde_json::to_value(error)?)
}
