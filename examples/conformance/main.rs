//! Decodes recorded traffic and says what a model loses.
//!
//! ```text
//! cargo run --example conformance -- RECORDING.jsonl...
//! ```
//!
//! A recording holds one JSON object a line.
//!
//! - A call has the keys `op_id`, `status`, `res_headers`, `res_body`. A JSON body of a known operation is decoded into
//!   the operation's output (or into the server's error) and encoded again.
//! - Anything else is a frame of the event socket. Its data is decoded by the event's name and encoded again, first with
//!   the JSON inside JSON as it came, then with that decoded and encoded as well.
//!
//! Each JSON path that was there must be there still, with its value. Prints a line for each operation and event with
//! a problem, and a summary. The exit code is 1 if something was undecodable or lossy.

mod calls;
mod compare;
mod frames;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::ExitCode;

use mm_core::BoxError;
use serde::Deserialize as _;
use serde_json::Value;

/// Paths that may differ, and why: operation or event, path, reason.
const EXCUSED: &[(&str, &str, &str)] = &[];

#[derive(Default)]
struct Tally {
    bodies: usize,
    frames: usize,
    undecodable: usize,
    lossy: usize,
    /// Operation or event → first problem and how many more there are.
    problems: BTreeMap<String, (String, usize)>,
    unknown_operations: BTreeSet<String>,
    unknown_events: BTreeSet<String>,
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
                tally.check(&line).map_err(|error| format!("{file}:{}: {error}", number + 1))?;
            }
        }
    }
    for (name, (problem, more)) in &tally.problems {
        let more = if *more > 0 { format!(" (and {more} more)") } else { String::new() };
        println!("{name}: {problem}{more}");
    }
    let Tally { bodies, frames, undecodable, lossy, .. } = tally;
    println!(
        "{bodies} bodies and {frames} frames, {undecodable} undecodable, {lossy} lossy, {} operations and {} events unknown",
        tally.unknown_operations.len(),
        tally.unknown_events.len()
    );
    Ok(if undecodable + lossy == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Tally {
    fn check(&mut self, line: &str) -> Result<(), BoxError> {
        let recorded: Value = serde_json::from_str(line).map_err(|error| format!("not JSON: {error}"))?;
        if recorded["op_id"].is_null() {
            frames::check(line, &recorded, self);
        } else {
            let call = calls::Call::deserialize(recorded)
                .map_err(|error| format!("not a recorded call: {error}"))?;
            calls::check(&call, self);
        }
        Ok(())
    }

    /// Counts what became of one body or frame: the paths it lost, or that it could not be decoded.
    fn add(&mut self, name: &str, note: &str, result: Result<Vec<String>, BoxError>) {
        let problem = match result {
            Err(error) => {
                self.undecodable += 1;
                format!("undecodable: {error}")
            }
            Ok(mut lost) => {
                lost.retain(|path| {
                    !EXCUSED.iter().any(|(excused, where_, _)| *excused == name && where_ == path)
                });
                if lost.is_empty() {
                    return;
                }
                self.lossy += 1;
                format!("lossy: {}", lost.join(", "))
            }
        };
        let more = |(_, more): &mut (String, usize)| *more += 1;
        self.problems
            .entry(name.to_owned())
            .and_modify(more)
            .or_insert_with(|| (format!("{problem} [{note}]"), 0));
    }
}
