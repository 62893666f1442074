//! Who a channel's names belong to, and what a message teaches about them.

use domain::{AccountId, Contact, ContactId, Identity, IdentityKind, Timestamp};

use crate::change::{Change, When, Write};
use crate::item::contact::{Alias, Stored, alias, stored};
use crate::item::{self, Item, s};
use crate::receive::ContactSeed;
use crate::store::{Read, TRIES, Transacted};
use crate::{Error, Result, Tenant, key};

/// What is known of a message's writer.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// All was told before.
    AsBefore(ContactId),
    /// Nobody has these names.
    New,
    /// Known, and something of it is new: `missing` are the hashes of the names that are.
    Learn { stored: Stored, missing: Vec<String> },
}

impl Tenant<'_> {
    /// The contact that these names belong to. If they name several, the first name wins.
    pub async fn contact_for(&self, account: &AccountId, from: &[Identity]) -> Result<Option<ContactId>> {
        let hashes = self.alias_hashes(account, from)?;
        for read in [Read::Eventual, Read::Consistent] {
            if let Some((_, known)) = self.aliases(&hashes, read).await?.into_iter().next() {
                return Ok(Some(known.c));
            }
        }
        Ok(None)
    }

    /// The contact that these names belong to, with all of them kept; a new one where nobody has them.
    pub async fn learn_contact(&self, account: &AccountId, seed: &ContactSeed, told_at: Timestamp) -> Result<Contact> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let read = if attempt == 0 { Read::Eventual } else { Read::Consistent };
            let (writes, contact) = match self.who(account, seed, read).await? {
                Who::AsBefore(id) => match self.contact(&id).await? {
                    Some(contact) => return Ok(contact),
                    None => continue,
                },
                Who::New => (self.new_contact(account, seed, told_at)?, contact_of(seed)),
                Who::Learn { stored, missing } => self.learn(account, seed, &stored, &missing, told_at)?,
            };
            if writes.is_empty() || self.truth().transact(&writes).await? == Transacted::Done {
                return Ok(contact);
            }
        }
        Err(Error::Retry("others kept changing the contact".to_owned()))
    }

    /// An eventual read is enough at first: the transaction finds out what it missed.
    pub(crate) async fn who(&self, account: &AccountId, seed: &ContactSeed, read: Read) -> Result<Who> {
        let hashes = self.alias_hashes(account, &seed.identities)?;
        let Some((first, rest)) = hashes.split_first() else { return Ok(Who::New) };
        let mut known = self.aliases(std::slice::from_ref(first), read).await?;
        let seen = self.seen(account, seed)?;
        if let Some((_, alias)) = known.first().filter(|(_, alias)| alias.seen.as_ref() == Some(&seen)) {
            return Ok(Who::AsBefore(alias.c.clone()));
        }
        known.extend(self.aliases(rest, read).await?);
        let Some((_, alias)) = known.first() else { return Ok(Who::New) };
        let at = key::contact(&self.id, &alias.c);
        let Some(item) = self.truth().get(&at, Read::Consistent).await? else { return Ok(Who::New) };
        let missing = hashes.iter().filter(|h| known.iter().all(|(k, _)| k != *h)).cloned().collect();
        Ok(Who::Learn { stored: stored(item)?, missing })
    }

    /// The writes that make a new contact.
    pub(crate) fn new_contact(
        &self,
        account: &AccountId,
        seed: &ContactSeed,
        told_at: Timestamp,
    ) -> Result<Vec<Write>> {
        let seen = self.seen(account, seed)?;
        let stored = Stored { contact: contact_of(seed), named_at: told_at, rev: 1 };
        let mut writes = vec![Write::Put(item::contact::item(&self.id, &stored)?, When::Absent)];
        for (i, hash) in self.alias_hashes(account, &seed.identities)?.iter().enumerate() {
            let told = Alias { c: seed.id_if_new.clone(), seen: (i == 0).then(|| seen.clone()) };
            writes.push(Write::Put(alias(&self.id, hash, &told)?, When::Absent));
        }
        Ok(writes)
    }

    /// The writes that keep what is new of a known contact, and the contact as it then is.
    pub(crate) fn learn(
        &self,
        account: &AccountId,
        seed: &ContactSeed,
        known: &Stored,
        missing: &[String],
        told_at: Timestamp,
    ) -> Result<(Vec<Write>, Contact)> {
        let seen = self.seen(account, seed)?;
        let first = self.alias_hashes(account, &seed.identities)?.into_iter().next();
        let mut writes = Vec::new();
        for hash in missing {
            let told =
                Alias { c: known.contact.id.clone(), seen: (Some(hash) == first.as_ref()).then(|| seen.clone()) };
            writes.push(Write::Put(alias(&self.id, hash, &told)?, When::Absent));
        }
        if let Some(first) = first.filter(|f| !missing.contains(f)) {
            let change = Change::default().set("seen", s(&seen));
            writes.push(Write::Update(key::alias(&self.id, &first), change, When::Present));
        }
        let learnt = taught(known, &seed.identities, seed.name.as_ref(), told_at);
        let before = item::contact::item(&self.id, known)?;
        let change = Change::between(&before, &item::contact::item(&self.id, &learnt)?);
        if !change.is_empty() {
            let same = When::Is(vec![("rev", before.get("rev").cloned())]);
            writes.push(Write::Update(key::contact(&self.id, &known.contact.id), change, same));
        }
        Ok((writes, learnt.contact))
    }

    /// Keeps names that the channel told of a contact when it took a send. One eventual read where none of them is new.
    pub(crate) async fn learn_names(
        &self,
        account: &AccountId,
        contact: &ContactId,
        told: &[Identity],
        at: Timestamp,
    ) -> Result<()> {
        if told.is_empty() {
            return Ok(());
        }
        let Some(known) = self.contact(contact).await? else { return Ok(()) };
        let mut theirs = Vec::new();
        for identity in told.iter().filter(|i| !known.identities.contains(i)) {
            let mut free = true;
            for hash in self.alias_hashes(account, std::slice::from_ref(identity))? {
                let item = alias(&self.id, &hash, &Alias { c: contact.clone(), seen: None })?;
                free &= self.truth().write(&Write::Put(item, When::Absent)).await?;
            }
            // A name that leads to somebody else stays theirs.
            if free {
                theirs.push(identity.clone());
            }
        }
        if theirs.is_empty() { Ok(()) } else { self.add_names(contact, &theirs, at).await }
    }

    async fn add_names(&self, contact: &ContactId, names: &[Identity], at: Timestamp) -> Result<()> {
        let key = key::contact(&self.id, contact);
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(item) = self.truth().get(&key, Read::Consistent).await? else { return Ok(()) };
            let known = stored(item)?;
            let before = item::contact::item(&self.id, &known)?;
            let after = item::contact::item(&self.id, &taught(&known, names, None, at))?;
            let change = Change::between(&before, &after);
            let same = When::Is(vec![("rev", before.get("rev").cloned())]);
            if change.is_empty() || self.truth().write(&Write::Update(key.clone(), change, same)).await? {
                return Ok(());
            }
        }
        Err(Error::Retry("others kept changing the contact".to_owned()))
    }

    /// Those of the names that are known, in the order of `hashes`.
    async fn aliases(&self, hashes: &[String], read: Read) -> Result<Vec<(String, Alias)>> {
        let mut known = Vec::new();
        for hash in hashes {
            let item: Option<Item> = self.truth().get(&key::alias(&self.id, hash), read).await?;
            if let Some(item) = item {
                known.push((hash.clone(), item::decode(item)?));
            }
        }
        Ok(known)
    }

    /// Of the names that say who it is: a username may pass on to someone else.
    pub(crate) fn alias_hashes(&self, account: &AccountId, from: &[Identity]) -> Result<Vec<String>> {
        let key = self.tables.id_key()?;
        let mut hashes: Vec<String> = Vec::new();
        for identity in from.iter().filter(|i| i.kind.identifies()) {
            let hash = key.name(&self.id, &["alias", account.as_str(), identity.kind.as_str(), &identity.value]);
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        Ok(hashes)
    }

    fn seen(&self, account: &AccountId, seed: &ContactSeed) -> Result<String> {
        let mut parts = vec!["seen", account.as_str(), seed.name.as_deref().unwrap_or_default()];
        parts.extend(seed.identities.iter().flat_map(|i| [i.kind.as_str(), i.value.as_str()]));
        Ok(self.tables.id_key()?.name(&self.id, &parts))
    }
}

pub(crate) fn contact_of(seed: &ContactSeed) -> Contact {
    let mut identities: Vec<Identity> = Vec::new();
    for identity in &seed.identities {
        if !identities.contains(identity) {
            identities.push(identity.clone());
        }
    }
    Contact { id: seed.id_if_new.clone(), name: seed.name.clone(), avatar_url: None, identities }
}

/// What is known after a message of this time told it.
fn taught(known: &Stored, identities: &[Identity], name: Option<&String>, told_at: Timestamp) -> Stored {
    let mut after = known.clone();
    let contact = &mut after.contact;
    for identity in identities {
        let newest = contact.identity(identity.kind) == Some(identity.value.as_str());
        // A username that came back is the newest again; the others do not change hands.
        let again = identity.kind == IdentityKind::Username && !newest;
        if again || !contact.identities.contains(identity) {
            contact.identities.retain(|i| i != identity);
            contact.identities.push(identity.clone());
        }
    }
    if let Some(name) = name.filter(|name| told_at >= known.named_at && contact.name.as_ref() != Some(name)) {
        contact.name = Some(name.clone());
        after.named_at = told_at;
    }
    if after != *known {
        after.rev += 1;
    }
    after
}
