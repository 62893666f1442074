//! Sends that wait for a person to reconnect their account.

use domain::{
    Account, AccountId, AccountStatus, ConversationId, Delivery, DeliveryStatus, Failure, Head, Message, MessageId,
    Timestamp,
};

use crate::change::{When, Write};
use crate::item::{self, s};
use crate::retry::unparked;
use crate::send::{Seen, UNTIL_A_PERSON, waits_for_part};
use crate::store::{Index, Range, Read, Sk};
use crate::{LedgerKind, Result, Tenant, key};

impl Tenant<'_> {
    /// The account that `account` was read as cannot send: the message and its conversation wait for a reconnect. If it has
    /// been reconnected since, they go on instead; and what someone else has in hand, or has sent, is left to them.
    pub async fn park_account(
        &self,
        account: &Account,
        head: &Head,
        message: &Message,
        why: &Failure,
        now: Timestamp,
    ) -> Result<Head> {
        // First where a reconnect finds it, then the wait, then a look whether one has happened: it sees us or we see it.
        let at = key::parked(&self.id, &account.id, &head.id);
        let entry = [("pk".to_owned(), s(&at.pk)), ("sk".to_owned(), s(&at.sk))];
        self.truth().write(&Write::Put(entry.into(), When::Always)).await?;
        if !self.park_own(message, why).await? {
            return Ok(self.head(&head.id).await?.unwrap_or_else(|| head.clone()));
        }
        self.note_stuck(LedgerKind::ParkedSend, message, &why.title, now).await?;
        let is_first = |h: &Head| h.out.first().is_some_and(|order| order == message.id.order());
        let wait = |h: &Head| is_first(h).then(|| Head { wait: Some(UNTIL_A_PERSON), due: None, ..h.clone() });
        let waiting = self.change_head(&head.id, Some(head.clone()), wait).await?.now();
        let current = self.account(&account.id).await?;
        let renewed = |a: &Account| a.credential != account.credential && a.status == AccountStatus::Active;
        if current.is_some_and(|a| renewed(&a)) {
            self.unpark_conversation(&account.id, &head.id, now).await?;
            return Ok(self.head(&head.id).await?.unwrap_or_else(|| head.clone()));
        }
        Ok(waiting.unwrap_or_else(|| head.clone()))
    }

    /// Whether the message is parked now. It is not where another took it meanwhile, or where the channel has it.
    async fn park_own(&self, message: &Message, why: &Failure) -> Result<bool> {
        let park = |d: &Delivery| Delivery { claim: None, parked: Some(why.clone()), ..d.clone() };
        let now = self.change_own(message, park, Seen::Yes).await?;
        Ok(now.and_then(|m| m.delivery).is_some_and(|d| d.status() == DeliveryStatus::Parked))
    }

    /// Wakes every conversation that waits for this account, each in its order. Returns how many. Safe to repeat.
    pub async fn unpark_account(&self, account: &AccountId, now: Timestamp) -> Result<usize> {
        let pk = format!("{}#Q#{account}", self.id);
        let range =
            Range { index: Index::Table, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Consistent };
        let waiting = self.truth().all(&range).await?;
        for entry in &waiting {
            let id: ConversationId = item::tail(&item::key_of(entry)?.sk)?;
            self.unpark_conversation(account, &id, now).await?;
        }
        Ok(waiting.len())
    }

    async fn unpark_conversation(&self, account: &AccountId, id: &ConversationId, now: Timestamp) -> Result<()> {
        let head = self.head(id).await?;
        for order in head.iter().flat_map(|h| &h.out) {
            if let Ok(message) = MessageId::in_conversation(id, order) {
                let waits = |m: &Message| m.delivery.as_ref().is_some_and(|d| d.status() == DeliveryStatus::Parked);
                let unpark = |m: &Message| (waits(m) && !waits_for_part(m)).then(|| unparked(m));
                self.change_message(&message, None, unpark).await?;
            }
        }
        if head.is_some() {
            let due = self.stuck(now);
            let wake = |h: &Head| Some(Head { wait: None, wakes: h.wakes + 1, due: Some(due), ..h.clone() });
            self.change_head(id, head.filter(|h| h.wait.is_some()), wake).await?;
        }
        self.truth().write(&Write::Delete(key::parked(&self.id, account, id), When::Always)).await.map(drop)
    }
}
