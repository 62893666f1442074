//! What a message says, by its type.

use domain::body::{
    Attachment, AttachmentState, Degrees, Details, Interactive, Location, Order, OrderItem, UnsupportedDetails,
};
use domain::{Body, MessageType};

use super::card;
use crate::fields::Fields;
use crate::lenient;

/// What a message says in our words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) kind: MessageType,
    pub(super) text: Option<String>,
    pub(super) body: Body,
    /// The channel's word for the type, where `kind` does not say it.
    pub(super) raw_type: Option<String>,
}

impl Said {
    fn new(kind: MessageType, text: Option<String>, body: Body) -> Self {
        Self { kind, text: text.filter(|t| !t.is_empty()), body, raw_type: None }
    }

    fn details(kind: MessageType, text: Option<String>, details: Details) -> Self {
        Self::new(kind, text, Body::of(details))
    }
}

/// Reads what stands under the type's own name; what cannot be read is unsupported, and kept as it came.
pub(super) fn said(kind: &str, message: &mut Fields) -> Said {
    let said = match kind {
        "text" => text(message),
        "image" => media(message, kind, MessageType::Image),
        "video" => media(message, kind, MessageType::Video),
        "audio" => media(message, kind, MessageType::Audio),
        "voice" => media(message, kind, MessageType::Voice),
        "document" => media(message, kind, MessageType::File),
        "sticker" => media(message, kind, MessageType::Sticker),
        "location" => message.object(kind).and_then(location),
        "contacts" => contacts(message),
        "interactive" => message.object(kind).and_then(interactive),
        "button" => message.object(kind).map(button),
        "order" => message.object(kind).map(order),
        _ => None,
    };
    said.unwrap_or_else(|| unsupported(kind, message))
}

fn text(message: &mut Fields) -> Option<Said> {
    let body = message.object("text")?.text("body")?;
    Some(Said { kind: MessageType::Text, text: Some(body), body: Body::default(), raw_type: None })
}

fn media(message: &mut Fields, key: &str, kind: MessageType) -> Option<Said> {
    let mut told = message.object(key)?;
    // It lives for five minutes, and needs the account's token: the id is what counts.
    told.ignore(&["url", "link"]);
    let voice = told.flag("voice").unwrap_or_default();
    let kind = if voice && kind == MessageType::Audio { MessageType::Voice } else { kind };
    let mut file = Attachment::pending(kind, told.word("id"));
    file.mime_type = told.word("mime_type").map(|mime| bare(&mime));
    file.sha256 = told.word("sha256").as_deref().and_then(lenient::sha256);
    file.file_name = told.word("filename");
    file.animated = told.flag("animated").unwrap_or_default();
    let why = match message.objects("errors").is_empty() {
        false => Some("refused_by_channel"),
        true if file.channel_media_id.is_none() => Some("no_media_id"),
        true => None,
    };
    if let Some(why) = why {
        file.state = AttachmentState::Failed;
        file.reason = Some(why.to_owned());
    }
    let body = Body { attachments: vec![file], ..Body::default() };
    Some(Said::new(kind, told.word("caption"), body))
}

/// `audio/ogg; codecs=opus` without its parameters.
fn bare(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn location(mut told: Fields) -> Option<Said> {
    let mut degrees = |key: &str| Degrees::try_from(told.decimal(key)?.parse::<f64>().ok()?).ok();
    let (latitude, longitude) = (degrees("latitude")?, degrees("longitude")?);
    let place =
        Location { latitude, longitude, name: told.word("name"), address: told.word("address"), url: told.word("url") };
    Some(Said::details(MessageType::Location, None, Details::Location(place)))
}

fn contacts(message: &mut Fields) -> Option<Said> {
    let cards: Vec<_> = message.objects("contacts").into_iter().map(card::card).collect();
    (!cards.is_empty()).then(|| Said::details(MessageType::Contacts, None, Details::Contacts(cards)))
}

fn interactive(mut told: Fields) -> Option<Said> {
    let kind = told.word("type")?;
    let mut answer = told.object(&kind)?;
    let answer = match kind.as_str() {
        "button_reply" => Interactive::ButtonReply { id: id(&mut answer, "id"), title: id(&mut answer, "title") },
        "list_reply" => Interactive::ListReply {
            id: id(&mut answer, "id"),
            title: id(&mut answer, "title"),
            description: answer.word("description"),
        },
        "nfm_reply" => Interactive::FlowReply {
            name: answer.word("name"),
            body: answer.word("body"),
            response: answer.word("response_json"),
        },
        "call_permission_reply" => {
            answer.ignore(&["is_permanent"]);
            Interactive::CallPermissionReply {
                response: answer.word("response")?,
                expires_at: answer.time("expiration_timestamp"),
                source: answer.word("response_source"),
            }
        }
        _ => return None,
    };
    let text = answer.title().map(str::to_owned);
    Some(Said::details(MessageType::Interactive, text, Details::Interactive(answer)))
}

/// A tap on a template's quick-reply button.
fn button(mut told: Fields) -> Said {
    let answer = Interactive::TemplateButton { id: id(&mut told, "payload"), title: id(&mut told, "text") };
    let text = answer.title().map(str::to_owned);
    let said = Said::details(MessageType::Interactive, text, Details::Interactive(answer));
    Said { raw_type: Some("button".to_owned()), ..said }
}

fn id(told: &mut Fields, key: &str) -> String {
    told.word(key).unwrap_or_default()
}

fn order(mut told: Fields) -> Said {
    let product_items = told.objects("product_items").into_iter().map(|mut item| OrderItem {
        product_retailer_id: item.word("product_retailer_id"),
        quantity: item.decimal("quantity"),
        item_price: item.decimal("item_price"),
        currency: item.word("currency"),
    });
    let order = Order { product_items: product_items.collect(), catalog_id: told.word("catalog_id") };
    Said::details(MessageType::Order, told.word("text"), Details::Order(order))
}

/// What the channel itself cannot deliver (131051, 131060…), and what we do not know.
fn unsupported(kind: &str, message: &mut Fields) -> Said {
    let mut why = UnsupportedDetails::default();
    if kind == "unsupported" {
        why.kind = message.object("unsupported").and_then(|mut told| told.word("type"));
    }
    if let Some(mut error) = message.objects("errors").into_iter().next() {
        error.ignore(&["message", "error_data", "href"]);
        why.code = error.number("code");
        why.title = error.word("title");
    }
    let told = why != UnsupportedDetails::default();
    let body = if told { Body::of(Details::Unsupported(why)) } else { Body::default() };
    let said = Said::new(MessageType::Unsupported, None, body);
    Said { raw_type: Some(super::plain(kind).to_owned()), ..said }
}
