//! A message, on its way in and as it is kept, and the receipt of who has it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ACCOUNT;

/// A message as a queue keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: String,
    /// Its place in the queue; also FIFO's sequence number.
    pub seq: u64,
    pub body: String,
    /// As the wire has them: name → `{DataType, StringValue?, BinaryValue?}`.
    #[serde(default)]
    pub attributes: Map<String, Value>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    /// Milliseconds since 1970, as are the other times.
    pub sent_at: u64,
    /// Hidden until this time: a delay, or someone is working on it.
    pub visible_at: u64,
    pub receives: u32,
    pub first_received_at: Option<u64>,
    /// Where it failed before it came here.
    pub source: Option<String>,
}

/// A message on its way in.
#[derive(Clone, Debug, Default)]
pub struct Arriving {
    pub id: String,
    pub body: String,
    pub attributes: Map<String, Value>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    /// Seconds; `None`: the queue's.
    pub delay: Option<u64>,
}

/// What a receipt handle says: which message, and which receipt of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub seq: u64,
    pub nonce: u64,
}

impl Message {
    /// As it is kept from `now` on, under this number.
    pub(super) fn of(arriving: &Arriving, seq: u64, now: u64, delay_seconds: u64) -> Self {
        Self {
            id: arriving.id.clone(),
            seq,
            body: arriving.body.clone(),
            attributes: arriving.attributes.clone(),
            group: arriving.group.clone(),
            deduplication: arriving.deduplication.clone(),
            sent_at: now,
            visible_at: now + 1_000 * delay_seconds,
            receives: 0,
            first_received_at: None,
            source: None,
        }
    }

    /// The same content, sent anew.
    pub(super) fn again(self, id: String, seq: u64, now: u64) -> Self {
        Self { id, seq, sent_at: now, visible_at: now, receives: 0, first_received_at: None, source: None, ..self }
    }

    /// What SQS itself says of a message.
    pub fn system_attributes(&self) -> Map<String, Value> {
        let fifo = self.group.is_some() && self.deduplication.is_some();
        let some = [
            ("ApproximateReceiveCount", Some(self.receives.to_string())),
            ("SentTimestamp", Some(self.sent_at.to_string())),
            ("SenderId", Some(ACCOUNT.to_owned())),
            ("ApproximateFirstReceiveTimestamp", self.first_received_at.map(|at| at.to_string())),
            ("MessageGroupId", self.group.clone()),
            ("MessageDeduplicationId", self.deduplication.clone()),
            ("SequenceNumber", fifo.then(|| format!("{:020}", self.seq))),
            ("DeadLetterQueueSourceArn", self.source.clone()),
        ];
        some.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
    }
}

impl Receipt {
    /// The handle that the wire has for it.
    pub(super) fn handle(self, queue: &str) -> String {
        data_encoding::BASE64URL_NOPAD.encode(format!("{queue}/{}/{}", self.seq, self.nonce).as_bytes())
    }

    /// Reads a handle; `None` when it is none of this queue's.
    pub(super) fn read(queue: &str, handle: &str) -> Option<Self> {
        let text = String::from_utf8(data_encoding::BASE64URL_NOPAD.decode(handle.as_bytes()).ok()?).ok()?;
        let (rest, nonce) = text.rsplit_once('/')?;
        let (of, seq) = rest.rsplit_once('/')?;
        (of == queue).then_some(Self { seq: seq.parse().ok()?, nonce: nonce.parse().ok()? })
    }
}

/// An id in the form that SQS gives: a random UUID.
pub(super) fn new_id() -> String {
    let mut b = [0_u8; 16];
    getrandom::fill(&mut b).expect("the operating system gives random bytes");
    let h = hex::encode(b);
    format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
}
