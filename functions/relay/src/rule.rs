//! When a change of a head is a reason to wake its sends.

use std::time::Duration;

use domain::{Head, MessageId, Timestamp};
use queue::producer::DELAY_MAX;

/// How long the wake is to wait for what is to be sent now; `None`: no wake. A wait longer than the queue can delay is left to `sweep`, by the head's `due`.
pub(crate) fn wake(old: Option<&Head>, new: &Head, now: Timestamp) -> Option<Duration> {
    let same = old.is_some_and(|old| old.out == new.out && old.wait == new.wait && old.wakes == new.wakes);
    if new.out.is_empty() || same {
        return None;
    }
    let delay = new.wait.map_or(Duration::ZERO, |until| until.since(now));
    (delay <= DELAY_MAX).then_some(delay)
}

/// How long the wake is to wait for what was scheduled with this change; `None`: no wake. What is later than the queue can delay
/// is left to `sweep`.
pub(crate) fn scheduled(old: Option<&Head>, new: &Head, now: Timestamp) -> Option<Duration> {
    let known = |order: &String| old.is_some_and(|old| old.scheduled.contains(order));
    let first = new.scheduled.iter().find(|order| !known(order))?;
    let at = MessageId::in_conversation(&new.id, first).ok()?.sent_at();
    let delay = at.since(now);
    (delay <= DELAY_MAX).then_some(delay)
}

#[cfg(test)]
mod tests {
    use domain::conversation::LastReplies;
    use domain::{AccountId, ChannelType, ContactId, ConversationId, Owner, Status, Window};

    use super::*;

    fn head(out: &[&str], wait: Option<i64>, wakes: u64) -> Head {
        let zero = Timestamp::from_millis(0);
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
            last_at: zero,
            preview: String::new(),
            last_type: None,
            last_direction: None,
            window: Window::Always,
            free_entry: None,
            last_replies: LastReplies::default(),
            out: out.iter().map(|&o| o.to_owned()).collect(),
            wait: wait.map(Timestamp::from_seconds),
            paid: None,
            scheduled: Vec::new(),
            wakes,
            due: None,
            created_at: zero,
        }
    }

    #[test]
    fn a_wake_follows_a_change_of_what_waits_to_be_sent() {
        let now = Timestamp::from_seconds(1_000);
        let at = |seconds| Some(Duration::from_secs(seconds));
        for (story, old, new, then) in [
            ("a customer's first message", None, head(&[], None, 0), None),
            ("a reply", Some(head(&[], None, 0)), head(&["a"], None, 0), at(0)),
            ("read by an agent meanwhile", Some(head(&["a"], None, 0)), head(&["a"], None, 0), None),
            ("the first part sent, another left", Some(head(&["a", "b"], None, 0)), head(&["b"], None, 0), at(0)),
            ("the last one sent", Some(head(&["b"], None, 0)), head(&[], None, 0), None),
            ("the channel asks to wait", Some(head(&["a"], None, 0)), head(&["a"], Some(1_030), 0), at(30)),
            ("to wait longer than a queue can", Some(head(&["a"], None, 0)), head(&["a"], Some(1_901), 0), None),
            ("sweep wakes it", Some(head(&["a"], Some(900), 0)), head(&["a"], None, 1), at(0)),
            ("a wait that is over already", Some(head(&["a"], None, 0)), head(&["a"], Some(999), 0), at(0)),
        ] {
            assert_eq!(wake(old.as_ref(), &new, now), then, "{story}");
        }
    }

    #[test]
    fn what_is_scheduled_soon_is_woken_for_once_at_its_time() {
        let now = Timestamp::from_seconds(1_000);
        let order = |second, seq| {
            let id = MessageId::new(&ConversationId::from_bytes([1; 16]), Timestamp::from_seconds(second), seq);
            id.order().to_owned()
        };
        let has = |scheduled: &[String]| Head { scheduled: scheduled.to_vec(), ..head(&[], None, 0) };
        let (soon, sooner, late) = (order(1_600, 2), order(1_300, 3), order(1_901, 4));
        let after = |seconds| Some(Duration::from_secs(seconds));
        for (story, old, new, then) in [
            ("nothing", vec![], vec![], None),
            ("one", vec![], vec![soon.clone()], after(600)),
            ("another change", vec![soon.clone()], vec![soon.clone()], None),
            ("an earlier one", vec![soon.clone()], vec![sooner.clone(), soon.clone()], after(300)),
            ("a later one", vec![sooner.clone()], vec![sooner.clone(), soon.clone()], after(600)),
            ("the first goes out", vec![sooner, soon.clone()], vec![soon], None),
            ("later than a queue can delay", vec![], vec![late], None),
        ] {
            assert_eq!(scheduled(Some(&has(&old)), &has(&new), now), then, "{story}");
        }
    }
}
