//! A file that an agent uploads and sends: what is taken, and what is found in the bucket.

use serde_json::{Value, json};

use crate::world::{Answer, World, world};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn at_work() -> (World, String) {
    let world = world().await;
    let token = world.token("agent@acme.test").await;
    (world, token)
}

/// Announces a file: the form.
async fn form(world: &World, token: &str, mime_type: &str, kind: Option<&str>, bytes: usize) -> Answer {
    let mut file = json!({ "channel": "whatsapp", "file_name": "plan ü.pdf", "mime_type": mime_type, "bytes": bytes });
    if let Some(kind) = kind {
        file["kind"] = json!(kind);
    }
    world.post(token, "/v1/uploads", file).await
}

async fn send(world: &World, token: &str, key: &str, part: Value) -> Answer {
    world.send(token, &world.a.conversation, key, json!({ "parts": [part] })).await
}

#[tokio::test]
async fn a_form_says_what_may_be_put_where_and_until_when() {
    let (world, token) = at_work().await;
    let answer = form(&world, &token, "image/png", None, 77).await;
    assert_eq!(answer.status, 201, "{:?}", answer.json);
    let (id, fields) = (answer.json["upload_id"].as_str().unwrap(), &answer.json["fields"]);
    let said =
        ["key", "Content-Type", "x-amz-meta-kind", "x-amz-meta-name", "x-amz-date"].map(|name| fields[name].clone());
    let key = format!("t/{}/upload/{id}", world.a.ctx.id());
    assert_eq!(said, [&key, "image/png", "image", "plan%20%C3%BC%2Epdf", "20261121T050000Z"].map(|text| json!(text)));
    assert_eq!(answer.json["expires_at"], "2026-11-21T05:10:00.000Z");
    assert_ne!(form(&world, &token, "image/png", None, 77).await.json["upload_id"], answer.json["upload_id"]);
}

#[tokio::test]
async fn what_the_channel_does_not_take_is_refused_before_it_is_uploaded() {
    let (world, token) = at_work().await;
    for (mime_type, kind, bytes, code, field) in [
        ("image/png", None, 0, "empty", "bytes"),
        ("image/png", None, 5 * 1024 * 1024 + 1, "too_large", "bytes"),
        ("image/webp", Some("image"), 1, "type_not_taken", "mime_type"),
        ("image", None, 1, "invalid", "mime_type"),
        ("image/png", Some("text"), 1, "invalid", "kind"),
    ] {
        let refused = form(&world, &token, mime_type, kind, bytes).await;
        assert_eq!(refused.refusal(), (422, code, field), "{mime_type} {kind:?} {bytes}");
    }
    let file = |more: Value| {
        let mut file = json!({ "file_name": "a", "mime_type": "image/png", "bytes": 1 });
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        file
    };
    for (more, code, field) in [
        (json!({}), "missing", "conversation_id"),
        (json!({ "channel": "line" }), "channel_unsupported", "channel"),
        (json!({ "conversation_id": world.b.conversation }), "unknown_conversation", "conversation_id"),
        (json!({ "conversation_id": "x" }), "unknown_conversation", "conversation_id"),
        (json!({ "conversation_id": world.a.conversation, "file_name": " " }), "empty", "file_name"),
    ] {
        let refused = world.post(&token, "/v1/uploads", file(more.clone())).await;
        assert_eq!(refused.refusal(), (422, code, field), "{more}");
    }
}

#[tokio::test]
async fn what_was_uploaded_becomes_a_message_of_its_own_type() {
    let (world, token) = at_work().await;
    let picture = form(&world, &token, "image/jpeg", None, PNG.len()).await.json;
    world.outside.put(&picture, PNG);
    let pdf = form(&world, &token, "application/pdf", None, 8).await.json;
    world.outside.put(&pdf, b"%PDF-1.7");
    for (form, caption, kind, mime_type, name) in [
        (&picture, json!("The plan"), "image", "image/png", Value::Null),
        (&pdf, Value::Null, "file", "application/pdf", json!("plan ü.pdf")),
    ] {
        let part = json!({ "type": "media", "upload_id": form["upload_id"], "caption": caption });
        let answer = send(&world, &token, kind, part).await;
        assert_eq!(answer.status, 202, "{:?}", answer.json);
        let message = &answer.json["messages"][0];
        let file = &message["attachments"][0];
        let shown = json!([message["type"], message["text"], file["mime_type"], file["file_name"], file["state"]]);
        assert_eq!(shown, json!([kind, caption, mime_type, name, "ready"]));
        let address = format!("/t/{}/upload/{}?", world.a.ctx.id(), form["upload_id"].as_str().unwrap());
        assert!(file["url"].as_str().unwrap().contains(&address), "{file}");
    }
    let row = world.get(&token, &format!("/v1/conversations/{}", world.a.conversation)).await.json;
    assert_eq!(row["last_message_preview"], "plan ü.pdf");
}

#[tokio::test]
async fn what_is_not_there_or_not_what_it_said_is_not_sent() {
    let (world, token) = at_work().await;
    let foreign = form(&world, &world.token("agent@bolt.test").await, "image/png", None, PNG.len()).await.json;
    world.outside.put(&foreign, PNG);
    let never = form(&world, &token, "image/png", None, PNG.len()).await.json;
    for id in [&foreign["upload_id"], &never["upload_id"], &json!("x")] {
        let refused = send(&world, &token, "k", json!({ "type": "media", "upload_id": id })).await;
        assert_eq!(refused.refusal(), (422, "unknown_upload", "parts[0].upload_id"), "{id}");
    }
    for (mime_type, kind, body, code) in [
        ("image/png", None, b"<!DOCTYPE html><html>".as_slice(), "content_mismatch"),
        ("image/png", None, b"RIFF\0\0\0\0WEBPVP8 ", "type_not_taken"),
        (
            "audio/ogg",
            Some("voice"),
            b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis",
            "codec_not_taken",
        ),
    ] {
        let said = form(&world, &token, mime_type, kind, body.len()).await.json;
        world.outside.put(&said, body);
        let refused = send(&world, &token, "k", json!({ "type": "media", "upload_id": said["upload_id"] })).await;
        assert_eq!(refused.refusal(), (422, code, "parts[0].upload_id"), "{mime_type}");
    }
    let voice = [b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01".as_slice()].concat();
    let said = form(&world, &token, "audio/ogg", Some("voice"), voice.len()).await.json;
    world.outside.put(&said, &voice);
    let captioned = json!({ "type": "media", "upload_id": said["upload_id"], "caption": "hi" });
    assert_eq!(send(&world, &token, "k", captioned).await.refusal(), (422, "not_taken", "parts[0].caption"));
}
