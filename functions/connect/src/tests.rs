//! A socket's life, on tables in memory and a `@connections` that remembers.

mod queue;

use std::collections::HashMap;
use std::time::Duration;

use ::queue::SignalKind;
use domain::{Role, TenantId, UserId};
use frame::testing::Sockets;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use table::{Membership, Person, Session, Ticket, testing};

use super::*;

const NOW: i64 = 1_795_000_000_000;
const THREAD: &str = "conversation:c0nv3rsati0n00000000000004";

struct Story {
    app: App,
    sockets: Sockets,
    queued: queue::Queued,
    tenant: TenantCtx,
}

impl Story {
    async fn begin() -> Self {
        let tables = testing::start().await.tables;
        let (sockets, poster) = frame::testing::start().await;
        let (queued, outbound) = queue::start().await;
        let (clock, rates) = (Clock::standing_at(NOW), SocketRates::default());
        let origin = Some("https://inbox.test".to_owned());
        let app = App { tables, poster, outbound, origin, random: Random::system(), clock, rates };
        let [tenant, _] = testing::two_tenants();
        Self { app, sockets, queued, tenant }
    }

    /// Someone signs in and gets a ticket.
    async fn ticket(&self, tenant: &TenantId, number: u8, name: &str) -> String {
        let (user, now) = (UserId::from_bytes([number; 16]), self.app.now());
        let global = self.app.tables.global();
        let person = Person {
            id: user.clone(),
            email: format!("{name}@acme.test"),
            name: name.to_owned(),
            password_hash: String::new(),
            operator: false,
            memberships: Vec::new(),
        };
        let membership = Membership { tenant: tenant.clone(), slug: "acme".to_owned(), role: Role::Agent };
        global.add_membership(&person, &membership).await.unwrap();
        let (id, later) = (format!("session-{name}"), now.plus(Duration::from_hours(1)));
        let session = Session {
            id: id.clone(),
            user: user.clone(),
            tenant: Some(tenant.clone()),
            created_at: now,
            expires: later,
        };
        global.create_session(&session, "hash").await.unwrap();
        let text = format!("{tenant}.{name:-<40}");
        let expires = now.plus(Duration::from_secs(30));
        let ticket = Ticket { user, name: name.to_owned(), role: Role::Agent, session: id, expires };
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        let ctx = TenantCtx::of_session(tenant.clone());
        self.app.tables.tenant(&ctx).put_ticket(&hash, &ticket).await.unwrap();
        text
    }

    async fn connects(&self, connection: &str, ticket: &str, origin: Option<&str>) -> u16 {
        let one = |key: &str, value: &str| HashMap::from([(key.to_owned(), value.to_owned())]);
        let event = SocketEvent {
            headers: origin.map(|o| one("Origin", o)),
            query_string_parameters: Some(one("ticket", ticket)),
            ..event(EventType::Connect, connection, None)
        };
        self.app.serve(event).await.status_code
    }

    /// What an action is answered.
    async fn says(&self, connection: &str, action: Value) -> Value {
        let answer = self.app.serve(event(EventType::Message, connection, Some(action.to_string()))).await;
        answer.body.map_or(Value::Null, |body| serde_json::from_str(&body).unwrap())
    }

    async fn leaves(&self, connection: &str) {
        self.app.serve(event(EventType::Disconnect, connection, None)).await;
    }

    /// What the sockets were told: connection, type and data.
    fn told(&self) -> Vec<(String, Value, Value)> {
        let told = self.sockets.take().into_iter();
        told.map(|(id, mut frame)| (id, frame["type"].take(), frame["data"].take())).collect()
    }
}

fn event(event_type: EventType, connection: &str, body: Option<String>) -> SocketEvent {
    let request_context = Context { event_type, connection_id: connection.to_owned(), connected_at: NOW };
    SocketEvent { request_context, headers: None, query_string_parameters: None, body }
}

fn subscribe(n: u64, topics: &[&str]) -> Value {
    json!({"action": "subscribe", "n": n, "topics": topics})
}

#[tokio::test]
async fn a_ticket_opens_one_socket_within_its_time_and_from_our_page() {
    let story = Story::begin().await;
    let [tenant, other] = testing::two_tenants();
    let ada = story.ticket(tenant.id(), 1, "ada").await;
    let late = story.ticket(tenant.id(), 2, "bob").await;
    let forged = ada.replace(tenant.id().as_str(), other.id().as_str());
    assert_eq!(story.connects("c1", &ada, Some("https://evil.test")).await, 403);
    assert_eq!(story.connects("c1", &forged, None).await, 401);
    assert_eq!(story.connects("c1", &ada, Some("https://inbox.test")).await, 200);
    assert_eq!(story.connects("c2", &ada, None).await, 401);
    story.app.clock.advance(Duration::from_secs(31));
    assert_eq!(story.connects("c3", &late, None).await, 401);
}

#[tokio::test]
async fn a_subscription_names_the_whole_set_and_an_older_one_is_ignored() {
    let story = Story::begin().await;
    let ada = story.ticket(&story.tenant.id().clone(), 1, "ada").await;
    story.connects("c1", &ada, None).await;
    let unknown = "conversation:somewhere-else";
    for (action, answer) in [
        (subscribe(2, &["inbox", THREAD]), json!({"type": "subscribed", "n": 2, "topics": ["inbox", THREAD]})),
        (subscribe(2, &["inbox", THREAD]), json!({"type": "subscribed", "n": 2, "topics": ["inbox", THREAD]})),
        (subscribe(1, &["inbox"]), Value::Null),
        (subscribe(3, &["inbox", unknown]), json!({"type": "subscribed", "n": 3, "topics": ["inbox", unknown]})),
        (subscribe(4, &["everything"]), json!({"type": "error", "code": "invalid_topic"})),
        (json!({"action": "dance"}), json!({"type": "error", "code": "unknown_action"})),
    ] {
        assert_eq!(story.says("c1", action.clone()).await, answer, "{action}");
    }
    let socket = story.app.tables.tenant(&story.tenant).socket("c1").await.unwrap().unwrap();
    assert_eq!((socket.n, socket.topics), (3, vec!["inbox".to_owned()]));
}

#[tokio::test]
async fn teammates_see_each_other_come_write_and_go_and_nobody_else_does() {
    let story = Story::begin().await;
    let [tenant, other] = testing::two_tenants();
    for (number, name, tenant) in [(1, "ada", &tenant), (2, "bob", &tenant), (3, "eve", &other)] {
        let ticket = story.ticket(tenant.id(), number, name).await;
        assert_eq!(story.connects(name, &ticket, None).await, 200);
    }
    let id = THREAD.trim_start_matches("conversation:");
    let user = |number: u8, name: &str| json!({"id": UserId::from_bytes([number; 16]).to_string(), "name": name});
    let there = |users: Value| (json!("presence.changed"), json!({"conversation_id": id, "users": users}));
    let to = |connection: &str, (kind, data): (Value, Value)| (connection.to_owned(), kind, data);

    story.says("eve", subscribe(1, &[THREAD])).await;
    story.says("ada", subscribe(1, &[THREAD])).await;
    story.told();
    story.says("bob", subscribe(1, &["inbox", THREAD])).await;
    let both = there(json!([user(1, "ada"), user(2, "bob")]));
    assert_eq!(story.told(), [to("ada", both.clone()), to("bob", both)]);

    story.says("bob", json!({"action": "typing", "conversation_id": id})).await;
    let typing = (json!("typing.started"), json!({"user": user(2, "bob"), "conversation_id": id}));
    assert_eq!(story.told(), [to("ada", typing)]);

    story.leaves("bob").await;
    assert_eq!(story.told(), [to("ada", there(json!([user(1, "ada")])))]);
    story.says("ada", subscribe(2, &["inbox"])).await;
    assert_eq!(story.told(), []);
}

#[tokio::test]
async fn the_customer_is_shown_that_someone_types_once_a_while_and_only_by_who_may_answer() {
    let story = Story::begin().await;
    let [tenant, _] = testing::two_tenants();
    for (number, name, topics) in [(1, "ada", vec![THREAD]), (2, "bob", vec![THREAD]), (3, "cyd", vec!["inbox"])] {
        let ticket = story.ticket(tenant.id(), number, name).await;
        story.connects(name, &ticket, None).await;
        story.says(name, subscribe(1, &topics)).await;
    }
    let types = |who: &'static str| {
        let action = json!({"action": "typing", "conversation_id": THREAD.trim_start_matches("conversation:")});
        story.says(who, action)
    };
    types("cyd").await;
    assert_eq!(story.queued.take(), [], "who does not show the thread");
    for who in ["ada", "ada", "bob"] {
        types(who).await;
    }
    let conversation = THREAD.trim_start_matches("conversation:").parse().unwrap();
    let signal = |at| ::queue::Signal::new(tenant.id().clone(), conversation, SignalKind::Typing, at);
    let first = signal(story.app.now());
    assert_eq!(story.queued.take(), std::slice::from_ref(&first));
    story.app.clock.advance(Duration::from_secs(20));
    types("bob").await;
    assert_eq!(story.queued.take(), [], "still shown");
    story.app.clock.advance(Duration::from_millis(1));
    types("bob").await;
    assert_eq!(story.queued.take(), [::queue::Signal { at_ms: first.at_ms + 20_001, ..first }]);
}

#[tokio::test]
async fn who_acts_too_fast_is_not_served_and_who_does_not_stop_is_closed() {
    let story = Story::begin().await;
    let ada = story.ticket(&story.tenant.id().clone(), 1, "ada").await;
    story.connects("c1", &ada, None).await;
    let number = story.app.tables.tenant(&story.tenant).log_head(story.app.now()).await.unwrap();
    let pong = json!({"type": "pong", "cursor": number.to_string()});
    let refused = json!({"type": "error", "code": "too_fast"});
    for n in 1..=99 {
        let expected = if n <= 20 { &pong } else { &refused };
        assert_eq!(story.says("c1", json!({"action": "ping"})).await, *expected, "the {n}th in a second");
    }
    assert_eq!(story.sockets.closed(), [] as [&str; 0]);
    assert_eq!(story.says("c1", json!({"action": "ping"})).await, refused);
    assert_eq!(story.sockets.closed(), ["c1"]);
    story.app.clock.advance(Duration::from_secs(1));
    assert_eq!(story.says("c1", json!({"action": "ping"})).await["type"], "pong", "a new second");
}

#[tokio::test]
async fn a_ping_tells_how_far_the_log_has_come_and_a_sign_out_ends_the_socket() {
    let story = Story::begin().await;
    let ada = story.ticket(&story.tenant.id().clone(), 1, "ada").await;
    story.connects("c1", &ada, None).await;
    let number = story.app.tables.tenant(&story.tenant).append_reset(story.app.now()).await.unwrap();
    let ping = || json!({"action": "ping"});
    assert_eq!(story.says("c1", ping()).await, json!({"type": "pong", "cursor": number.to_string()}));
    story.app.tables.global().revoke_session("session-ada").await.unwrap();
    let ended = json!({"type": "error", "code": "session_ended"});
    assert_eq!([story.says("c1", ping()).await, story.says("c1", ping()).await], [ended.clone(), ended]);
    assert_eq!(story.app.tables.tenant(&story.tenant).sockets(story.app.now()).await.unwrap(), []);
    assert_eq!(story.sockets.closed(), ["c1", "c1"]);
}
