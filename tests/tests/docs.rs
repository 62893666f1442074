//! What the documents name is there: a stranger who follows a walk finds each step in the file that it names.

use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 11] = [
    "README.md",
    "AGENTS.md",
    "docs/ARCHITECTURE.md",
    "docs/EMULATOR.md",
    "docs/FUZZ.md",
    "docs/LOAD.md",
    "docs/LOGGING.md",
    "docs/OPERATIONS.md",
    "docs/RELIABILITY.md",
    "docs/SECURITY.md",
    "docs/SIMULATION.md",
];

/// The rooms of the house: a quoted text that starts with one and has no blank or placeholder is a path.
const ROOMS: [&str; 13] = [
    "functions/",
    "shared/",
    "local/",
    "tests/",
    "simulation/",
    "fuzz/",
    "load/",
    "web/",
    "infra/",
    "docs/",
    "events/",
    "house/",
    "bench/",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The paths that a document names between backquotes.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|path| ROOMS.iter().any(|room| path.starts_with(room)) && !path.contains(['<', ' ', '{']))
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root().join(document)).expect("the document is there");
        missing
            .extend(paths(&text).filter(|path| !root().join(path).exists()).map(|path| format!("{document}: {path}")));
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_function_has_a_sample_event() {
    let functions = std::fs::read_dir(root().join("functions")).expect("functions");
    let names = functions.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let without: Vec<_> = names.filter(|name| !root().join("events").join(name).is_dir()).collect();
    assert_eq!(without, Vec::<String>::new());
}

/// What RELIABILITY.md has to answer: every failure of intake, storing, sending (another channel's aside) and files, and the threats on that road.
fn failures() -> Vec<String> {
    let failures = (1..=34).filter(|n| ![9, 23].contains(n)).map(|n| format!("F-{n:02}"));
    failures.chain([1, 2, 3, 4, 5, 6, 7, 25, 26].map(|n| format!("S-{n:02}"))).collect()
}

#[test]
fn every_failure_names_a_test_that_is_there() {
    let text = std::fs::read_to_string(root().join("docs/RELIABILITY.md")).expect("the document is there");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| F-") || line.starts_with("| S-")).collect();
    let named: Vec<&str> = rows.iter().filter_map(|row| row.split('|').nth(1)).map(str::trim).collect();
    assert_eq!(named, failures());
    let mut missing = Vec::new();
    for row in rows {
        let mut source = String::new();
        for quoted in row.split('`').skip(1).step_by(2) {
            if ROOMS.iter().any(|room| quoted.starts_with(room)) {
                source = std::fs::read_to_string(root().join(quoted)).unwrap_or_default();
            } else if !source.contains(&format!("fn {quoted}(")) && !source.contains(&format!("test(\"{quoted}\"")) {
                missing.push(quoted);
            }
        }
    }
    assert_eq!(missing, Vec::<&str>::new());
}
