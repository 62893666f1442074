//! The signup's calls as Switchboard makes them, with the refusals that Graph gives.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::tests::{START, Stage, code, stage};
use crate::aws::Data;

async fn signup(stage: &Stage, pin: Option<&str>) -> String {
    let body = json!({ "phone_number_id": "901", "waba_id": "990", "display_phone_number": "+81 3", "name": "Tokyo", "pin": pin });
    let (status, ended) = stage.ask("POST", "/simulator/api/signups", "", &body).await;
    assert_eq!((status, &ended["event"], &ended["data"]["waba_id"]), (201, &json!("FINISH"), &json!("990")));
    ended["code"].as_str().unwrap().to_owned()
}

async fn graph(stage: &Stage, method: &str, path: &str, token: &str, body: Value) -> (u16, Value) {
    stage.ask(method, &format!("/simulator/graph/v25.0/{path}"), token, &body).await
}

async fn exchange(stage: &Stage, secret: &str, code: &str) -> (u16, Value) {
    let path = format!("oauth/access_token?client_id=1001&client_secret={secret}&code={code}");
    graph(stage, "GET", &path, "", Value::Null).await
}

#[tokio::test]
async fn a_code_is_good_once_for_half_a_minute_and_for_the_app_that_it_was_made_for() {
    let stage = stage(&Data::Memory, 0).await;
    let first = signup(&stage, None).await;
    assert_eq!(code(&exchange(&stage, "wrong", &first).await), (400, json!(1), Value::Null));
    assert_eq!(code(&exchange(&stage, "secret", "nobody's").await), (400, json!(100), json!(36_008)));
    let (status, answer) = exchange(&stage, "secret", &first).await;
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!((status, answer["token_type"].as_str()), (200, Some("bearer")));
    assert_eq!(code(&exchange(&stage, "secret", &first).await), (400, json!(100), json!(36_009)));
    let late = signup(&stage, None).await;
    stage.clock.store(START + 30_001, Ordering::SeqCst);
    assert_eq!(code(&exchange(&stage, "secret", &late).await), (400, json!(100), json!(36_007)));

    let path = |token: &str| format!("debug_token?input_token={token}");
    let told = graph(&stage, "GET", &path(token), "1001|secret", Value::Null).await.1;
    let seen = ["app_id", "is_valid"].map(|field| told["data"][field].clone());
    assert_eq!(
        (seen, &told["data"]["granular_scopes"][0]["target_ids"]),
        ([json!("1001"), json!(true)], &json!(["990"]))
    );
    assert_eq!(graph(&stage, "GET", &path("x"), "1001|secret", Value::Null).await.1["data"]["is_valid"], false);
    assert_eq!(code(&graph(&stage, "GET", &path(token), "1001|wrong", Value::Null).await).0, 401);
}

#[tokio::test]
async fn a_new_number_is_registered_with_its_pin_before_it_sends() {
    let stage = stage(&Data::Memory, 0).await;
    let token = exchange(&stage, "secret", &signup(&stage, Some("424242")).await).await.1;
    let token = token["access_token"].as_str().unwrap();
    let listed = graph(&stage, "GET", "990/phone_numbers", token, Value::Null).await.1["data"][0].clone();
    let standing =
        |number: &Value| json!([number["id"], number["platform_type"], number["status"], number["is_on_biz_app"]]);
    assert_eq!(standing(&listed), json!(["901", "NOT_APPLICABLE", "PENDING", false]));
    let text = json!({ "messaging_product": "whatsapp", "to": "+81", "type": "text", "text": { "body": "hi" } });
    assert_eq!(code(&graph(&stage, "POST", "901/messages", token, text).await).1, 133_010);
    let pin = |pin: &str| json!({ "messaging_product": "whatsapp", "pin": pin });
    assert_eq!(code(&graph(&stage, "POST", "901/register", token, pin("111111")).await).1, 133_005);
    assert_eq!(graph(&stage, "POST", "901/register", token, pin("424242")).await.0, 200);
    let listed = graph(&stage, "GET", "990/phone_numbers", token, Value::Null).await.1["data"][0].clone();
    assert_eq!(standing(&listed), json!(["901", "CLOUD_API", "CONNECTED", false]));
}

#[tokio::test]
async fn a_subscription_without_an_address_deletes_the_override() {
    let stage = stage(&Data::Memory, 0).await;
    let token = exchange(&stage, "secret", &signup(&stage, None).await).await.1;
    let token = token["access_token"].as_str().unwrap();
    let list = async || graph(&stage, "GET", "990/subscribed_apps", token, Value::Null).await.1["data"].clone();
    let to = json!({ "override_callback_uri": "https://eu.example/hook", "verify_token": "v" });
    assert_eq!(list().await, json!([]));
    assert_eq!(code(&graph(&stage, "POST", "990/subscribed_apps", token, to.clone()).await).1, 100, "subscribe first");
    assert_eq!(graph(&stage, "POST", "990/subscribed_apps", token, json!({})).await.0, 200);
    assert_eq!(graph(&stage, "POST", "990/subscribed_apps", token, to).await.0, 200);
    let ours = json!({ "id": "1001", "name": "Switchboard", "link": "" });
    let overridden =
        json!([{ "whatsapp_business_api_data": ours, "override_callback_uri": "https://eu.example/hook" }]);
    assert_eq!(list().await, overridden);
    let number = graph(&stage, "GET", "901?fields=id,webhook_configuration", token, Value::Null).await.1;
    assert_eq!(number["webhook_configuration"]["whatsapp_business_account"], "https://eu.example/hook");
    assert_eq!(graph(&stage, "POST", "990/subscribed_apps", token, json!({})).await.0, 200);
    assert_eq!(list().await, json!([{ "whatsapp_business_api_data": ours }]));
    assert_eq!(
        code(&graph(&stage, "DELETE", "990/subscribed_apps", "t1", Value::Null).await).1,
        100,
        "another's token"
    );
    assert_eq!(graph(&stage, "DELETE", "990/subscribed_apps", token, Value::Null).await.0, 200);
    assert_eq!(list().await, json!([]));
}
