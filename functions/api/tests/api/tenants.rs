//! Another tenant's ids: the same answer as for an id that nobody has.

use crate::world::{Answer, World, world};
use api::policy::ROUTES;
use axum::{body::Body, http::Request};
use domain::{ConversationId, MessageId, Timestamp};
use serde_json::{Value, json};

/// A body that each route takes, so that only the id is in question.
fn body(path: &str) -> Value {
    match path.rsplit('/').next() {
        Some("assign") => json!({"user_id": null}),
        Some("status") => json!({"status": "resolved"}),
        Some("messages") => json!({"parts": [{"type": "text", "text": "hello"}]}),
        Some("templates") => json!({"name": "hello", "language": "en", "category": "utility", "body": "hello"}),
        _ => json!({}),
    }
}

async fn ask(world: &World, token: &str, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let body = match method {
        "POST" => Body::from(body(path).to_string()),
        "PATCH" => Body::from(json!({"read_receipts": true}).to_string()),
        _ => Body::empty(),
    };
    world.call(request.header("idempotency-key", "k").body(body).unwrap()).await
}

#[tokio::test]
async fn a_foreign_id_answers_as_a_random_one_on_every_route() {
    let world = world().await;
    let token = world.token("owner@bolt.test").await;
    let nowhere = ConversationId::from_bytes([99; 16]);
    let random = MessageId::new(&nowhere, Timestamp::from_millis(crate::world::START), 1);
    let foreign = [
        world.a.conversation.to_string(),
        world.a.message.to_string(),
        world.a.account.id.to_string(),
        world.a.ctx.id().to_string(),
        world.a.owner.to_string(),
    ];
    for (method, path, _) in ROUTES.iter().filter(|(_, path, _)| path.contains("{id}")) {
        let base = ask(&world, &token, method, &path.replace("{id}", nowhere.as_str())).await;
        assert_eq!(base.code(), (404, "not_found"), "{method} {path}");
        let others =
            foreign.iter().cloned().chain([random.to_string(), "x".to_owned(), "%00".to_owned(), "%ff".to_owned()]);
        for id in others {
            let answer = ask(&world, &token, method, &path.replace("{id}", &id)).await;
            assert_eq!((answer.status, &answer.json), (base.status, &base.json), "{method} {path} {id}");
            assert_eq!(answer.headers, base.headers, "{method} {path} {id}");
        }
    }
}

#[tokio::test]
async fn nothing_of_one_tenant_shows_in_anothers_lists() {
    let world = world().await;
    let token = world.token("owner@bolt.test").await;
    let paths =
        ["/v1/conversations", "/v1/channels", "/v1/users", "/v1/presence", "/v1/export/messages", "/v1/sync?since=0"];
    let foreign = [world.a.conversation.as_str(), world.a.account.id.as_str(), world.a.owner.as_str(), "acme"];
    for path in paths {
        let answer = world.get(&token, path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let text = answer.json.to_string();
        assert!(foreign.iter().all(|id| !text.contains(id)), "{path}: {text}");
    }
    let theirs = world.get(&token, &format!("/v1/conversations?assigned_to={}", world.a.owner)).await;
    assert_eq!(theirs.json, json!({"items": [], "next_cursor": null}));
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_tenant_alone() {
    let world = world().await;
    crate::world::receive(&world.app, &world.a.ctx, &world.a.account, "wamid.x", "hi", 2).await;
    let (a, b) = (world.token("owner@acme.test").await, world.token("owner@bolt.test").await);
    let cursor = world.get(&a, "/v1/conversations?limit=1").await.json["next_cursor"].as_str().unwrap().to_owned();
    let path = format!("/v1/conversations?limit=1&cursor={cursor}");
    assert_eq!(world.get(&a, &path).await.status.as_u16(), 200);
    assert_eq!(world.get(&b, &path).await.refusal(), (422, "invalid_cursor", "cursor"));
}
