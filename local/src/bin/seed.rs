//! `seed <file>`: creates what a seed names in the account that the environment speaks of, for an install's first tenants.
//!
//! It is how AWS is seeded (docs/OPERATIONS.md); local mode applies its seed by itself.

use std::error::Error;
use std::process::ExitCode;

use bootstrap::{Clock, Settings};
use domain::Timestamp;
use local::seed::{SeedFile, Target, apply};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("seed: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: seed <file>")?;
    let seed = SeedFile::parse(&std::fs::read_to_string(file)?)?;
    let now = Timestamp::from_millis(Clock::system().now());
    Ok(apply(&seed, &Target::open(&Settings::from_env(), now).await?).await?)
}
