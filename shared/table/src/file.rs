//! What became of a message's files: each recorded in its place, as often as it is told.

use domain::body::{Attachment, FileFailure};
use domain::{Message, MessageId};

use crate::cas::Cas;
use crate::{Result, Tenant};

impl Tenant<'_> {
    /// Records what became of the file that the message has in this place. `false`: that file stands so already, or is there no
    /// more, because its message was taken back or edited meanwhile.
    pub async fn record_file(&self, id: &MessageId, place: usize, file: &Attachment) -> Result<bool> {
        let same = |known: &Attachment| known.channel_media_id == file.channel_media_id && known.may_come();
        let decide = |m: &Message| {
            m.body.attachments.get(place).filter(|known| same(known) && *known != file)?;
            let mut after = Message { rev: m.rev + 1, ..m.clone() };
            after.body.attachments[place] = file.clone();
            Some(after)
        };
        Ok(matches!(self.change_message(id, None, decide).await?, Cas::Changed(_)))
    }

    /// Nobody will fetch the message's awaited files any more.
    pub async fn give_up_files(&self, id: &MessageId) -> Result<()> {
        let decide = |m: &Message| {
            if m.body.awaited_files() == 0 {
                return None;
            }
            let mut after = Message { rev: m.rev + 1, ..m.clone() };
            for file in after.body.attachments.iter_mut().filter(|file| file.is_awaited()) {
                *file = file.failed(FileFailure::Unavailable);
            }
            Some(after)
        };
        self.change_message(id, None, decide).await.map(drop)
    }
}
