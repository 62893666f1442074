//! What someone of Meta's has connected, and a route that is taken away.

use domain::{AccountId, ChannelType, Timestamp};
use table::{Grant, Route, testing};

#[tokio::test]
async fn a_person_finds_what_they_connected_in_every_tenant_and_nobody_elses() {
    let tables = testing::start().await.tables;
    let global = tables.global();
    let [a, b] = testing::two_tenants().map(|ctx| ctx.id().clone());
    let grant = |tenant: &domain::TenantId, n: u8, credential| Grant {
        tenant: tenant.clone(),
        account: AccountId::from_bytes([n; 16]),
        credential,
        at: Timestamp::from_millis(5),
    };
    for (user, grant) in
        [("77", grant(&a, 1, 1)), ("77", grant(&b, 2, 1)), ("78", grant(&a, 1, 2)), ("77", grant(&a, 1, 3))]
    {
        global.put_grant(user, &grant).await.unwrap();
    }
    let mut of_77 = global.grants_of("77").await.unwrap();
    of_77.sort_by_key(|grant| grant.credential);
    assert_eq!(of_77, [grant(&b, 2, 1), grant(&a, 1, 3)]);
    global.delete_grant("77", &grant(&a, 1, 3)).await.unwrap();
    assert_eq!(global.grants_of("77").await.unwrap(), [grant(&b, 2, 1)]);
    assert_eq!(global.grants_of("78").await.unwrap(), [grant(&a, 1, 2)]);
}

#[tokio::test]
async fn a_route_is_taken_away_only_by_the_account_that_it_leads_to() {
    let tables = testing::start().await.tables;
    let global = tables.global();
    let [a, b] = testing::two_tenants().map(|ctx| ctx.id().clone());
    let route =
        |tenant: &domain::TenantId, n: u8| Route { tenant: tenant.clone(), account: AccountId::from_bytes([n; 16]) };
    let whatsapp = ChannelType::Whatsapp;
    global.put_route(whatsapp, "555", &route(&a, 1)).await.unwrap();
    for foreign in [route(&b, 1), route(&a, 2)] {
        global.delete_route(whatsapp, "555", &foreign).await.unwrap();
        assert_eq!(global.route(whatsapp, "555").await.unwrap(), Some(route(&a, 1)), "{foreign:?}");
    }
    for _ in 0..2 {
        global.delete_route(whatsapp, "555", &route(&a, 1)).await.unwrap();
        assert_eq!(global.route(whatsapp, "555").await.unwrap(), None);
    }
}
