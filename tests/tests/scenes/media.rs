//! A customer sends files: agents get the right bytes, or a word why not, and the message comes through either way.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use scenes::{Agent, Stage, eventually};
use serde_json::{Value, json};

const NUMBER: &str = "1001";
const DANA: &str = "972541234567";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

fn photo() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_fn(1_200, 800, |x, y| Rgb([x as u8, y as u8, 90])).write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A customer sends a file under a claimed type: the id of the message.
async fn sends(stage: &Stage, kind: &str, claimed: &str, body: &[u8], more: &Value) -> String {
    let api = format!("{}/simulator/api", stage.gateway());
    let upload = stage.client.post(format!("{api}/files?phone_number_id={NUMBER}")).header("content-type", claimed);
    let uploaded: Value = upload.body(body.to_vec()).send().await.unwrap().json().await.unwrap();
    let mut file = json!({ "id": uploaded["id"], "kind": kind, "mime_type": claimed });
    file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let written = json!({ "phone_number_id": NUMBER, "from": DANA, "name": "Dana", "text": "look", "file": file });
    let sent = stage.client.post(format!("{api}/messages")).json(&written).send().await.unwrap();
    let sent: Value = sent.json().await.unwrap();
    sent["id"].as_str().unwrap_or_else(|| panic!("{sent}")).to_owned()
}

async fn faults(stage: &Stage, faults: &Value) {
    let url = format!("{}/simulator/api/faults", stage.gateway());
    assert!(stage.client.post(url).json(faults).send().await.unwrap().status().is_success());
}

/// The message, once its file is settled.
async fn settled(ada: &Agent, id: &str) -> Value {
    let conversation = ada.conversation_of(id).await;
    eventually("the file is settled", async || {
        let found = message(ada, &conversation, id).await?;
        (found["attachments"][0]["state"] != "pending").then_some(found)
    })
    .await
}

/// The message as it is now.
async fn message(ada: &Agent, conversation: &str, id: &str) -> Option<Value> {
    let messages = ada.get(&format!("/v1/conversations/{conversation}/messages")).await;
    messages["items"].as_array().unwrap().iter().find(|message| message["channel_message_id"] == id).cloned()
}

/// What a link gives: type, disposition, bytes.
async fn load(stage: &Stage, link: &Value) -> (String, String, Vec<u8>) {
    let answer = stage.client.get(link.as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{link}");
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let (content_type, disposition) = (header("content-type"), header("content-disposition"));
    (content_type, disposition, answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_picture_comes_whole_with_a_thumbnail_and_a_document_is_saved_under_its_name() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let photo = photo();
    faults(&stage, &json!({ "media_expired": 1 })).await;
    let message = settled(&ada, &sends(&stage, "image", "image/png", &photo, &json!({})).await).await;
    let file = &message["attachments"][0];
    let shown = json!([
        message["type"],
        message["text"],
        file["state"],
        file["mime_type"],
        file["bytes"],
        file["width"],
        file["height"]
    ]);
    assert_eq!(shown, json!(["image", "look", "ready", "image/png", photo.len(), 1_200, 800]));
    assert_eq!(load(&stage, &file["url"]).await, ("image/png".to_owned(), "inline".to_owned(), photo));
    let (content_type, _, thumbnail) = load(&stage, &file["thumbnail_url"]).await;
    let thumbnail = image::load_from_memory(&thumbnail).unwrap();
    assert_eq!((content_type.as_str(), thumbnail.width(), thumbnail.height()), ("image/jpeg", 640, 427));

    let pdf = b"%PDF-1.7 a receipt";
    let id = sends(&stage, "document", "application/pdf", pdf, &json!({ "name": "קבלה.pdf" })).await;
    let message = settled(&ada, &id).await;
    let file = &message["attachments"][0];
    assert_eq!((&file["mime_type"], &file["file_name"]), (&json!("application/pdf"), &json!("קבלה.pdf")));
    let (content_type, disposition, bytes) = load(&stage, &file["url"]).await;
    let saved = "attachment; filename=\"____.pdf\"; filename*=UTF-8''%D7%A7%D7%91%D7%9C%D7%94.pdf";
    assert_eq!((content_type.as_str(), disposition.as_str(), bytes), ("application/octet-stream", saved, pdf.to_vec()));
    stage.end().await;
}

#[tokio::test]
async fn what_does_not_come_right_is_tried_again_or_marked_and_never_shown() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let photo = photo();
    for (story, fault, expected) in [
        ("it broke off once", json!({ "media_truncated": 1 }), json!(["ready", null, true])),
        ("other bytes came once", json!({ "media_wrong": 1 }), json!(["ready", null, true])),
        ("other bytes come each time", json!({ "media_wrong": 9 }), json!(["failed", "damaged", false])),
        ("the channel has it no more", json!({ "media_gone": 1 }), json!(["failed", "gone", false])),
    ] {
        faults(&stage, &fault).await;
        let message = settled(&ada, &sends(&stage, "image", "image/png", &photo, &json!({})).await).await;
        let file = &message["attachments"][0];
        assert_eq!(json!([file["state"], file["reason"], file["url"].is_string()]), expected, "{story}");
        assert_eq!(message["text"], "look", "{story}");
        faults(&stage, &json!({})).await;
    }
    let message = settled(&ada, &sends(&stage, "image", "image/png", SVG, &json!({})).await).await;
    let file = &message["attachments"][0];
    assert_eq!(
        json!([file["kind"], file["mime_type"], file["thumbnail_url"]]),
        json!(["file", "image/svg+xml", null]),
        "a drawing that can run script is no picture"
    );
    let (content_type, disposition, bytes) = load(&stage, &file["url"]).await;
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert_eq!((content_type.as_str(), bytes.as_slice()), ("application/octet-stream", SVG));
    stage.end().await;
}

#[tokio::test]
async fn a_file_waits_for_the_bucket_and_its_message_for_nothing() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let photo = photo();
    let tries = || stage.host().lambda.figures()["media"].invocations;
    stage.host().s3.set_down(true);
    let id = sends(&stage, "image", "image/png", &photo, &json!({})).await;
    let conversation = ada.conversation_of(&id).await;
    eventually("the job came back and is tried again", async || (tries() > 1).then_some(())).await;
    let shown = message(&ada, &conversation, &id).await.unwrap();
    let file = &shown["attachments"][0];
    assert_eq!(json!([shown["text"], file["state"], file["url"]]), json!(["look", "pending", null]));

    stage.host().s3.set_down(false);
    let file = &settled(&ada, &id).await["attachments"][0];
    assert_eq!(json!([file["state"], file["reason"]]), json!(["ready", null]));
    assert_eq!(load(&stage, &file["url"]).await.2, photo);
    assert_eq!(ada.all("/v1/operations/dead-letters").await, Vec::<Value>::new());
    stage.end().await;
}

#[tokio::test]
async fn a_link_is_for_one_file_and_a_foreign_file_is_as_unknown_as_any() {
    let stage = Stage::with_simulator().await;
    let (ada, gil) = (stage.agent("ada@acme.test").await, stage.agent("gil@globex.test").await);
    let message = settled(&ada, &sends(&stage, "image", "image/png", &photo(), &json!({})).await).await;
    let file = &message["attachments"][0];
    let path = format!("/v1/attachments/{}", file["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await["bytes"], file["bytes"]);

    let unknown = path.replace(message["id"].as_str().unwrap(), &"0".repeat(message["id"].as_str().unwrap().len()));
    let mut answers = Vec::new();
    for (agent, path) in [(&gil, &path), (&ada, &unknown), (&ada, &path.replace(".0", ".7"))] {
        let (status, mut problem) = agent.ask("GET", path, None).await;
        problem.as_object_mut().unwrap().remove("request_id");
        answers.push((status, problem.to_string().replace(path.as_str(), "")));
    }
    assert_eq!(answers[0].0, 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");

    let url = file["url"].as_str().unwrap();
    let (start, tenant) = (url.find("/t/").unwrap() + 3, "0000000000000000");
    let foreign = format!("{}{tenant}{}", &url[..start], &url[start + tenant.len()..]);
    for tampered in
        [foreign, url.replace("X-Amz-Expires=600", "X-Amz-Expires=6000"), url.replace("inline", "attachment")]
    {
        assert_ne!(tampered, url);
        assert_eq!(stage.client.get(&tampered).send().await.unwrap().status(), 403, "{tampered}");
    }
    stage.end().await;
}
