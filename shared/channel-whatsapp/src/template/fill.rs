//! Fills a template in: every place once, nothing else, each wrong one named.

mod button;
mod card;
mod words;

use std::collections::BTreeMap;

use channel::Invalid;
use domain::body::{Filling, Location, TemplateDetails};
use domain::template::{Template, TemplateButton, TemplateHeader, TemplateStatus};
use domain::{Attachment, MessageType};

use self::button::buttons;
use self::card::cards;
use self::words::{said, texts};
use crate::send::limits::invalid;
use crate::send::{file, location};

/// Longest body once it is filled in, in characters.
/// [Components](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components).
const BODY_MAX: usize = 1_024;
/// Longest header once it is filled in, in characters.
const HEADER_MAX: usize = 60;

/// What fills a template in: places by their names (`1`, `first_name`), buttons by their place from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    pub header: BTreeMap<String, String>,
    pub location: Option<Location>,
    /// As it lies in the bucket.
    pub file: Option<Attachment>,
    pub body: BTreeMap<String, String>,
    pub buttons: BTreeMap<String, String>,
    /// Of a carousel, in their order.
    pub cards: Vec<GivenCard>,
}

/// What fills a card of a carousel in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenCard {
    /// As it lies in the bucket.
    pub file: Option<Attachment>,
    pub body: BTreeMap<String, String>,
    pub buttons: BTreeMap<String, String>,
}

impl Given {
    /// The message's files, as its cards count them: the header's, then each card's.
    pub fn files(&self) -> Vec<Attachment> {
        self.file.iter().chain(self.cards.iter().filter_map(|card| card.file.as_ref())).cloned().collect()
    }
}

/// The words of the body as the customer reads them, and all else of the message. Fields are named from the part on.
pub fn fill(template: &Template, given: &Given) -> Result<(String, TemplateDetails), Invalid> {
    sendable(template)?;
    let mut filling = Filling::default();
    header_file("parameters", template.header.as_ref(), given.file.as_ref())?;
    let header = header(template, given, &mut filling)?;
    filling.body = texts("parameters.body", template.parameter_format, &template.body, &given.body)?;
    let text = said("parameters.body", &template.body, &given.body, BODY_MAX)?;
    filling.buttons = buttons(template, given)?;
    let details = TemplateDetails {
        name: template.name.clone(),
        language: template.language.clone(),
        category: template.category,
        header,
        location: given.location.clone(),
        footer: template.footer.clone(),
        buttons: template.buttons.iter().map(|button| button.text().to_owned()).collect(),
        cards: cards(template, given)?,
        filling,
    };
    Ok((text, details))
}

fn sendable(template: &Template) -> Result<(), Invalid> {
    if template.status != TemplateStatus::Approved {
        return Err(invalid("name", "template_not_approved", "The channel does not let this template be sent now."));
    }
    let strange = template.header == Some(TemplateHeader::Other)
        || template.buttons.iter().any(|button| matches!(button, TemplateButton::Other { .. }))
        || !template.cards.iter().all(card::can_be_filled_in);
    if template.has_more || strange {
        let message = "It has parts that cannot be filled in from here, as an offer that ends, products or a form.";
        return Err(invalid("name", "template_unsupported", message));
    }
    Ok(())
}

/// A picture, a video or a document where a header shows one, and within WhatsApp's limits of its kind.
fn header_file(at: &str, header: Option<&TemplateHeader>, given: Option<&Attachment>) -> Result<(), Invalid> {
    let (media, upload) = (format!("{at}.media"), format!("{at}.media.upload_id"));
    match (header.and_then(shown_file), given) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(unknown(&media)),
        (Some((_, word)), None) => Err(invalid(media, "missing", format!("This template shows a {word}."))),
        (Some((kind, word)), Some(file)) if file.kind != kind => {
            Err(invalid(upload, "type_not_taken", format!("This template shows a {word}.")))
        }
        (Some(_), Some(file)) => file::check(file, None).map_err(|why| Invalid { field: upload, ..why }),
    }
}

/// The kind of file that a header shows, and how people call it.
pub(super) fn shown_file(header: &TemplateHeader) -> Option<(MessageType, &'static str)> {
    match header {
        TemplateHeader::Image => Some((MessageType::Image, "picture")),
        TemplateHeader::Video => Some((MessageType::Video, "video")),
        TemplateHeader::Document => Some((MessageType::File, "document")),
        TemplateHeader::Text { .. } | TemplateHeader::Location | TemplateHeader::Other => None,
    }
}

/// The header's words, filled in.
fn header(template: &Template, given: &Given, filling: &mut Filling) -> Result<Option<String>, Invalid> {
    match (&template.header, &given.location) {
        (Some(TemplateHeader::Location), Some(place)) => {
            location::check(place)
                .map_err(|why| Invalid { field: format!("parameters.location.{}", why.field), ..why })?;
        }
        (Some(TemplateHeader::Location), None) => {
            return Err(invalid("parameters.location", "missing", "This template shows a place."));
        }
        (_, Some(_)) => return Err(unknown("parameters.location")),
        (_, None) => {}
    }
    let (at, format) = ("parameters.header", template.parameter_format);
    let Some(TemplateHeader::Text { text }) = &template.header else {
        return texts(at, format, "", &given.header).map(|_| None);
    };
    filling.header = texts(at, format, text, &given.header)?;
    said(at, text, &given.header, HEADER_MAX).map(Some)
}

fn unknown(field: &str) -> Invalid {
    invalid(field, "unknown_parameter", "The template has no such place.")
}

#[cfg(test)]
mod card_tests;
#[cfg(test)]
mod tests;
