//! Decodes recorded traffic and says what a model loses.
//!
//! ```text
//! cargo run --example conformance -- RECORDING.jsonl...
//! ```
//!
//! A recording holds one JSON object a line: `op_id`, `status`, `res_headers`, `res_body`. Every JSON body of
//! a known operation is decoded into the operation's output (or into the server's error), encoded again,
//! and compared: each JSON path that was there must be there still, with its value. Prints a line for each
//! operation with a problem, and a summary. The exit code is 1 if a body was undecodable or lossy.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::ExitCode;

use mm_core::types::AppError;
use mm_core::{Body, BoxError, Operation, operation};
use serde::Deserialize;
use serde_json::Value;

/// Paths that may differ, and why.
const EXCUSED: &[(&str, &str, &str)] = &[];

#[derive(Deserialize)]
struct Recorded {
    op_id: String,
    #[serde(default)]
    case: String,
    status: u16,
    #[serde(default)]
    res_headers: BTreeMap<String, Value>,
    #[serde(default)]
    res_body: Value,
}

#[derive(Default)]
struct Tally {
    bodies: usize,
    undecodable: usize,
    lossy: usize,
    /// Operation → first problem and how many there are.
    problems: BTreeMap<String, (String, usize)>,
    unknown: BTreeMap<String, usize>,
}

fn main() -> Result<ExitCode, BoxError> {
    let files: Vec<_> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: conformance RECORDING.jsonl...");
        return Ok(ExitCode::from(2));
    }
    let mut tally = Tally::default();
    for file in &files {
        let lines = BufReader::new(File::open(file).map_err(|error| format!("{file}: {error}"))?).lines();
        for (number, line) in lines.enumerate() {
            let line = line?;
            if !line.trim().is_empty() {
                let recorded = serde_json::from_str(&line)
                    .map_err(|error| format!("{file}:{}: not a recorded call: {error}", number + 1))?;
                tally.check(&recorded);
            }
        }
    }
    for (operation, (problem, count)) in &tally.problems {
        let more = if *count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
        println!("{operation}: {problem}{more}");
    }
    let Tally { bodies, undecodable, lossy, ref unknown, .. } = tally;
    println!(
        "{bodies} bodies, {undecodable} undecodable, {lossy} lossy, {} operations unknown",
        unknown.len()
    );
    Ok(if undecodable + lossy == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Tally {
    fn check(&mut self, recorded: &Recorded) {
        let Some(operation) = operation(&recorded.op_id) else {
            *self.unknown.entry(recorded.op_id.clone()).or_default() += 1;
            return;
        };
        if !is_json(&recorded.res_body) || is_empty(recorded) {
            return;
        }
        self.bodies += 1;
        let again = if (200..300).contains(&recorded.status) {
            recode(operation, recorded)
        } else {
            recode_error(&recorded.res_body)
        };
        let problem = match again {
            Err(error) => {
                self.undecodable += 1;
                Some(format!("undecodable: {error}"))
            }
            Ok(again) => {
                let mut lost = Vec::new();
                compare("", &recorded.res_body, Some(&again), &mut lost);
                let excused = |path: &String| {
                    EXCUSED.iter().any(|(id, excused, _)| *id == recorded.op_id && excused == path)
                };
                lost.retain(|path| !excused(path));
                lost.first().map(|_| {
                    self.lossy += 1;
                    format!("lossy: {}", lost.join(", "))
                })
            }
        };
        if let Some(problem) = problem {
            let entry = self.problems.entry(recorded.op_id.clone());
            let (_, count) =
                entry.or_insert_with(|| (format!("{problem} [{} {}]", recorded.status, recorded.case), 0));
            *count += 1;
        }
    }
}

/// Recordings stand in for text and bytes by an object with one of these keys.
fn is_json(body: &Value) -> bool {
    !body.as_object().is_some_and(|body| body.contains_key("_text") || body.contains_key("_binary"))
}

/// An answer without a body is recorded as null.
fn is_empty(recorded: &Recorded) -> bool {
    let length = recorded.res_headers.get("content-length").and_then(Value::as_str);
    recorded.res_body.is_null() && length == Some("0")
}

fn recode(operation: &Operation, recorded: &Recorded) -> Result<Value, BoxError> {
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

/// Collects the paths of `before` that `after` has not got, or has with another value.
fn compare(path: &str, before: &Value, after: Option<&Value>, lost: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Some(Value::Object(after))) => {
            for (key, value) in before {
                compare(&format!("{path}.{key}"), value, after.get(key), lost);
            }
        }
        (Value::Array(before), Some(Value::Array(after))) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(&format!("{path}[{index}]"), before, Some(after), lost);
            }
        }
        (before, Some(after)) if before == after || (is_nothing(before) && is_nothing(after)) => {}
        _ => lost.push(if path.is_empty() { ".".to_owned() } else { path.to_owned() }),
    }
}

/// Null, an empty list and an empty map mean the same on this wire.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
