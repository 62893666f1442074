//! What an agent may send beside texts, and which ways are open for it.

use domain::MessageId;
use serde_json::{Value, json};

use crate::world::{World, world};

async fn at_work() -> (World, String) {
    let world = world().await;
    let token = world.token("agent@acme.test").await;
    (world, token)
}

fn part(part: &Value) -> Value {
    json!({ "parts": [part] })
}

fn buttons(buttons: &Value) -> Value {
    json!({ "type": "interactive", "text": "Confirm?", "interactive": { "type": "buttons", "buttons": buttons } })
}

#[tokio::test]
async fn parts_of_every_type_become_messages_in_their_order() {
    let (world, token) = at_work().await;
    let yes = json!([{ "id": "y", "title": "Yes" }]);
    let sections = json!([{ "rows": [{ "id": "s", "title": "Small", "description": "20 cm" }] }]);
    let sizes = json!({ "type": "list", "button": "Sizes", "sections": sections });
    let page = json!({ "type": "cta_url", "footer": "Shop", "title": "Open", "url": "https://example.jp" });
    let place = json!({ "latitude": 35.5, "longitude": 139.25, "name": "Shop" });
    let card = json!({ "name": "Support", "phones": [{ "phone": "+81312345678", "type": "WORK" }] });
    let body = json!({ "parts": [
        { "type": "text", "text": "hello" },
        { "type": "location", "latitude": 35.5, "longitude": 139.25, "name": "Shop" },
        { "type": "contacts", "contacts": [card] },
        buttons(&yes),
        { "type": "interactive", "text": "Pick a size", "interactive": sizes },
        { "type": "interactive", "text": "Track it", "interactive": page },
        { "type": "reaction", "message_id": world.a.message, "emoji": "👍" },
    ] });
    let answer = world.send(&token, &world.a.conversation, "k", body).await;
    assert_eq!(answer.status, 202, "{:?}", answer.json);
    let messages = answer.json["messages"].as_array().unwrap();
    let own = |message: &Value| message[message["type"].as_str().unwrap()].clone();
    let seen: Vec<_> = messages.iter().map(|m| json!([m["seq"], m["type"], own(m), m["delivery_status"]])).collect();
    let answers = json!({ "type": "buttons", "buttons": yes });
    assert_eq!(
        seen,
        [
            json!([2, "text", "hello", "queued"]),
            json!([3, "location", place, "queued"]),
            json!([4, "contacts", [card], "queued"]),
            json!([5, "interactive", answers, "queued"]),
            json!([6, "interactive", sizes, "queued"]),
            json!([7, "interactive", page, "queued"]),
            json!([8, "reaction", { "message_id": world.a.message, "emoji": "👍" }, "queued"]),
        ]
    );
    let row = world.get(&token, &format!("/v1/conversations/{}", world.a.conversation)).await.json;
    assert_eq!((&row["last_message_preview"], &row["seq"]), (&json!("Track it"), &json!(8)), "a reaction is no news");
}

#[tokio::test]
async fn what_the_channel_would_refuse_is_refused_at_once_with_its_field() {
    let (world, token) = at_work().await;
    let id = &world.a.conversation;
    let stranger = MessageId::new(id, domain::Timestamp::from_seconds(1), 99);
    let four = json!([{ "id": "a", "title": "A" }, { "id": "b", "title": "B" }, { "id": "c", "title": "C" }, { "id": "d", "title": "D" }]);
    let nameless = json!({ "name": "" });
    for (given, field, code) in [
        (json!("hello"), "parts[0]", "invalid"),
        (json!({ "text": "hello" }), "parts[0].type", "missing"),
        (json!({ "type": "carousel" }), "parts[0].type", "invalid"),
        (json!({ "type": "text" }), "parts[0].text", "missing"),
        (json!({ "type": "text", "text": "x", "rev": 1 }), "parts[0].rev", "unknown_field"),
        (json!({ "type": "location", "latitude": "35" , "longitude": 1 }), "parts[0].latitude", "invalid"),
        (json!({ "type": "location", "latitude": 90.5, "longitude": 1 }), "parts[0].latitude", "invalid"),
        (json!({ "type": "contacts", "contacts": [] }), "parts[0].contacts", "empty"),
        (json!({ "type": "contacts", "contacts": [nameless] }), "parts[0].contacts[0].name", "empty"),
        (json!({ "type": "contacts", "contacts": [{}] }), "parts[0].contacts[0].name", "missing"),
        (buttons(&four), "parts[0].interactive.buttons", "too_many"),
        (buttons(&json!([{ "id": "a", "title": 7 }])), "parts[0].interactive.buttons[0].title", "invalid"),
        (buttons(&json!([{ "id": "a" }])), "parts[0].interactive.buttons[0].title", "missing"),
        (
            json!({ "type": "interactive", "text": "x", "interactive": { "type": "flow" } }),
            "parts[0].interactive.type",
            "invalid",
        ),
        (
            json!({ "type": "interactive", "text": "x", "interactive": { "type": "list", "sections": [] } }),
            "parts[0].interactive.button",
            "missing",
        ),
        (
            json!({ "type": "reaction", "message_id": stranger, "emoji": "👍" }),
            "parts[0].message_id",
            "unknown_message",
        ),
        (
            json!({ "type": "reaction", "message_id": world.b.message, "emoji": "👍" }),
            "parts[0].message_id",
            "unknown_message",
        ),
        (json!({ "type": "reaction", "message_id": world.a.message, "emoji": "great" }), "parts[0].emoji", "invalid"),
    ] {
        let answer = world.send(&token, id, "k", part(&given)).await;
        assert_eq!(answer.refusal(), (422, code, field), "{given}");
    }
    let second = json!({ "parts": [{ "type": "text", "text": "x" }, { "type": "text", "text": "" }] });
    assert_eq!(world.send(&token, id, "k", second).await.refusal(), (422, "text_empty", "parts[1].text"));
    let reaction = json!({ "type": "reaction", "message_id": world.a.message, "emoji": "👍" });
    let quoting = json!({ "parts": [reaction], "reply_to": world.a.message });
    assert_eq!(world.send(&token, id, "k", quoting).await.refusal(), (422, "invalid", "reply_to"));
    let mine = json!({ "type": "text", "text": "not sent yet" });
    let mine = world.send(&token, id, "k2", part(&mine)).await.json["messages"][0]["id"].clone();
    let on_mine = json!({ "type": "reaction", "message_id": mine, "emoji": "👍" });
    assert_eq!(
        world.send(&token, id, "k", part(&on_mine)).await.refusal(),
        (422, "not_reactable", "parts[0].message_id")
    );
}

#[tokio::test]
async fn a_message_of_a_month_ago_takes_no_reaction() {
    let (world, token) = at_work().await;
    world.advance(31 * 86_400);
    let token_now = world.token("agent@acme.test").await;
    let reaction = json!({ "type": "reaction", "message_id": world.a.message, "emoji": "👍" });
    let refused = world.send(&token_now, &world.a.conversation, "k", part(&reaction)).await;
    assert_eq!(refused.refusal(), (422, "too_old", "parts[0].message_id"));
    drop(token);
}

#[tokio::test]
async fn the_ways_to_send_are_told_with_their_end_their_price_and_why_they_are_closed() {
    let (world, token) = at_work().await;
    let path = format!("/v1/conversations/{}/send-options", world.a.conversation);
    let option = |path: &str, until: &Value, price: &str, closed: &Value| json!({ "path": path, "open": closed.is_null(), "until": until, "price": price, "free_until": null, "closed": closed });
    let (end, none) = (json!("2026-11-22T05:00:00.000Z"), Value::Null);
    let template = option("template", &none, "template_category", &none);
    let open =
        [option("free_form", &end, "service", &none), option("reaction", &end, "service", &none), template.clone()];
    assert_eq!(world.get(&token, &path).await.json, json!({ "options": open }));

    world.advance(86_400);
    let token = world.token("agent@acme.test").await;
    let shut = json!({ "code": "window_closed", "text": "The customer's last message is too long ago: they have to write first." });
    let closed = [option("free_form", &none, "service", &shut), option("reaction", &none, "service", &shut), template];
    assert_eq!(world.get(&token, &path).await.json, json!({ "options": closed }));
    let foreign = format!("/v1/conversations/{}/send-options", world.b.conversation);
    assert_eq!(world.get(&token, &foreign).await.status, 404);
}

#[tokio::test]
async fn a_send_is_taken_back_while_it_waits() {
    let (world, token) = at_work().await;
    let text = json!({ "type": "text", "text": "too fast" });
    let sent = world.send(&token, &world.a.conversation, "k", part(&text)).await.json["messages"][0]["id"].clone();
    let path = format!("/v1/messages/{}", sent.as_str().unwrap());
    let first = world.delete(&token, &path).await;
    let seen = (first.status.as_u16(), &first.json["delivery_status"], &first.json["error"]["code"]);
    assert_eq!(seen, (200, &json!("failed"), &json!("cancelled")));
    assert_eq!(world.delete(&token, &path).await.code(), (409, "not_cancellable"));
    let heard = format!("/v1/messages/{}", world.a.message);
    assert_eq!(world.delete(&token, &heard).await.code(), (404, "not_found"));
}
