//! What is done to a message after it was written: reactions, edits, a revocation. A join over facts, like receipts: they may
//! repeat, overtake each other and come before their message, and every order ends in one state.

use serde::{Deserialize, Serialize};

use crate::body::{Body, CallDetails, Details};
use crate::{Author, Message, MessageType, Timestamp};

/// One fact about an earlier message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amendment {
    Reaction(Reaction),
    Edit(Edit),
    /// Its writer took it back, for everyone.
    Revoke {
        at: Timestamp,
    },
    /// What became of a call.
    Call(CallDetails),
    /// What was in a place that the channel had only marked: a file of the history that comes after it.
    Fill(Box<Fill>),
}

/// One person's reaction. Everyone on the business's side counts as one person, as channels have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub by: Author,
    /// `None`: taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// By the channel's clock.
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// By the channel's clock.
    pub at: Timestamp,
    /// What it says now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    pub kind: MessageType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub body: Body,
}

/// The channel's word for a place that is filled later.
pub const PLACEHOLDER: &str = "media_placeholder";

impl Reaction {
    /// Whose it is: a contact's id, or the business.
    fn reactor(&self) -> Option<&str> {
        match &self.by {
            Author::Contact { id, .. } => Some(id.as_deref().unwrap_or_default()),
            Author::User { .. } | Author::System | Author::External { .. } => None,
        }
    }

    /// The later one counts. Channels count in seconds: of two in one, taking back counts, since it cannot come first.
    fn beats(&self, other: &Self) -> bool {
        let order = |r: &Self| (r.at, r.emoji.is_none(), r.emoji.clone());
        order(self) > order(other)
    }
}

impl Message {
    /// The message with this fact joined; `None` where it says nothing new.
    #[must_use]
    pub fn amended(&self, fact: &Amendment) -> Option<Self> {
        let mut after = self.clone();
        match fact {
            Amendment::Revoke { at } => after.revoke(*at),
            // Of what was taken back nothing is kept.
            Amendment::Reaction(_) | Amendment::Edit(_) | Amendment::Call(_) | Amendment::Fill(_)
                if self.deleted_at.is_some() => {}
            Amendment::Reaction(reaction) => add(&mut after.reactions, reaction),
            Amendment::Edit(edit) => after.edit(edit),
            Amendment::Call(call) => after.call(call),
            Amendment::Fill(fill) => after.fill(fill),
        }
        (after != *self).then(|| Self { rev: self.rev + 1, ..after })
    }

    fn revoke(&mut self, at: Timestamp) {
        self.deleted_at = Some(self.deleted_at.map_or(at, |known| known.min(at)));
        self.edited_at = None;
        self.text = None;
        self.reply_to = None;
        self.body = Body::default();
        self.reactions.clear();
        self.raw = None;
    }

    fn edit(&mut self, edit: &Edit) {
        let newer = self.edited_at.is_none_or(|known| (edit.at, &edit.text) > (known, &self.text));
        if newer {
            self.text = edit.text.clone();
            self.edited_at = Some(edit.at);
        }
    }

    fn call(&mut self, told: &CallDetails) {
        if let Some(Details::Call(known)) = &mut self.body.details {
            known.state = known.state.max(told.state);
            known.started_at = known.started_at.into_iter().chain(told.started_at).min();
            known.ended_at = known.ended_at.into_iter().chain(told.ended_at).min();
            known.duration_seconds = known.duration_seconds.max(told.duration_seconds);
        }
    }

    fn fill(&mut self, fill: &Fill) {
        if self.raw_type.as_deref() == Some(PLACEHOLDER) {
            self.kind = fill.kind;
            self.body = fill.body.clone();
            self.raw_type = None;
            self.raw = None;
            if self.edited_at.is_none() {
                self.text = fill.text.clone();
            }
        }
    }
}

/// Keeps the newest of each person; one that was taken back too, so that an older one does not come back.
fn add(reactions: &mut Vec<Reaction>, new: &Reaction) {
    match reactions.iter_mut().find(|known| known.reactor() == new.reactor()) {
        Some(known) if new.beats(known) => *known = new.clone(),
        Some(_) => {}
        None => {
            reactions.push(new.clone());
            reactions.sort_by(|a, b| a.reactor().cmp(&b.reactor()));
        }
    }
}

/// Facts that wait for their message, each kind's newest: what the message's join needs and no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting(Vec<Amendment>);

/// At most this many facts wait for a message: a WhatsApp group has up to 1,024 people, and each one reaction.
/// [Groups](https://faq.whatsapp.com/3242937609289432).
const WAITING_MAX: usize = 1_100;

impl Waiting {
    /// With this fact added; `None` where it says nothing new.
    #[must_use]
    pub fn with(&self, fact: &Amendment) -> Option<Self> {
        let mut facts = self.0.clone();
        match facts.iter().position(|known| same_slot(known, fact)) {
            Some(at) if beats(fact, &facts[at]) => facts[at] = fact.clone(),
            Some(_) => return None,
            None if facts.len() >= WAITING_MAX => return None,
            None => facts.push(fact.clone()),
        }
        Some(Self(facts))
    }

    pub fn facts(&self) -> &[Amendment] {
        &self.0
    }
}

/// Whether the two say something of the same thing, so that one of them is enough.
fn same_slot(a: &Amendment, b: &Amendment) -> bool {
    match (a, b) {
        (Amendment::Reaction(a), Amendment::Reaction(b)) => a.reactor() == b.reactor(),
        (Amendment::Call(a), Amendment::Call(b)) => a == b,
        (Amendment::Edit(_), Amendment::Edit(_))
        | (Amendment::Revoke { .. }, Amendment::Revoke { .. })
        | (Amendment::Fill(_), Amendment::Fill(_)) => true,
        (
            Amendment::Reaction(_)
            | Amendment::Edit(_)
            | Amendment::Revoke { .. }
            | Amendment::Call(_)
            | Amendment::Fill(_),
            _,
        ) => false,
    }
}

fn beats(new: &Amendment, known: &Amendment) -> bool {
    match (new, known) {
        (Amendment::Reaction(new), Amendment::Reaction(known)) => new.beats(known),
        (Amendment::Edit(new), Amendment::Edit(known)) => (new.at, &new.text) > (known.at, &known.text),
        (Amendment::Revoke { at: new }, Amendment::Revoke { at: known }) => new < known,
        (
            Amendment::Reaction(_)
            | Amendment::Edit(_)
            | Amendment::Revoke { .. }
            | Amendment::Call(_)
            | Amendment::Fill(_),
            _,
        ) => false,
    }
}

#[cfg(test)]
mod tests;
