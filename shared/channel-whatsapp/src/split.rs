//! Splits a webhook by its routing fields alone: which account, which thread. What an event means is decided later.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The events of one thread of one account, in the order of the POST.
#[derive(Debug)]
pub struct Routed {
    /// `phone_number_id`; `None` for what concerns no number.
    pub account: Option<String>,
    /// Keeps its order: the customer, the group.
    pub thread: String,
    pub events: Vec<Box<RawValue>>,
    /// What has no routing fields that can be read; then `events` is empty.
    pub unreadable: Option<String>,
}

#[derive(Deserialize)]
struct Webhook<'a> {
    #[serde(borrow, default)]
    entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    changes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

#[derive(Default, Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    metadata: Option<Number<'a>>,
    #[serde(borrow)]
    recipient: Option<Number<'a>>,
    #[serde(borrow, default)]
    contacts: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    statuses: Vec<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
}

impl Value<'_> {
    fn says_something(&self) -> bool {
        !self.messages.is_empty() || !self.statuses.is_empty() || self.errors.is_some()
    }
}

#[derive(Deserialize)]
struct Number<'a> {
    #[serde(borrow)]
    phone_number_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    from: Option<Cow<'a, str>>,
    #[serde(borrow)]
    from_user_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    group_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    recipient_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    recipient_user_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ContactHead<'a> {
    #[serde(borrow)]
    wa_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_id: Option<Cow<'a, str>>,
}

/// One event as it travels: [`crate::parse`] reads it.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Piece<'a> {
    Message { message: &'a RawValue, contact: Option<&'a RawValue> },
    Status(&'a RawValue),
    Errors(&'a RawValue),
    Change { field: &'a str, value: &'a RawValue },
}

/// Splits the body of a verified webhook of `object: "whatsapp_business_account"`.
pub fn split(body: &[u8]) -> Vec<Routed> {
    let mut routes = Routes::default();
    match serde_json::from_slice::<Webhook<'_>>(body) {
        Ok(webhook) if !webhook.entry.is_empty() => webhook.entry.iter().for_each(|entry| of_entry(entry, &mut routes)),
        Ok(_) | Err(_) => routes.unreadable(None, &String::from_utf8_lossy(body)),
    }
    routes.all
}

fn of_entry(raw: &RawValue, routes: &mut Routes) {
    let Ok(entry) = serde_json::from_str::<Entry<'_>>(raw.get()) else { return routes.unreadable(None, raw.get()) };
    if entry.changes.is_empty() {
        return routes.unreadable(None, raw.get());
    }
    for raw in entry.changes {
        match serde_json::from_str::<Change<'_>>(raw.get()) {
            Ok(change) => of_change(&change, routes),
            Err(_) => routes.unreadable(None, raw.get()),
        }
    }
}

fn of_change(change: &Change<'_>, routes: &mut Routes) {
    let value = serde_json::from_str::<Value<'_>>(change.value.get());
    let account = value.as_ref().ok().and_then(|v| {
        let number = |n: &Option<Number<'_>>| n.as_ref()?.phone_number_id.clone().map(Cow::into_owned);
        number(&v.metadata).or_else(|| number(&v.recipient))
    });
    match (&*change.field, value) {
        ("messages", Ok(value)) if account.is_some() && value.says_something() => {
            of_value(account.as_deref(), &value, routes)
        }
        (field, _) => {
            let thread = format!("field:{field}");
            routes.add(account.as_deref(), &thread, &Piece::Change { field, value: change.value });
        }
    }
}

fn of_value(account: Option<&str>, value: &Value<'_>, routes: &mut Routes) {
    let contacts = Contacts::of(&value.contacts);
    for (place, raw) in value.messages.iter().enumerate() {
        match serde_json::from_str::<Head<'_>>(raw.get()) {
            Ok(head) => {
                let thread = head.group_id.as_ref().or(head.from_user_id.as_ref()).or(head.from.as_ref());
                let contact = contacts.of_writer(place, head.from_user_id.as_deref(), head.from.as_deref());
                routes.add(account, thread.map_or("", |t| t), &Piece::Message { message: raw, contact });
            }
            Err(_) => routes.unreadable(account, raw.get()),
        }
    }
    for raw in &value.statuses {
        match serde_json::from_str::<Head<'_>>(raw.get()) {
            Ok(head) => {
                let thread = head.recipient_user_id.as_ref().or(head.recipient_id.as_ref());
                routes.add(account, thread.map_or("", |t| t), &Piece::Status(raw));
            }
            Err(_) => routes.unreadable(account, raw.get()),
        }
    }
    if let Some(errors) = value.errors {
        routes.add(account, "errors", &Piece::Errors(errors));
    }
}

/// The contacts of a change: usually in the order of its messages, and sometimes not.
struct Contacts<'a> {
    in_order: Vec<(&'a RawValue, Option<ContactHead<'a>>)>,
    by_id: HashMap<String, &'a RawValue>,
}

impl<'a> Contacts<'a> {
    fn of(raws: &[&'a RawValue]) -> Self {
        let in_order: Vec<_> =
            raws.iter().map(|raw| (*raw, serde_json::from_str::<ContactHead<'a>>(raw.get()).ok())).collect();
        let mut by_id = HashMap::new();
        for (raw, head) in &in_order {
            for id in head.iter().flat_map(|h| [&h.wa_id, &h.user_id]).flatten() {
                by_id.entry(id.to_string()).or_insert(*raw);
            }
        }
        Self { in_order, by_id }
    }

    fn of_writer(&self, place: usize, user_id: Option<&str>, from: Option<&str>) -> Option<&'a RawValue> {
        let is = |head: &ContactHead<'_>| {
            let same = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
            same(head.user_id.as_deref(), user_id) || same(head.wa_id.as_deref(), from)
        };
        let here = self.in_order.get(place).filter(|(_, head)| head.as_ref().is_some_and(is)).map(|(raw, _)| *raw);
        here.or_else(|| [user_id, from].into_iter().flatten().find_map(|id| self.by_id.get(id).copied()))
    }
}

#[derive(Default)]
struct Routes {
    all: Vec<Routed>,
    places: HashMap<(Option<String>, String), usize>,
}

impl Routes {
    fn add(&mut self, account: Option<&str>, thread: &str, piece: &Piece<'_>) {
        let Ok(event) = serde_json::value::to_raw_value(piece) else { return };
        let key = (account.map(str::to_owned), thread.to_owned());
        let place = *self.places.entry(key).or_insert_with(|| {
            let (account, thread) = (account.map(str::to_owned), thread.to_owned());
            self.all.push(Routed { account, thread, events: Vec::new(), unreadable: None });
            self.all.len() - 1
        });
        self.all[place].events.push(event);
    }

    fn unreadable(&mut self, account: Option<&str>, raw: &str) {
        self.all.push(Routed {
            account: account.map(str::to_owned),
            thread: "unreadable".to_owned(),
            events: Vec::new(),
            unreadable: Some(raw.to_owned()),
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(account: &str, messages: serde_json::Value) -> serde_json::Value {
        let metadata = json!({ "phone_number_id": account, "display_phone_number": "15550100" });
        let contacts =
            json!([{ "wa_id": "b", "profile": { "name": "Bo" } }, { "wa_id": "a", "profile": { "name": "Ann" } }]);
        json!({ "field": "messages", "value": { "metadata": metadata, "contacts": contacts, "messages": messages } })
    }

    fn seen(body: &serde_json::Value) -> Vec<(Option<String>, String, Vec<String>)> {
        let events = |r: &Routed| r.events.iter().map(|e| e.get().to_owned()).chain(r.unreadable.clone()).collect();
        split(body.to_string().as_bytes()).iter().map(|r| (r.account.clone(), r.thread.clone(), events(r))).collect()
    }

    #[test]
    fn accounts_and_threads_are_told_apart_and_a_malformed_update_stands_alone() {
        let body = json!({ "object": "whatsapp_business_account", "entry": [
            { "id": "w1", "changes": [change("1", json!([{ "from": "a", "id": "m1" }, 7, { "from": "a", "id": "m2" }]))] },
            { "id": "w2", "changes": [change("2", json!([{ "from": "b", "id": "m3" }])), { "field": "messages", "value": { "statuses": [] } }] },
        ] });
        let message = |id: &str, from: &str, contact: &str| {
            let name = if contact == "a" { "Ann" } else { "Bo" };
            format!(
                r#"{{"message":{{"message":{{"from":"{from}","id":"{id}"}},"contact":{{"profile":{{"name":"{name}"}},"wa_id":"{contact}"}}}}}}"#
            )
        };
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(
            seen(&body),
            [
                (some("1"), "a".to_owned(), vec![message("m1", "a", "a"), message("m2", "a", "a")]),
                (some("1"), "unreadable".to_owned(), vec!["7".to_owned()]),
                (some("2"), "b".to_owned(), vec![message("m3", "b", "b")]),
                (
                    None,
                    "field:messages".to_owned(),
                    vec![r#"{"change":{"field":"messages","value":{"statuses":[]}}}"#.to_owned()]
                ),
            ]
        );
    }

    #[test]
    fn what_is_no_webhook_is_kept_whole() {
        for body in ["", "nonsense", "[]", "{\"entry\":7}"] {
            let routed = split(body.as_bytes());
            let kept: Vec<_> = routed.iter().map(|r| r.unreadable.as_deref()).collect();
            assert_eq!(kept, [Some(body)], "{body}");
        }
    }
}
