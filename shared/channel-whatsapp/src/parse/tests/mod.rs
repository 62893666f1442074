//! Every kind of payload, out of `fixtures/`, split and read: the whole of what comes out.

mod account;
mod amendments;
mod anything;
mod business;
mod messages;
mod statuses;

use channel::{By, Event, InboundMessage};
use domain::{Body, Identity, IdentityKind, MessageType, Timestamp};
use serde_json::value::to_raw_value;

/// What a webhook comes to: events, or why not.
fn read(body: &str) -> Vec<Result<Event, String>> {
    let mut all = Vec::new();
    for routed in crate::split(body).unwrap() {
        all.extend(routed.unreadable.map(|_| Err("unreadable".to_owned())));
        for event in &routed.events {
            match super::parse(&to_raw_value(event).unwrap()) {
                Ok(events) => all.extend(events.into_iter().map(Ok)),
                Err(poison) => all.push(Err(poison.reason)),
            }
        }
    }
    all
}

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The events of a fixture, all of them understood.
fn events(name: &str) -> Vec<Event> {
    read(&fixture(name)).into_iter().map(|event| event.unwrap_or_else(|why| panic!("{name}: {why}"))).collect()
}

fn id(kind: IdentityKind, value: &str) -> Identity {
    Identity { kind, value: value.to_owned() }
}

fn phone(value: &str) -> Identity {
    id(IdentityKind::Phone, value)
}

fn user(value: &str) -> Identity {
    id(IdentityKind::UserId, value)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_795_000_000 + second)
}

/// Every name that the fixtures have for her.
fn aiko() -> Vec<Identity> {
    vec![
        user("JP.7781200345"),
        id(IdentityKind::ParentUserId, "JP.ENT.66120034"),
        phone("819011112222"),
        id(IdentityKind::Username, "aiko.t"),
    ]
}

/// A message of hers without content.
fn from_aiko(external_id: &str, second: i64, kind: MessageType) -> InboundMessage {
    InboundMessage {
        external_id: external_id.to_owned(),
        at: at(second),
        group: None,
        from: aiko(),
        name: some("Aiko"),
        by: By::Participant,
        kind,
        text: None,
        body: Body::default(),
        reply_to: None,
        raw_type: None,
        raw: None,
        opens_window: true,
        past: false,
        receipt: None,
    }
}

/// The events, with the raw payloads that they keep taken out: their presence alone is told.
fn bare(name: &str) -> (Vec<Event>, bool) {
    let mut raw = false;
    let mut all = events(name);
    for event in &mut all {
        if let Event::Message(message) = event {
            raw |= message.raw.take().is_some();
        }
    }
    (all, raw)
}

fn message(told: InboundMessage) -> Event {
    Event::Message(Box::new(told))
}
