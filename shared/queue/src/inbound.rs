//! Queue `inbound`: the events of one thread out of one webhook POST.

use channel::Signer;
use domain::{ChannelType, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One record: verified, split by routing fields alone, not yet understood.
#[derive(Debug, Serialize, Deserialize)]
pub struct InboundRecord<Event = Box<RawValue>> {
    /// Version of this format: 1.
    pub v: u8,
    pub channel: ChannelType,
    /// The channel's id of the account, if the routing fields told one.
    pub account: Option<String>,
    /// The business account that the account came under, as a route spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<String>,
    pub signer: Signer,
    /// When the intake took it, in milliseconds since 1970.
    pub received_ms: i64,
    pub body: InboundBody<Event>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboundBody<Event = Box<RawValue>> {
    /// The dialect's pieces, each as small as the channel's own envelope allows, in the order of the POST.
    Events(Vec<Event>),
    /// Too large for a record: the bucket's key of a JSON array of such pieces.
    Claim(String),
    /// Signed, but its routing fields could not be read: for quarantine.
    Unreadable(String),
}

impl InboundRecord {
    pub const VERSION: u8 = 1;

    pub fn received_at(&self) -> Timestamp {
        Timestamp::from_millis(self.received_ms)
    }
}
