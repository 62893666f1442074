//! Queue `outbound`: what a customer is shown that is no message. Whoever may not or cannot show it drops it.

use domain::{ConversationId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Outgoing, Wake};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Version of this format: 1.
    pub v: u8,
    pub tenant: TenantId,
    pub conversation: ConversationId,
    pub signal: SignalKind,
    /// When it came to be, in milliseconds since 1970: an old one is worth nothing.
    pub at_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// The team has read everything up to this `seq`.
    Read(u64),
    /// Someone writes an answer.
    Typing,
}

impl Signal {
    pub const VERSION: u8 = 1;

    pub fn new(tenant: TenantId, conversation: ConversationId, signal: SignalKind, at: Timestamp) -> Self {
        Self { v: Self::VERSION, tenant, conversation, signal, at_ms: at.millis() }
    }

    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at_ms)
    }

    /// The record that carries it.
    pub fn outgoing(&self) -> Result<Outgoing, serde_json::Error> {
        Ok(Outgoing {
            group: self.tenant.to_string(),
            deduplication: None,
            body: serde_json::to_string(self)?,
            delay_seconds: 0,
        })
    }
}

/// What a record of queue `outbound` is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Outbound {
    /// It has all that a wake has, and more: so it is looked for first.
    Signal(Signal),
    Wake(Wake),
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_record_is_a_signal_or_a_wake() {
        let (tenant, conversation) = (TenantId::from_bytes([1; 10]), ConversationId::from_bytes([2; 16]));
        let at = Timestamp::from_millis(1_795_000_000_000);
        let read = |outgoing: Outgoing| serde_json::from_str::<Outbound>(&outgoing.body).unwrap();
        let wake = Wake::new(tenant.clone(), conversation.clone());
        assert_eq!(read(wake.outgoing(Duration::ZERO).unwrap()), Outbound::Wake(wake));
        for kind in [SignalKind::Read(7), SignalKind::Typing] {
            let signal = Signal::new(tenant.clone(), conversation.clone(), kind, at);
            assert_eq!(read(signal.outgoing().unwrap()), Outbound::Signal(signal));
        }
    }
}
