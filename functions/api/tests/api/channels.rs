//! Connecting an account: the proof, the route, what waited for it.

use crate::world::world;
use domain::ChannelType;
use serde_json::{Value, json};
use table::{LogId, Unrouted};

fn number(id: &str, token: &str) -> Value {
    json!({"type": "whatsapp", "name": "Support", "phone_number_id": id, "waba_id": "2001", "display_phone_number": "+972",
        "access_token": token})
}

#[tokio::test]
async fn a_token_that_owns_the_number_connects_it_and_again_reconnects_the_same_account() {
    let world = world().await;
    let token = world.token("admin@acme.test").await;
    world.outside.grant("good", "555");
    let first = world.post(&token, "/v1/channels/connect", number("555", "good")).await;
    let id = first.json["id"].as_str().unwrap_or_default().to_owned();
    let connected = json!({"id": id, "type": "whatsapp", "name": "Support", "status": "active",
        "health": "The token is good, for Acme Ltd.", "read_receipts": true,
        "display_phone_number": "+972", "phone_number_id": "555", "waba_id": "2001"});
    assert_eq!((first.status.as_u16(), &first.json), (200, &connected));
    assert_eq!(world.post(&token, "/v1/channels/connect", number("555", "good")).await.json, connected);

    // The token dies, the test shows it, the reconnect mends it.
    world.outside.revoke("good");
    let tested = world.post(&token, &format!("/v1/channels/{id}/test"), json!({})).await;
    assert_eq!((&tested.json["status"], &tested.json["id"]), (&json!("needs_reauth"), &json!(id)), "{tested:?}");
    world.outside.grant("fresh", "555");
    assert_eq!(world.post(&token, "/v1/channels/connect", number("555", "fresh")).await.json, connected);
    let listed = world.get(&token, "/v1/channels").await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    let tested = world.post(&token, &format!("/v1/channels/{id}/test"), json!({})).await;
    assert_eq!(tested.json, connected);
}

#[tokio::test]
async fn an_accounts_read_receipts_are_switched_off_and_a_reconnect_leaves_them_so() {
    let world = world().await;
    let token = world.token("admin@acme.test").await;
    world.outside.grant("good", "555");
    let connected = world.post(&token, "/v1/channels/connect", number("555", "good")).await.json;
    let path = format!("/v1/channels/{}", connected["id"].as_str().unwrap_or_default());
    let mut silent = connected.clone();
    silent["read_receipts"] = json!(false);
    assert_eq!(world.patch(&token, &path, json!({"read_receipts": false})).await.json, silent);
    assert_eq!(world.post(&token, "/v1/channels/connect", number("555", "good")).await.json, silent);
    assert_eq!(world.patch(&token, &path, json!({})).await.refusal(), (422, "missing", "read_receipts"));
    let other = world.token("admin@bolt.test").await;
    assert_eq!(world.patch(&other, &path, json!({"read_receipts": true})).await.code(), (404, "not_found"));
}

#[tokio::test]
async fn without_the_proof_nothing_is_connected_and_a_foreign_number_is_taken() {
    let world = world().await;
    let token = world.token("admin@acme.test").await;
    world.outside.grant("good", "555");
    for (body, refusal) in [
        (number("555", "bad"), (422, "token_refused", "access_token")),
        (number("556", "good"), (422, "not_owned", "phone_number_id")),
        (number("../me", "good"), (422, "invalid", "phone_number_id")),
        (number("555", ""), (422, "invalid", "access_token")),
        (json!({"type": "fax"}), (422, "invalid", "type")),
        (json!({"type": "whatsapp", "name": "x", "phone_number_id": "5"}), (422, "missing", "access_token")),
    ] {
        let answer = world.post(&token, "/v1/channels/connect", body.clone()).await;
        assert_eq!(answer.refusal(), refusal, "{body}");
    }
    let other = world.token("admin@bolt.test").await;
    assert_eq!(world.post(&other, "/v1/channels/connect", number("555", "good")).await.status.as_u16(), 200);
    let taken = world.post(&token, "/v1/channels/connect", number("555", "good")).await;
    assert_eq!(taken.code(), (409, "channel_taken"));
    assert!(!taken.json.to_string().contains("bolt"));
}

#[tokio::test]
async fn what_came_before_the_connect_is_taken_in_unless_anothers_app_signed_it() {
    let world = world().await;
    let record = |n: u8| {
        json!({"v": 1, "channel": "whatsapp", "account": "555", "signer": {"app_id": "1"}, "received_ms": n, "body": {"events": []}})
            .to_string()
    };
    for (n, signer) in [(1, None), (2, Some(world.a.ctx.id().clone())), (3, Some(world.b.ctx.id().clone()))] {
        let at = world.app.now();
        let (id, external) = (LogId::new(at, [n; 10]), "555".to_owned());
        let event = Unrouted { id, at, channel: ChannelType::Whatsapp, external, signer, record: record(n) };
        world.app.tables.global().put_unrouted(&event).await.unwrap();
    }
    world.outside.grant("good", "555");
    let token = world.token("owner@acme.test").await;
    assert_eq!(world.post(&token, "/v1/channels/connect", number("555", "good")).await.status.as_u16(), 200);
    let inbound = |n| ("inbound.fifo".to_owned(), record(n));
    assert_eq!(world.outside.sent(), [inbound(1), inbound(2)]);
    let left = world.app.tables.global().unrouted_of(ChannelType::Whatsapp, "555").await.unwrap();
    assert_eq!(left.len(), 1);
}
