//! The channel's window for free answers, and what is legal when it is closed.

use std::time::Duration;

use domain::{ChannelType, Head, Timestamp, window::CUSTOMER_SERVICE};

use crate::problem::{Alternative, AlternativeKind, Problem};

/// How long a person may still answer on Messenger and Instagram when marked as such:
/// [seven days](https://developers.facebook.com/docs/messenger-platform/policy/policy-overview/#human_agent) after the
/// customer's last message.
const HUMAN_AGENT: Duration = Duration::from_hours(7 * 24);

/// What the agent is told when the channel would refuse a free answer.
pub fn closed(head: &Head, now: Timestamp) -> Problem {
    let alternatives = alternatives(head, now);
    let field = "parts".to_owned();
    Problem::invalid(field, "window_closed", "The channel takes no free answer now: the customer has to write first.")
        .with(|p| p.alternatives = Some(alternatives))
}

fn alternatives(head: &Head, now: Timestamp) -> Vec<Alternative> {
    match head.channel {
        ChannelType::Whatsapp => vec![Alternative { kind: AlternativeKind::Template, ends_at: None }],
        ChannelType::Messenger | ChannelType::Instagram => {
            let end = head.window.closes_at().map(|end| end.plus(HUMAN_AGENT.saturating_sub(CUSTOMER_SERVICE)));
            let still = end.filter(|end| now < *end);
            still.map(|end| Alternative { kind: AlternativeKind::HumanAgent, ends_at: Some(end) }).into_iter().collect()
        }
        ChannelType::Line => Vec::new(),
    }
}
