//! What to do with the first send of a conversation: a decision over what was read, and nothing else.

use domain::send_option::{Closed, Path, Standing};
use domain::{Account, AccountStatus, Delivery, Failure, Head, Message, Timestamp};

/// The next step for the first id of a head's `out`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is final already (a receipt overtook us, a crash came between two writes): take it out and look again.
    DropFinal,
    /// Not before this time. Whoever wrote the time also saw to a wake.
    NotYet(Timestamp),
    /// Someone else holds the right to call the channel until this time.
    Claimed(Timestamp),
    /// Its holder died, or could not learn what came of the call.
    GiveUp,
    /// It may not leave any more.
    Refuse(Failure),
    /// It waits for a person: the account must be reconnected.
    Park(Failure),
    /// Claim it, and call the channel.
    Send,
}

/// Decides by what the table says now; `deliver` checks the law again here, at send time.
pub fn next_step(now: Timestamp, head: &Head, message: &Message, account: Option<&Account>) -> Step {
    let Some(delivery) = &message.delivery else { return Step::DropFinal };
    if delivery.is_final() {
        return Step::DropFinal;
    }
    if let Some(step) = held(now, delivery) {
        return step;
    }
    if let Some(wait) = head.wait.filter(|wait| *wait > now) {
        return Step::NotYet(wait);
    }
    match account.map(|a| a.status) {
        Some(AccountStatus::Active) => {}
        Some(AccountStatus::NeedsReauth | AccountStatus::Disconnected) | None => return Step::Park(reconnect_needed()),
    }
    match Standing::from(head).allows(Path::of(message.kind), now) {
        Ok(()) => Step::Send,
        Err(closed) => Step::Refuse(shut(closed)),
    }
}

/// A claim is respected until it ends; after that nobody knows what came of it.
fn held(now: Timestamp, delivery: &Delivery) -> Option<Step> {
    let claim = delivery.claim.as_ref()?;
    Some(if claim.until > now { Step::Claimed(claim.until) } else { Step::GiveUp })
}

fn shut(closed: Closed) -> Failure {
    let (code, title) = match closed {
        Closed::WindowClosed | Closed::WindowNeverOpened => {
            ("window_closed", "The customer's window closed before this could be sent")
        }
        Closed::NotOffered => ("not_offered", "The channel takes no such message"),
    };
    Failure { code: code.to_owned(), title: title.to_owned(), channel_code: None }
}

pub fn reconnect_needed() -> Failure {
    Failure {
        code: "reconnect_needed".to_owned(),
        title: "The channel account must be reconnected before this can be sent".to_owned(),
        channel_code: None,
    }
}
