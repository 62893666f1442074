//! An account is disconnected; someone removes our app at Meta, or wants what we have of them deleted.

use axum::{body::Body, http::Request};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AccountStatus, ChannelType};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::world::{
    START, World,
    onboarding::{USER, WABA},
    world,
};

fn number(id: &str) -> Value {
    json!({"id": id, "verified_name": "Acme Ltd", "platform_type": "CLOUD_API", "status": "CONNECTED"})
}

/// Someone of Acme has signed up: the admin's token and the account's id.
async fn signed_up(world: &World, numbers: &[Value], id: &str) -> (String, String) {
    let token = world.token("admin@acme.test").await;
    world.outside.signed_up("c", "business", numbers);
    let body = json!({"type": "whatsapp", "code": "c", "waba_id": WABA, "phone_number_id": id});
    let connected = world.post(&token, "/v1/channels/connect", body).await;
    assert_eq!(connected.status, 200, "{connected:?}");
    (token, connected.json["id"].as_str().unwrap().to_owned())
}

/// What Meta posts, `seconds` after the world's start.
fn signed(secret: &str, user: &str, seconds: i64) -> String {
    let issued_at = START / 1_000 + seconds;
    let payload = json!({"algorithm": "HMAC-SHA256", "issued_at": issued_at, "user_id": user}).to_string();
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(&payload);
    format!("signed_request={}.{payload}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn status(world: &World, token: &str, id: &str) -> String {
    let list = world.get(token, "/v1/channels").await.json;
    let account = list["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap();
    account["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_disconnect_forgets_the_token_frees_the_number_and_keeps_the_account() {
    let world = world().await;
    let (token, id) = signed_up(&world, &[number("555")], "555").await;
    world.outside.done();
    let path = format!("/v1/channels/{id}");
    let gone = world.delete(&token, &path).await;
    let said = json!({"id": id, "type": "whatsapp", "name": "Acme Ltd", "status": "disconnected", "health": null,
        "read_receipts": true, "display_phone_number": null, "phone_number_id": "555", "waba_id": "2001"});
    assert_eq!((gone.status.as_u16(), &gone.json), (200, &said));
    assert_eq!(world.outside.done(), ["unsubscribe 2001"]);
    assert!(!world.outside.secret(&format!("tenant/{}", world.a.ctx.id())).unwrap().contains("business"));
    assert_eq!(world.app.tables.global().route(ChannelType::Whatsapp, "555").await.unwrap(), None);
    assert_eq!(world.delete(&token, &path).await.json, said, "again changes nothing");
    assert_eq!(world.post(&token, &format!("{path}/test"), json!({})).await.json, said, "a test does not connect it");
    assert_eq!(world.outside.done(), Vec::<String>::new());
    let (_, again) = signed_up(&world, &[number("555")], "555").await;
    assert_eq!((again, status(&world, &token, &id).await), (id, "active".to_owned()));
}

#[tokio::test]
async fn the_business_account_is_left_only_with_its_last_number() {
    let world = world().await;
    let numbers = [number("555"), number("556"), number("557")];
    let (token, first) = signed_up(&world, &numbers, "555").await;
    let (_, second) = signed_up(&world, &numbers, "556").await;
    let bolt = world.token("admin@bolt.test").await;
    world.outside.grant("theirs", "557");
    let theirs = json!({"type": "whatsapp", "name": "x", "phone_number_id": "557", "access_token": "theirs"});
    let third = world.post(&bolt, "/v1/channels/connect", theirs).await.json["id"].as_str().unwrap().to_owned();
    world.outside.done();
    assert_eq!(world.delete(&token, &format!("/v1/channels/{first}")).await.status, 200);
    assert_eq!(world.delete(&token, &format!("/v1/channels/{second}")).await.status, 200);
    assert_eq!(world.outside.done(), Vec::<String>::new(), "another tenant has one of its numbers");
    assert_eq!(world.delete(&bolt, &format!("/v1/channels/{first}")).await.code(), (404, "not_found"));
    assert_eq!(world.delete(&bolt, &format!("/v1/channels/{third}")).await.status, 200);
    let (_, again) = signed_up(&world, &numbers, "555").await;
    world.outside.done();
    world.outside.breaks("subscribed_apps");
    let path = format!("/v1/channels/{again}");
    assert_eq!(world.delete(&token, &path).await.code(), (503, "channel_unreachable"));
    assert_eq!(status(&world, &token, &again).await, "active");
    world.outside.revoke("business");
    assert_eq!(world.delete(&token, &path).await.status, 200, "a dead token leaves nothing to end");
}

#[tokio::test]
async fn who_removes_our_app_parks_what_they_connected_and_nothing_else() {
    let world = world().await;
    let (token, id) = signed_up(&world, &[number("555")], "555").await;
    let path = "/v1/meta/deauthorize";
    for (form, refusal) in [
        (signed("forged", USER, 1), (401, "forged_signed_request")),
        (signed("app-secret", USER, -86_400), (401, "forged_signed_request")),
        (signed("app-secret", USER, 1).replace("signed_request", "request"), (400, "invalid_signed_request")),
        (String::new(), (400, "invalid_signed_request")),
        ("signed_request=a.b".to_owned(), (400, "invalid_signed_request")),
    ] {
        assert_eq!(world.form(path, &form).await.code(), refusal, "{form}");
    }
    assert_eq!(world.form(path, &signed("app-secret", "78", 1)).await.status, 200, "someone else");
    assert_eq!(status(&world, &token, &id).await, "active");
    let done = world.form(path, &signed("app-secret", USER, 1)).await;
    assert_eq!((done.status.as_u16(), &done.json), (200, &json!({"success": true})));
    assert_eq!(status(&world, &token, &id).await, "needs_reauth");
    assert!(!world.outside.secret(&format!("tenant/{}", world.a.ctx.id())).unwrap().contains("business"));
    let account = world.app.tables.tenant(&world.a.ctx).account(&world.a.account.id).await.unwrap().unwrap();
    assert_eq!(account.status, AccountStatus::Active, "the other account of the tenant");

    // The same request, told again after a reconnect, changes nothing.
    world.advance(60);
    let (_, again) = signed_up(&world, &[number("555")], "555").await;
    assert_eq!(world.form(path, &signed("app-secret", USER, 1)).await.status, 200);
    assert_eq!((again.as_str(), status(&world, &token, &id).await), (id.as_str(), "active".to_owned()));
}

#[tokio::test]
async fn a_deletion_is_done_once_and_looked_up_without_signing_in() {
    let world = world().await;
    let (token, id) = signed_up(&world, &[number("555")], "555").await;
    let path = "/v1/meta/data-deletion";
    assert_eq!(world.form(path, &signed("forged", USER, 1)).await.code(), (401, "forged_signed_request"));
    let form = signed("app-secret", USER, 1);
    let receipt = world.form(path, &form).await;
    let code = receipt.json["confirmation_code"].as_str().unwrap().to_owned();
    let url = format!("https://inbox.test/v1/meta/deletions/{code}");
    assert_eq!((receipt.status.as_u16(), &receipt.json["url"]), (200, &json!(url)));
    assert_eq!(status(&world, &token, &id).await, "needs_reauth");
    assert_eq!(world.app.tables.global().grants_of(USER).await.unwrap(), []);
    world.advance(60);
    assert_eq!(world.form(path, &form).await.json, receipt.json, "the same request has the same code");

    let page = format!("/v1/meta/deletions/{code}");
    let at = "2026-11-21T05:00:00.000Z";
    let told = json!({"confirmation_code": code, "status": "completed", "asked_at": at, "done_at": at});
    assert_eq!(world.call(Request::get(&page).body(Body::empty()).unwrap()).await.json, told);
    let html = Request::get(&page).header("accept", "text/html,*/*").body(Body::empty()).unwrap();
    let html = world.call(html).await;
    assert_eq!(
        (html.status.as_u16(), &html.headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    for nothing in ["0", &"0".repeat(32), "..%2Fx"] {
        let request = Request::get(format!("/v1/meta/deletions/{nothing}")).body(Body::empty()).unwrap();
        assert_eq!(world.call(request).await.code(), (404, "not_found"), "{nothing}");
    }
}

#[tokio::test]
async fn an_install_without_an_app_believes_nobody() {
    let world = world().await;
    for path in ["/v1/meta/deauthorize", "/v1/meta/data-deletion"] {
        assert_eq!(world.form(path, &signed("", USER, 1)).await.code(), (401, "forged_signed_request"), "{path}");
    }
}
