//! `load`: reads the command line, runs, prints, and says by its exit code whether all was there once.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use load::install::{self, Number, Person, Tenant};
use load::options::{self, Command, Options, Whom};
use load::run;

fn main() -> ExitCode {
    let command = match options::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(misuse) => {
            eprintln!("{misuse}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    match obey(command) {
        Ok(code) => code,
        Err(error) => {
            let source = error.source().map(|source| format!(": {source}"));
            eprintln!("{error}{}", source.unwrap_or_default());
            ExitCode::from(2)
        }
    }
}

/// 0 when everything is there once, 1 when it is not; an error when it could not be found out.
fn obey(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Help => println!("{}", options::USAGE),
        Command::PrintSeed(tenants) => println!("{:#}", install::seed_of(tenants)),
        Command::Run(options) => return start(*options),
    }
    Ok(ExitCode::SUCCESS)
}

fn start(options: Options) -> Result<ExitCode, Box<dyn Error>> {
    let tenants = tenants(&options.whom)?;
    let json = options.json.clone();
    let _ = rustls::crypto::ring::default_provider().install_default(); // Nobody was before us.
    let http = reqwest::Client::builder().build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(run::run(options, tenants, http, now()))?;
    println!("{report}");
    if let Some(file) = json {
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tenants(whom: &Whom) -> Result<Vec<Tenant>, Box<dyn Error>> {
    Ok(match whom {
        Whom::Demo => install::tenants(None)?,
        Whom::SeedFile(file) => install::tenants(Some(&std::fs::read_to_string(file)?))?,
        Whom::One { app_secret, email, password, number } => vec![Tenant {
            slug: None,
            app_secret: app_secret.clone(),
            people: vec![Person::owner(email.clone(), password.clone())],
            numbers: vec![Number { phone_number_id: number.clone(), ..Number::default() }],
        }],
    })
}

/// Time since 1970.
#[expect(clippy::disallowed_methods, reason = "the run begins here; everything below takes `now`")]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
