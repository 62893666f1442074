//! The simulator as Switchboard and a customer see it: at its HTTP.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use channel::Signer;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower::ServiceExt;

use super::*;

pub(super) const START: u64 = 1_795_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A business that takes webhooks, and the simulator before it.
pub(super) struct Stage {
    router: Router,
    told: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
    pub(super) clock: Arc<AtomicU64>,
}

type Heard = (mpsc::UnboundedSender<(HeaderMap, Bytes)>, Arc<AtomicU64>);

/// Takes a webhook, but for the first ones.
async fn hear(State((told, refusals)): State<Heard>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    told.send((headers, body)).unwrap();
    StatusCode::OK
}

fn account(number: &str, token: &str) -> SimAccount {
    SimAccount {
        phone_number_id: number.to_owned(),
        waba_id: "W1".to_owned(),
        display_phone_number: "+972 3 555 0101".to_owned(),
        name: "Acme".to_owned(),
        access_token: token.to_owned(),
        app_secret: "secret".to_owned(),
    }
}

pub(super) async fn stage(data: &Data, refusals: u64) -> Stage {
    let (heard, told) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = format!("http://{}", listener.local_addr().unwrap());
    let business =
        Router::new().route("/webhooks/meta", post(hear)).with_state((heard, Arc::new(AtomicU64::new(refusals))));
    tokio::spawn(async move { axum::serve(listener, business).await });
    let clock = Arc::new(AtomicU64::new(START));
    let now = clock.clone();
    let accounts = vec![account("101", "t1"), account("102", "t2")];
    let simulator = Simulator::open(data, accounts, Arc::new(move || now.load(Ordering::SeqCst))).unwrap();
    let pace = Pace { sent: Duration::ZERO, delivered: Duration::from_millis(20) };
    let apps = vec![SimApp { app_id: "1001".to_owned(), app_secret: "secret".to_owned() }];
    Stage { router: simulator.with_pace(pace).with_apps(apps).router(&gateway), told, clock }
}

impl Stage {
    pub(super) async fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request =
            request.header("authorization", format!("Bearer {token}")).body(Body::from(body.to_string())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap_or_default();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    pub(super) async fn send(&self, body: &Value) -> (u16, Value) {
        self.ask("POST", "/simulator/graph/v25.0/101/messages", "t1", body).await
    }

    async fn customer(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", &format!("/simulator/api/{path}"), "", body).await
    }

    async fn writes(&self) -> String {
        let said =
            json!({ "phone_number_id": "101", "from": "+81 90 1111 2222", "name": "愛子", "text": "在庫ありますか？" });
        let (status, answer) = self.customer("messages", &said).await;
        assert_eq!(status, 201, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    /// A file is put there: its id.
    pub(super) async fn upload(&self, token: &str, number: &str, mime_type: &str) -> Value {
        let field = |name: &str, said: &str| {
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{said}\r\n")
        };
        let file = format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"\r\ncontent-type: {mime_type}\r\n\r\nabc\r\n--b--\r\n"
        );
        let body = field("messaging_product", "whatsapp") + &field("type", mime_type) + &file;
        let request = Request::post(format!("/simulator/graph/v25.0/{number}/media"))
            .header("content-type", "multipart/form-data; boundary=b")
            .header("authorization", format!("Bearer {token}"));
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()["id"].clone()
    }

    /// The next webhook's change, its signature checked as Switchboard does.
    pub(super) async fn next(&mut self) -> Value {
        let (headers, body) = self.told.recv().await.unwrap();
        let signer = Signer { app_id: "1".to_owned(), tenant: None };
        let app = channel_meta::App::new(signer, &["secret".to_owned()], None).unwrap();
        let signature = headers["x-hub-signature-256"].to_str().unwrap();
        assert!(channel_meta::verify([&app], signature, &body).is_some(), "signed by the app");
        serde_json::from_slice::<Value>(&body).unwrap()["entry"][0]["changes"][0]["value"].clone()
    }

    /// The next webhook's status: its kind, message and reference.
    async fn next_status(&mut self) -> [Value; 3] {
        let value = self.next().await;
        ["status", "id", "biz_opaque_callback_data"].map(|field| value["statuses"][0][field].clone())
    }
}

fn text(body: &str, reference: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+819011112222", "type": "text",
        "text": { "body": body }, "biz_opaque_callback_data": reference,
    })
}

pub(super) fn code(answer: &(u16, Value)) -> (u16, Value, Value) {
    (answer.0, answer.1["error"]["code"].clone(), answer.1["error"]["error_subcode"].clone())
}

#[tokio::test]
async fn a_customer_writes_the_business_answers_and_the_ticks_come_back() {
    let mut stage = stage(&Data::Memory, 1).await;
    let asked = stage.writes().await;
    let user = account("101", "").user_id("819011112222");
    let metadata = json!({ "display_phone_number": "97235550101", "phone_number_id": "101" });
    let contacts = json!([{ "profile": { "name": "愛子" }, "wa_id": "819011112222", "user_id": user }]);
    assert_eq!(
        stage.next().await,
        json!({
            "messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts,
            "messages": [{ "from": "819011112222", "from_user_id": user, "id": asked, "timestamp": "1795000000", "type": "text", "text": { "body": "在庫ありますか？" } }],
        }),
        "told again after the 503"
    );
    let (status, answer) = stage.send(&text("あります", "m.1")).await;
    let id = answer["messages"][0]["id"].clone();
    let contact = json!({ "input": "+819011112222", "wa_id": "819011112222", "user_id": user });
    assert_eq!(
        (status, &answer),
        (200, &json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }] }))
    );
    let status_of = |word: &str| {
        let pricing = json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": "service" });
        let status = json!({
            "id": id, "status": word, "timestamp": "1795000000", "recipient_id": "819011112222", "recipient_user_id": user,
            "biz_opaque_callback_data": "m.1", "pricing": pricing,
        });
        json!({ "messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, "statuses": [status] })
    };
    assert_eq!([stage.next().await, stage.next().await], [status_of("sent"), status_of("delivered")]);
    let chat = json!({ "phone_number_id": "101", "from": "819011112222" });
    assert_eq!(stage.customer("read", &chat).await, (200, json!({ "read": 1 })));
    assert_eq!(stage.next_status().await, [json!("read"), id.clone(), json!("m.1")]);
    assert_eq!(stage.customer("read", &chat).await, (200, json!({ "read": 0 })), "a second look tells nothing");
    let ledger = stage.ask("GET", "/simulator/api/ledger", "", &Value::Null).await.1;
    let entry = json!({
        "id": id, "phone_number_id": "101", "to": "819011112222", "type": "text", "text": "あります", "reference": "m.1", "reply_to": null, "file": null, "at": START,
    });
    assert_eq!(ledger, json!({ "items": [entry] }));
}

#[tokio::test]
async fn what_the_business_offers_is_pressed_and_told_of() {
    let mut stage = stage(&Data::Memory, 0).await;
    stage.writes().await;
    stage.next().await;
    let rows = json!([{ "id": "s", "title": "Small" }, { "id": "l", "title": "Large", "description": "Six seats" }]);
    let list = json!({
        "type": "list", "body": { "text": "Which size?" }, "action": { "button": "Sizes", "sections": [{ "rows": rows }] },
    });
    let body =
        json!({ "messaging_product": "whatsapp", "to": "+819011112222", "type": "interactive", "interactive": list });
    let offer = stage.send(&body).await.1["messages"][0]["id"].clone();
    for _ in ["sent", "delivered"] {
        stage.next().await;
    }
    let press = |choice: &str, offer: &Value| json!({ "phone_number_id": "101", "from": "819011112222", "name": "愛子", "reply_to": offer, "choice": choice });
    let refused = [
        stage.customer("messages", &press("m", &offer)).await.0,
        stage.customer("messages", &press("l", &Value::Null)).await.0,
    ];
    assert_eq!((refused, stage.customer("messages", &press("l", &offer)).await.0), ([422, 422], 201));
    let told = stage.next().await["messages"][0].clone();
    let chosen =
        json!({ "type": "list_reply", "list_reply": { "id": "l", "title": "Large", "description": "Six seats" } });
    assert_eq!((&told["type"], &told["interactive"], &told["context"]["id"]), (&json!("interactive"), &chosen, &offer));
    let chat = stage.ask("GET", "/simulator/api/threads/101/819011112222", "", &Value::Null).await.1;
    assert_eq!([&chat["messages"][1]["object"], &chat["messages"][2]["text"]], [&list, &json!("Large")]);
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_graphs_words() {
    let stage = stage(&Data::Memory, 0).await;
    let path = |number: &str| format!("/simulator/graph/v25.0/{number}/messages");
    let hi = text("hi", "m");
    for (number, token, expected) in
        [("101", "t9", (401, 190, None)), ("102", "t1", (400, 100, Some(33))), ("999", "t1", (400, 100, Some(33)))]
    {
        let expected = (expected.0, json!(expected.1), json!(expected.2));
        assert_eq!(code(&stage.ask("POST", &path(number), token, &hi).await), expected, "POST {number} {token}");
        let node = format!("/simulator/graph/v25.0/{number}?fields=id");
        assert_eq!(code(&stage.ask("GET", &node, token, &Value::Null).await), expected, "GET {number} {token}");
    }
    let node = json!({ "id": "101", "verified_name": "Acme", "display_phone_number": "+972 3 555 0101", "quality_rating": "GREEN" });
    assert_eq!(stage.ask("GET", "/simulator/graph/v25.0/101", "t1", &Value::Null).await, (200, node));
    let long = "é".repeat(4_097);
    let product = json!({ "messaging_product": "whatsapp" });
    let image = json!({ "messaging_product": "whatsapp", "to": "+81901", "type": "image" });
    let dance = json!({ "messaging_product": "whatsapp", "to": "+81901", "type": "dance", "dance": {} });
    let stranger = json!({ "messaging_product": "whatsapp", "recipient": "JP.1", "text": { "body": "hi" } });
    for (body, refused) in [
        (json!({}), 131_008),
        (product, 131_008),
        (image, 131_008),
        (dance, 131_009),
        (stranger, 131_009),
        (text(&long, "m"), 100),
        (text(" ", "m"), 100),
    ] {
        assert_eq!(code(&stage.send(&body).await), (400, json!(refused), Value::Null), "{body}");
    }
    let unread = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.0" });
    assert_eq!(code(&stage.send(&unread).await), (400, json!(100), Value::Null));
}

#[tokio::test]
async fn a_template_is_held_to_its_definition_the_file_of_its_header_too() {
    let stage = stage(&Data::Memory, 0).await;
    let png = stage.upload("t1", "101", "image/png").await;
    let pdf = stage.upload("t1", "101", "application/pdf").await;
    let foreign = stage.upload("t2", "102", "image/png").await;
    let body = json!({ "type": "body", "parameters": [{ "type": "text", "text": "Aiko" }] });
    let template = |components: Value| {
        let template = json!({ "name": "new_arrival", "language": { "code": "en_US" }, "components": components });
        json!({ "messaging_product": "whatsapp", "to": "+819011112222", "type": "template", "template": template })
    };
    let shows = |parameter: Value| template(json!([{ "type": "header", "parameters": [parameter] }, body]));
    for (request, refused) in [
        (template(json!([body])), 132_012),
        (shows(json!({ "type": "text", "text": "x" })), 132_012),
        (shows(json!({ "type": "document", "document": { "id": pdf } })), 132_012),
        (shows(json!({ "type": "image", "image": {} })), 131_008),
        (shows(json!({ "type": "image", "image": { "id": foreign } })), 100),
        (shows(json!({ "type": "image", "image": { "id": pdf } })), 131_053),
    ] {
        assert_eq!(code(&stage.send(&request).await), (400, json!(refused), Value::Null), "{request}");
    }
    assert_eq!(stage.send(&shows(json!({ "type": "image", "image": { "id": png } }))).await.0, 200);
    let chat = stage.ask("GET", "/simulator/api/threads/101/819011112222", "", &Value::Null).await.1;
    let message = &chat["messages"][0];
    let words = "Look what came in, Aiko: shall we put it aside for you?\n▢ Yes, please";
    assert_eq!(json!([message["text"], message["file"]["id"], message["file"]["kind"]]), json!([words, png, "image"]));
}

#[tokio::test]
async fn a_new_template_that_shows_a_file_needs_an_example_that_was_uploaded() {
    let stage = stage(&Data::Memory, 0).await;
    let graph = |path: &str| format!("/simulator/graph/v25.0/{path}");
    let new = |handle: &str| {
        let header = json!({ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": [handle] } });
        let components = json!([header, { "type": "BODY", "text": "Look." }]);
        json!({ "name": "look", "language": "en", "category": "MARKETING", "components": components })
    };
    let templates = graph("W1/message_templates");
    assert_eq!(stage.ask("POST", &templates, "t1", &new("4::1")).await.0, 400);
    let begin = graph("1001/uploads?file_name=a.png&file_length=3&file_type=image/png");
    assert_eq!(code(&stage.ask("POST", &begin, "t9", &Value::Null).await).0, 401);
    let id = stage.ask("POST", &begin, "t1", &Value::Null).await.1["id"].as_str().unwrap().to_owned();
    let fill = async |bytes: &'static str| {
        let request = Request::post(graph(&id)).header("authorization", "OAuth t1").header("file_offset", "0");
        let answer = stage.router.clone().oneshot(request.body(Body::from(bytes)).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice::<Value>(&body).unwrap()["h"].clone())
    };
    assert_eq!(fill("ab").await, (400, Value::Null));
    let (status, handle) = fill("abc").await;
    assert_eq!(status, 200);
    assert_eq!(stage.ask("POST", &templates, "t1", &new(handle.as_str().unwrap())).await.0, 200);
}

#[tokio::test]
async fn a_one_time_code_is_the_same_in_the_body_and_the_button() {
    let stage = stage(&Data::Memory, 0).await;
    let request = |body: &str, button: &str| {
        let text = |text: &str| json!([{ "type": "text", "text": text }]);
        let components = json!([
            { "type": "body", "parameters": text(body) },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": text(button) },
        ]);
        let template = json!({ "name": "sign_in_code", "language": { "code": "en_US" }, "components": components });
        json!({ "messaging_product": "whatsapp", "to": "+819011112222", "type": "template", "template": template })
    };
    let long = "1".repeat(16);
    for (body, button) in [("482913", "482914"), (&*long, &*long)] {
        assert_eq!(code(&stage.send(&request(body, button)).await), (400, json!(132_012), Value::Null), "{body}");
    }
    assert_eq!(stage.send(&request("482913", "482913")).await.0, 200);
}

#[tokio::test]
async fn after_a_day_of_silence_an_answer_is_taken_and_then_fails() {
    let mut stage = stage(&Data::Memory, 0).await;
    stage.writes().await;
    stage.next().await;
    stage.clock.fetch_add(DAY, Ordering::SeqCst);
    let (status, answer) = stage.send(&text("still there?", "m.2")).await;
    let told = stage.next().await;
    let error = &told["statuses"][0]["errors"][0]["code"];
    assert_eq!((status, error, &told["statuses"][0]["id"]), (200, &json!(131_047), &answer["messages"][0]["id"]));
}

#[tokio::test]
async fn each_fault_comes_as_often_as_it_was_asked_for() {
    let mut stage = stage(&Data::Memory, 0).await;
    stage.writes().await;
    stage.next().await;
    let faults = json!({ "status_429": 1, "status_500": 1, "refuse": 1 });
    assert_eq!(stage.customer("faults", &faults).await.0, 200);
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(code(&stage.send(&text("hi", "m")).await));
    }
    assert_eq!(
        codes,
        [(429, json!(130_429), Value::Null), (500, json!(131_000), Value::Null), (400, json!(131_026), Value::Null)]
    );
    stage.customer("faults", &json!({ "accept_and_drop": 1, "reorder": 1, "silent": 1 })).await;
    let silent = stage.send(&text("nobody hears of this, nor of the answer", "m.1")).await;
    assert_eq!(silent, (200, Value::Null), "the answer was cut off");
    let heard = stage.send(&text("out of order", "m.2")).await.1["messages"][0]["id"].clone();
    let told = [stage.next_status().await, stage.next_status().await];
    assert_eq!(told, [[json!("delivered"), heard.clone(), json!("m.2")], [json!("sent"), heard, json!("m.2")]]);
    stage.customer("faults", &json!({ "duplicate": 1, "revoked": true })).await;
    assert_eq!(code(&stage.send(&text("hi", "m")).await), (401, json!(190), Value::Null));
    let id = stage.writes().await;
    let twice = [stage.next().await, stage.next().await].map(|value| value["messages"][0]["id"].clone());
    assert_eq!(twice, [json!(id), json!(id)]);
}

#[tokio::test]
async fn chats_and_webhooks_on_their_way_outlive_a_restart() {
    let folder = std::env::temp_dir().join(format!("switchboard-simulator-{}", fresh_id()));
    std::fs::create_dir_all(&folder).unwrap();
    let data = Data::Dir(folder.clone());
    let before = stage(&data, u64::MAX).await;
    let id = before.writes().await;
    drop(before);
    let mut after = stage(&data, 0).await;
    assert_eq!(after.next().await["messages"][0]["id"], json!(id));
    let chat = after.ask("GET", "/simulator/api/threads/101/819011112222", "", &Value::Null).await.1;
    assert_eq!((&chat["name"], &chat["messages"][0]["id"]), (&json!("愛子"), &json!(id)));
    std::fs::remove_dir_all(folder).unwrap();
}
