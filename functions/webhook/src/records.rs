//! A verified body as records of the queue: one for each thread of each account that it speaks of.

use std::borrow::Cow;

use channel::Signer;
use channel_meta::plain;
use channel_whatsapp::{RawEvent, Routed};
use domain::{ChannelType, Timestamp};
use queue::{InboundBody, InboundRecord, Outgoing};
use ring::digest::{Context, SHA256};
use serde::Deserialize;

/// A record before it was written as text.
pub(crate) struct Record<'a>(InboundRecord<RawEvent<'a>>);

impl Record<'_> {
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

/// The text of a body, in the fewest bytes that say the same: each is hashed, sent, billed and read again.
pub(crate) fn text(body: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(body) {
        Ok(text) => plain(text),
        Err(_) => Cow::Owned(plain(&String::from_utf8_lossy(body)).into_owned()),
    }
}

/// Splits a body's text by its routing fields. What cannot be read is a record too. `signature` is that of the whole body.
pub(crate) fn records<'a>(
    signer: &Signer,
    signature: &str,
    body: &'a str,
    now: Timestamp,
) -> Vec<(Record<'a>, Outgoing)> {
    let (channel, routed) = match channel_whatsapp::split(body) {
        Some(routed) => (ChannelType::Whatsapp, routed),
        None => (other(body), whole(body)),
    };
    let record = |(place, routed)| record(signer, signature, channel, routed, place, now);
    routed.into_iter().enumerate().filter_map(record).collect()
}

fn other(body: &str) -> ChannelType {
    match serde_json::from_str::<Kind>(body).map(|kind| kind.object).as_deref() {
        Ok("page") => ChannelType::Messenger,
        Ok("instagram") => ChannelType::Instagram,
        Ok(_) | Err(_) => ChannelType::Whatsapp,
    }
}

fn whole(body: &str) -> Vec<Routed<'_>> {
    let unreadable = Some(body.to_owned());
    vec![Routed { account: None, business: None, thread: Cow::Borrowed("unreadable"), events: Vec::new(), unreadable }]
}

fn record<'a>(
    signer: &Signer,
    signature: &str,
    channel: ChannelType,
    routed: Routed<'a>,
    place: usize,
    now: Timestamp,
) -> Option<(Record<'a>, Outgoing)> {
    let account = routed.account.as_deref().unwrap_or_default();
    let thread = match &routed.unreadable {
        // Each stands alone, so that no two records of a POST are of one group.
        Some(_) => format!("unreadable:{place}").into(),
        None => routed.thread,
    };
    let group = digest(&[channel.as_str(), account, &thread]);
    // Of a POST that comes again everything is the same, to its signature: by another app's secret it is another.
    let deduplication = format!("{:.32}{group}", signature.trim_start_matches("sha256="));
    let body = match routed.unreadable {
        Some(raw) => InboundBody::Unreadable(raw),
        None => InboundBody::Events(routed.events),
    };
    let record = InboundRecord {
        v: InboundRecord::VERSION,
        channel,
        account: routed.account.map(Cow::into_owned),
        business: routed.business,
        signer: signer.clone(),
        received_ms: now.millis(),
        body,
    };
    let body = serde_json::to_string(&record).ok()?;
    Some((Record(record), Outgoing { group, deduplication: Some(deduplication), body, delay_seconds: 0 }))
}

/// Half the hex SHA-256 of the parts, each after its length: 128 bits. Lengths are short so that one block holds what a customer's thread
/// is made of.
fn digest(parts: &[&str]) -> String {
    let mut sha = Context::new(&SHA256);
    for part in parts {
        sha.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        sha.update(part.as_bytes());
    }
    hex::encode(&sha.finish().as_ref()[..16])
}
