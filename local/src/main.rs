//! `make run`: the whole of Switchboard on one machine.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use local::aws::Data;
use local::clock;
use local::seed::{self, SeedFile};
use local::simulator::{SimAccount, SimApp, Simulator};
use local::{DataFolder, LocalSettings, Options, System, asked_to_end};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("switchboard: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    if let Some(argument) = std::env::args().nth(1) {
        return Err(format!(
            "{argument}: it takes no arguments, its settings are variables of the environment (README.md)"
        )
        .into());
    }
    let settings = LocalSettings::read(|name| std::env::var(name).ok())?;
    let level = settings.parameters.get("LogLevel").map_or("info", String::as_str);
    let filter = EnvFilter::try_new(format!("warn,dynoxide=error,local={level}"))?;
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_target(false).with_current_span(false);
    log.with_span_list(false).with_env_filter(filter).with_writer(std::io::stderr).init();
    // Listen for the end before anything begins: a signal during the start must end it as well.
    let ended = tokio::spawn(asked_to_end());
    let install = match &settings.seed {
        Some(file) => {
            let named = |fault: &dyn std::fmt::Display| format!("SWITCHBOARD_SEED: {}: {fault}", file.display());
            let text = std::fs::read_to_string(file).map_err(|fault| named(&fault))?;
            SeedFile::parse(&text).map_err(|fault| named(&fault))?
        }
        None => seed::demo(),
    };
    let _folder = DataFolder::take(&settings.data_dir)?;
    let data = Data::Dir(settings.data_dir.clone());
    let simulator = Simulator::open(&data, SimAccount::of_seed(&install), Arc::new(clock::now_ms))?;
    let simulator = simulator.with_apps(SimApp::of_seed(&install));
    let system = System::start(Options {
        data,
        listen: settings.listen,
        parameters: settings.parameters,
        time_scale: settings.time_scale,
        install,
        more_routes: Some(Box::new(move |endpoints| simulator.router(&endpoints.gateway))),
        stream_delay: (Duration::from_millis(2), Duration::from_millis(8)),
        ..Options::default()
    })
    .await?;
    greet(&system.endpoints.gateway, settings.seed.is_none());
    ended.await??;
    tracing::info!("ending: no more work is taken, what is under way may finish");
    system.stop().await;
    Ok(())
}

/// What one needs to begin. Whoever started us may have stopped listening: that is no reason to end.
fn greet(gateway: &str, demo: bool) {
    let mut words = format!("Switchboard is ready on {gateway}\n");
    if demo {
        words += "  sign in as ada@acme.test with switchboard-demo-2026 (a colleague: noa@acme.test; another tenant: gil@globex.test)\n";
    }
    words += &format!("  write as a customer on {gateway}/simulator\n");
    let _nobody_listens = std::io::stdout().write_all(words.as_bytes());
}
