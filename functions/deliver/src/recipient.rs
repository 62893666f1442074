//! Whom a send goes to.

use domain::{Contact, Identity};

/// What the channel can reach this contact by.
pub(crate) fn reachable(contact: &Contact) -> Vec<Identity> {
    contact.identities.iter().filter(|i| i.kind.identifies()).cloned().collect()
}
