//! What the documents name is there: a stranger who follows a walk finds each step in the file that it names.

use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 9] = [
    "README.md",
    "AGENTS.md",
    "docs/ARCHITECTURE.md",
    "docs/EMULATOR.md",
    "docs/LOAD.md",
    "docs/LOGGING.md",
    "docs/OPERATIONS.md",
    "docs/SECURITY.md",
    "docs/SIMULATION.md",
];

/// The rooms of the house: a quoted text that starts with one and has no blank or placeholder is a path.
const ROOMS: [&str; 12] = [
    "functions/",
    "shared/",
    "local/",
    "tests/",
    "simulation/",
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
