//! Tenants, people, sign-ins and routes.

use domain::{AccountId, ChannelType, Role, TenantId};
use futures_util::future::join_all;
use table::{Membership, NewTenant, Person, PutRoute, Rotated, Route, Session, Standing, TenantRecord, User};

use crate::world::*;

fn tenant(n: u8, slug: &str) -> TenantRecord {
    TenantRecord {
        id: TenantId::from_bytes([n; 10]),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        locale: "en".to_owned(),
        time_zone: "Asia/Jerusalem".to_owned(),
        standing: Standing::Active,
    }
}

#[tokio::test]
async fn a_slug_is_one_tenants() {
    let w = world().await;
    let global = w.test.tables.global();
    let [first, second] = [tenant(1, "acme"), tenant(2, "acme")];
    assert_eq!(global.create_tenant(&first).await.unwrap(), NewTenant::Created);
    assert_eq!(global.create_tenant(&second).await.unwrap(), NewTenant::Exists(first.clone()));
    assert_eq!(global.tenant_by_slug("acme").await.unwrap(), Some(first.clone()));
    assert_eq!(
        (global.tenant_record(&first.id).await.unwrap(), global.tenant_record(&second.id).await.unwrap()),
        (Some(first), None)
    );
}

#[tokio::test]
async fn a_person_signs_in_by_address_and_belongs_to_tenants() {
    let w = world().await;
    let global = w.test.tables.global();
    let ada = Person {
        id: user(1),
        email: "Ada@acme.test".to_owned(),
        name: "Ada".to_owned(),
        password_hash: "$argon2id$…".to_owned(),
        operator: false,
        memberships: vec![],
    };
    assert!(global.create_person(&ada).await.unwrap());
    assert!(!global.create_person(&Person { id: user(2), ..ada.clone() }).await.unwrap());
    let member = Membership { tenant: w.ours.id().clone(), slug: "acme".to_owned(), role: Role::Owner };
    global.add_membership(&ada, &member).await.unwrap();
    let known = Person { memberships: vec![member], ..ada };
    assert_eq!(global.login(" ada@ACME.test").await.unwrap(), Some(known));
    assert_eq!(global.login("nobody@acme.test").await.unwrap(), None);
    let as_user = User { id: user(1), name: "Ada".to_owned(), email: "Ada@acme.test".to_owned(), role: Role::Owner };
    assert_eq!(
        (w.us().users().await.unwrap(), w.us().user(&user(1)).await.unwrap()),
        (vec![as_user.clone()], Some(as_user))
    );
    assert_eq!(w.test.tables.tenant(&w.theirs).users().await.unwrap(), []);
}

#[tokio::test]
async fn a_reused_token_ends_the_sign_in_but_a_second_tab_does_not() {
    let w = world().await;
    let global = w.test.tables.global();
    let session = Session {
        id: "s".to_owned(),
        user: user(1),
        tenant: Some(w.ours.id().clone()),
        created_at: NOW,
        expires: at(86_400),
    };
    global.create_session(&session, "h0").await.unwrap();
    assert_eq!(global.rotate_session("s", "h0", "h1", at(0)).await.unwrap(), Rotated::Ok(session.clone()));
    let grace = Rotated::Grace { session: session.clone(), current: "h1".to_owned() };
    assert_eq!(global.rotate_session("s", "h0", "h1", at(10)).await.unwrap(), grace);
    assert_eq!(global.session("s", at(10)).await.unwrap(), Some(session.clone()));
    assert_eq!(global.rotate_session("s", "h1", "h2", at(20)).await.unwrap(), Rotated::Ok(session));
    assert_eq!(global.rotate_session("s", "h1", "x", at(31)).await.unwrap(), Rotated::Reused);
    assert_eq!(global.rotate_session("s", "h2", "h3", at(31)).await.unwrap(), Rotated::Unknown);
    assert_eq!(
        (global.session("s", at(31)).await.unwrap(), global.rotate_session("?", "h", "i", NOW).await.unwrap()),
        (None, Rotated::Unknown)
    );
}

#[tokio::test]
async fn tabs_that_refresh_at_once_end_with_one_token() {
    let w = world().await;
    let global = w.test.tables.global();
    let session = Session { id: "s".to_owned(), user: user(1), tenant: None, created_at: NOW, expires: at(86_400) };
    global.create_session(&session, "h0").await.unwrap();
    let all =
        join_all((0..6).map(|_| async { w.test.tables.global().rotate_session("s", "h0", "h1", NOW).await.unwrap() }))
            .await;
    let rotated = all.iter().filter(|r| **r == Rotated::Ok(session.clone())).count();
    let graced = all.iter().filter(|r| matches!(r, Rotated::Grace { current, .. } if current == "h1")).count();
    assert_eq!((rotated, graced), (1, 5));
    // Expired.
    assert_eq!(global.rotate_session("s", "h1", "h2", at(86_400)).await.unwrap(), Rotated::Unknown);
}

#[tokio::test]
async fn a_number_that_is_connected_stays_its_tenants() {
    let w = world().await;
    let global = w.test.tables.global();
    let route = |w: &World| Route { tenant: w.ours.id().clone(), account: AccountId::from_bytes([1; 16]) };
    let ours = route(&w);
    let theirs = Route { tenant: w.theirs.id().clone(), ..ours.clone() };
    assert_eq!(global.put_route(ChannelType::Whatsapp, "100", &ours).await.unwrap(), PutRoute::Done);
    assert_eq!(global.put_route(ChannelType::Whatsapp, "100", &ours).await.unwrap(), PutRoute::Done);
    assert_eq!(global.put_route(ChannelType::Whatsapp, "100", &theirs).await.unwrap(), PutRoute::OtherTenant);
    assert_eq!(global.route(ChannelType::Whatsapp, "100").await.unwrap(), Some(ours));
    assert_eq!(global.route(ChannelType::Line, "100").await.unwrap(), None);
}
