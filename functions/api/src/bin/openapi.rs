//! Prints the OpenAPI document: `cargo run -p api --bin openapi > docs/openapi.json`. With `--check` it compares instead.

use std::process::ExitCode;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

fn main() -> ExitCode {
    let text = api::openapi::text();
    if std::env::args().nth(1).as_deref() != Some("--check") {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    if std::fs::read_to_string(KEPT).is_ok_and(|kept| kept == text) {
        return ExitCode::SUCCESS;
    }
    eprintln!("docs/openapi.json is not what the types say: run `cargo run -p api --bin openapi > docs/openapi.json`");
    ExitCode::FAILURE
}
