//! Signing in, staying signed in, and being refused.

use crate::world::{Answer, ORIGIN, PASSWORD, World, user_id, world};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use table::{Membership, Person, Socket};

fn cookie(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

async fn with_cookie(world: &World, what: &str, cookie: &str) -> Answer {
    let request = Request::post(format!("/v1/auth/{what}")).header("cookie", cookie);
    let request = request.header("origin", ORIGIN).header("x-requested-with", "switchboard");
    world.call(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_are_refused_in_the_same_words() {
    let world = world().await;
    let refuse = async |body: Value| world.login(body).await;
    let wrong = refuse(json!({"email": "agent@acme.test", "password": "wrong"})).await;
    let unknown = refuse(json!({"email": "nobody@acme.test", "password": PASSWORD})).await;
    let elsewhere = refuse(json!({"email": "agent@acme.test", "password": PASSWORD, "tenant": "bolt"})).await;
    assert_eq!(wrong.code(), (401, "invalid_credentials"));
    assert_eq!((&wrong.json, &wrong.json), (&unknown.json, &elsewhere.json));
    let object = refuse(json!({"email": {"$ne": ""}, "password": "x"})).await;
    assert_eq!(object.refusal(), (422, "invalid", "email"));
    assert_eq!(refuse(json!({"email": "a@b.test"})).await.refusal(), (422, "missing", "password"));
}

#[tokio::test]
async fn the_sixth_wrong_try_waits_whoever_is_meant() {
    for email in ["agent@acme.test", "nobody@acme.test"] {
        let world = world().await;
        let wrong = json!({"email": email, "password": "wrong"});
        for _ in 0..5 {
            assert_eq!(world.login(wrong.clone()).await.status.as_u16(), 401);
        }
        let refused = world.login(wrong.clone()).await;
        assert_eq!((refused.code(), &refused.headers["retry-after"]), ((429, "too_many_tries"), &"1".parse().unwrap()));
        world.advance(1);
        assert_eq!(world.login(wrong.clone()).await.status.as_u16(), 401);
        world.advance(900);
        assert_eq!(world.login(wrong).await.status.as_u16(), 401);
    }
}

#[tokio::test]
async fn who_belongs_to_several_tenants_says_which() {
    let world = world().await;
    let hash = api::auth::password::hash(PASSWORD, [1; 16]).unwrap();
    let both = Person {
        id: crate::world::user_id(3, 0),
        email: "both@acme.test".to_owned(),
        name: "Both".to_owned(),
        password_hash: hash,
        operator: false,
        memberships: Vec::new(),
    };
    world.app.tables.global().create_person(&both).await.unwrap();
    for house in [&world.a, &world.b] {
        let membership =
            Membership { tenant: house.ctx.id().clone(), slug: house.slug.to_owned(), role: domain::Role::Agent };
        world.app.tables.global().add_membership(&both, &membership).await.unwrap();
    }
    let asked = world.login(json!({"email": "both@acme.test", "password": PASSWORD})).await;
    assert_eq!(asked.code(), (409, "tenant_required"));
    assert_eq!(asked.json["tenants"], json!(["acme", "bolt"]));
    let bolt = world.login(json!({"email": "Both@Acme.test", "password": PASSWORD, "tenant": "bolt"})).await;
    let me = world.get(bolt.json["access_token"].as_str().unwrap(), "/v1/me").await;
    assert_eq!(me.json["tenant"]["slug"], "bolt");
}

#[tokio::test]
async fn a_refresh_rotates_two_tabs_share_and_a_thief_ends_it_for_all() {
    let world = world().await;
    let first = world.login(json!({"email": "agent@acme.test", "password": PASSWORD})).await;
    let old = cookie(&first);
    let second = with_cookie(&world, "refresh", &old).await;
    assert_eq!(second.json["expires_in"], 600, "{second:?}");
    // The other tab, a moment later, gets the same successor.
    world.advance(5);
    let tab = with_cookie(&world, "refresh", &old).await;
    assert_eq!((tab.status.as_u16(), cookie(&tab)), (200, cookie(&second)));
    let token = second.json["access_token"].as_str().unwrap();
    assert_eq!(world.get(token, "/v1/me").await.status.as_u16(), 200);
    // Later the old one is in somebody else's hands.
    world.advance(20);
    let stolen = with_cookie(&world, "refresh", &old).await;
    assert_eq!(stolen.code(), (401, "session_ended"));
    assert_eq!(with_cookie(&world, "refresh", &cookie(&second)).await.code(), (401, "session_ended"));
    assert_eq!(world.get(token, "/v1/me").await.code(), (401, "unauthorized"));
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_here() {
    let world = world().await;
    let signed_in = world.login(json!({"email": "agent@acme.test", "password": PASSWORD})).await;
    let token = signed_in.json["access_token"].as_str().unwrap();
    let out = with_cookie(&world, "logout", &cookie(&signed_in)).await;
    assert_eq!((out.status.as_u16(), cookie(&out).as_str()), (204, "__Host-rt="));
    assert_eq!(world.get(token, "/v1/me").await.code(), (401, "unauthorized"));
    assert_eq!(with_cookie(&world, "refresh", &cookie(&signed_in)).await.code(), (401, "session_ended"));
}

#[tokio::test]
async fn signing_out_takes_the_sign_ins_sockets_away_and_leaves_the_others() {
    let world = world().await;
    let signed_in = world.login(json!({"email": "agent@acme.test", "password": PASSWORD})).await;
    let session = cookie(&signed_in).trim_start_matches("__Host-rt=").split('.').next().unwrap().to_owned();
    let tenant = world.app.tables.tenant(&world.a.ctx);
    let now = world.app.now();
    for (connection_id, session) in [("mine", session.as_str()), ("others", "s2")] {
        let socket = Socket {
            connection_id: connection_id.to_owned(),
            user: user_id(1, 3),
            name: "agent".to_owned(),
            role: domain::Role::Agent,
            session: session.to_owned(),
            topics: vec!["inbox".to_owned(), format!("conversation:{}", world.a.conversation)],
            n: 1,
            connected_at: now,
            expires: now.plus(std::time::Duration::from_secs(7_200)),
        };
        tenant.put_socket(&socket).await.unwrap();
    }
    let here =
        json!([{"user": {"id": user_id(1, 3), "name": "agent"}, "since": now, "viewing": [world.a.conversation]}]);
    let viewer = world.token("viewer@acme.test").await;
    assert_eq!(world.get(&viewer, "/v1/presence").await.json["items"], here);

    with_cookie(&world, "logout", &cookie(&signed_in)).await;
    let left: Vec<_> = tenant.sockets(now).await.unwrap().into_iter().map(|s| s.connection_id).collect();
    assert_eq!(left, ["others"]);
}

#[tokio::test]
async fn a_foreign_origin_gets_nothing_of_the_cookie() {
    let world = world().await;
    let signed_in = world.login(json!({"email": "agent@acme.test", "password": PASSWORD})).await;
    let request = Request::post("/v1/auth/refresh").header("cookie", cookie(&signed_in));
    let request = request.header("origin", "https://evil.test").header("x-requested-with", "x");
    assert_eq!(world.call(request.body(Body::empty()).unwrap()).await.code(), (403, "foreign_origin"));
}

#[tokio::test]
async fn a_suspended_person_or_an_expired_token_is_out() {
    let world = world().await;
    let token = world.token("agent@acme.test").await;
    world.advance(600);
    assert_eq!(world.get(&token, "/v1/me").await.code(), (401, "unauthorized"));
    for bad in ["", "x", "a.b.c"] {
        assert_eq!(world.get(bad, "/v1/me").await.code(), (401, "unauthorized"), "{bad}");
    }
    let none = world.call(Request::get("/v1/me").body(Body::empty()).unwrap()).await;
    assert_eq!((none.code(), &none.headers["www-authenticate"]), ((401, "unauthorized"), &"Bearer".parse().unwrap()));
}
