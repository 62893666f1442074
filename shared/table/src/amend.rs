//! What is done to an earlier message (reactions, edits, a revocation), in any order and as often as it is told.
//!
//! A fact that comes before its message waits where the message's pointer will lie. Who then writes that pointer finds the place
//! taken, takes the facts along and writes on the condition that no more have come: so a message that nothing was done to
//! costs nothing more.

use std::collections::HashMap;

use domain::{Account, AccountId, Amendment, Direction, Message, MessageId, Waiting};

use crate::cas::Cas;
use crate::change::{When, Write};
use crate::inbound::with_newest;
use crate::item::pointer::Kept;
use crate::item::{self, Item, pointer};
use crate::receive::Inbound;
use crate::status::{Facts, joined as with_receipts};
use crate::store::{Read, TRIES};
use crate::{Error, Result, Tenant, key};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmendOutcome {
    Applied(MessageId),
    NothingNew,
    /// Kept until its message appears.
    Waiting,
}

/// Facts that were found in the place of messages' pointers, by the channel's id of the message.
#[derive(Default)]
pub(crate) struct Held(HashMap<String, Kept>);

impl Held {
    /// The message with whatever waited for it; it is new, so that nobody has seen it without.
    pub(crate) fn joined(&self, external_id: &str, message: &Message) -> Message {
        let facts = self.0.get(external_id).map(|kept| &kept.facts);
        facts.map_or_else(|| message.clone(), |facts| Message { rev: message.rev, ..joined(message, facts) })
    }

    /// What must hold for the message's pointer to be written.
    pub(crate) fn when(&self, external_id: &str) -> When {
        match self.0.get(external_id) {
            Some(kept) => When::Is(vec![(pointer::WAITING, kept.stored.clone())]),
            None => When::Absent,
        }
    }
}

/// The message with all of these facts.
pub(crate) fn joined(message: &Message, facts: &Waiting) -> Message {
    facts.facts().iter().fold(message.clone(), |message, fact| message.amended(fact).unwrap_or(message))
}

impl Tenant<'_> {
    /// Adds what was done to a message, or keeps it until that message appears. It makes nothing unread, and touches the row
    /// only where that shows the message itself.
    pub async fn amend(&self, account: &AccountId, external_id: &str, fact: &Amendment) -> Result<AmendOutcome> {
        let hash = self.external(account, external_id)?;
        let at = key::pointer(&self.id, &hash);
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(item) = self.truth().get(&at, Read::Consistent).await? else {
                let first = Waiting::default().with(fact).unwrap_or_default();
                let item = pointer::waiting(&self.id, &hash, &first)?;
                if self.truth().write(&Write::Put(item, When::Absent)).await? {
                    return Ok(AmendOutcome::Waiting);
                }
                continue;
            };
            if let Some(known) = pointer::known(item.clone())? {
                return self.amend_known(&known.m, fact).await;
            }
            let kept = pointer::kept(item)?;
            let Some(more) = kept.facts.with(fact) else { return Ok(AmendOutcome::NothingNew) };
            let same = When::Is(vec![(pointer::WAITING, kept.stored)]);
            if self.truth().write(&Write::Put(pointer::waiting(&self.id, &hash, &more)?, same)).await? {
                return Ok(AmendOutcome::Waiting);
            }
        }
        Err(Error::Retry("others kept changing what waits for a message".to_owned()))
    }

    async fn amend_known(&self, id: &MessageId, fact: &Amendment) -> Result<AmendOutcome> {
        let (message, changed) = match self.change_message(id, None, |m| m.amended(fact)).await? {
            Cas::Changed(message) => (message, true),
            Cas::Same(message) => (message, false),
            Cas::Gone => return Ok(AmendOutcome::NothingNew),
        };
        // Also where nothing was new: whoever wrote it may have died before the row was right.
        match fact {
            Amendment::Edit(_) | Amendment::Revoke { .. } | Amendment::Fill(_) => self.show_newest(&message).await?,
            Amendment::Reaction(_) | Amendment::Call(_) => {}
        }
        Ok(if changed { AmendOutcome::Applied(id.clone()) } else { AmendOutcome::NothingNew })
    }

    /// Makes the row say what its newest message now says, if that is this one.
    async fn show_newest(&self, message: &Message) -> Result<()> {
        let newest = self.messages(message.id.conversation(), None, 1).await?.items.into_iter().next();
        let Some(newest) = newest.filter(|newest| newest.id == message.id) else { return Ok(()) };
        let shown = |head: &domain::Head| {
            let after = with_newest(head.clone(), &newest);
            (after != *head).then(|| domain::Head { rev: head.rev + 1, ..after })
        };
        self.change_head(message.id.conversation(), None, shown).await.map(drop)
    }

    /// Puts a pointer where something lies already: the facts that waited there come back, once.
    pub(crate) async fn take_waiting(&self, hash: &str, pointer: Item) -> Result<Waiting> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let at = key::pointer(&self.id, hash);
            let Some(item) = self.truth().get(&at, Read::Consistent).await? else { return Ok(Waiting::default()) };
            let points = pointer::known(item.clone())?.is_some();
            let kept = pointer::kept(item)?;
            if points {
                return Ok(kept.facts);
            }
            // The pointer keeps them, so that whoever dies before the message has them is done again.
            let mut whole = pointer.clone();
            whole.extend(kept.stored.clone().map(|stored| (pointer::WAITING.to_owned(), stored)));
            let same = When::Is(vec![(pointer::WAITING, kept.stored)]);
            if self.truth().write(&Write::Put(whole, same)).await? {
                return Ok(kept.facts);
            }
        }
        Err(Error::Retry("others kept changing what waits for a message".to_owned()))
    }

    /// Those of these that are stored, by the channel's ids; where facts wait instead of a message, they are held for it.
    pub(crate) async fn stored_of(
        &self,
        account: &Account,
        batch: &[&Inbound],
        held: &mut Held,
    ) -> Result<HashMap<String, MessageId>> {
        let mut stored = HashMap::new();
        let mut names = HashMap::new();
        for inbound in batch {
            let at = key::pointer(&self.id, &self.external(&account.id, &inbound.external_id)?);
            names.insert(at, inbound.external_id.clone());
        }
        let keys: Vec<_> = names.keys().cloned().collect();
        for item in self.truth().get_all(&keys, Read::Consistent).await? {
            let Some(name) = names.get(&item::key_of(&item)?) else { continue };
            match pointer::known(item.clone())? {
                Some(known) => drop(stored.insert(name.clone(), known.m)),
                None => drop(held.0.insert(name.clone(), pointer::kept(item)?)),
            }
        }
        Ok(stored)
    }

    /// Joins the receipts that came before what the business wrote elsewhere. `of` names the message of each.
    pub(crate) async fn join_receipts<'a>(
        &self,
        account: &Account,
        batch: &[&Inbound],
        of: impl Fn(usize, &Inbound) -> Option<&'a MessageId>,
    ) -> Result<()> {
        for (i, inbound) in batch.iter().enumerate().filter(|(_, inbound)| inbound.direction() == Direction::Outbound) {
            let Some(id) = of(i, inbound) else { continue };
            let receipts = self.receipts(&self.external(&account.id, &inbound.external_id)?).await?;
            if !receipts.is_empty() {
                let told = Facts { receipts, ..Facts::default() };
                self.change_message(id, None, |m| with_receipts(m, &told, None, None)).await?;
            }
        }
        Ok(())
    }
}
