//! What a number on a phone gives of the time before, with the refusals that Graph gives.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::tests::{START, Stage, code, stage};
use crate::aws::Data;

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Signed up, subscribed: the token.
async fn on_a_phone(stage: &Stage, shares_history: bool) -> String {
    let body = json!({ "phone_number_id": "901", "waba_id": "990", "display_phone_number": "+81 3", "name": "Tokyo",
        "is_on_a_phone": true, "shares_history": shares_history });
    let (_, ended) = stage.ask("POST", "/simulator/api/signups", "", &body).await;
    assert_eq!(ended["event"], "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING");
    let path =
        format!("oauth/access_token?client_id=1001&client_secret=secret&code={}", ended["code"].as_str().unwrap());
    let (_, exchanged) = stage.ask("GET", &format!("/simulator/graph/v25.0/{path}"), "", &Value::Null).await;
    let token = exchanged["access_token"].as_str().unwrap().to_owned();
    let path = "/simulator/graph/v25.0/990/subscribed_apps";
    assert_eq!(stage.ask("POST", path, &token, &json!({})).await.0, 200);
    token
}

async fn ask_for(stage: &Stage, number: &str, token: &str, what: &str) -> (u16, Value) {
    let body = json!({ "messaging_product": "whatsapp", "sync_type": what });
    stage.ask("POST", &format!("/simulator/graph/v25.0/{number}/smb_app_data"), token, &body).await
}

#[tokio::test]
async fn contacts_and_chats_come_once_within_a_day() {
    let mut stage = stage(&Data::Memory, 0).await;
    let token = on_a_phone(&stage, true).await;
    let (status, answer) = ask_for(&stage, "901", &token, "smb_app_state_sync").await;
    assert_eq!(
        (status, &answer["messaging_product"], answer["request_id"].is_string()),
        (200, &json!("whatsapp"), true)
    );
    let names: Vec<_> = stage.next().await["state_sync"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["contact"]["full_name"].clone())
        .collect();
    assert_eq!(names, ["Ken Sato", "Mei Tanaka"]);
    assert_eq!(code(&ask_for(&stage, "901", &token, "smb_app_state_sync").await).1, 2_593_107);
    stage.clock.store(START + DAY, Ordering::SeqCst);
    assert_eq!(ask_for(&stage, "901", &token, "history").await.0, 200);
    let chunk = stage.next().await["history"][0].clone();
    assert_eq!(chunk["metadata"], json!({ "phase": 1, "chunk_order": 1, "progress": 100 }));
    let said: Vec<_> =
        chunk["threads"][0]["messages"].as_array().unwrap().iter().map(|m| m["text"]["body"].clone()).collect();
    assert_eq!(said, ["Do you have it in blue?", "We do, come by!"]);
    assert_eq!(code(&ask_for(&stage, "901", &token, "history").await).1, 2_593_107);
}

#[tokio::test]
async fn who_asks_late_or_wrongly_or_for_another_is_refused() {
    let stage = stage(&Data::Memory, 0).await;
    let token = on_a_phone(&stage, true).await;
    assert_eq!(code(&ask_for(&stage, "901", &token, "everything").await).1, 100);
    assert_eq!(code(&ask_for(&stage, "101", "t1", "history").await).1, 100, "it is on no phone");
    assert_eq!(code(&ask_for(&stage, "901", "t1", "history").await).1, 100, "another's token");
    stage.clock.store(START + DAY + 1, Ordering::SeqCst);
    assert_eq!(code(&ask_for(&stage, "901", &token, "history").await).1, 2_593_108);
}

#[tokio::test]
async fn an_owner_who_keeps_the_chats_is_told_of_in_their_place() {
    let mut stage = stage(&Data::Memory, 0).await;
    let token = on_a_phone(&stage, false).await;
    assert_eq!(ask_for(&stage, "901", &token, "history").await.0, 200);
    assert_eq!(stage.next().await["history"][0]["errors"][0]["code"], 2_593_109);
}
