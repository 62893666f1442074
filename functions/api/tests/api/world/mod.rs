//! The API in this process, on tables in memory: two tenants, a person for each role, a conversation each.

pub(crate) mod onboarding;
mod outside;

use std::{sync::Arc, time::Duration};

use api::{
    App,
    app::{KeySource, Parts, Queues},
    auth::password,
    keys::Keys,
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use bootstrap::Clock;
use domain::{
    Account, AccountId, AccountStatus, ChannelType, ContactId, ConversationId, Identity, IdentityKind, MessageId,
    MessageType, Role, TenantCtx, Timestamp, UserId,
};
use http_body_util::BodyExt;
use serde_json::Value;
use table::{ContactSeed, Inbound, Membership, Person, Standing, TenantRecord, Thread, testing};
use tower::ServiceExt;

use outside::Outside;

pub(crate) const ORIGIN: &str = "https://inbox.test";
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// 2026-11-21T05:00:00Z.
pub(crate) const START: i64 = 1_795_237_200_000;

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    pub(crate) clock: Clock,
    pub(crate) outside: Outside,
    pub(crate) a: House,
    pub(crate) b: House,
}

/// A tenant of the world.
pub(crate) struct House {
    pub(crate) slug: &'static str,
    pub(crate) ctx: TenantCtx,
    pub(crate) account: Account,
    pub(crate) conversation: ConversationId,
    /// What the customer wrote.
    pub(crate) message: MessageId,
    pub(crate) owner: UserId,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

pub(crate) const ROLES: [(Role, &str); 5] = [
    (Role::Owner, "owner"),
    (Role::Admin, "admin"),
    (Role::Manager, "manager"),
    (Role::Agent, "agent"),
    (Role::Viewer, "viewer"),
];

pub(crate) fn user_id(tenant: u8, role: u8) -> UserId {
    UserId::from_bytes([tenant * 16 + role; 16])
}

pub(crate) async fn world() -> World {
    let clock = Clock::standing_at(START);
    let tables = testing::start().await.tables;
    let keys = Keys::parse(r#"{"keys":[{"kid":"k1","secret":"00112233445566778899aabbccddeeff"}]}"#).unwrap();
    let outside = Outside::start().await;
    let app = App::new(Parts {
        tables,
        keys: KeySource::Fixed(keys.into()),
        queues: Queues {
            inbound: outside.producer("inbound.fifo"),
            outbound: outside.producer("outbound"),
            media: outside.producer("media"),
        },
        links: outside.links(),
        tokens: outside.tokens(),
        graph: outside.graph(),
        meta_app: outside.meta_app(),
        clock: clock.clone(),
        public_url: ORIGIN.to_owned(),
        ws_url: "wss://ws.inbox.test".to_owned(),
    });
    let hash = password::hash(PASSWORD, [9; 16]).unwrap();
    let [a, b] = testing::two_tenants();
    let a = house(&app, a, "acme", 1, &hash).await;
    let b = house(&app, b, "bolt", 2, &hash).await;
    let operator = person(user_id(0, 0), "op@install.test", &hash, true);
    app.tables.global().create_person(&operator).await.unwrap();
    let app = Arc::new(app);
    World { router: api::router(app.clone()), app, clock, outside, a, b }
}

fn person(id: UserId, email: &str, hash: &str, operator: bool) -> Person {
    let name = email.split('@').next().unwrap().to_owned();
    Person { id, email: email.to_owned(), name, password_hash: hash.to_owned(), operator, memberships: Vec::new() }
}

async fn house(app: &App, ctx: TenantCtx, slug: &'static str, n: u8, hash: &str) -> House {
    let global = app.tables.global();
    let record = TenantRecord {
        id: ctx.id().clone(),
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        locale: "en".to_owned(),
        time_zone: "Asia/Jerusalem".to_owned(),
        standing: Standing::Active,
    };
    global.create_tenant(&record).await.unwrap();
    for (i, (role, name)) in (0..).zip(ROLES) {
        let person = person(user_id(n, i), &format!("{name}@{slug}.test"), hash, false);
        assert!(global.create_person(&person).await.unwrap());
        let membership = Membership { tenant: ctx.id().clone(), slug: slug.to_owned(), role };
        global.add_membership(&person, &membership).await.unwrap();
    }
    let account = account(n);
    app.tables.tenant(&ctx).put_account(&account).await.unwrap();
    let (conversation, message) = receive(app, &ctx, &account, &format!("wamid.{n}"), "hello?", 1).await;
    House { slug, ctx, account, conversation, message, owner: user_id(n, 0) }
}

fn account(n: u8) -> Account {
    Account {
        id: AccountId::from_bytes([0xa0 + n; 16]),
        channel: ChannelType::Whatsapp,
        name: "Sales".to_owned(),
        external_id: format!("10{n}"),
        status: AccountStatus::Active,
        health: None,
        waba_id: Some(format!("20{n}")),
        display_phone_number: None,
        credential: 1,
        throttled_until: None,
        read_receipts: true,
        asked_for: Vec::new(),
        created_at: Timestamp::from_millis(START),
    }
}

/// A customer writes.
pub(crate) async fn receive(
    app: &App,
    ctx: &TenantCtx,
    account: &Account,
    external_id: &str,
    text: &str,
    customer: u8,
) -> (ConversationId, MessageId) {
    let now = app.now();
    let identity = Identity { kind: IdentityKind::Phone, value: format!("97250000000{customer}") };
    let contact = ContactSeed {
        id_if_new: ContactId::from_bytes([customer; 16]),
        identities: vec![identity],
        name: Some(format!("Customer {customer}")),
    };
    let inbound = Inbound {
        text: Some(text.to_owned()),
        opens_window: true,
        ..Inbound::new(external_id.to_owned(), MessageType::Text, now, now)
    };
    let thread = Thread { group: None, contact };
    let received = app.tables.tenant(ctx).receive(account, &thread, &[inbound], now).await.unwrap();
    (received.conversation, received.stored[0].clone())
}

impl World {
    /// Somebody of whom tenant A knows this alone writes to it.
    pub(crate) async fn receive_from(&self, kind: IdentityKind, value: &str) -> ConversationId {
        let now = self.app.now();
        let identities = vec![Identity { kind, value: value.to_owned() }];
        let contact = ContactSeed { id_if_new: ContactId::from_bytes([99; 16]), identities, name: None };
        let inbound = Inbound {
            text: Some("hello?".to_owned()),
            opens_window: true,
            ..Inbound::new(format!("wamid.{value}"), MessageType::Text, now, now)
        };
        let thread = Thread { group: None, contact };
        let received = self.app.tables.tenant(&self.a.ctx).receive(&self.a.account, &thread, &[inbound], now).await;
        received.unwrap().conversation
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, json }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.call(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Answer {
        let request = Request::delete(path).header("authorization", format!("Bearer {token}"));
        self.call(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        let request = Request::post(path).header("authorization", format!("Bearer {token}"));
        self.call(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn patch(&self, token: &str, path: &str, body: Value) -> Answer {
        let request = Request::patch(path).header("authorization", format!("Bearer {token}"));
        self.call(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn send(&self, token: &str, conversation: &ConversationId, key: &str, body: Value) -> Answer {
        let path = format!("/v1/conversations/{conversation}/messages");
        let request =
            Request::post(path).header("authorization", format!("Bearer {token}")).header("idempotency-key", key);
        self.call(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn login(&self, body: Value) -> Answer {
        self.call(Request::post("/v1/auth/login").body(Body::from(body.to_string())).unwrap()).await
    }

    /// Posts a form, as Meta does.
    pub(crate) async fn form(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.call(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// The access token of this address.
    pub(crate) async fn token(&self, email: &str) -> String {
        let answer = self.login(serde_json::json!({"email": email, "password": PASSWORD})).await;
        answer.json["access_token"].as_str().unwrap_or_else(|| panic!("{email}: {answer:?}")).to_owned()
    }
}

impl Answer {
    /// Status and code, or status alone.
    pub(crate) fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.json["code"].as_str().unwrap_or_default())
    }

    /// Status, code and field.
    pub(crate) fn refusal(&self) -> (u16, &str, &str) {
        let (status, code) = self.code();
        (status, code, self.json["field"].as_str().unwrap_or_default())
    }
}
