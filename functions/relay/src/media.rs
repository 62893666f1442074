//! When a change of a message is a reason to fetch its files.

use bootstrap::stream::StreamRecord;
use domain::{Message, body::Attachment};
use queue::MediaJob;
use serde_dynamo::Item;
use table::stream::{Changed, change};

use crate::Asked;

/// One job for each message that has come to await a file.
pub(crate) fn jobs(records: &[StreamRecord<Item>]) -> Asked {
    let found = records.iter().filter_map(|record| Some((job(record)?, record.change.sequence_number.clone())));
    found.filter_map(|(job, from)| Some((job.outgoing().ok()?, from))).unzip()
}

fn job(record: &StreamRecord<Item>) -> Option<MediaJob> {
    // What cannot be read is logged by whoever looks for wakes.
    let new = change(None, record.change.new_image.as_ref()).ok()??;
    let Changed::Message { message, .. } = new.what else { return None };
    let old = change(None, record.change.old_image.as_ref()).ok().flatten();
    let before = match old.map(|change| change.what) {
        Some(Changed::Message { message, .. }) => Some(message),
        Some(Changed::Head { .. } | Changed::Account(_)) | None => None,
    };
    if !asks(before.as_deref(), &message) {
        return None;
    }
    tracing::info!(tenant_id = %new.tenant, message_id = %message.id, "files to be fetched");
    Some(MediaJob::new(new.tenant, message.id))
}

/// Whether it awaits a file that it did not await before. A reaction or an edit of its caption fetches nothing again.
fn asks(before: Option<&Message>, message: &Message) -> bool {
    let awaited = |m: &Message| -> Vec<Option<String>> {
        let files = m.body.attachments.iter().filter(|file| Attachment::is_awaited(file));
        files.map(|file| file.channel_media_id.clone()).collect()
    };
    let known = before.map(awaited).unwrap_or_default();
    awaited(message).iter().any(|file| !known.contains(file))
}

#[cfg(test)]
mod tests {
    use domain::body::FileFailure;
    use domain::{Author, Body, ConversationId, Direction, MessageId, MessageType, Timestamp};

    use super::*;

    fn message(files: &[&str]) -> Message {
        let at = Timestamp::from_seconds(1_795_000_000);
        let id = MessageId::new(&ConversationId::from_bytes([7; 16]), at, 1);
        let author = Author::Contact { id: None, name: "Dana".to_owned() };
        let file = |id: &&str| Attachment::pending(MessageType::Image, Some((*id).to_owned()));
        let body = Body { attachments: files.iter().map(file).collect(), ..Body::default() };
        Message { body, ..Message::new(id, Direction::Inbound, MessageType::Image, author, at, at) }
    }

    #[test]
    fn files_are_fetched_when_they_come_to_be_awaited_and_not_again() {
        let mut failed = message(&["1"]);
        failed.body.attachments[0] = failed.body.attachments[0].failed(FileFailure::Unavailable);
        for (story, before, after, asked) in [
            ("a text", None, message(&[]), false),
            ("a picture", None, message(&["1"]), true),
            ("a reaction to it meanwhile", Some(message(&["1"])), message(&["1"]), false),
            ("history brings the file of a placeholder", Some(message(&[])), message(&["1"]), true),
            ("it failed", Some(message(&["1"])), failed, false),
        ] {
            assert_eq!(asks(before.as_ref(), &after), asked, "{story}");
        }
    }
}
