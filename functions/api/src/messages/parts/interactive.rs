//! Words with something to press below: buttons, a list, a link.

use domain::body::{Interactive, LinkButton, ListSection, ReplyButton, ReplyButtons, ReplyList};
use domain::{Body, Details, MessageType};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use table::Draft;
use utoipa::ToSchema;

use crate::{input, problem::Problem};

one_type!(Type, Interactive);

/// As it is asked, what can be pressed not looked at yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(rename = "type")]
    kind: Type,
    text: String,
    interactive: Value,
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InteractivePart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    /// The words above.
    text: String,
    interactive: Offer,
}

/// What can be pressed.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Offer {
    Buttons(ButtonsOffer),
    List(ListOffer),
    CtaUrl(LinkOffer),
}

one_type!(ButtonsType, Buttons);
one_type!(ListType, List);
one_type!(LinkType, CtaUrl);

/// Buttons that answer for the customer.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ButtonsOffer {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: ButtonsType,
    header: Option<String>,
    footer: Option<String>,
    #[schema(min_items = 1, max_items = 3)]
    buttons: Vec<ReplyButton>,
}

/// A list that opens at a touch, of which the customer takes one row: ten rows at most, over all sections.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOffer {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: ListType,
    header: Option<String>,
    footer: Option<String>,
    /// What opens the list.
    button: String,
    #[schema(min_items = 1, max_items = 10)]
    sections: Vec<ListSection>,
}

/// A button that opens a page.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkOffer {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: LinkType,
    header: Option<String>,
    footer: Option<String>,
    title: String,
    /// `https://…`
    url: String,
}

impl InteractivePart {
    pub fn parse(at: &str, part: Value) -> Result<Self, Problem> {
        let Asked { kind, text, interactive } = input::value(at, part)?;
        let at = format!("{at}.interactive");
        let interactive = match super::kind_of(&at, &interactive)?.as_str() {
            "buttons" => Offer::Buttons(input::value(&at, interactive)?),
            "list" => Offer::List(input::value(&at, interactive)?),
            "cta_url" => Offer::CtaUrl(input::value(&at, interactive)?),
            _ => return Err(Problem::invalid(format!("{at}.type"), "invalid", "`buttons`, `list` or `cta_url`.")),
        };
        Ok(Self { kind, text, interactive })
    }

    pub fn draft(self) -> Draft {
        let offer = match self.interactive {
            Offer::Buttons(ButtonsOffer { kind: _, header, footer, buttons }) => {
                Interactive::Buttons(ReplyButtons { header, footer, buttons })
            }
            Offer::List(ListOffer { kind: _, header, footer, button, sections }) => {
                Interactive::List(ReplyList { header, footer, button, sections })
            }
            Offer::CtaUrl(LinkOffer { kind: _, header, footer, title, url }) => {
                Interactive::CtaUrl(LinkButton { header, footer, title, url })
            }
        };
        Draft { kind: MessageType::Interactive, text: Some(self.text), body: Body::of(Details::Interactive(offer)) }
    }
}
