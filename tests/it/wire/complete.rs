//! No operation is forgotten.

use std::fs;
use std::path::{Path, PathBuf};

/// The text of all files of one subject: `subject.rs` and what is below `subject/`.
fn sources(folder: &Path, subject: &str) -> String {
    fn read(path: &Path, text: &mut String) {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("a folder");
            entries.for_each(|entry| read(&entry.expect("an entry").path(), text));
        } else if let Ok(source) = fs::read_to_string(path) {
            text.push_str(&source);
        }
    }
    let mut text = String::new();
    read(&folder.join(format!("{subject}.rs")), &mut text);
    read(&folder.join(subject), &mut text);
    text
}

/// The names of the structs that are operations.
fn operations(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_operation = false;
    for line in source.lines() {
        is_operation |= line.starts_with("#[endpoint(");
        if let Some(name) = line.strip_prefix("pub struct ").filter(|_| is_operation) {
            names.extend(name.split(|char: char| !char.is_alphanumeric()).next());
            is_operation = false;
        }
    }
    names
}

#[test]
fn every_operation_of_an_area_with_vectors_has_one() {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (vectors, api) = (tests.join("it/wire"), tests.join("../crates/mm-core/src/api"));
    let areas = fs::read_dir(&api).expect("the areas").map(|entry| entry.expect("an entry").path());
    let areas = areas.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    let mut seen = 0;
    let mut missing = Vec::new();
    for area in areas.filter(|area| vectors.join(format!("{area}.rs")).exists()) {
        let written = sources(&vectors, &area);
        let source = sources(&api, &area);
        for name in operations(&source) {
            seen += 1;
            let is_used = |rest: &str| rest.starts_with("::");
            if !written.split(name).skip(1).any(is_used) && !missing.contains(&name.to_owned()) {
                missing.push(name.to_owned());
            }
        }
    }
    assert!(seen > 0, "no operations found: does this test look in the right place?");
    assert!(missing.is_empty(), "operations without a vector: {}", missing.join(", "));
}
