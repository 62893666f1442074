//! The cards of a carousel, filled in one by one.
//! [Media cards](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates).

use channel::Invalid;
use domain::body::{CardDetails, CardFilling};
use domain::template::{ParameterFormat, Template, TemplateButton, TemplateCard, TemplateHeader};

use super::button::filled_in;
use super::words::{said, texts};
use super::{Given, GivenCard, header_file, unknown};
use crate::send::limits::invalid;

/// Longest words of a card once they are filled in, in characters.
const CARD_MAX: usize = 160;

/// A picture or a video, and buttons that a card may have.
pub(super) fn can_be_filled_in(card: &TemplateCard) -> bool {
    let strange =
        |button: &TemplateButton| matches!(button, TemplateButton::OneTimeCode { .. } | TemplateButton::Other { .. });
    matches!(card.header, TemplateHeader::Image | TemplateHeader::Video) && !card.buttons.iter().any(strange)
}

/// All of them: WhatsApp takes no fewer than the template has.
pub(super) fn cards(template: &Template, given: &Given) -> Result<Vec<CardDetails>, Invalid> {
    let field = |place: usize| format!("parameters.cards[{place}]");
    if given.cards.len() > template.cards.len() {
        return Err(unknown(&field(template.cards.len())));
    }
    if given.cards.len() < template.cards.len() {
        let message = format!("This template shows {} cards.", template.cards.len());
        return Err(invalid(field(given.cards.len()), "missing", message));
    }
    // As `Given::files` counts them: each card has one, or is refused.
    let first = usize::from(given.file.is_some());
    let both = template.cards.iter().zip(&given.cards).enumerate();
    both.map(|(place, (card, given))| filled(&field(place), template.parameter_format, card, given, first + place))
        .collect()
}

fn filled(
    at: &str,
    format: ParameterFormat,
    card: &TemplateCard,
    given: &GivenCard,
    attachment: usize,
) -> Result<CardDetails, Invalid> {
    header_file(at, Some(&card.header), given.file.as_ref())?;
    let (body, words) = (format!("{at}.body"), card.body.as_deref());
    let filling = CardFilling {
        body: texts(&body, format, words.unwrap_or_default(), &given.body)?,
        buttons: filled_in(&format!("{at}.buttons"), &card.buttons, &given.buttons)?,
    };
    Ok(CardDetails {
        attachment,
        text: words.map(|words| said(&body, words, &given.body, CARD_MAX)).transpose()?,
        buttons: card.buttons.iter().map(|button| button.text().to_owned()).collect(),
        filling,
    })
}
