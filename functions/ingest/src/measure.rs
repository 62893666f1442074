//! What is counted of what came in: how many messages, and how long after the customer wrote they were stored.

use bootstrap::metrics::{self, Unit};
use domain::ChannelType;
use table::{Inbound, Received};

use crate::{App, Bodies};

impl<B: Bodies> App<B> {
    /// One transaction. Its lag is that of its earliest message that a customer wrote now: what comes from history, and what was
    /// stored before, has none.
    pub(crate) fn measure(&self, channel: ChannelType, batch: &[Inbound], received: &Received) {
        let now = self.now().millis();
        let mut figures = vec![
            ("Stored", Unit::Count, received.stored.len() as f64),
            ("Duplicates", Unit::Count, received.duplicates as f64),
        ];
        let oldest = batch.iter().filter(|message| !message.past).map(|message| message.at.millis()).min();
        if let Some(oldest) = oldest.filter(|_| !received.stored.is_empty()) {
            // The channel's clock may be ahead of ours.
            figures.push(("InboundLag", Unit::Milliseconds, (now - oldest).max(0) as f64));
        }
        metrics::emit(now, &[("function", &self.name), ("channel", channel.as_str())], &figures);
    }
}
