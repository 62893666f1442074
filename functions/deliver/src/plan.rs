//! What to do with the first send of a conversation: a decision over what was read, and nothing else.

use domain::pace::Rate;
use domain::send_option::{Closed, Path, Standing};
use domain::{Account, AccountStatus, Delivery, Failure, Head, Message, Timestamp};

/// The next step for the first id of a head's `out`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is final already (a receipt overtook us, a crash came between two writes): take it out and look again.
    DropFinal,
    /// Not before this time. Whoever wrote the time also saw to a wake.
    NotYet(Timestamp),
    /// Not before this time, which nobody has written yet.
    Wait(Timestamp),
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

/// Decides by what the table says now; `deliver` checks the law again here, at send time. `rate` is how fast one person may be
/// sent to.
pub fn next_step(
    now: Timestamp,
    head: &Head,
    message: &Message,
    account: Option<&Account>,
    rate: Option<Rate>,
) -> Step {
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
    if let Err(closed) = Standing::from(head).allows(Path::of(message.kind), now) {
        return Step::Refuse(shut(closed));
    }
    let throttled = account.and_then(|account| account.throttled_until);
    let paced = rate.and_then(|rate| rate.next(head.paid));
    match throttled.max(paced).filter(|until| *until > now) {
        Some(until) => Step::Wait(until),
        None => Step::Send,
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

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use domain::delivery::Claim;
    use domain::message::Author;
    use domain::{
        AccountId, ChannelType, ContactId, ConversationId, Direction, MessageId, MessageType, Owner, Status, Window,
    };

    use super::*;

    pub(crate) fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_795_000_000 + seconds)
    }

    /// The customer wrote at second 0.
    pub(crate) fn head() -> Head {
        Head {
            id: ConversationId::from_bytes([1; 16]),
            channel: ChannelType::Whatsapp,
            account: AccountId::from_bytes([2; 16]),
            group: None,
            contact: ContactId::from_bytes([3; 16]),
            contact_name: "Dana".to_owned(),
            avatar_url: None,
            status: Status::Open,
            owner: Owner::Nobody,
            seq: 1,
            rev: 1,
            version: 0,
            unread: 0,
            read_seq: 0,
            last_at: at(0),
            preview: String::new(),
            last_type: None,
            last_direction: None,
            window: Window::opened(ChannelType::Whatsapp, at(0)),
            free_entry: None,
            last_replies: Default::default(),
            out: vec!["a".to_owned()],
            wait: None,
            paid: None,
            scheduled: Vec::new(),
            wakes: 0,
            due: None,
            created_at: at(0),
        }
    }

    fn message(kind: MessageType) -> Message {
        let id = MessageId::new(&ConversationId::from_bytes([1; 16]), at(1), 2);
        let delivery = Some(Delivery::queued());
        Message { delivery, ..Message::new(id, Direction::Outbound, kind, Author::System, at(1), at(1)) }
    }

    pub(crate) fn account(status: AccountStatus, throttled_until: Option<Timestamp>) -> Account {
        Account {
            id: AccountId::from_bytes([2; 16]),
            channel: ChannelType::Whatsapp,
            name: "Sales".to_owned(),
            external_id: "1".to_owned(),
            status,
            health: None,
            waba_id: None,
            display_phone_number: None,
            credential: 1,
            throttled_until,
            read_receipts: true,
            asked_for: Vec::new(),
            created_at: at(0),
        }
    }

    const RATE: Rate = Rate { every: Duration::from_secs(6), burst: 3 };

    fn step(now: Timestamp, head: &Head, message: &Message, account: &Account) -> Step {
        next_step(now, head, message, Some(account), Some(RATE))
    }

    #[test]
    fn a_send_goes_by_the_law_of_its_kind_and_as_fast_as_the_channel_lets_it() {
        let (text, template) = (message(MessageType::Text), message(MessageType::Template));
        let active = account(AccountStatus::Active, None);
        let slowed = account(AccountStatus::Active, Some(at(40)));
        let day = 24 * 60 * 60;
        let waits = |seconds| Head { wait: Some(at(seconds)), ..head() };
        let paid = |seconds| Head { paid: Some(at(seconds)), ..head() };
        for (story, now, head, message, account, expected) in [
            ("in the window", 10, head(), &text, &active, Step::Send),
            ("after it", day, head(), &text, &active, Step::Refuse(shut(Closed::WindowClosed))),
            ("a template after it", day, head(), &template, &active, Step::Send),
            ("told to wait", 10, waits(11), &text, &active, Step::NotYet(at(11))),
            ("waited", 11, waits(11), &text, &active, Step::Send),
            ("within the burst", 10, paid(22), &text, &active, Step::Send),
            ("after the burst", 10, paid(23), &text, &active, Step::Wait(at(11))),
            ("the account is slowed down", 10, head(), &text, &slowed, Step::Wait(at(40))),
            ("and the customer has much", 10, paid(60), &text, &slowed, Step::Wait(at(48))),
            ("no longer", 40, head(), &text, &slowed, Step::Send),
        ] {
            assert_eq!(step(at(now), &head, message, account), expected, "{story}");
        }
    }

    #[test]
    fn a_claim_is_respected_until_it_ends_and_a_dead_account_parks() {
        let claimed = |until| {
            let claim = Claim { id: "a".to_owned(), until: at(until) };
            let delivery = Some(Delivery { claim: Some(claim), ..Delivery::queued() });
            Message { delivery, ..message(MessageType::Text) }
        };
        let active = account(AccountStatus::Active, None);
        assert_eq!(step(at(10), &head(), &claimed(11), &active), Step::Claimed(at(11)));
        assert_eq!(step(at(11), &head(), &claimed(11), &active), Step::GiveUp);
        let dead = account(AccountStatus::NeedsReauth, None);
        let text = message(MessageType::Text);
        assert_eq!(step(at(10), &head(), &text, &dead), Step::Park(reconnect_needed()));
        assert_eq!(next_step(at(10), &head(), &text, None, None), Step::Park(reconnect_needed()));
        assert_eq!(step(at(10), &head(), &Message { delivery: None, ..text }, &active), Step::DropFinal);
    }
}
