//! The templates of a business account: those that are handed in, and a send of one judged.
//! [Templates](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::carousel;
use super::content::word;
use super::files::Attached;
use super::refusal::Refusal;

/// How the address of a button begins that copies a one-time code.
pub(super) const ONE_TIME_CODE: &str = "https://www.whatsapp.com/otp/";

/// Longest one-time code, in characters.
const ONE_TIME_CODE_MAX: usize = 15;

/// A template that is handed in: taken, to be looked at. `examples` are the files that its reviewer may be shown.
pub(super) fn handed_in(
    body: &[u8],
    known: &[Value],
    examples: &BTreeMap<String, (usize, Option<String>)>,
    id: u64,
) -> Result<Value, Refusal> {
    let new: Value = serde_json::from_slice(body).map_err(|_| Refusal::invalid("The body is not JSON"))?;
    for field in ["name", "language", "category"] {
        word(&new, field).ok_or_else(|| Refusal::invalid(&format!("Param {field} is required")))?;
    }
    let components = new["components"].as_array().ok_or_else(|| Refusal::invalid("Param components is required"))?;
    let body = part(components, "BODY").ok_or_else(|| Refusal::invalid("A BODY component is required"))?;
    if !places(text(body)).is_empty() && body.get("example").is_none() {
        return Err(Refusal::invalid("Component of type BODY is missing expected field(s) (example)"));
    }
    if let Some(header) = part(components, "HEADER").filter(|header| file_kind(header).is_some()) {
        let handle = header["example"]["header_handle"][0].as_str();
        if handle.is_none_or(|handle| !examples.values().any(|(_, known)| known.as_deref() == Some(handle))) {
            return Err(Refusal::invalid("Component of type HEADER is missing expected field(s) (example)"));
        }
    }
    if find(known, &new["name"], &new["language"]).is_some() {
        return Err(Refusal::invalid("There is already content in this language for this template"));
    }
    let mut template = new.clone();
    template["id"] = json!(id.to_string());
    template["status"] = json!("PENDING");
    Ok(template)
}

pub(super) fn find<'a>(known: &'a [Value], name: &Value, language: &Value) -> Option<&'a Value> {
    known.iter().find(|template| template["name"] == *name && template["language"] == *language)
}

/// A send: what the phone shows of it, words and a file above them. `file` looks up what a parameter names.
pub(super) fn judged(
    object: &Value,
    known: &[Value],
    file: impl Fn(&str, &Value) -> Result<Attached, Refusal>,
) -> Result<(String, Option<Attached>), Refusal> {
    word(object, "name").ok_or_else(|| Refusal::missing("template['name']"))?;
    let language = &object["language"]["code"];
    let template = find(known, &object["name"], language).filter(|template| template["status"] == "APPROVED");
    let template = template.ok_or_else(Refusal::no_template)?;
    let parts = template["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let given = object["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let named = template["parameter_format"] == "NAMED";
    let (mut lines, mut shown) = filled(parts, given, named, &file)?;
    if let Some(carousel) = part(parts, "CAROUSEL") {
        for (card, own) in carousel::cards(carousel, given)? {
            let (words, picture) = filled(card, own, named, &file)?;
            lines.push(format!("▤ {}", words.join(" ")));
            // The phone shows one.
            shown = shown.or(picture);
        }
    }
    Ok((lines.join("\n"), shown))
}

/// The lines of a template or of one of its cards, and the file above them.
fn filled(
    parts: &[Value],
    given: &[Value],
    named: bool,
    file: &impl Fn(&str, &Value) -> Result<Attached, Refusal>,
) -> Result<(Vec<String>, Option<Attached>), Refusal> {
    let (mut lines, mut shown) = (Vec::new(), None);
    for kind in ["HEADER", "BODY", "FOOTER"] {
        let Some(part) = part(parts, kind) else { continue };
        let of_kind = given.iter().find(|component| component["type"] == kind.to_ascii_lowercase());
        let parameters = of_kind.and_then(|component| component["parameters"].as_array()).map(Vec::as_slice);
        let parameters = parameters.unwrap_or_default();
        match file_kind(part) {
            Some(kind) => {
                let own = parameters.first().filter(|parameter| parameter["type"] == kind.as_str());
                let mismatch =
                    || Refusal::parameter_format(&format!("header: Format mismatch, expected {}", part["format"]));
                shown = Some(file(&kind, &own.ok_or_else(mismatch)?[&kind])?);
            }
            None => lines.push(line(part, parameters, named)?),
        }
    }
    lines.extend(pressed(parts, given)?);
    Ok((lines, shown))
}

/// A line for each button, once what it needs was given.
fn pressed(parts: &[Value], given: &[Value]) -> Result<Vec<String>, Refusal> {
    let mut lines = Vec::new();
    let buttons = part(parts, "BUTTONS").and_then(|part| part["buttons"].as_array()).map(Vec::as_slice);
    for (index, button) in buttons.unwrap_or_default().iter().enumerate() {
        let needed = button["type"] == "COPY_CODE" || !places(word(button, "url").unwrap_or_default()).is_empty();
        let told = index.to_string();
        let own = |c: &&Value| c["type"] == "button" && (c["index"] == told.as_str() || c["index"] == index);
        let component = given.iter().find(own);
        if needed && component.is_none() {
            return Err(Refusal::parameters(&format!(
                "Button at index {index} of type {} requires a parameter",
                button["type"]
            )));
        }
        if word(button, "url").is_some_and(|url| url.starts_with(ONE_TIME_CODE)) {
            let told = given.iter().find(|component| component["type"] == "body").unwrap_or(&Value::Null);
            one_time_code(&told["parameters"][0], component.unwrap_or(&Value::Null))?;
        }
        lines.push(format!("▢ {}", word(button, "text").unwrap_or("Copy code")));
    }
    Ok(lines)
}

/// The button's code is the body's, and no longer than a code may be.
fn one_time_code(told: &Value, button: &Value) -> Result<(), Refusal> {
    let same = button["sub_type"] == "url" && button["parameters"][0]["text"] == told["text"];
    let length = word(told, "text").unwrap_or_default().chars().count();
    if same && length <= ONE_TIME_CODE_MAX {
        return Ok(());
    }
    Err(Refusal::parameter_format("the code of the body and of the button must be the same, of 15 characters at most"))
}

/// The kind of file that a component shows.
fn file_kind(part: &Value) -> Option<String> {
    let format = part["format"].as_str().filter(|format| ["IMAGE", "VIDEO", "DOCUMENT"].contains(format));
    format.map(str::to_ascii_lowercase)
}

/// A component's words, filled in.
fn line(part: &Value, parameters: &[Value], named: bool) -> Result<String, Refusal> {
    if part["format"] == "LOCATION" {
        let place = parameters.first().filter(|parameter| parameter["type"] == "location").map(|p| &p["location"]);
        let place = place.ok_or_else(|| Refusal::parameter_format("header: expected a location"))?;
        return Ok(format!("⌖ {}", word(place, "name").map_or_else(|| place.to_string(), str::to_owned)));
    }
    let names = places(text(part));
    if names.len() != parameters.len() {
        let (given, expected) = (parameters.len(), names.len());
        let details =
            format!("number of localizable_params ({given}) does not match the expected number of params ({expected})");
        return Err(Refusal::parameters(&details));
    }
    let mut whole = text(part).to_owned();
    for (n, parameter) in parameters.iter().enumerate() {
        let said = word(parameter, "text").ok_or_else(|| Refusal::parameter_format("expected a text"))?;
        if said.contains(['\n', '\t']) || said.contains("     ") {
            return Err(Refusal::parameter_format(
                "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
            ));
        }
        let name = match (named, word(parameter, "parameter_name")) {
            (true, Some(name)) if names.iter().any(|known| known == name) => name.to_owned(),
            (true, _) => return Err(Refusal::parameter_format("Parameter name is missing or unknown")),
            (false, _) => (n + 1).to_string(),
        };
        whole = whole.replace(&format!("{{{{{name}}}}}"), said);
    }
    Ok(whole)
}

fn part<'a>(components: &'a [Value], kind: &str) -> Option<&'a Value> {
    components.iter().find(|component| component["type"] == kind)
}

fn text(part: &Value) -> &str {
    part["text"].as_str().unwrap_or_default()
}

/// The names of a text's places, each once.
fn places(text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}
