//! Every input that is known, on stable: those of the corpus, and for the envelope each of WhatsApp's payloads.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use fuzz::TARGETS;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn inputs(target: &str) -> Vec<PathBuf> {
    let mut inputs = files(&here().join("corpus").join(target));
    if target == "envelope" {
        inputs.extend(files(&here().join("../shared/channel-whatsapp/fixtures")));
    }
    inputs
}

#[test]
fn every_known_input_holds() {
    let mut broken = Vec::new();
    for (target, holds) in TARGETS {
        for path in inputs(target) {
            let input = fs::read(&path).expect("an input");
            if catch_unwind(|| holds(&input)).is_err() {
                broken.push(format!("{target}: {}", path.display()));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn every_target_has_its_program_and_a_corpus() {
    let stems = |folder: &str| files(&here().join(folder)).iter().map(|path| stem(path)).collect::<BTreeSet<_>>();
    let targets = TARGETS.map(|(target, _)| target.to_owned()).into();
    assert_eq!((stems("fuzz_targets"), stems("corpus")), (BTreeSet::clone(&targets), targets));
    let empty: Vec<_> =
        TARGETS.iter().filter(|(target, _)| files(&here().join("corpus").join(target)).is_empty()).collect();
    assert_eq!(empty, Vec::<&(&str, fuzz::Holds)>::new());
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned()
}
