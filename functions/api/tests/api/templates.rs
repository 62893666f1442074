//! Templates: asked for, listed, handed in, and sent where nothing else may be.

use domain::IdentityKind;
use serde_json::{Value, json};

use crate::world::{World, world};

fn template(name: &str, status: &str) -> Value {
    json!({
        "id": "1", "name": name, "language": "en_US", "status": status, "category": "UTILITY", "parameter_format": "POSITIONAL",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
            {"type": "BODY", "text": "Hi {{1}}, it is {{2}}."},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://acme.test/{{1}}"}]},
        ],
    })
}

/// An admin, the path of the account's templates, and its business account's templates synced.
async fn synced(templates: Vec<Value>) -> (World, String, String) {
    let world = world().await;
    let token = world.token("admin@acme.test").await;
    world.outside.grant("good", "101");
    let account = &world.a.account;
    world.app.tokens.put_token(world.a.ctx.id(), &account.id, account.credential, "good").await.unwrap();
    let path = format!("/v1/channels/{}/templates", account.id);
    world.outside.has_templates(templates);
    assert_eq!(world.post(&token, &format!("{path}/sync"), json!({})).await.status, 200);
    (world, token, path)
}

fn names(list: &Value) -> Vec<String> {
    let name = |item: &Value| format!("{} {}", item["name"].as_str().unwrap(), item["status"].as_str().unwrap());
    list["items"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_sync_keeps_what_the_channel_tells_and_drops_what_is_gone() {
    let three = vec![template("b", "APPROVED"), template("a", "PAUSED"), template("c", "APPROVED")];
    let (world, token, path) = synced(three).await;
    let list = world.get(&token, &path).await.json;
    assert_eq!(names(&list), ["a paused", "b approved", "c approved"]);
    let first = json!({
        "name": "a", "language": "en_US", "category": "utility", "status": "paused", "quality": null, "reason": null,
        "parameter_format": "positional", "header": {"format": "text", "text": "Order {{1}}"}, "body": "Hi {{1}}, it is {{2}}.",
        "footer": null, "buttons": [{"type": "url", "text": "Track", "url": "https://acme.test/{{1}}"}], "has_more": false,
        "synced_at": "2026-11-21T05:00:00.000Z",
    });
    assert_eq!(list["items"][0], first);
    let approved = world.get(&token, &format!("{path}?status=approved&limit=2")).await.json;
    assert_eq!(names(&approved), ["b approved"], "a page may be short");
    let cursor = approved["next_cursor"].as_str().unwrap();
    let rest = world.get(&token, &format!("{path}?status=approved&limit=2&cursor={cursor}")).await.json;
    assert_eq!(names(&rest), ["c approved"]);

    world.outside.has_templates(vec![template("a", "APPROVED"), template("c", "APPROVED")]);
    let again = world.post(&token, &format!("{path}/sync"), json!({})).await.json;
    assert_eq!(again, json!({"total": 2, "changed": 1, "removed": 1}));
    assert_eq!(names(&world.get(&token, &path).await.json), ["a approved", "c approved"]);
    world.outside.revoke("good");
    let dead = world.post(&token, &format!("{path}/sync"), json!({})).await;
    assert_eq!(dead.code(), (409, "token_refused"));
}

#[tokio::test]
async fn a_template_goes_out_after_the_window_has_closed_if_every_place_is_filled_in() {
    let (world, _, _) = synced(vec![template("order_update", "APPROVED"), template("paused", "PAUSED")]).await;
    world.advance(86_400);
    let token = world.token("agent@acme.test").await;
    let filled = json!({"header": {"1": "42"}, "body": {"1": "Aiko", "2": "ready"}, "buttons": {"0": "t/42"}});
    let with = |name: &str, parameters: &Value| json!({"parts": [{"type": "template", "name": name, "language": "en_US", "parameters": parameters}]});
    let without = |place: &str| {
        let mut parameters = filled.clone();
        parameters["body"].as_object_mut().unwrap().remove(place);
        parameters
    };
    let id = &world.a.conversation;
    for (body, field, code) in [
        (with("nothing", &filled), "parts[0].name", "unknown_template"),
        (with("paused", &filled), "parts[0].name", "template_not_approved"),
        (with("order_update", &without("2")), "parts[0].parameters.body.2", "missing"),
        (with("order_update", &json!({})), "parts[0].parameters.header.1", "missing"),
        (with("order_update", &json!({"colour": 1})), "parts[0].parameters.colour", "unknown_field"),
    ] {
        assert_eq!(world.send(&token, id, "k", body.clone()).await.refusal(), (422, code, field), "{body}");
    }
    let sent = world.send(&token, id, "k", with("order_update", &filled)).await;
    let message = &sent.json["messages"][0];
    let shown = json!({"name": "order_update", "language": "en_US", "category": "utility", "header": "Order 42", "buttons": ["Track"]});
    assert_eq!(
        (sent.status.as_u16(), &message["type"], &message["text"], &message["template"]),
        (202, &json!("template"), &json!("Hi Aiko, it is ready."), &shown)
    );
    let mut both = with("order_update", &filled);
    both["parts"].as_array_mut().unwrap().push(json!({"type": "text", "text": "and this"}));
    assert_eq!(world.send(&token, id, "k2", both).await.refusal(), (422, "window_closed", "parts[1]"));
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// What an agent has put into the bucket.
async fn uploaded(world: &World, token: &str, mime_type: &str, kind: &str, body: &[u8]) -> Value {
    let file = json!({"channel": "whatsapp", "file_name": "plan.pdf", "mime_type": mime_type, "kind": kind, "bytes": body.len()});
    let form = world.post(token, "/v1/uploads", file).await.json;
    world.outside.put(&form, body);
    form["upload_id"].clone()
}

#[tokio::test]
async fn a_template_that_shows_a_picture_goes_out_with_the_one_that_was_uploaded() {
    let mut shows = template("new_arrival", "APPROVED");
    shows["components"] = json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Look, {{1}}."}]);
    let (world, _, _) = synced(vec![shows, template("words", "APPROVED")]).await;
    let token = world.token("agent@acme.test").await;
    let picture = uploaded(&world, &token, "image/png", "image", PNG).await;
    let pdf = uploaded(&world, &token, "application/pdf", "file", b"%PDF-1.7").await;
    let lie = uploaded(&world, &token, "image/png", "image", b"<!DOCTYPE html><html>").await;
    let stranger = uploaded(&world, &world.token("agent@bolt.test").await, "image/png", "image", PNG).await;
    let id = &world.a.conversation;
    let with = |name: &str, parameters: Value| json!({"parts": [{"type": "template", "name": name, "language": "en_US", "parameters": parameters}]});
    let shown = |media: Value| with("new_arrival", json!({"body": {"1": "Aiko"}, "media": media}));
    let words = json!({"header": {"1": "42"}, "body": {"1": "a", "2": "b"}, "buttons": {"0": "c"}, "media": {"upload_id": picture}});
    for (body, field, code) in [
        (with("new_arrival", json!({"body": {"1": "Aiko"}})), "media", "missing"),
        (shown(json!({})), "media.upload_id", "missing"),
        (shown(json!({"upload_id": "x"})), "media.upload_id", "unknown_upload"),
        (shown(json!({"upload_id": stranger})), "media.upload_id", "unknown_upload"),
        (shown(json!({"upload_id": lie})), "media.upload_id", "content_mismatch"),
        (shown(json!({"upload_id": pdf})), "media.upload_id", "type_not_taken"),
        (with("words", words), "media", "unknown_parameter"),
    ] {
        let refused = world.send(&token, id, "k", body.clone()).await;
        assert_eq!(refused.refusal(), (422, code, &*format!("parts[0].parameters.{field}")), "{body}");
    }
    let sent = world.send(&token, id, "k", shown(json!({"upload_id": picture}))).await;
    assert_eq!(sent.status, 202, "{:?}", sent.json);
    let message = &sent.json["messages"][0];
    let file = &message["attachments"][0];
    assert_eq!(
        json!([message["type"], message["text"], file["kind"], file["mime_type"], file["bytes"], file["state"]]),
        json!(["template", "Look, Aiko.", "image", "image/png", PNG.len(), "ready"])
    );
    assert!(file["url"].as_str().unwrap().contains(picture.as_str().unwrap()), "{file}");
}

/// Two cards, each with a picture, a place in its words and one in its address.
fn carousel() -> Value {
    let mut template = template("offers", "APPROVED");
    let card = json!({"components": [
        {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "{{1}} for {{2}}"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Buy", "url": "https://acme.test/{{1}}"}]},
    ]});
    template["components"] =
        json!([{"type": "BODY", "text": "Hi {{1}}."}, {"type": "CAROUSEL", "cards": [card, card]}]);
    template
}

#[tokio::test]
async fn a_carousel_goes_out_with_every_card_filled_in() {
    let (world, token, path) = synced(vec![carousel()]).await;
    let listed = world.get(&token, &path).await.json;
    let buy = json!({"type": "url", "text": "Buy", "url": "https://acme.test/{{1}}"});
    let card = json!({"header": {"format": "image"}, "body": "{{1}} for {{2}}", "buttons": [buy]});
    let told = json!([listed["items"][0]["cards"], listed["items"][0]["has_more"]]);
    assert_eq!(told, json!([[card, card], false]));

    let token = world.token("agent@acme.test").await;
    let picture = uploaded(&world, &token, "image/png", "image", PNG).await;
    let pdf = uploaded(&world, &token, "application/pdf", "file", b"%PDF-1.7").await;
    let card = |what: &str, upload_id: &Value| json!({"media": {"upload_id": upload_id}, "body": {"1": what, "2": "9"}, "buttons": {"0": what}});
    let part = |cards: Value| json!({"parts": [{"type": "template", "name": "offers", "language": "en_US", "parameters": {"body": {"1": "Aiko"}, "cards": cards}}]});
    let chair = card("chair", &picture);
    let with = |change: Value| {
        let mut table = card("table", &picture);
        table.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        part(json!([chair, table]))
    };
    let id = &world.a.conversation;
    for (body, field, code) in [
        (part(json!([])), "[0]", "missing"),
        (part(json!([chair])), "[1]", "missing"),
        (part(json!([chair, chair, chair])), "[2]", "unknown_parameter"),
        (with(json!({"media": null})), "[1].media", "missing"),
        (with(json!({"media": {"upload_id": "x"}})), "[1].media.upload_id", "unknown_upload"),
        (with(json!({"media": {"upload_id": pdf}})), "[1].media.upload_id", "type_not_taken"),
        (with(json!({"body": {"1": "table"}})), "[1].body.2", "missing"),
        (with(json!({"buttons": {}})), "[1].buttons.0", "missing"),
        (with(json!({"colour": 1})), "[1].colour", "unknown_field"),
    ] {
        let refused = world.send(&token, id, "k", body.clone()).await;
        assert_eq!(refused.refusal(), (422, code, &*format!("parts[0].parameters.cards{field}")), "{body}");
    }
    let sent = world.send(&token, id, "k", with(json!({}))).await;
    assert_eq!(sent.status, 202, "{:?}", sent.json);
    let message = &sent.json["messages"][0];
    let cards = json!([{"attachment": 0, "text": "chair for 9", "buttons": ["Buy"]}, {"attachment": 1, "text": "table for 9", "buttons": ["Buy"]}]);
    let kinds: Vec<_> = message["attachments"].as_array().unwrap().iter().map(|file| file["kind"].clone()).collect();
    assert_eq!(
        (&message["text"], &message["template"]["cards"], kinds),
        (&json!("Hi Aiko."), &cards, vec![json!("image"); 2])
    );
    let again = world.send(&token, id, "k", with(json!({}))).await;
    assert_eq!((again.status.as_u16(), &again.json["messages"][0]["id"]), (202, &message["id"]));
}

#[tokio::test]
async fn a_one_time_code_is_told_once_and_at_most_fifteen_characters_long() {
    let mut code = template("sign_in_code", "APPROVED");
    let url = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}";
    code["category"] = json!("AUTHENTICATION");
    code["components"] = json!([
        {"type": "BODY", "text": "*{{1}}* is your verification code.", "add_security_recommendation": true},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code", "url": url}]},
    ]);
    let (world, token, path) = synced(vec![code]).await;
    let listed = world.get(&token, &path).await.json;
    assert_eq!(listed["items"][0]["buttons"], json!([{"type": "one_time_code", "text": "Copy code"}]));
    let part = |code: &str| json!({"type": "template", "name": "sign_in_code", "language": "en_US", "parameters": {"body": {"1": code}}});
    let id = &world.a.conversation;
    let refused = world.send(&token, id, "k", json!({"parts": [part("1234567890123456")]})).await;
    assert_eq!(refused.refusal(), (422, "too_long", "parts[0].parameters.body.1"));
    let sent = world.send(&token, id, "k", json!({"parts": [part("482913")]})).await;
    assert_eq!(
        (sent.status.as_u16(), &sent.json["messages"][0]["text"]),
        (202, &json!("*482913* is your verification code."))
    );
    let nameless = world.receive_from(IdentityKind::UserId, "JP.77").await;
    let refused = world.send(&token, &nameless, "k2", json!({"parts": [part("482913")]})).await;
    assert_eq!(refused.refusal(), (422, "phone_needed", "parts[0].name"));
}

#[tokio::test]
async fn a_new_template_is_checked_handed_in_and_waits_for_the_channels_word() {
    let (world, token, path) = synced(Vec::new()).await;
    let new = |name: &str, body: &str| json!({"name": name, "language": "en", "category": "utility", "body": body, "examples": {"body": {"1": "Aiko"}}});
    let created = world.post(&token, &path, new("welcome", "Hi {{1}}, welcome.")).await;
    let seen = (created.status.as_u16(), &created.json["status"], &created.json["category"]);
    assert_eq!(seen, (201, &json!("pending"), &json!("marketing")), "the channel decides the category");
    assert_eq!(
        world.outside.templates(),
        [json!({
            "name": "welcome", "language": "en", "category": "UTILITY", "parameter_format": "POSITIONAL",
            "components": [{"type": "BODY", "text": "Hi {{1}}, welcome.", "example": {"body_text": [["Aiko"]]}}],
        })]
    );
    assert_eq!(names(&world.get(&token, &path).await.json), ["welcome pending"]);
    let refused = world.post(&token, &path, new("refused", "Hi {{1}}, welcome.")).await;
    assert_eq!(refused.refusal(), (422, "channel_refused", "body"));
    assert_eq!(refused.json["detail"], "There is already such a template");
    assert_eq!(world.post(&token, &path, new("Wrong", "x")).await.refusal(), (422, "invalid", "name"));
    assert_eq!(world.post(&token, &path, new("w", "Hi {{2}}, you.")).await.refusal(), (422, "invalid", "body"));
}

#[tokio::test]
async fn a_new_template_that_shows_a_file_is_handed_in_with_an_example_of_it() {
    let (world, token, path) = synced(Vec::new()).await;
    let picture = uploaded(&world, &token, "image/png", "image", PNG).await;
    let sticker = uploaded(&world, &token, "image/webp", "sticker", b"RIFF\0\0\0\0WEBPVP8 ").await;
    let new = |media: Value| json!({"name": "new_arrival", "language": "en", "category": "marketing", "body": "Look.", "media": media});
    let with = |upload_id: &Value| new(json!({"upload_id": upload_id}));
    let mut both = with(&picture);
    both["header"] = json!("Order");
    for (body, field, code) in [
        (both, "media", "invalid"),
        (new(json!({})), "media.upload_id", "missing"),
        (with(&json!("x")), "media.upload_id", "unknown_upload"),
        (with(&sticker), "media.upload_id", "type_not_taken"),
    ] {
        assert_eq!(world.post(&token, &path, body.clone()).await.refusal(), (422, code, field), "{body}");
    }
    assert_eq!(world.post(&token, &path, with(&picture)).await.code(), (409, "signup_not_configured"));
    world.outside.put_secret("meta-app", &json!({"app_id": "1001", "app_secrets": ["s"]}));
    world.advance(61); // What was read of the secret is a minute old at most.
    let token = world.token("admin@acme.test").await;
    let created = world.post(&token, &path, with(&picture)).await;
    let seen = (created.status.as_u16(), &created.json["header"], &created.json["status"]);
    assert_eq!(seen, (201, &json!({"format": "image"}), &json!("pending")));
    assert_eq!(world.outside.examples(), [("1001 file image/png 16".to_owned(), PNG.to_vec())]);
    let header = json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::1"]}});
    assert_eq!(world.outside.templates()[0]["components"][0], header);
}
