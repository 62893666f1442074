//! The log that dynoxide keeps of its streams, seen beside it: read by order, and cut off behind the readers.
//!
//! dynoxide has no way to trim a stream, and looks through all of it for the next number. Its file is SQLite, and a
//! second connection may give it an index and take old rows out.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::listen::lock;

/// How long a stream keeps a record at least, in milliseconds: 24 hours.
/// [AWS](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html#Streams.DataRetention).
const RETENTION: u64 = 24 * 60 * 60 * 1_000;

/// Rows in one transaction: whoever writes meanwhile waits for no more.
const STEP: i64 = 500;

/// As long as dynoxide itself waits for another writer.
const PATIENCE: Duration = Duration::from_secs(5);

const INDEX: &str = "CREATE INDEX IF NOT EXISTS local_stream_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

const TRIM: &str = "DELETE FROM _stream_records WHERE id IN (
    SELECT id FROM _stream_records
    WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2 AND created_at <= ?3 LIMIT ?4)";

/// The log in a database's file; in memory there is none to see.
#[derive(Clone)]
pub(super) struct StreamLog(Option<Arc<Mutex<Connection>>>);

impl StreamLog {
    pub(super) fn of(file: Option<&Path>) -> rusqlite::Result<Self> {
        let Some(file) = file else { return Ok(Self(None)) };
        let connection = Connection::open(file)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute(INDEX, [])?;
        Ok(Self(Some(Arc::new(Mutex::new(connection)))))
    }

    /// Takes out a table's records up to this place that are older than a day. Blocks. Returns how many there were.
    pub(super) fn trim(&self, table: &str, up_to: i64, now_ms: u64) -> rusqlite::Result<usize> {
        let Some(connection) = &self.0 else { return Ok(0) };
        let before = i64::try_from(now_ms.saturating_sub(RETENTION) / 1_000).unwrap_or(i64::MAX);
        let mut trimmed = 0;
        loop {
            let step = lock(connection).execute(TRIM, params![table, up_to, before, STEP])?;
            trimmed += step;
            if step == 0 {
                return Ok(trimmed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_and_the_next_records_are_found_by_the_index() {
        let file = std::env::temp_dir().join(format!("switchboard-stream-log-{}.db", std::process::id()));
        let _database = dynoxide::Database::new(file.to_str().unwrap()).unwrap();
        let log = StreamLog::of(Some(&file)).unwrap();
        let connection = lock(log.0.as_ref().unwrap());
        // As dynoxide 3.2 asks.
        for query in [
            "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 't'",
            "SELECT new_image FROM _stream_records WHERE table_name = 't' AND shard_id = 's'
                AND CAST(sequence_number AS INTEGER) > 1 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 10",
        ] {
            let plan = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
                .unwrap()
                .query_map([], |row| row.get::<_, String>(3))
                .unwrap()
                .collect::<Result<Vec<_>, _>>()
                .unwrap();
            let [step] = &plan[..] else { panic!("one step, without sorting, not {plan:?}") };
            assert!(step.starts_with("SEARCH") && step.contains("INDEX local_stream_order"), "{step}");
        }
        std::fs::remove_file(&file).unwrap();
    }
}
