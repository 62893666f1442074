//! A replay: the record as it was goes back on its queue.

use queue::{InboundRecord, MediaJob, Outgoing, Producer, Wake};

use crate::{App, problem::Problem};

/// Puts a record back on the queue that it came from. It cannot be changed on its way.
pub async fn replay(app: &App, id: &str, record: String) -> Result<(), Problem> {
    // A queue passes over what it saw five minutes ago: each replay is a new one to it. The tables drop what they have.
    let nonce = hex::encode(app.random.bytes::<8>());
    let (queue, outgoing) = if let Ok(wake) = serde_json::from_str::<Wake>(&record) {
        (&app.queues.outbound, wake.outgoing(std::time::Duration::ZERO).map_err(|_| not_replayable())?)
    } else if let Ok(job) = serde_json::from_str::<MediaJob>(&record) {
        (&app.queues.media, job.outgoing().map_err(|_| not_replayable())?)
    } else if serde_json::from_str::<InboundRecord>(&record).is_ok() {
        let group = format!("replay-{id}");
        let deduplication = Some(format!("{group}-{nonce}"));
        (&app.queues.inbound, Outgoing { group, deduplication, body: record, delay_seconds: 0 })
    } else {
        return Err(not_replayable());
    };
    enqueue(queue, outgoing).await
}

async fn enqueue(queue: &Producer, outgoing: Outgoing) -> Result<(), Problem> {
    if queue.send(&[outgoing]).await.is_empty() { Ok(()) } else { Err(Problem::busy()) }
}

pub fn not_replayable() -> Problem {
    Problem::conflict("not_replayable", "This is no record of a queue: it can only be discarded.")
}
