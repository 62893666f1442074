//! A template: [Template messages](https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates).

use domain::Attachment;
use domain::body::{ButtonParameter, ButtonParameterKind, Location, TemplateDetails, TextParameter};
use serde_json::{Map, Value, json};

use super::{file, location};

/// `None` before the header's file was uploaded there.
pub(crate) fn payload(template: &TemplateDetails, header: Option<&Attachment>) -> Option<Value> {
    let mut payload = json!({ "name": template.name, "language": { "code": template.language } });
    let components = components(template, header)?;
    if !components.is_empty() {
        payload["components"] = components.into();
    }
    Some(payload)
}

fn components(template: &TemplateDetails, header: Option<&Attachment>) -> Option<Vec<Value>> {
    let filling = &template.filling;
    let mut components = Vec::new();
    if let Some(header) = header {
        let (kind, object) = file::payload(header, None)?;
        components.push(json!({ "type": "header", "parameters": [{ "type": kind, kind: object }] }));
    }
    if let Some(place) = &template.location {
        components.push(json!({ "type": "header", "parameters": [place_parameter(place)] }));
    }
    for (kind, parameters) in [("header", &filling.header), ("body", &filling.body)] {
        if !parameters.is_empty() {
            components.push(json!({ "type": kind, "parameters": texts(parameters) }));
        }
    }
    components.extend(filling.buttons.iter().map(button));
    Some(components)
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
