//! Which messages of a record belong to one thread.

use channel::InboundMessage;
use domain::{ContactId, Identity, Timestamp};
use table::{ContactSeed, Thread};

/// A message, and when our intake took it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrived {
    pub(crate) message: InboundMessage,
    pub(crate) at: Timestamp,
}

/// Who writes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThreadKey {
    group: Option<String>,
    from: Vec<Identity>,
    /// The newest name that the messages told.
    name: Option<String>,
}

impl ThreadKey {
    pub(crate) fn thread(self, id_if_new: ContactId) -> Thread {
        Thread { group: self.group, contact: ContactSeed { id_if_new, identities: self.from, name: self.name } }
    }
}

/// The messages by thread and writer, each in the order in which they came.
pub(crate) fn by_thread(messages: Vec<Arrived>) -> Vec<(ThreadKey, Vec<Arrived>)> {
    let mut threads: Vec<(ThreadKey, Vec<Arrived>)> = Vec::new();
    for arrived in messages {
        let message = &arrived.message;
        let same = |key: &ThreadKey| key.group == message.group && key.from == message.from;
        match threads.iter_mut().find(|(key, _)| same(key)) {
            Some((key, thread)) => {
                key.name = message.name.clone().or(key.name.take());
                thread.push(arrived);
            }
            None => {
                let key =
                    ThreadKey { group: message.group.clone(), from: message.from.clone(), name: message.name.clone() };
                threads.push((key, vec![arrived]));
            }
        }
    }
    threads
}

#[cfg(test)]
mod tests {
    use channel::By;
    use domain::{Body, IdentityKind, MessageType};

    use super::*;

    fn message(id: &str, from: &str, group: Option<&str>, name: Option<&str>) -> Arrived {
        let message = InboundMessage {
            external_id: id.to_owned(),
            at: Timestamp::from_seconds(1),
            group: group.map(str::to_owned),
            from: vec![Identity { kind: IdentityKind::Phone, value: from.to_owned() }],
            name: name.map(str::to_owned),
            by: By::Participant,
            kind: MessageType::Text,
            text: Some(id.to_owned()),
            body: Body::default(),
            reply_to: None,
            raw_type: None,
            raw: None,
            opens_window: true,
            past: false,
            receipt: None,
        };
        Arrived { message, at: Timestamp::from_seconds(2) }
    }

    #[test]
    fn messages_are_told_apart_by_writer_and_group_and_the_newest_name_counts() {
        let threads = by_thread(vec![
            message("1", "a", None, Some("Ann")),
            message("2", "b", None, None),
            message("3", "a", None, Some("Anna")),
            message("4", "a", None, None),
            message("5", "a", Some("g"), None),
        ]);
        let seen: Vec<_> = threads
            .iter()
            .map(|(key, m)| (key.name.as_deref(), m.iter().map(|m| m.message.external_id.as_str()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(seen, [(Some("Anna"), vec!["1", "3", "4"]), (None, vec!["2"]), (None, vec!["5"])]);
    }
}
