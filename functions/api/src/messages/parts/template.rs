//! A template that the channel has approved, filled in.

use std::collections::BTreeMap;

use channel_whatsapp::template::{Given, GivenCard, fill};
use domain::body::{Degrees, Location};
use domain::template::TemplateButton;
use domain::{Attachment, Body, ChannelType, Details, IdentityKind, MessageType};
use serde::{Deserialize, Serialize};
use table::Draft;
use utoipa::ToSchema;

use super::{Place, media};
use crate::problem::Problem;

one_type!(Type, Template);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    name: String,
    language: String,
    /// What its places are filled in with; every place, and no other.
    #[serde(default)]
    parameters: TemplateParameters,
}

#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateParameters {
    /// By the place's name: `1`, or `first_name`.
    #[serde(default)]
    header: BTreeMap<String, String>,
    /// Where the header is a place.
    location: Option<PlaceParameter>,
    /// Where the header is a picture, a video or a document.
    // Absent, it is no part of what an Idempotency-Key stands for: those made before there was such a field stay valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<FileParameter>,
    /// By the place's name: `1`, or `first_name`.
    #[serde(default)]
    body: BTreeMap<String, String>,
    /// By the button's place, from 0: the end of its address, the code that it copies, the answer that it gives.
    #[serde(default)]
    buttons: BTreeMap<String, String>,
    /// Of a carousel: every card, in their order.
    // As `media`: absent, it is no part of what an Idempotency-Key stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cards: Vec<CardParameters>,
}

/// What a card of a carousel is filled in with.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardParameters {
    /// The picture or the video that it shows.
    media: Option<FileParameter>,
    /// By the place's name: `1`, or `first_name`.
    #[serde(default)]
    body: BTreeMap<String, String>,
    /// By the button's place on the card, from 0.
    #[serde(default)]
    buttons: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceParameter {
    latitude: Degrees,
    longitude: Degrees,
    name: Option<String>,
    address: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileParameter {
    /// Of [`create_upload`](#/messages/create_upload), once the form has been sent. It is of the kind that the header shows.
    upload_id: String,
}

impl TemplatePart {
    pub async fn draft(self, at: &str, place: &Place<'_>) -> Result<Draft, Problem> {
        let Place { tenant, head, .. } = place;
        if head.channel != ChannelType::Whatsapp {
            return Err(Problem::invalid(
                format!("{at}.type"),
                "channel_unsupported",
                "This channel has no templates.",
            ));
        }
        let missing = || Problem::invalid(format!("{at}.name"), "unknown_template", "There is no such template here.");
        let template = tenant.template(&head.account, &self.name, &self.language).await?.ok_or_else(missing)?;
        if template.buttons.iter().any(|button| matches!(button, TemplateButton::OneTimeCode { .. })) {
            phone_is_known(at, place).await?;
        }
        let TemplateParameters { header, location, media, body, buttons, cards } = self.parameters;
        let location = location.map(|p| Location {
            latitude: p.latitude,
            longitude: p.longitude,
            name: p.name,
            address: p.address,
            url: None,
        });
        let file = looked_at(&format!("{at}.parameters"), place, media).await?;
        let cards = given_cards(&format!("{at}.parameters.cards"), place, cards, template.cards.len()).await?;
        let given = Given { header, location, file, body, buttons, cards };
        let (text, details) = fill(&template, &given)
            .map_err(|why| Problem::invalid(format!("{at}.{}", why.field), why.code, why.message))?;
        let body = Body { attachments: given.files(), ..Body::of(Details::Template(Box::new(details))) };
        Ok(Draft { kind: MessageType::Template, text: Some(text), body })
    }
}

/// Looks at the file of each card. More cards than the template `has` are none of its places, and their files nobody looks at.
async fn given_cards(
    at: &str,
    place: &Place<'_>,
    cards: Vec<CardParameters>,
    has: usize,
) -> Result<Vec<GivenCard>, Problem> {
    if cards.len() > has {
        return Err(Problem::invalid(format!("{at}[{has}]"), "unknown_parameter", "The template has no such card."));
    }
    let mut given = Vec::new();
    for (n, CardParameters { media, body, buttons }) in cards.into_iter().enumerate() {
        given.push(GivenCard { file: looked_at(&format!("{at}[{n}]"), place, media).await?, body, buttons });
    }
    Ok(given)
}

/// The file that lies under `media`, where there is one.
async fn looked_at(at: &str, place: &Place<'_>, media: Option<FileParameter>) -> Result<Option<Attachment>, Problem> {
    let Some(media) = media else { return Ok(None) };
    let (file, _) = media::looked_at(&format!("{at}.media"), place.app, place.ctx, &media.upload_id).await?;
    Ok(Some(file))
}

/// WhatsApp sends a one-time code to a phone number alone, not to a person whom it names by an id of its own (its code 131062).
async fn phone_is_known(at: &str, place: &Place<'_>) -> Result<(), Problem> {
    let contact = place.tenant.contact(&place.head.contact).await?;
    match contact.as_ref().and_then(|contact| contact.identity(IdentityKind::Phone)) {
        Some(_) => Ok(()),
        None => Err(Problem::invalid(
            format!("{at}.name"),
            "phone_needed",
            "A one-time code goes to a phone number, and this customer has told none.",
        )),
    }
}
