//! The tenants of a run: their people, numbers and customers.

use domain::{Account, AccountId, AccountStatus, ChannelType, Role, TenantCtx, TenantId, Timestamp, UserId};
use serde_json::json;
use sha2::{Digest, Sha256};
use table::{Membership, Person, Route, Session, Socket, Standing, Tables, TenantRecord};

use crate::functions::{TENANT_PREFIX, WEBHOOK_SECRET};
use crate::world::World;

pub const TENANTS: usize = 3;
pub const ACCOUNTS: usize = 2;
const CUSTOMERS: usize = 3;
pub const APP_SECRET: &str = "shhh";

/// One tenant.
#[derive(Clone)]
pub struct House {
    /// Stands in every text that is the tenant's, and in nobody else's.
    pub mark: String,
    pub ctx: TenantCtx,
    pub user: UserId,
    pub session: String,
    pub accounts: Vec<Account>,
}

/// Somebody who writes to one number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Customer {
    pub house: usize,
    pub account: usize,
    pub phone: String,
}

/// Sets the stage; nothing goes wrong meanwhile.
pub async fn set(world: &World, tables: &Tables) -> Vec<House> {
    let apps = json!({ "apps": [{ "app_id": "1001", "app_secrets": [APP_SECRET], "verify_token": "v" }] });
    world.clouds().secrets.put(WEBHOOK_SECRET, apps.to_string());
    let mut houses = Vec::new();
    for n in 0..TENANTS {
        houses.push(house(world, tables, n).await);
    }
    houses
}

/// All who may write.
pub fn customers() -> Vec<Customer> {
    let places = (0..TENANTS).flat_map(|house| (0..ACCOUNTS).map(move |account| (house, account)));
    // The same people write to every tenant, as people do.
    places
        .flat_map(|(house, account)| {
            (0..CUSTOMERS).map(move |n| Customer { house, account, phone: format!("9725000000{n}") })
        })
        .collect()
}

/// The number's id at Meta.
pub fn number(house: usize, account: usize) -> String {
    format!("9900{house}{account}")
}

/// Ids of which no part occurs in another.
fn id<const N: usize>(n: usize, kind: &[u8]) -> [u8; N] {
    let hash = Sha256::digest([kind, &[n as u8]].concat());
    std::array::from_fn(|at| hash[at])
}

async fn house(world: &World, tables: &Tables, n: usize) -> House {
    let now = Timestamp::from_millis(world.now());
    let ctx = TenantCtx::of_session(TenantId::from_bytes(id(n, b"tenant")));
    let (user, session, mark) = (UserId::from_bytes(id(n, b"user")), format!("session{n}"), format!("[house {n}]"));
    let global = tables.global();
    let (slug, name) = (format!("house{n}"), format!("House {n}"));
    let record = TenantRecord {
        id: ctx.id().clone(),
        slug: slug.clone(),
        name: name.clone(),
        locale: "en".to_owned(),
        time_zone: "Asia/Jerusalem".to_owned(),
        standing: Standing::Active,
    };
    global.create_tenant(&record).await.expect("a tenant");
    let person = Person {
        id: user.clone(),
        email: format!("agent@{slug}.test"),
        name,
        password_hash: String::new(),
        operator: false,
        memberships: Vec::new(),
    };
    global.create_person(&person).await.expect("a person");
    let membership = Membership { tenant: ctx.id().clone(), slug, role: Role::Owner };
    global.add_membership(&person, &membership).await.expect("a membership");
    let expires = now.plus(std::time::Duration::from_hours(24));
    let signed_in =
        Session { id: session.clone(), user: user.clone(), tenant: Some(ctx.id().clone()), created_at: now, expires };
    global.create_session(&signed_in, "hash").await.expect("a session");
    let mut accounts = Vec::new();
    for place in 0..ACCOUNTS {
        accounts.push(account(tables, &ctx, n, place, now).await);
    }
    let token = |number: &str| world.clouds().graph.token(number);
    let tokens = accounts
        .iter()
        .map(|a| (a.id.to_string(), json!({ "access_token": token(&a.external_id), "credential": a.credential })));
    let tokens: serde_json::Map<_, _> = tokens.collect();
    world.clouds().secrets.put(&format!("{TENANT_PREFIX}{}", ctx.id()), json!({ "accounts": tokens }).to_string());
    House { mark, ctx, user, session, accounts }
}

async fn account(tables: &Tables, ctx: &TenantCtx, house: usize, place: usize, now: Timestamp) -> Account {
    let account = Account {
        id: AccountId::from_bytes(id(house * ACCOUNTS + place, b"account")),
        channel: ChannelType::Whatsapp,
        name: "Sales".to_owned(),
        external_id: number(house, place),
        status: AccountStatus::Active,
        health: None,
        waba_id: Some("2000".to_owned()),
        display_phone_number: None,
        credential: 1,
        throttled_until: None,
        read_receipts: true,
        asked_for: Vec::new(),
        created_at: now,
    };
    tables.tenant(ctx).put_account(&account).await.expect("an account");
    let route = Route { tenant: ctx.id().clone(), account: account.id.clone() };
    tables.global().put_route(account.channel, &account.external_id, &route).await.expect("a route");
    account
}

/// A socket that shows the inbox from now on, as `connect` keeps it.
pub async fn open_socket(world: &World, tables: &Tables, house: &House, connection: &str) {
    let now = Timestamp::from_millis(world.now());
    world.clouds().connections.open.insert(connection.to_owned(), world.now());
    let socket = Socket {
        connection_id: connection.to_owned(),
        user: house.user.clone(),
        name: "Agent".to_owned(),
        role: Role::Owner,
        session: house.session.clone(),
        topics: vec!["inbox".to_owned()],
        n: 1,
        connected_at: now,
        expires: now.plus(std::time::Duration::from_hours(2)),
    };
    tables.tenant(&house.ctx).put_socket(&socket).await.expect("a socket");
}
