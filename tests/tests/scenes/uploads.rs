//! An agent sends files: straight from the browser into the bucket, from there to the channel, each byte once.

use scenes::{Agent, Stage, eventually};
use serde_json::{Value, json};

const NUMBER: &str = "1001";
const DANA: &str = "972541234567";
const MB: usize = 1024 * 1024;

/// A picture of this size, as far as its first bytes tell.
fn png(bytes: usize) -> Vec<u8> {
    filled(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes)
}

fn mp4(bytes: usize) -> Vec<u8> {
    filled(b"\0\0\0\x18ftypisom\0\0\0\0isommp42", bytes)
}

/// No two pieces of it are the same, so that a piece that is lost, doubled or moved is found out.
fn filled(start: &[u8], bytes: usize) -> Vec<u8> {
    let mut body = start.to_vec();
    body.extend((0_u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).take(bytes - start.len()));
    body
}

/// A customer writes, so that the window is open: the conversation.
async fn conversation(stage: &Stage, agent: &Agent, number: &str) -> String {
    let written = json!({ "phone_number_id": number, "from": DANA, "name": "Dana", "text": "send me the plan?" });
    let api = format!("{}/simulator/api/messages", stage.gateway());
    let sent: Value = stage.client.post(api).json(&written).send().await.unwrap().json().await.unwrap();
    agent.conversation_of(sent["id"].as_str().unwrap()).await
}

fn announced(conversation: &str, name: &str, mime_type: &str, bytes: usize) -> Value {
    json!({ "conversation_id": conversation, "file_name": name, "mime_type": mime_type, "bytes": bytes })
}

/// Fills in a form as a browser does: the status of the bucket's answer, and what it tells browsers of other origins.
async fn fill_in(stage: &Stage, form: &Value, body: &[u8]) -> (u16, Option<String>) {
    let field = |name: &str, said: &str| {
        format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{said}\r\n")
    };
    let fields = form["fields"].as_object().unwrap();
    let fields: String = fields.iter().map(|(name, said)| field(name, said.as_str().unwrap())).collect();
    let file =
        "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: x/y\r\n\r\n";
    let whole = [fields.as_bytes(), file.as_bytes(), body, b"\r\n--b0undary--\r\n"].concat();
    let request = stage.client.post(form["url"].as_str().unwrap()).header("origin", stage.gateway());
    let request = request.header("content-type", "multipart/form-data; boundary=b0undary").body(whole);
    let answer = request.send().await.unwrap();
    let origin = answer.headers().get("access-control-allow-origin").map(|it| it.to_str().unwrap().to_owned());
    (answer.status().as_u16(), origin)
}

/// Uploads a file: the id that it is sent by.
async fn upload(stage: &Stage, agent: &Agent, announced: &Value, body: &[u8]) -> String {
    let (status, form) = agent.ask("POST", "/v1/uploads", Some(announced)).await;
    assert_eq!(status, 201, "{form}");
    assert_eq!(fill_in(stage, &form, body).await, (204, Some("*".to_owned())));
    form["upload_id"].as_str().unwrap().to_owned()
}

async fn send(agent: &Agent, conversation: &str, parts: &Value) -> (u16, Value) {
    let path = format!("/v1/conversations/{conversation}/messages");
    agent.ask("POST", &path, Some(&json!({ "parts": parts }))).await
}

/// What Graph accepted, and the bytes of each file.
async fn ledger(stage: &Stage, number: usize) -> Vec<(Value, Vec<u8>)> {
    let api = format!("{}/simulator/api", stage.gateway());
    let items = eventually("the sends", async || {
        let ledger: Value = stage.client.get(format!("{api}/ledger")).send().await.ok()?.json().await.ok()?;
        let items = ledger["items"].as_array()?.clone();
        (items.len() >= number).then_some(items)
    })
    .await;
    let mut seen = Vec::new();
    for item in items {
        let file = format!("{api}/files/{}", item["file"]["id"].as_str().unwrap_or_default());
        let bytes = stage.client.get(file).send().await.unwrap().bytes().await.unwrap().to_vec();
        seen.push((item, bytes));
    }
    seen
}

#[tokio::test]
async fn a_picture_a_video_and_a_document_arrive_in_order_to_the_byte_and_once() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let conversation = conversation(&stage, &ada, NUMBER).await;
    let (photo, film, pdf) = (png(5 * MB), mp4(16 * MB), filled(b"%PDF-1.7", 70_000));
    let photo_id = upload(&stage, &ada, &announced(&conversation, "a.png", "image/png", 5 * MB), &photo).await;
    let film_id = upload(&stage, &ada, &announced(&conversation, "b.mp4", "video/mp4", 16 * MB), &film).await;
    let pdf_id = upload(&stage, &ada, &announced(&conversation, "חוזה.pdf", "application/pdf", 70_000), &pdf).await;
    // The first upload to Graph fails; that leaves no doubt, so it is done again.
    let faults = json!({ "upload_500": 1 });
    stage.client.post(format!("{}/simulator/api/faults", stage.gateway())).json(&faults).send().await.unwrap();
    let parts = json!([
        { "type": "media", "upload_id": photo_id, "caption": "The plan" },
        { "type": "media", "upload_id": film_id },
        { "type": "media", "upload_id": pdf_id },
        { "type": "text", "text": "Anything else?" },
    ]);
    let (status, answer) = send(&ada, &conversation, &parts).await;
    assert_eq!(status, 202, "{answer}");
    let seen = ledger(&stage, 4).await;
    let shown: Vec<_> =
        seen.iter().map(|(item, _)| json!([item["type"], item["text"], item["file"]["name"]])).collect();
    assert_eq!(
        shown,
        [
            json!(["image", "The plan", null]),
            json!(["video", "", null]),
            json!(["document", "", "חוזה.pdf"]),
            json!(["text", "Anything else?", null]),
        ]
    );
    assert!([&photo, &film, &pdf].into_iter().eq(seen.iter().take(3).map(|(_, bytes)| bytes)), "to the byte");

    let thread = format!("/v1/conversations/{conversation}/messages");
    let messages = eventually("each has arrived", async || {
        let messages = ada.get(&thread).await["items"].as_array().unwrap().clone();
        messages.iter().take(4).all(|message| message["delivery_status"] == "delivered").then_some(messages)
    })
    .await;
    let files: Vec<_> = messages.iter().filter(|message| message["attachments"][0].is_object()).collect();
    let about = |message: &Value| {
        let file = &message["attachments"][0];
        json!([message["type"], message["text"], file["mime_type"], file["file_name"], file["bytes"], file["state"]])
    };
    assert_eq!(
        files.iter().map(|message| about(message)).collect::<Vec<_>>(),
        [
            json!(["file", null, "application/pdf", "חוזה.pdf", 70_000, "ready"]),
            json!(["video", null, "video/mp4", null, 16 * MB, "ready"]),
            json!(["image", "The plan", "image/png", null, 5 * MB, "ready"]),
        ]
    );
    let link = files[2]["attachments"][0]["url"].as_str().unwrap();
    let loaded = stage.client.get(link).send().await.unwrap();
    assert_eq!(
        (&loaded.headers()["content-type"], &loaded.headers()["content-disposition"]),
        (&"image/png".parse().unwrap(), &"inline".parse().unwrap())
    );
    assert!(loaded.bytes().await.unwrap() == photo);
    assert_eq!(ledger(&stage, 4).await.len(), 4, "each once");
    stage.end().await;
}

#[tokio::test]
async fn a_template_shows_the_customer_the_picture_that_the_agent_chose() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let day_and_more = 25 * 60 * 60;
    stage.customer_writes(NUMBER, DANA, "wamid.old", Stage::now() - day_and_more, "hello").await;
    let conversation = ada.conversation_of("wamid.old").await;
    let channels = ada.get("/v1/channels").await;
    let sales = channels["items"].as_array().unwrap().iter().find(|channel| channel["name"] == "Sales").unwrap();
    let sync = format!("/v1/channels/{}/templates/sync", sales["id"].as_str().unwrap());
    assert_eq!(ada.ask("POST", &sync, Some(&json!({}))).await.0, 200);
    let photo = png(40_000);
    let upload_id = upload(&stage, &ada, &announced(&conversation, "a.png", "image/png", 40_000), &photo).await;
    let part = |media: Value| {
        let parameters = json!({ "body": { "1": "Dana" }, "media": media });
        json!([{ "type": "template", "name": "new_arrival", "language": "en_US", "parameters": parameters }])
    };
    let (status, problem) = send(&ada, &conversation, &part(Value::Null)).await;
    let told = (status, &problem["code"], &problem["field"]);
    assert_eq!(told, (422, &json!("missing"), &json!("parts[0].parameters.media")));
    let (status, answer) = send(&ada, &conversation, &part(json!({ "upload_id": upload_id }))).await;
    assert_eq!(status, 202, "{answer}");
    let (item, bytes) = ledger(&stage, 1).await.remove(0);
    let words = "Look what came in, Dana: shall we put it aside for you?\n▢ Yes, please";
    assert_eq!(json!([item["type"], item["text"], item["file"]["kind"]]), json!(["template", words, "image"]));
    assert!(bytes == photo, "to the byte");
    let thread = format!("/v1/conversations/{conversation}/messages");
    let message = eventually("it has arrived", async || {
        let newest = ada.get(&thread).await["items"][0].clone();
        (newest["delivery_status"] == "delivered").then_some(newest)
    })
    .await;
    let link = message["attachments"][0]["url"].as_str().unwrap();
    assert!(stage.client.get(link).send().await.unwrap().bytes().await.unwrap() == photo, "the thread shows it");
    stage.end().await;
}

#[tokio::test]
async fn a_carousel_shows_the_customer_each_card_with_its_own_picture() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let conversation = conversation(&stage, &ada, NUMBER).await;
    let channels = ada.get("/v1/channels").await;
    let sales = channels["items"].as_array().unwrap().iter().find(|channel| channel["name"] == "Sales").unwrap();
    let sync = format!("/v1/channels/{}/templates/sync", sales["id"].as_str().unwrap());
    assert_eq!(ada.ask("POST", &sync, Some(&json!({}))).await.0, 200);
    let (mut cards, mut photos) = (Vec::new(), Vec::new());
    for (what, bytes) in [("oak", 40_000), ("elm", 50_000)] {
        let photo = png(bytes);
        let upload_id = upload(&stage, &ada, &announced(&conversation, "a.png", "image/png", bytes), &photo).await;
        let body = json!({ "1": what, "2": "9 €" });
        cards.push(json!({ "media": { "upload_id": upload_id }, "body": body, "buttons": { "1": what } }));
        photos.push(photo);
    }
    let parameters = json!({ "body": { "1": "Dana" }, "cards": cards });
    let part = json!([{ "type": "template", "name": "new_chairs", "language": "en_US", "parameters": parameters }]);
    let (status, answer) = send(&ada, &conversation, &part).await;
    assert_eq!(status, 202, "{answer}");
    let (item, shown) = ledger(&stage, 1).await.remove(0);
    let words = "Fresh from the workshop, Dana:\n▤ oak, for 9 € ▢ Put it aside ▢ See it\n▤ elm, for 9 € ▢ Put it aside ▢ See it";
    assert_eq!(json!([item["type"], item["text"], item["file"]["kind"]]), json!(["template", words, "image"]));
    assert!(shown == photos[0], "to the byte");
    let thread = format!("/v1/conversations/{conversation}/messages");
    let message = ada.get(&thread).await["items"][0].clone();
    for (card, photo) in message["template"]["cards"].as_array().unwrap().iter().zip(&photos) {
        let place = usize::try_from(card["attachment"].as_u64().unwrap()).unwrap();
        let link = message["attachments"][place]["url"].as_str().unwrap();
        assert!(stage.client.get(link).send().await.unwrap().bytes().await.unwrap() == *photo, "the thread shows it");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_is_refused_before_it_is_uploaded_by_the_bucket_or_before_it_is_sent() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let conversation = conversation(&stage, &ada, NUMBER).await;
    for (mime_type, bytes, code, field) in [
        ("video/mp4", 16 * MB + 1, "too_large", "bytes"),
        ("image/png", 5 * MB + 1, "too_large", "bytes"),
        ("image/png", 0, "empty", "bytes"),
        ("nonsense", 1, "invalid", "mime_type"),
    ] {
        let (status, problem) =
            ada.ask("POST", "/v1/uploads", Some(&announced(&conversation, "a", mime_type, bytes))).await;
        assert_eq!((status, &problem["code"], &problem["field"]), (422, &json!(code), &json!(field)), "{mime_type}");
    }

    let small = announced(&conversation, "a.png", "image/png", 2_000);
    let (_, form) = ada.ask("POST", "/v1/uploads", Some(&small)).await;
    assert_eq!(fill_in(&stage, &form, &png(2_001)).await.0 / 100, 4, "one byte more");
    assert_eq!(fill_in(&stage, &form, &png(1_999)).await.0 / 100, 4, "one byte less");
    for (field, other) in [("key", "t/0000000000000000/upload/x"), ("Content-Type", "text/html")] {
        let mut form = form.clone();
        form["fields"][field] = json!(other);
        assert_eq!(fill_in(&stage, &form, &png(2_000)).await.0 / 100, 4, "another {field}");
    }
    let part = |id: &str| json!([{ "type": "media", "upload_id": id }]);
    let upload_id = form["upload_id"].as_str().unwrap();
    let (status, problem) = send(&ada, &conversation, &part(upload_id)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("unknown_upload")), "it was never put");

    let page = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let lie = upload(&stage, &ada, &announced(&conversation, "a.png", "image/png", page.len()), page).await;
    let (status, problem) = send(&ada, &conversation, &part(&lie)).await;
    let told = (status, &problem["code"], &problem["field"]);
    assert_eq!(told, (422, &json!("content_mismatch"), &json!("parts[0].upload_id")), "a drawing that can run script");
    stage.end().await;
}

#[tokio::test]
async fn a_browser_may_post_to_the_bucket_and_nothing_else() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let conversation = conversation(&stage, &ada, NUMBER).await;
    let (_, form) = ada.ask("POST", "/v1/uploads", Some(&announced(&conversation, "a.png", "image/png", 2_000))).await;
    for (method, allowed) in [("POST", 200), ("PUT", 403)] {
        let url = form["url"].as_str().unwrap();
        let asked = stage.client.request(reqwest::Method::OPTIONS, url).header("origin", stage.gateway());
        let answer = asked.header("access-control-request-method", method).send().await.unwrap();
        assert_eq!(answer.status(), allowed, "a browser asks whether it may {method}");
    }
    stage.end().await;
}

#[tokio::test]
async fn another_tenants_upload_is_as_unknown_as_any() {
    let stage = Stage::with_simulator().await;
    let (ada, gil) = (stage.agent("ada@acme.test").await, stage.agent("gil@globex.test").await);
    let (acmes, globexs) = (conversation(&stage, &ada, NUMBER).await, conversation(&stage, &gil, "3001").await);
    let id = upload(&stage, &ada, &announced(&acmes, "a.png", "image/png", 2_000), &png(2_000)).await;
    let mut answers = Vec::new();
    for asked in [id.as_str(), &"0".repeat(id.len()), "no id at all"] {
        let (status, mut problem) = send(&gil, &globexs, &json!([{ "type": "media", "upload_id": asked }])).await;
        problem.as_object_mut().unwrap().remove("request_id");
        answers.push((status, problem));
    }
    assert_eq!(answers[0].0, 422);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");

    let foreign = ada.ask("POST", "/v1/uploads", Some(&announced(&globexs, "a.png", "image/png", 1))).await;
    let unknown = ada.ask("POST", "/v1/uploads", Some(&announced(&"0".repeat(26), "a.png", "image/png", 1))).await;
    let told = |(status, problem): &(u16, Value)| (*status, problem["code"].clone(), problem["detail"].clone());
    assert_eq!(told(&foreign), told(&unknown));
    assert_eq!((foreign.0, &foreign.1["field"]), (422, &json!("conversation_id")));
    stage.end().await;
}
