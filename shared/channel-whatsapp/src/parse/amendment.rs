//! Reactions, edits and revocations: what is done to an earlier message makes no message of its own.

use channel::{Amended, AmendmentUpdate, Doer};

use super::body::{self, Said};
use super::envelope::Stamp;
use crate::fields::Fields;

/// What a message of this type does to an earlier one; `None` where it is a message like any other.
pub(super) fn amendment(kind: &str, message: &mut Fields, stamp: &Stamp, by: &Doer) -> Option<AmendmentUpdate> {
    let (external_id, what) = match kind {
        "reaction" => reaction(message.object(kind)?)?,
        "edit" => edit(message.object(kind)?)?,
        "revoke" => (message.object(kind)?.word("original_message_id")?, Amended::Revoke),
        _ => return None,
    };
    Some(AmendmentUpdate { external_id, at: stamp.at, by: by.clone(), what })
}

fn reaction(mut told: Fields) -> Option<(String, Amended)> {
    Some((told.word("message_id")?, Amended::Reaction(told.word("emoji"))))
}

/// Texts and captions can be edited; the edited message comes whole, and its file is the one that was there.
fn edit(mut told: Fields) -> Option<(String, Amended)> {
    let id = told.word("original_message_id")?;
    let mut message = told.object("message")?;
    let kind = message.word("type")?;
    let Said { text, .. } = body::said(&kind, &mut message);
    Some((id, Amended::Edit(text)))
}
