//! Embedded Signup: a code instead of a token, and each step that may go wrong.

use serde_json::{Value, json};

use crate::world::{World, onboarding::WABA, world};

fn number(id: &str, platform: &str, status: &str) -> Value {
    json!({"id": id, "display_phone_number": "+972 3 555 0101", "verified_name": "Acme Ltd", "platform_type": platform, "status": status})
}

fn fresh(id: &str) -> Value {
    number(id, "NOT_APPLICABLE", "PENDING")
}

fn signup(code: &str) -> Value {
    json!({"type": "whatsapp", "code": code, "waba_id": WABA, "phone_number_id": "555", "event": "FINISH"})
}

async fn connect(world: &World, token: &str, body: Value) -> crate::world::Answer {
    world.post(token, "/v1/channels/connect", body).await
}

async fn at_work() -> (World, String) {
    let world = world().await;
    let token = world.token("admin@acme.test").await;
    (world, token)
}

#[tokio::test]
async fn a_code_connects_subscribes_and_registers_and_again_gives_the_same_account() {
    let (world, token) = at_work().await;
    world.outside.signed_up("c1", "business", &[fresh("555")]);
    world.outside.sends_webhooks_to("https://inbox.test/webhooks/meta");
    let first = connect(&world, &token, signup("c1")).await;
    let connected = json!({"id": first.json["id"], "type": "whatsapp", "name": "Acme Ltd", "status": "active",
        "health": "The token is good, for Acme Ltd. Its messages come here.", "read_receipts": true,
        "display_phone_number": "+972 3 555 0101", "phone_number_id": "555", "waba_id": "2001"});
    assert_eq!((first.status.as_u16(), &first.json), (200, &connected));
    assert_eq!(world.outside.done(), ["subscribe 2001 {}", "register 555"]);
    let pin = world.outside.pin().unwrap();
    assert!(pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()), "{pin}");
    let secret = world.outside.secret(&format!("tenant/{}", world.a.ctx.id())).unwrap();
    assert!(secret.contains("business") && secret.contains(&pin));

    // It is registered now, and subscribed: nothing is done a second time.
    world.outside.signed_up("c2", "business2", &[number("555", "CLOUD_API", "CONNECTED")]);
    let again = connect(&world, &token, signup("c2")).await;
    assert_eq!((&again.json, world.outside.done()), (&connected, vec![]));
    let used = connect(&world, &token, signup("c2")).await;
    assert_eq!(used.refusal(), (422, "code_refused", "code"), "a code is good once");
}

#[tokio::test]
async fn a_number_on_a_phone_is_never_registered_whoever_says_so() {
    let (world, token) = at_work().await;
    let mut on_phone = fresh("555");
    on_phone["is_on_biz_app"] = json!(true);
    world.outside.signed_up("c1", "business", &[on_phone]);
    assert_eq!(connect(&world, &token, signup("c1")).await.status, 200);
    assert_eq!(world.outside.done(), ["subscribe 2001 {}", "smb_app_state_sync 555", "history 555"]);
    // The browser says it, and gives the business account alone.
    world.outside.signed_up("c2", "business", &[fresh("556")]);
    let event = "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING";
    let body = json!({"type": "whatsapp", "code": "c2", "waba_id": WABA, "event": event, "name": "Phone"});
    let connected = connect(&world, &token, body).await;
    assert_eq!((connected.status.as_u16(), &connected.json["name"]), (200, &json!("Phone")));
    assert_eq!(world.outside.done(), ["smb_app_state_sync 556", "history 556"]);
}

#[tokio::test]
async fn what_went_wrong_is_told_and_the_same_again_without_the_code_finishes_it() {
    let (world, token) = at_work().await;
    world.outside.has_pin("424242");
    world.outside.signed_up("c1", "business", &[fresh("555")]);
    world.outside.breaks("subscribed_apps");
    assert_eq!(connect(&world, &token, signup("c1")).await.code(), (503, "channel_unreachable"));
    let mut again = signup("c1");
    assert_eq!(connect(&world, &token, again.clone()).await.refusal(), (422, "code_refused", "code"));
    again.as_object_mut().unwrap().remove("code");
    assert_eq!(connect(&world, &token, again.clone()).await.refusal(), (422, "pin_refused", "pin"));
    again["pin"] = json!("12345");
    assert_eq!(connect(&world, &token, again.clone()).await.refusal(), (422, "invalid", "pin"));
    let listed = world.get(&token, "/v1/channels").await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "an account that is not finished is none");
    again["pin"] = json!("424242");
    assert_eq!(connect(&world, &token, again).await.status, 200);
    assert_eq!(world.outside.done(), ["subscribe 2001 {}", "register 555", "register 555"]);
}

#[tokio::test]
async fn what_the_browser_says_is_a_hint_and_meta_decides() {
    let (world, token) = at_work().await;
    let hints = |change: Value| {
        let mut body = signup("c");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    assert_eq!(connect(&world, &token, signup("c")).await.code(), (409, "signup_not_configured"));
    let two = [fresh("555"), fresh("556")];
    for (body, numbers, refusal) in [
        (hints(json!({"waba_id": "9009"})), &two[..], (422, "not_shared", "waba_id")),
        (hints(json!({"phone_number_id": "777"})), &two[..], (422, "not_owned", "phone_number_id")),
        (hints(json!({"phone_number_id": null})), &two[..], (422, "number_needed", "phone_number_id")),
        (hints(json!({"event": "CANCEL"})), &two[..], (422, "invalid", "event")),
        (hints(json!({"waba_id": "../1"})), &two[..], (422, "invalid", "waba_id")),
        (hints(json!({"access_token": "t"})), &two[..], (422, "invalid", "code")),
        (hints(json!({"code": "nobody's"})), &two[..], (422, "code_refused", "code")),
    ] {
        world.outside.signed_up("c", "business", numbers);
        assert_eq!(connect(&world, &token, body.clone()).await.refusal(), refusal, "{body}");
    }
    assert_eq!(world.outside.done(), Vec::<String>::new(), "nothing was touched");
    // Without any hint the only one that was shared is meant.
    world.outside.signed_up("c", "business", &two[..1]);
    let connected = connect(&world, &token, json!({"type": "whatsapp", "code": "c"})).await;
    assert_eq!(connected.status, 200, "{connected:?}");
}

#[tokio::test]
async fn an_override_is_set_where_the_install_has_one_and_never_dropped() {
    let (world, token) = at_work().await;
    let ours =
        json!({"whatsapp_business_api_data": {"id": "1001"}, "override_callback_uri": "https://tenant.example/hook"});
    world.outside.has_subscribed(std::slice::from_ref(&ours));
    world.outside.signed_up("c1", "business", &[number("555", "CLOUD_API", "CONNECTED")]);
    assert_eq!(connect(&world, &token, signup("c1")).await.status, 200);
    assert_eq!((world.outside.subscribed(), world.outside.done()), (vec![ours], vec![]));

    let world = crate::world::world().await;
    let token = world.token("admin@acme.test").await;
    world.outside.signed_up("c1", "business", &[number("555", "CLOUD_API", "CONNECTED")]);
    let own = json!({"callback_url": "https://eu.inbox.test/webhooks/meta", "verify_token": "v"});
    world
        .outside
        .put_secret("meta-app", &json!({"app_id": "1001", "app_secrets": ["app-secret"], "webhook_override": own}));
    assert_eq!(connect(&world, &token, signup("c1")).await.status, 200);
    let overridden =
        r#"subscribe 2001 {"override_callback_uri":"https://eu.inbox.test/webhooks/meta","verify_token":"v"}"#;
    assert_eq!(world.outside.done(), ["subscribe 2001 {}", overridden]);
}

#[tokio::test]
async fn a_token_by_hand_subscribes_too_and_says_what_it_could_not_do() {
    let (world, token) = at_work().await;
    let by_hand = |waba: &str| json!({"type": "whatsapp", "name": "Support", "phone_number_id": "555", "waba_id": waba, "access_token": "good"});
    world.outside.grant("good", "555");
    assert_eq!(connect(&world, &token, by_hand(WABA)).await.status, 200);
    assert_eq!(world.outside.done(), ["subscribe 2001 {}"]);
    let foreign = json!({"whatsapp_business_api_data": {"id": "5005"}, "override_callback_uri": "https://x.example"});
    world.outside.has_subscribed(&[foreign]);
    let told = connect(&world, &token, by_hand(WABA)).await;
    let health = told.json["health"].as_str().unwrap();
    assert!(health.ends_with("cannot be told: look in Meta's dashboard."), "{health}");
    let other = connect(&world, &token, by_hand("9009")).await;
    let said = "The token is good, for Acme Ltd. Its app could not be subscribed to business account 9009: (#100) no";
    assert_eq!((other.status.as_u16(), &other.json["health"]), (200, &json!(said)));
    assert_eq!(world.outside.done(), Vec::<String>::new());
    world.outside.sends_webhooks_to("https://elsewhere.example/hook");
    let id = other.json["id"].as_str().unwrap();
    let tested = world.post(&token, &format!("/v1/channels/{id}/test"), json!({})).await;
    let elsewhere = "The token is good, for Acme Ltd. Its messages go to https://elsewhere.example/hook, not here.";
    assert_eq!(tested.json["health"], elsewhere);
}
