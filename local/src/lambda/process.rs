//! A worker as a process: started so that it dies with the host, frozen between invocations, its log lines passed on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::emf::Emf;

/// Starts processes from one thread that lives as long as the host: the kernel's parent-death signal follows the
/// *thread* that forked, so a thread that comes and goes would take its children along.
#[derive(Clone)]
pub(super) struct Spawner {
    orders: mpsc::Sender<Order>,
    tether: Option<PathBuf>,
    emf: Emf,
}

type Order = (Command, oneshot::Sender<std::io::Result<Child>>);

impl Spawner {
    /// `tether` beside the functions ties each worker's life to the host's; see `src/bin/tether.rs`.
    pub(super) fn start(bin_dir: &Path, emf: Emf) -> std::io::Result<Self> {
        let (orders, inbox) = mpsc::channel::<Order>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("spawner".to_owned()).spawn(move || {
            let _inside = runtime.enter();
            for (mut command, reply) in inbox {
                let _nobody_waits = reply.send(command.spawn());
            }
        })?;
        let tether = bin_dir.join("tether");
        Ok(Self { orders, tether: tether.is_file().then_some(tether), emf })
    }

    pub(super) async fn spawn(
        &self,
        binary: &Path,
        environment: &BTreeMap<String, String>,
    ) -> std::io::Result<Process> {
        let mut command = match &self.tether {
            Some(tether) => {
                let mut command = Command::new(tether);
                command.arg(std::process::id().to_string()).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        command.env_clear().envs(environment).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (reply, child) = oneshot::channel();
        let gone = || std::io::Error::other("the spawner is gone");
        self.orders.send((command, reply)).map_err(|_| gone())?;
        Ok(Process { child: child.await.map_err(|_| gone())??, emf: self.emf.clone() })
    }
}

/// A running worker.
pub(super) struct Process {
    child: Child,
    emf: Emf,
}

impl Process {
    pub(super) fn pid(&self) -> Option<Pid> {
        self.child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw)
    }

    /// Passes its lines on until it ends, and says how it ended.
    pub(super) async fn outlive(mut self, function: &str) -> String {
        if let Some(stdout) = self.child.stdout.take() {
            tokio::spawn(pass_on(stdout, function.to_owned(), self.emf.clone()));
        }
        if let Some(stderr) = self.child.stderr.take() {
            tokio::spawn(pass_on(stderr, function.to_owned(), self.emf.clone()));
        }
        self.child.wait().await.as_ref().map_or_else(ToString::to_string, ExitStatus::to_string)
    }
}

/// Stops a process in its tracks, as Lambda freezes an execution environment that has answered.
pub(super) fn freeze(pid: Pid) {
    signal(pid, Signal::SIGSTOP);
}

/// Lets a frozen process go on.
pub(super) fn thaw(pid: Pid) {
    signal(pid, Signal::SIGCONT);
}

/// Ends a process without asking it.
pub(super) fn end(pid: Pid) {
    signal(pid, Signal::SIGKILL);
}

fn signal(pid: Pid, signal: Signal) {
    if let Err(fault) = kill(pid, signal) {
        tracing::debug!(%pid, %signal, %fault, "a signal found no process");
    }
}

/// Figures are summed up and shown at `/metrics`; everything else goes to the log.
async fn pass_on(output: impl AsyncRead + Unpin, function: String, emf: Emf) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if !emf.take(&line) {
            eprintln!("{}", as_json_line(line, &function));
        }
    }
}

/// A line that is not a JSON object (a panic's, as a rule) is put into one, so that the whole log stays machine-readable.
fn as_json_line(line: String, function: &str) -> String {
    if line.starts_with('{') && serde_json::from_str::<Value>(&line).is_ok() {
        return line;
    }
    json!({ "timestamp": crate::clock::now_rfc3339(), "level": "ERROR", "message": line, "function": function })
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_lines_pass_unchanged_and_others_are_wrapped() {
        assert_eq!(as_json_line(r#"{"level":"INFO"}"#.to_owned(), "ingest"), r#"{"level":"INFO"}"#);
        let wrapped: Value =
            serde_json::from_str(&as_json_line("thread 'main' panicked".to_owned(), "ingest")).unwrap();
        assert_eq!(
            [&wrapped["level"], &wrapped["message"], &wrapped["function"]],
            [&json!("ERROR"), &json!("thread 'main' panicked"), &json!("ingest")]
        );
    }
}
