//! People's cards.

use domain::body::{Card, CardEmail, CardPhone};
use domain::{Body, Details, MessageType};
use serde::{Deserialize, Serialize};
use table::Draft;
use utoipa::ToSchema;

one_type!(Type, Contacts);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactsPart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    /// At least one.
    #[schema(min_items = 1)]
    contacts: Vec<CardPart>,
}

/// A person.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardPart {
    name: String,
    organization: Option<String>,
    /// What they are there.
    title: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    phones: Vec<PhonePart>,
    #[serde(default)]
    #[schema(required = false)]
    emails: Vec<EmailPart>,
    #[serde(default)]
    #[schema(required = false)]
    urls: Vec<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhonePart {
    phone: String,
    /// The number on WhatsApp, digits only: with it the card has a button to write there.
    wa_id: Option<String>,
    /// `CELL`, `WORK`…
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailPart {
    email: String,
    /// `WORK`, `HOME`…
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl ContactsPart {
    pub fn draft(self) -> Draft {
        let cards = self.contacts.into_iter().map(CardPart::card).collect();
        Draft { kind: MessageType::Contacts, text: None, body: Body::of(Details::Contacts(cards)) }
    }
}

impl CardPart {
    fn card(self) -> Card {
        let phone = |p: PhonePart| CardPhone { phone: Some(p.phone), wa_id: p.wa_id, kind: p.kind };
        let email = |e: EmailPart| CardEmail { email: e.email, kind: e.kind };
        Card {
            name: Some(self.name),
            organization: self.organization,
            title: self.title,
            phones: self.phones.into_iter().map(phone).collect(),
            emails: self.emails.into_iter().map(email).collect(),
            urls: self.urls,
            ..Card::default()
        }
    }
}
