//! `tether <host pid> <program>`: becomes the program, tied to the host's life.
//!
//! A killed host (`kill -9` included) must leave no function behind, frozen ones least of all: they could not notice.
//! The kernel's parent-death signal survives `exec`, so a process may ask for it and then become another program.

use std::error::Error;
use std::os::unix::process::CommandExt;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let (Some(host), Some(program)) = (words.next(), words.next()) else {
        return Err("usage: tether <host pid> <program>".into());
    };
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    // The host may have died before we asked.
    if nix::unistd::getppid().to_string() != host.to_string_lossy() {
        return Err("the host is gone".into());
    }
    Err(Command::new(program).args(words).exec().into())
}
