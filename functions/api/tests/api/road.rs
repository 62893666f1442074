//! An agent's day: signs in, reads, answers, assigns, resolves.

use crate::world::{World, receive, world};
use serde_json::{Value, json};

fn text(text: &str) -> Value {
    json!({"parts": [{"type": "text", "text": text}]})
}

fn names(items: &Value) -> Vec<String> {
    items
        .as_array()
        .into_iter()
        .flatten()
        .map(|i| i["contact"]["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Signed in as the agent of the first tenant.
async fn at_work() -> (World, String) {
    let world = world().await;
    let token = world.token("agent@acme.test").await;
    (world, token)
}

#[tokio::test]
async fn me_says_who_where_and_what_they_may_do() {
    let (world, token) = at_work().await;
    let me = world.get(&token, "/v1/me").await;
    assert_eq!(
        me.json,
        json!({
            "user": {"id": crate::world::user_id(1, 3), "name": "agent", "email": "agent@acme.test"},
            "tenant": {"id": world.a.ctx.id(), "slug": "acme", "name": "ACME", "locale": "en", "time_zone": "Asia/Jerusalem"},
            "role": "agent",
            "permissions": ["conversation:read", "conversation:assign", "conversation:update", "message:send", "user:read", "channel:read"],
        })
    );
}

#[tokio::test]
async fn the_inbox_shows_a_row_and_the_thread_its_message() {
    let (world, token) = at_work().await;
    let id = &world.a.conversation;
    let row = json!({
        "id": id,
        "channel": {"id": world.a.account.id, "type": "whatsapp", "name": "Sales"},
        "contact": {"id": domain::ContactId::from_bytes([1; 16]), "name": "Customer 1", "avatar_url": null},
        "status": "open",
        "assigned_to": null,
        "unread_count": 1,
        "last_message_at": "2026-11-21T05:00:00.000Z",
        "last_message_preview": "hello?",
        "last_message_type": "text",
        "last_message_direction": "inbound",
        "seq": 1,
        "window": {"state": "open", "closes_at": "2026-11-22T05:00:00.000Z"},
        "version": 1,
        "rev": 1,
    });
    let list = world.get(&token, "/v1/conversations").await.json;
    assert_eq!(list, json!({"items": [row], "next_cursor": null}));
    assert_eq!(world.get(&token, &format!("/v1/conversations/{id}")).await.json, row);

    let thread = world.get(&token, &format!("/v1/conversations/{id}/messages")).await.json;
    let message = json!({
        "id": world.a.message,
        "conversation_id": id,
        "seq": 1,
        "direction": "inbound",
        "type": "text",
        "text": "hello?",
        "author": {"kind": "contact", "id": domain::ContactId::from_bytes([1; 16]), "name": "Customer 1"},
        "channel_message_id": "wamid.1",
        "client_id": null,
        "reply_to": null,
        "reactions": [],
        "attachments": [],
        "delivery_status": null,
        "error": null,
        "sent_at": "2026-11-21T05:00:00.000Z",
        "received_at": "2026-11-21T05:00:00.000Z",
        "created_at": "2026-11-21T05:00:00.000Z",
        "edited_at": null,
        "deleted_at": null,
        "raw_type": null,
        "rev": 1,
    });
    assert_eq!(thread, json!({"items": [message], "next_cursor": null}));
}

#[tokio::test]
async fn lists_filter_and_page_by_keyset() {
    let (world, token) = at_work().await;
    for customer in 2..=5 {
        world.advance(1);
        receive(&world.app, &world.a.ctx, &world.a.account, &format!("wamid.c{customer}"), "hi", customer).await;
    }
    let mut seen = Vec::new();
    let mut path = "/v1/conversations?limit=2&status=open,pending&channel=whatsapp&assigned_to=none".to_owned();
    let first = path.clone();
    loop {
        let page = world.get(&token, &path).await.json;
        seen.push(names(&page["items"]));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{first}&cursor={cursor}");
    }
    let seen: Vec<String> = seen.into_iter().flatten().collect();
    assert_eq!(seen, ["Customer 5", "Customer 4", "Customer 3", "Customer 2", "Customer 1"]);

    for (query, count) in [
        ("assigned_to=me", 0),
        ("status=resolved", 0),
        ("channel=line", 0),
        ("assigned_to=nobody-known", 0),
        ("status=", 5),
    ] {
        let page = world.get(&token, &format!("/v1/conversations?{query}")).await;
        assert_eq!(names(&page.json["items"]).len(), count, "{query}: {page:?}");
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("status=closed", "status"),
        ("channel=fax", "channel"),
        ("cursor=abc", "cursor"),
        ("order=asc", "order"),
        ("limit=1&limit=2", "limit"),
    ] {
        let answer = world.get(&token, &format!("/v1/conversations?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.json["field"].as_str()), (422, Some(field)), "{query}");
    }
}

#[tokio::test]
async fn an_answer_is_taken_once_in_order_and_shown_as_queued() {
    let (world, token) = at_work().await;
    let id = &world.a.conversation;
    let body = json!({"parts": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}],
        "reply_to": world.a.message, "expected_seq": 1});
    let sent = world.send(&token, id, "key-1", body.clone()).await;
    assert_eq!(sent.status.as_u16(), 202, "{sent:?}");
    let messages = sent.json["messages"].as_array().unwrap();
    let told: Vec<_> =
        messages.iter().map(|m| (&m["text"], &m["seq"], &m["delivery_status"], &m["client_id"])).collect();
    let key = json!("key-1");
    assert_eq!(
        told,
        [(&json!("one"), &json!(2), &json!("queued"), &key), (&json!("two"), &json!(3), &json!("queued"), &key)]
    );
    assert_eq!(messages[0]["reply_to"], json!({"id": world.a.message}));

    // The answer was lost and the client asks again; then somebody uses the key for something else.
    assert_eq!(world.send(&token, id, "key-1", body).await.json, sent.json);
    let other = world.send(&token, id, "key-1", text("three")).await;
    assert_eq!(other.refusal(), (422, "idempotency_mismatch", "Idempotency-Key"));

    let thread = world.get(&token, &format!("/v1/conversations/{id}/messages?limit=2")).await.json;
    let texts: Vec<_> = thread["items"].as_array().unwrap().iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, ["two", "one"]);
    let cursor = thread["next_cursor"].as_str().unwrap();
    let rest = world.get(&token, &format!("/v1/conversations/{id}/messages?limit=2&cursor={cursor}")).await.json;
    assert_eq!(rest["items"][0]["text"], "hello?");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_field() {
    let (world, token) = at_work().await;
    let id = &world.a.conversation;
    let long = "x".repeat(5_000);
    for (key, body, refusal) in [
        ("", text("a"), (422, "missing", "Idempotency-Key")),
        (&"k".repeat(65), text("a"), (422, "invalid", "Idempotency-Key")),
        ("k", json!({}), (422, "missing", "parts")),
        ("k", json!({"parts": []}), (422, "invalid", "parts")),
        ("k", json!({"parts": vec![json!({"type": "text", "text": "x"}); 11]}), (422, "invalid", "parts")),
        ("k", json!({"parts": [{"type": "image", "text": "x"}]}), (422, "invalid", "parts[0].type")),
        ("k", json!({"parts": [{"type": "text"}]}), (422, "missing", "parts[0].text")),
        ("k", json!({"parts": [{"type": "text", "text": " \n"}]}), (422, "text_empty", "parts[0].text")),
        ("k", json!({"parts": [{"type": "text", "text": "x"}], "id": "1"}), (422, "unknown_field", "id")),
        ("k", json!({"parts": [{"type": "text", "text": "x"}], "reply_to": "x"}), (422, "unknown_message", "reply_to")),
        (
            "k",
            json!({"parts": [{"type": "text", "text": "x"}], "reply_to": world.b.message}),
            (422, "unknown_message", "reply_to"),
        ),
    ] {
        let answer = world.send(&token, id, key, body.clone()).await;
        assert_eq!(answer.refusal(), refusal, "{body}");
    }
    let answer = world.send(&token, id, "k", text(&long)).await;
    assert_eq!((answer.status.as_u16(), answer.json["field"].as_str()), (422, Some("parts[0].text")));
    let answer = world.send(&token, id, "k", text(&"x".repeat(300_000))).await;
    assert_eq!(answer.code(), (413, "too_large"));
}

#[tokio::test]
async fn an_answer_for_later_has_its_time_and_is_taken_back_until_then() {
    let (world, token) = at_work().await;
    let id = &world.a.conversation;
    let at = |time: &str| json!({"parts": [{"type": "text", "text": "good morning"}], "send_at": time});
    for (time, code) in
        [("2026-11-21T05:00:00.000Z", "not_ahead"), ("2027-11-21T05:00:00.001Z", "too_far"), ("tomorrow", "invalid")]
    {
        assert_eq!(world.send(&token, id, "key-1", at(time)).await.refusal(), (422, code, "send_at"), "{time}");
    }
    let path = format!("/v1/conversations/{id}");
    let row = world.get(&token, &path).await.json;
    let sent = world.send(&token, id, "key-1", at("2026-11-22T07:00:00.000Z")).await;
    let message = &sent.json["messages"][0];
    let of = |message: &Value| ["send_at", "sent_at", "delivery_status"].map(|field| message[field].clone());
    let time = "2026-11-22T07:00:00.000Z";
    assert_eq!((sent.status.as_u16(), of(message)), (202, [json!(time), json!(time), json!("queued")]));
    assert_eq!(world.send(&token, id, "key-1", at(time)).await.json, sent.json);
    let after = world.get(&token, &path).await.json;
    let shown =
        |row: &Value| ["last_message_preview", "last_message_at", "unread_count"].map(|field| row[field].clone());
    assert_eq!((shown(&after), &after["seq"]), (shown(&row), &message["seq"]));

    let one = format!("/v1/messages/{}", message["id"].as_str().unwrap());
    let gone = world.delete(&token, &one).await;
    assert_eq!((gone.status.as_u16(), &gone.json["error"]["code"]), (200, &json!("cancelled")));
    assert_eq!(world.delete(&token, &one).await.code(), (409, "not_cancellable"));
}

#[tokio::test]
async fn a_closed_window_says_what_is_legal_and_still_repeats_a_lost_answer() {
    let (world, token) = at_work().await;
    let id = &world.a.conversation;
    let sent = world.send(&token, id, "key-1", text("in time")).await;
    world.advance(86_400);
    let token = world.token("agent@acme.test").await;
    let late = world.send(&token, id, "key-2", text("too late")).await;
    assert_eq!(late.refusal(), (422, "window_closed", "parts[0]"));
    assert_eq!(late.json["alternatives"], json!([{"kind": "template", "ends_at": null}]));
    assert_eq!(world.send(&token, id, "key-1", text("in time")).await.json, sent.json);
    let row = world.get(&token, &format!("/v1/conversations/{id}")).await.json;
    assert_eq!(row["window"], json!({"state": "closed", "closes_at": "2026-11-22T05:00:00.000Z"}));
}

#[tokio::test]
async fn a_teammates_newer_reply_is_in_the_way_a_customers_is_not() {
    let (world, agent) = at_work().await;
    let admin = world.token("admin@acme.test").await;
    let id = &world.a.conversation;
    world.send(&admin, id, "a", text("from the admin")).await;
    let with = |seq: u64, force: bool| json!({"parts": [{"type": "text", "text": "mine"}], "expected_seq": seq, "force": force});
    let refused = world.send(&agent, id, "b", with(1, false)).await;
    assert_eq!(refused.code(), (409, "newer_reply"));
    assert_eq!((&refused.json["newest_seq"], &refused.json["newer"][0]["text"]), (&json!(2), &json!("from the admin")));
    assert_eq!(world.send(&agent, id, "b", with(1, true)).await.status.as_u16(), 202);
    receive(&world.app, &world.a.ctx, &world.a.account, "wamid.more", "and?", 1).await;
    assert_eq!(world.send(&agent, id, "c", with(3, false)).await.status.as_u16(), 202);
}

#[tokio::test]
async fn of_two_edits_the_loser_learns_how_it_stands() {
    let (world, token) = at_work().await;
    let path = format!("/v1/conversations/{}", world.a.conversation);
    let me = crate::world::user_id(1, 3);
    let version = world.get(&token, &path).await.json["version"].clone();
    let mine = world.post(&token, &format!("{path}/assign"), json!({"user_id": me, "version": version})).await;
    assert_eq!(mine.json["assigned_to"], json!({"id": me, "name": "agent"}), "{mine:?}");
    let lost = world.post(&token, &format!("{path}/status"), json!({"status": "resolved", "version": version})).await;
    assert_eq!(lost.code(), (409, "version_conflict"));
    assert_eq!(lost.json["current"], mine.json);
    let done = world.post(&token, &format!("{path}/status"), json!({"status": "resolved"})).await;
    assert_eq!((done.status.as_u16(), &done.json["status"]), (200, &json!("resolved")));
    let nobody = world.post(&token, &format!("{path}/assign"), json!({"user_id": null})).await;
    assert_eq!(nobody.json["assigned_to"], Value::Null);

    for (what, body, refusal) in [
        ("assign", json!({}), (422, "missing", "user_id")),
        ("assign", json!({"user_id": "x"}), (422, "unknown_user", "user_id")),
        ("assign", json!({"user_id": world.b.owner}), (422, "unknown_user", "user_id")),
        ("assign", json!({"user_id": crate::world::user_id(1, 4)}), (422, "not_assignable", "user_id")),
        ("status", json!({"status": "closed"}), (422, "invalid", "status")),
        ("status", json!({"status": "open", "unread_count": 0}), (422, "unknown_field", "unread_count")),
        ("mark-read", json!({"seq": -1}), (422, "invalid", "seq")),
    ] {
        let answer = world.post(&token, &format!("{path}/{what}"), body.clone()).await;
        assert_eq!(answer.refusal(), refusal, "{what} {body}");
    }
}

#[tokio::test]
async fn opening_a_thread_clears_its_unread_count() {
    let (world, token) = at_work().await;
    let path = format!("/v1/conversations/{}/mark-read", world.a.conversation);
    let read = world.post(&token, &path, json!({"seq": 1})).await;
    assert_eq!((&read.json["unread_count"], &read.json["version"]), (&json!(0), &json!(1)), "{read:?}");
    receive(&world.app, &world.a.ctx, &world.a.account, "wamid.more", "and?", 1).await;
    assert_eq!(world.post(&token, &path, json!({"seq": 1})).await.json["unread_count"], json!(1));
    assert_eq!(world.post(&token, &path, json!({})).await.json["unread_count"], json!(0));
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let (world, token) = at_work().await;
    let answer = world.post(&token, "/v1/realtime/tickets", json!({})).await.json;
    let ticket = answer["ticket"].as_str().unwrap();
    assert_eq!(answer["url"], format!("wss://ws.inbox.test?ticket={ticket}"));
    assert_eq!(answer["expires_at"], "2026-11-21T05:00:30.000Z");
}
