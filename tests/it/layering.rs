//! Rooms see only what the plan of the house lets them see.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Who must not see whom, directly or through others, in a normal build with default features.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("mm-types", &["http", "http-body", "bytes", "tokio", "hyper", "tower", "mm-core"]),
    ("mm-core", &["tokio", "hyper", "tower", "tower-service", "rustls", "mm-tower", "mm-hyper", "mm-mock"]),
    // Of hyper it knows the stream behind a 101, which every transport made of hyper hands over.
    ("mm-tower", &["hyper-util", "rustls", "mm-hyper", "mm-mock"]),
    ("mm-hyper", &["mm-tower", "mm-mock"]),
    ("mm-mock", &["mm-tower", "mm-hyper", "rustls"]),
];

/// Package name → everything it needs to be built, by default features.
fn seen_by(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--quiet",
            "-e",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "-p",
            package,
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn no_room_sees_one_it_must_not() {
    for (room, forbidden) in FORBIDDEN {
        let seen = seen_by(room);
        assert!(seen.contains(*room), "{room} is not in its own tree");
        for other in *forbidden {
            assert!(!seen.contains(*other), "{room} must not see {other}");
        }
    }
}

#[test]
fn every_room_takes_the_workspace_lints() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--quiet", "--no-deps", "--format-version", "1"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let manifests: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|package| Some((package["name"].as_str()?, package["manifest_path"].as_str()?)))
        .collect();
    assert!(manifests.len() >= 8, "{manifests:?}");
    for (name, path) in manifests {
        let manifest = std::fs::read_to_string(path).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} has lints of its own");
    }
}
