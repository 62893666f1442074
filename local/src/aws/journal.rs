//! A small durable map: writes of many callers go into one commit, and each caller hears when it is over.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

/// One change of a key.
#[derive(Debug)]
pub enum Change {
    Put(String, Vec<u8>),
    Delete(String),
}

type Job = (Vec<Change>, Option<oneshot::Sender<()>>);

/// Writes to one SQLite file in the background; without a file it keeps nothing and answers at once.
///
/// `synchronous = NORMAL`: a commit has left the process, so it outlives a `kill -9`; a power cut may take the last ones.
#[derive(Clone, Debug)]
pub struct Journal(Option<mpsc::Sender<Job>>);

/// Most jobs in one commit.
const GROUP: usize = 512;

/// Keys and values, in the order of the keys.
type Kept = Vec<(String, Vec<u8>)>;

impl Journal {
    pub fn memory() -> Self {
        Self(None)
    }

    /// Opens the file, and gives back what it holds, in the order of the keys.
    pub fn open(file: &Path) -> rusqlite::Result<(Self, Kept)> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection
            .execute("CREATE TABLE IF NOT EXISTS kept (k TEXT PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID", [])?;
        let mut select = connection.prepare("SELECT k, v FROM kept ORDER BY k")?;
        let kept = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        drop(select);
        let (jobs, todo) = mpsc::channel();
        thread::spawn(move || write_all(connection, &todo));
        Ok((Self(Some(jobs)), kept))
    }

    /// Writes these changes together; ready when they are kept.
    pub async fn write(&self, changes: Vec<Change>) {
        let Some(jobs) = &self.0 else { return };
        let (done, kept) = oneshot::channel();
        if jobs.send((changes, Some(done))).is_ok() && kept.await.is_err() {
            // The writer is gone: never say "kept" of what is not.
            std::future::pending::<()>().await;
        }
    }

    /// Writes these changes together, soon. For what may be lost in a crash without harm.
    pub fn write_soon(&self, changes: Vec<Change>) {
        if let Some(jobs) = &self.0 {
            jobs.send((changes, None)).ok();
        }
    }
}

fn write_all(mut connection: Connection, todo: &mpsc::Receiver<Job>) {
    while let Ok(first) = todo.recv() {
        let mut jobs = vec![first];
        jobs.extend(todo.try_iter().take(GROUP));
        if let Err(fault) = commit(&mut connection, &jobs) {
            tracing::error!(%fault, "what was sent could not be kept");
            return;
        }
        for (_, done) in jobs {
            done.map(|d| d.send(()));
        }
    }
}

fn commit(connection: &mut Connection, jobs: &[Job]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut put = transaction.prepare_cached("INSERT OR REPLACE INTO kept (k, v) VALUES (?1, ?2)")?;
        let mut delete = transaction.prepare_cached("DELETE FROM kept WHERE k = ?1")?;
        for change in jobs.iter().flat_map(|(changes, _)| changes) {
            match change {
                Change::Put(key, value) => put.execute(params![key, value])?,
                Change::Delete(key) => delete.execute(params![key])?,
            };
        }
    }
    transaction.commit()
}
