//! Sends that were written for later, when their time has come: they get in line behind what waits already.

use domain::{Head, Message, MessageId, Timestamp};

use crate::inbound::with_newest;
use crate::send::UNTIL_A_PERSON;
use crate::submit::{after_send, with_due};
use crate::{Result, Tenant};

impl Tenant<'_> {
    /// The head, with what is due by now among its sends. From then on the row shows it, as it shows any answer.
    pub(crate) async fn release_scheduled(&self, head: Head, now: Timestamp) -> Result<Head> {
        if head.next_scheduled().is_none_or(|at| at > now) {
            return Ok(head);
        }
        let id = head.id.clone();
        // Which they are, the head that is written tells, for others may be faster; what they say does not change.
        let messages = self.messages_by_id(&due_of(&head, now)).await?;
        let stuck = self.stuck(now);
        let decide = |head: &Head| {
            let due = due_of(head, now);
            let known = |id: &MessageId| messages.iter().find(|message| message.id == *id);
            (!due.is_empty()).then(|| {
                let after = released(head, &due, known);
                // What it was looked at for was the schedule, or what the wait says itself.
                let waits = after.wait.filter(|until| *until > now && *until < UNTIL_A_PERSON);
                with_due(Head { due: waits, ..after }, stuck)
            })
        };
        Ok(self.change_head(&id, Some(head.clone()), decide).await?.now().unwrap_or(head))
    }
}

fn due_of(head: &Head, now: Timestamp) -> Vec<MessageId> {
    let ids = head.scheduled.iter().filter_map(|order| MessageId::in_conversation(&head.id, order).ok());
    ids.take_while(|id| id.sent_at() <= now).collect()
}

/// One that was taken back a moment ago is known by its state, and shows nowhere.
fn released<'a>(head: &Head, due: &[MessageId], known: impl Fn(&MessageId) -> Option<&'a Message>) -> Head {
    let mut after = head.clone();
    for id in due {
        after.scheduled.retain(|order| order != id.order());
        after.out.push(id.order().to_owned());
        if let Some(message) = known(id).filter(|m| m.delivery.as_ref().is_some_and(|d| !d.is_final())) {
            after = with_newest(after, message);
            after.status = after_send(after.status);
        }
    }
    after.rev += 1;
    after
}
