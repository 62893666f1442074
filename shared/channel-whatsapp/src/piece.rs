//! One event as it travels from the intake to the parser: the channel's own JSON, with what of its envelope it needs.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The two that nearly all webhooks are made of are an `Item`: the intake writes what it has taken apart, the parser reads it whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound(deserialize = "Item: Deserialize<'de>"))]
pub(crate) enum Piece<'a, Item = &'a RawValue> {
    /// A customer's message, or what stands for one.
    Message {
        message: Item,
        #[serde(borrow)]
        contact: Option<&'a RawValue>,
    },
    /// What the business wrote by other means.
    Echo {
        #[serde(borrow)]
        message: &'a RawValue,
        #[serde(borrow)]
        contact: Option<&'a RawValue>,
        by: Elsewhere,
    },
    /// A message from before the account was connected, on either side.
    Past {
        #[serde(borrow)]
        message: &'a RawValue,
        /// Whom the business wrote with, as the thread or the change tells it.
        #[serde(borrow)]
        contact: Option<&'a RawValue>,
        /// The thread's id: the customer's number.
        thread: Option<String>,
        /// The business's own number, as it is displayed.
        business: Option<String>,
    },
    Call {
        #[serde(borrow)]
        call: &'a RawValue,
        #[serde(borrow)]
        contact: Option<&'a RawValue>,
    },
    #[serde(borrow)]
    CallStatus(&'a RawValue),
    Status(Item),
    /// An entry of the address book.
    #[serde(borrow)]
    Book(&'a RawValue),
    #[serde(borrow)]
    Handover(&'a RawValue),
    #[serde(borrow)]
    Errors(&'a RawValue),
    /// A whole change: what concerns no thread, and what is not known.
    Change {
        field: String,
        #[serde(borrow)]
        value: &'a RawValue,
    },
    /// Something beside what is known of a change, or not of the form that it should have.
    Odd {
        field: String,
        key: String,
        #[serde(borrow)]
        value: &'a RawValue,
    },
}

/// By what means the business wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Elsewhere {
    /// The WhatsApp Business app on a phone.
    Phone,
    /// Meta's own AI agent.
    Agent,
}

impl Elsewhere {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phone => "WhatsApp Business app",
            Self::Agent => "Meta Business Agent",
        }
    }
}
