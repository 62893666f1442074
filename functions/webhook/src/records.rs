//! A verified body as records of the queue: one for each thread of each account that it speaks of.

use channel::Signer;
use channel_whatsapp::Routed;
use domain::{ChannelType, Timestamp};
use queue::{InboundBody, InboundRecord, Outgoing};
use ring::digest::{Context, SHA256};
use serde::Deserialize;

/// Room for what a record says beside its events, in bytes.
const ENVELOPE: usize = 512;

/// A record before it was written as text.
pub(crate) struct Record(InboundRecord);

impl Record {
    /// The events, for the bucket, and the record that names them there instead.
    pub(crate) fn claimed(mut self, outgoing: &Outgoing) -> (Vec<u8>, Outgoing) {
        let events = match &self.0.body {
            InboundBody::Events(events) => serde_json::to_vec(events).unwrap_or_default(),
            InboundBody::Unreadable(raw) => serde_json::to_vec(&[raw]).unwrap_or_default(),
            InboundBody::Claim(_) => Vec::new(),
        };
        self.0.body = InboundBody::Claim(blob::Key::claim(&events).as_str().to_owned());
        let body = serde_json::to_string(&self.0).unwrap_or_default();
        (events, Outgoing { body, ..outgoing.clone() })
    }
}

#[derive(Deserialize)]
struct Kind {
    object: String,
}

/// Splits a body by its routing fields. What cannot be read is a record too. `signature` is that of the whole body.
pub(crate) fn records(signer: &Signer, signature: &str, body: &[u8], now: Timestamp) -> Vec<(Record, Outgoing)> {
    let (channel, routed) = match channel_whatsapp::split(body) {
        Some(routed) => (ChannelType::Whatsapp, routed),
        None => (other(body), whole(body)),
    };
    let record = |(place, routed)| record(signer, signature, channel, routed, place, now);
    routed.into_iter().enumerate().filter_map(record).collect()
}

fn other(body: &[u8]) -> ChannelType {
    match serde_json::from_slice::<Kind>(body).map(|kind| kind.object).as_deref() {
        Ok("page") => ChannelType::Messenger,
        Ok("instagram") => ChannelType::Instagram,
        Ok(_) | Err(_) => ChannelType::Whatsapp,
    }
}

fn whole(body: &[u8]) -> Vec<Routed> {
    let unreadable = Some(String::from_utf8_lossy(body).into_owned());
    vec![Routed { account: None, business: None, thread: "unreadable".to_owned(), events: Vec::new(), unreadable }]
}

fn record(
    signer: &Signer,
    signature: &str,
    channel: ChannelType,
    routed: Routed,
    place: usize,
    now: Timestamp,
) -> Option<(Record, Outgoing)> {
    let account = routed.account.as_deref().unwrap_or_default();
    let thread = match &routed.unreadable {
        // Each stands alone, so that no two records of a POST are of one group.
        Some(_) => format!("unreadable:{place}"),
        None => routed.thread,
    };
    let group = digest(&[channel.as_str(), account, &thread]);
    // Of a POST that comes again everything is the same, to its signature: by another app's secret it is another. The two
    // are hex, so halves are 128 bits of each.
    let deduplication = format!("{:.32}{group:.32}", signature.trim_start_matches("sha256="));
    let body = match routed.unreadable {
        Some(raw) => InboundBody::Unreadable(raw),
        None => InboundBody::Events(routed.events),
    };
    let record = InboundRecord {
        v: InboundRecord::VERSION,
        channel,
        account: routed.account,
        business: routed.business,
        signer: signer.clone(),
        received_ms: now.millis(),
        body,
    };
    let body = text(&record)?;
    Some((Record(record), Outgoing { group, deduplication: Some(deduplication), body, delay_seconds: 0 }))
}

fn text(record: &InboundRecord) -> Option<String> {
    let events = match &record.body {
        InboundBody::Events(events) => events.iter().map(|event| event.get().len() + 1).sum(),
        InboundBody::Claim(text) | InboundBody::Unreadable(text) => text.len(),
    };
    let mut bytes = Vec::with_capacity(ENVELOPE + events);
    serde_json::to_writer(&mut bytes, record).ok()?;
    String::from_utf8(bytes).ok()
}

/// Hex SHA-256 of the parts, each after its length.
fn digest(parts: &[&str]) -> String {
    let mut sha = Context::new(&SHA256);
    for part in parts {
        sha.update(&(part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    hex::encode(sha.finish())
}
