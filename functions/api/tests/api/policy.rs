//! Every route and every role: the policy's table is what the API does.

use crate::world::{ROLES, World, world};
use api::policy::{Guard, ROUTES};
use axum::{body::Body, http::Request};
use domain::{Action, Role};

async fn status(world: &World, method: &str, path: &str, token: Option<&str>) -> u16 {
    let mut request = Request::builder().method(method).uri(path.replace("{id}", "0"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    world.call(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

#[test]
fn every_described_route_is_listed_and_every_listed_one_described() {
    let document = api::routes::described();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ] {
            described.extend(operation.iter().map(|_| (method.to_owned(), path.clone())));
        }
    }
    let mut listed: Vec<(String, String)> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    described.sort();
    listed.sort();
    assert_eq!(described, listed);
}

#[tokio::test]
async fn every_role_may_what_the_table_says_and_no_more() {
    let world = world().await;
    let mut roles = vec![(Role::Operator, world.token("op@install.test").await)];
    for (role, name) in ROLES {
        roles.push((role, world.token(&format!("{name}@acme.test")).await));
    }
    for (method, path, guard) in ROUTES {
        let nobody = status(&world, method, path, None).await;
        let allowed = |action: Action, role: Role| action.allowed(role);
        match guard {
            Guard::Public => assert!(nobody != 401 && nobody != 403, "{method} {path}: {nobody}"),
            Guard::Cookie => assert!(nobody == 401 || nobody == 204, "{method} {path}: {nobody}"),
            Guard::SignedByMeta => assert_eq!(nobody, 400, "{method} {path}"),
            Guard::SignedIn | Guard::May(_) => assert_eq!(nobody, 401, "{method} {path}"),
        }
        for (role, token) in &roles {
            let seen = status(&world, method, path, Some(token)).await;
            let may = match guard {
                Guard::Public | Guard::Cookie | Guard::SignedByMeta => continue,
                Guard::SignedIn => true,
                Guard::May(action) => allowed(*action, *role),
            };
            assert_eq!(seen != 403, may, "{role:?} {method} {path}: {seen}");
            assert!(seen != 401 && seen < 500, "{role:?} {method} {path}: {seen}");
        }
    }
}

#[tokio::test]
async fn what_is_no_route_or_no_method_of_one_is_a_problem_too() {
    let world = world().await;
    let token = world.token("owner@acme.test").await;
    let put = Request::put("/v1/conversations").header("authorization", format!("Bearer {token}"));
    let put = world.call(put.body(Body::empty()).unwrap()).await;
    assert_eq!((put.code(), &put.headers["allow"]), ((405, "method_not_allowed"), &"GET".parse().unwrap()));
    for path in ["/v1/nothing", "/", "/v1/conversations/", "/v1/conversations/x/y/z"] {
        assert_eq!(world.get(&token, path).await.code(), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_browsers_obey() {
    let world = world().await;
    let token = world.token("owner@acme.test").await;
    for (path, status) in [
        ("/v1/me", 200),
        ("/v1/nothing", 404),
        ("/v1/conversations/x", 404),
        ("/v1/conversations?limit=0", 422),
        ("/v1/openapi.json", 200),
    ] {
        let answer = world.get(&token, path).await;
        let header = |name: &str| answer.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(
            (
                answer.status.as_u16(),
                header("cache-control"),
                header("x-content-type-options"),
                header("referrer-policy")
            ),
            (status, "no-store".to_owned(), "nosniff".to_owned(), "no-referrer".to_owned()),
            "{path}"
        );
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        assert_eq!(header("content-type"), kind, "{path}");
    }
}
