//! `POST /v1/auth/login`: a password for a sign-in.

use std::{sync::Arc, time::Duration};

use axum::{Extension, extract::State, response::Response};
use domain::TenantCtx;
use lambda_http::request::RequestContext;
use serde::Deserialize;
use table::{Membership, Person, Session, Standing, Tries};
use utoipa::ToSchema;

use super::{
    AccessToken,
    cookie::{self, RefreshToken},
    password,
    throttle::{self, Limit},
    token::{self, Scope},
};
use crate::{
    App,
    answer::RequestId,
    audit::{self, Deed},
    input::Body,
    problem::Problem,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    #[schema(example = "ada@acme.test")]
    email: String,
    password: String,
    /// A slug; needed when the person belongs to several tenants.
    #[schema(example = "acme")]
    tenant: Option<String>,
}

/// Signs in. The refresh token comes as a cookie.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = Login, responses(
    (status = 200, body = AccessToken, description = "Signed in"),
    (status = 401, description = "`invalid_credentials`"),
    (status = 403, description = "`tenant_suspended`"),
    (status = 409, description = "`tenant_required`: `tenants` lists the slugs to choose from"),
    (status = 429, description = "`too_many_tries`: wait as `Retry-After` says"),
))]
pub async fn login(
    State(app): State<Arc<App>>,
    context: Option<Extension<RequestContext>>,
    Extension(request): Extension<RequestId>,
    Body(login): Body<Login>,
) -> Result<Response, Problem> {
    let network = context.and_then(|Extension(context)| network_of(&context));
    let limits = Limit::of(&login.email, network.as_deref());
    wait_your_turn(&app, &limits).await?;
    let Some(person) = person(&app, &login).await? else {
        count_failure(&app, &limits).await?;
        return Err(invalid_credentials());
    };
    let scope = scope(&app, &person, login.tenant.as_deref()).await?;

    let token = RefreshToken::new(hex::encode(app.random.bytes::<16>()), app.random.bytes());
    let tenant = match &scope {
        Scope::Install => None,
        Scope::Tenant(tenant) => Some(tenant.clone()),
    };
    let now = app.now();
    let expires = now.plus(Duration::from_secs(cookie::LIFE_DAYS * 86_400));
    let session = Session { id: token.session.clone(), user: person.id.clone(), tenant, created_at: now, expires };
    app.tables.global().create_session(&session, &token.hash()).await?;
    note(&app, &session, &request.0).await?;
    let keys = app.keys().await?;
    let access = token::issue(&keys, &app.public_url, &person.id, &session.id, scope, now);
    Ok(super::answer(access, token.cookie()))
}

fn network_of(context: &RequestContext) -> Option<String> {
    match context {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.clone(),
        _ => None,
    }
}

async fn wait_your_turn(app: &App, limits: &[Limit]) -> Result<(), Problem> {
    let now = app.now();
    for limit in limits {
        let failures = app.tables.global().tries(&limit.name).await?;
        let wait = failures.map_or(Duration::ZERO, |seen| limit.wait(seen.count, seen.last, now));
        if !wait.is_zero() {
            let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
            let problem = Problem::new(status, "too_many_tries", "Wait a moment before the next try.");
            return Err(problem.retry_after(wait.as_millis().div_ceil(1_000).try_into().unwrap_or(60)));
        }
    }
    Ok(())
}

/// Failures alone are counted: a team that signs in from one address at nine o'clock is no attack. What was right does not
/// wipe out what was wrong before; a pause does.
async fn count_failure(app: &App, limits: &[Limit]) -> Result<(), Problem> {
    let now = app.now();
    for limit in limits {
        // Whoever loses against another failure counts again; after a few the count is high enough.
        for _ in 0..4 {
            let seen = app.tables.global().tries(&limit.name).await?;
            let before = seen.as_ref().map_or(0, |seen| throttle::remembered(seen.count, seen.last, now));
            let next = Tries { count: before + 1, last: now };
            let fades = now.plus(throttle::FORGET);
            if app.tables.global().set_tries(&limit.name, seen.as_ref(), &next, fades).await? {
                break;
            }
        }
    }
    Ok(())
}

/// Whose password this is. A person whom nobody knows takes as long to refuse, in the same words.
async fn person(app: &App, login: &Login) -> Result<Option<Person>, Problem> {
    let known = app.tables.global().login(&login.email).await?;
    let stored = known.as_ref().map(|person| person.password_hash.as_str());
    let sound = login.password.len() <= password::LENGTH_MAX && password::verify(&login.password, stored);
    Ok(known.filter(|_| sound))
}

fn invalid_credentials() -> Problem {
    Problem::unauthorized("invalid_credentials", "The e-mail address or the password is wrong.")
}

/// What the person signs in to.
async fn scope(app: &App, person: &Person, asked: Option<&str>) -> Result<Scope, Problem> {
    let of = |slug: &str| person.memberships.iter().find(|m| m.slug == slug);
    let membership = match (asked, person.memberships.as_slice()) {
        (Some(slug), _) => of(slug).ok_or_else(invalid_credentials)?,
        (None, _) if person.operator => return Ok(Scope::Install),
        (None, []) => return Err(invalid_credentials()),
        (None, [only]) => only,
        (None, several) => return Err(tenant_required(several)),
    };
    let tenant = app.tables.global().tenant_record(&membership.tenant).await?;
    match tenant.map(|tenant| tenant.standing) {
        Some(Standing::Active) => Ok(Scope::Tenant(membership.tenant.clone())),
        Some(Standing::Suspended) => Err(Problem::forbidden("tenant_suspended", "This tenant is suspended.")),
        None => Err(invalid_credentials()),
    }
}

fn tenant_required(memberships: &[Membership]) -> Problem {
    let slugs = memberships.iter().map(|m| m.slug.clone()).collect();
    Problem::conflict("tenant_required", "You belong to several tenants: say which.").with(|p| {
        p.field = Some("tenant".to_owned());
        p.tenants = Some(slugs);
    })
}

async fn note(app: &App, session: &Session, request_id: &str) -> Result<(), Problem> {
    let ctx = session.tenant.clone().map(TenantCtx::of_session);
    let deed = Deed {
        actor: session.user.as_str(),
        action: "session.create",
        target: session.user.as_str(),
        request_id,
        details: serde_json::Value::Null,
    };
    audit::record(app, ctx.as_ref(), deed).await
}
