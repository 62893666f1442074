//! Carousels: cards that are swiped, each with a picture or a video.
//! [Media cards](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates).

use serde_json::{Value, json};

use super::refusal::Refusal;

/// A card's components, and what a send gives for them.
type Filled<'a> = (&'a [Value], &'a [Value]);

/// A card of the stock: all cards of a template have the same components.
pub(super) fn chair() -> Value {
    json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "{{1}}, for {{2}}" },
        { "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": "Put it aside" },
            { "type": "URL", "text": "See it", "url": "https://acme.test/chairs/{{1}}" },
        ] },
    ] })
}

/// Each card of a template with what a send gives for it: as many as there are, each at its place.
pub(super) fn cards<'a>(carousel: &'a Value, given: &'a [Value]) -> Result<Vec<Filled<'a>>, Refusal> {
    let of = |value: &'a Value, field: &str| value[field].as_array().map(Vec::as_slice).unwrap_or_default();
    let cards = of(carousel, "cards");
    let own = given.iter().find(|component| component["type"] == "carousel").map(|it| of(it, "cards"));
    let own = own.unwrap_or_default();
    if own.len() != cards.len() {
        let (given, expected) = (own.len(), cards.len());
        return Err(Refusal::parameters(&format!(
            "number of cards ({given}) does not match the expected number ({expected})"
        )));
    }
    if own.iter().enumerate().any(|(place, card)| card["card_index"] != place) {
        return Err(Refusal::parameter_format("card_index goes up from 0"));
    }
    Ok(cards.iter().zip(own).map(|(card, own)| (of(card, "components"), of(own, "components"))).collect())
}
