//! Heads and messages changed by compare and set: read, decide, write on what was read, again where that has moved.

use domain::{ConversationId, Head, Message, MessageId};

use crate::change::Write;
use crate::item;
use crate::store::{Read, TRIES};
use crate::{Error, Result, Tenant, key};

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cas<T> {
    Changed(T),
    /// It is as it should be already.
    Same(T),
    Gone,
}

impl<T> Cas<T> {
    pub(crate) fn now(self) -> Option<T> {
        match self {
            Self::Changed(now) | Self::Same(now) => Some(now),
            Self::Gone => None,
        }
    }
}

impl Tenant<'_> {
    /// `seen` is the message as the caller has it, which saves a read. `decide` gives what it should be; `None`: as it is.
    pub(crate) async fn change_message(
        &self,
        id: &MessageId,
        mut seen: Option<Message>,
        decide: impl Fn(&Message) -> Option<Message>,
    ) -> Result<Cas<Message>> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let now = match seen.take() {
                Some(message) => Some(message),
                None => self.message(id).await?,
            };
            let Some(old) = now else { return Ok(Cas::Gone) };
            let Some(new) = decide(&old) else { return Ok(Cas::Same(old)) };
            if self.truth().write(&self.message_write(&old, &new)?).await? {
                return Ok(Cas::Changed(new));
            }
        }
        Err(Error::Retry("others kept changing the message".to_owned()))
    }

    /// As [`Tenant::change_message`], of a head.
    pub(crate) async fn change_head(
        &self,
        id: &ConversationId,
        mut seen: Option<Head>,
        decide: impl Fn(&Head) -> Option<Head>,
    ) -> Result<Cas<Head>> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let now = match seen.take() {
                Some(head) => Some(head),
                None => self.head(id).await?,
            };
            let Some(old) = now else { return Ok(Cas::Gone) };
            let Some(new) = decide(&old).filter(|new| *new != old) else { return Ok(Cas::Same(old)) };
            if self.truth().write(&self.head_write(&old, &new)?).await? {
                return Ok(Cas::Changed(new));
            }
        }
        Err(Error::Retry("others kept changing the conversation".to_owned()))
    }

    pub(crate) fn head_write(&self, old: &Head, new: &Head) -> Result<Write> {
        let (change, when) = item::head::change(&self.id, old, new)?;
        Ok(Write::Update(key::head(&self.id, &old.id), change, when))
    }

    pub(crate) fn message_write(&self, old: &Message, new: &Message) -> Result<Write> {
        let (change, when) = item::message::change(&self.id, old, new)?;
        Ok(Write::Update(key::message(&self.id, &old.id), change, when))
    }

    pub(crate) async fn message_item(&self, id: &MessageId) -> Result<Option<item::Item>> {
        self.truth().get(&key::message(&self.id, id), Read::Consistent).await
    }
}
