//! Whom a send goes to.

use domain::{Contact, Identity, IdentityKind};

/// What the channel can reach this contact by: in a group, the group.
pub(crate) fn reachable(contact: &Contact, group: Option<&str>) -> Vec<Identity> {
    match group {
        Some(group) => vec![Identity { kind: IdentityKind::UserId, value: group.to_owned() }],
        None => contact.identities.iter().filter(|i| i.kind.identifies()).cloned().collect(),
    }
}
