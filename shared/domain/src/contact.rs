//! The people that a tenant talks to, and the names that channels have for them.

use serde::{Deserialize, Serialize};

use crate::ContactId;

/// What kind of name a channel has for a person. Names are scoped to the channel account that saw them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// WhatsApp's business-scoped user id, `US.1349…`; a Messenger PSID; a LINE user id: the channel's stable name.
    UserId,
    /// WhatsApp's parent business-scoped id, `US.ENT.1349…`.
    ParentUserId,
    /// A phone number, digits only, as WhatsApp's `wa_id`.
    Phone,
    Username,
}

impl IdentityKind {
    /// Its word in keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::ParentUserId => "parent_user_id",
            Self::Phone => "phone",
            Self::Username => "username",
        }
    }

    /// Whether the name alone says who it is. A username may pass on to someone else.
    pub fn identifies(self) -> bool {
        match self {
            Self::UserId | Self::ParentUserId | Self::Phone => true,
            Self::Username => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    pub kind: IdentityKind,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    /// The newest name that was not blank; `None` until the channel tells one.
    pub name: Option<String>,
    pub avatar_url: Option<String>,
    /// How the channel can reach them, in the order in which they were seen.
    pub identities: Vec<Identity>,
}

impl Contact {
    /// The identity of this kind that was seen last.
    pub fn identity(&self, kind: IdentityKind) -> Option<&str> {
        self.identities.iter().rev().find(|i| i.kind == kind).map(|i| i.value.as_str())
    }

    /// What an agent reads: the name, else the username, else the phone number, else "Unknown User".
    pub fn display_name(&self) -> String {
        self.name
            .clone()
            .or_else(|| self.identity(IdentityKind::Username).map(|u| format!("@{u}")))
            .or_else(|| self.identity(IdentityKind::Phone).map(|p| format!("+{p}")))
            .unwrap_or_else(|| "Unknown User".to_owned())
    }
}
