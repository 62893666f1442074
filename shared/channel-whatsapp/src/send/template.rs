//! A template: [Template messages](https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates).

use domain::Attachment;
use domain::body::{ButtonParameter, ButtonParameterKind, CardDetails, Location, TemplateDetails, TextParameter};
use serde_json::{Map, Value, json};

use super::{file, location};

/// `None` before the files of its header and its cards were uploaded there.
pub(crate) fn payload(template: &TemplateDetails, files: &[Attachment]) -> Option<Value> {
    let mut payload = json!({ "name": template.name, "language": { "code": template.language } });
    let components = components(template, files)?;
    if !components.is_empty() {
        payload["components"] = components.into();
    }
    Some(payload)
}

fn components(template: &TemplateDetails, files: &[Attachment]) -> Option<Vec<Value>> {
    let filling = &template.filling;
    let mut components = Vec::new();
    if let Some(header) = template.header_file(files) {
        components.push(file_header(header)?);
    }
    if let Some(place) = &template.location {
        components.push(json!({ "type": "header", "parameters": [place_parameter(place)] }));
    }
    components.extend(words("header", &filling.header));
    components.extend(words("body", &filling.body));
    components.extend(filling.buttons.iter().map(button));
    if !template.cards.is_empty() {
        let cards = template.cards.iter().enumerate().map(|(index, it)| card(index, it, files));
        components.push(json!({ "type": "carousel", "cards": cards.collect::<Option<Vec<_>>>()? }));
    }
    Some(components)
}

/// [Cards](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates).
fn card(index: usize, card: &CardDetails, files: &[Attachment]) -> Option<Value> {
    let mut components = vec![file_header(files.get(card.attachment)?)?];
    components.extend(words("body", &card.filling.body));
    components.extend(card.filling.buttons.iter().map(button));
    Some(json!({ "card_index": index, "components": components }))
}

fn file_header(header: &Attachment) -> Option<Value> {
    let (kind, object) = file::payload(header, None)?;
    Some(json!({ "type": "header", "parameters": [{ "type": kind, kind: object }] }))
}

/// `None` where it has no place to fill in.
fn words(kind: &str, parameters: &[TextParameter]) -> Option<Value> {
    (!parameters.is_empty()).then(|| json!({ "type": kind, "parameters": texts(parameters) }))
}

fn place_parameter(place: &Location) -> Value {
    json!({ "type": "location", "location": location::payload(place) })
}

fn texts(parameters: &[TextParameter]) -> Vec<Value> {
    let text = |parameter: &TextParameter| {
        let mut value = Map::new();
        value.insert("type".to_owned(), json!("text"));
        if let Some(name) = &parameter.name {
            value.insert("parameter_name".to_owned(), json!(name));
        }
        value.insert("text".to_owned(), json!(parameter.text));
        Value::Object(value)
    };
    parameters.iter().map(text).collect()
}

fn button(parameter: &ButtonParameter) -> Value {
    let value = &parameter.value;
    let (kind, parameters) = match parameter.kind {
        ButtonParameterKind::QuickReply => ("quick_reply", json!([{ "type": "payload", "payload": value }])),
        ButtonParameterKind::Url => ("url", json!([{ "type": "text", "text": value }])),
        ButtonParameterKind::CopyCode => ("copy_code", json!([{ "type": "coupon_code", "coupon_code": value }])),
    };
    json!({ "type": "button", "sub_type": kind, "index": parameter.index.to_string(), "parameters": parameters })
}
