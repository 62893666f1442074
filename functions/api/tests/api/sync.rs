//! Sync and events: what changed, as it stands now, each thing once.

use crate::world::world;
use serde_json::json;
use table::{Ref, RefKind};

#[tokio::test]
async fn a_client_that_syncs_ends_with_what_a_fresh_load_shows() {
    let world = world().await;
    let token = world.token("agent@acme.test").await;
    let start = world.get(&token, "/v1/sync").await.json;
    let first: u64 = start["next"].as_str().unwrap().parse().unwrap();
    let (first, next) = (first.to_string(), (first + 1).to_string());
    assert_eq!(start, json!({"items": [], "next": first, "complete": true}));

    let (id, message) = (&world.a.conversation, &world.a.message);
    let of = |kind, id: String, rev| Ref { kind, id, rev };
    let gone = domain::ConversationId::from_bytes([77; 16]);
    let refs = [
        of(RefKind::Conversation, id.to_string(), 1),
        of(RefKind::Message, message.to_string(), 1),
        of(RefKind::Conversation, id.to_string(), 1),
        of(RefKind::Account, world.a.account.id.to_string(), 1),
        of(RefKind::Conversation, gone.to_string(), 4),
    ];
    world.app.tables.tenant(&world.a.ctx).append_log(&refs, world.app.now()).await.unwrap();

    let sync = world.get(&token, &format!("/v1/sync?since={first}")).await.json;
    let row = world.get(&token, &format!("/v1/conversations/{id}")).await.json;
    let thread = world.get(&token, &format!("/v1/conversations/{id}/messages")).await.json;
    let channel = world.get(&token, "/v1/channels").await.json;
    assert_eq!(
        sync,
        json!({"items": [
            {"type": "message", "id": message, "rev": 1, "data": thread["items"][0]},
            {"type": "conversation", "id": id, "rev": 1, "data": row},
            {"type": "channel", "id": world.a.account.id, "rev": 1, "data": channel["items"][0]},
            {"type": "conversation", "id": gone, "removed": true},
        ], "next": next, "complete": true})
    );
    let nothing = world.get(&token, &format!("/v1/sync?since={next}")).await.json;
    assert_eq!(nothing, json!({"items": [], "next": next, "complete": true}));

    let events = world.get(&token, &format!("/v1/events?after={first}")).await.json;
    let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|e| (&e["type"], &e["data"])).collect();
    assert_eq!(told, [(&json!("message.created"), &thread["items"][0]), (&json!("conversation.updated"), &row)]);
}

#[tokio::test]
async fn a_reset_says_load_afresh_and_what_is_no_cursor_is_refused() {
    let world = world().await;
    let token = world.token("agent@acme.test").await;
    world.app.tables.tenant(&world.a.ctx).append_reset(world.app.now()).await.unwrap();
    for path in ["/v1/sync?since=0", "/v1/events?after=0"] {
        assert_eq!(world.get(&token, path).await.code(), (410, "cursor_expired"), "{path}");
    }
    for (path, field) in
        [("/v1/sync?since=x", "since"), ("/v1/sync?since=-1", "since"), ("/v1/events?after=%2B1", "after")]
    {
        assert_eq!(world.get(&token, path).await.refusal(), (422, "invalid_cursor", field), "{path}");
    }
}
