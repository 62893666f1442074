//! The process of `make run`: one per data folder, ended by SIGTERM or Ctrl-C after its work is done.

use std::fs::{File, TryLockError};
use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

/// The data folder, held by this process alone for as long as this lives. The lock goes with the process, however it
/// ends, so a `kill -9` leaves nothing to clean up.
pub struct DataFolder {
    _lock: File,
}

/// Why the folder cannot be had, in one line.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{0}: another switchboard runs on this folder")]
    Taken(String),
    #[error("{0}: {1}")]
    Unusable(String, std::io::Error),
}

impl DataFolder {
    /// Makes the folder if need be and takes it.
    pub fn take(dir: &Path) -> Result<Self, FolderError> {
        let unusable = |fault| FolderError::Unusable(dir.display().to_string(), fault);
        std::fs::create_dir_all(dir).map_err(unusable)?;
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Taken(dir.display().to_string())),
            Err(TryLockError::Error(fault)) => Err(unusable(fault)),
        }
    }
}

/// Ready when the process is asked to end.
pub async fn asked_to_end() -> std::io::Result<()> {
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_told_in_one_line() {
        let dir = std::env::temp_dir().join(format!("switchboard-lock-{}", std::process::id()));
        let held = DataFolder::take(&dir).unwrap();
        let refused = DataFolder::take(&dir).map(|_| ()).unwrap_err().to_string();
        assert_eq!(refused, format!("{}: another switchboard runs on this folder", dir.display()));
        drop(held);
        assert!(DataFolder::take(&dir).is_ok());
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
