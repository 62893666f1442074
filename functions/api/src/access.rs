//! Who is asking: the bearer's token becomes a session, and a session may do what its role may.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Role, TenantCtx, UserId};
use table::{Standing, TenantRecord};

use crate::{
    App,
    answer::{RequestId, Whose},
    auth::token::{self, Scope},
    policy::{self, Guard},
    problem::Problem,
};

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// `None`: an operator of the install.
    pub tenant: Option<TenantRecord>,
}

/// A session within a tenant: what all of a tenant's handlers take.
#[derive(Clone, Debug)]
pub struct Member {
    pub session: Session,
    pub ctx: TenantCtx,
    pub tenant: TenantRecord,
    pub request_id: String,
}

/// Runs before every handler, its body unread: the guard of the route decides.
pub async fn admit(State(app): State<Arc<App>>, path: MatchedPath, mut request: Request, next: Next) -> Response {
    let admitted = match policy::guard(request.method(), path.as_str()) {
        Some(Guard::Public | Guard::Cookie | Guard::SignedByMeta) => Ok(None),
        Some(Guard::SignedIn) => session(&app, request.headers()).await.map(Some),
        Some(Guard::May(action)) => match session(&app, request.headers()).await {
            Ok(session) if action.allowed(session.role) => Ok(Some(session)),
            Ok(_) => Err(Problem::forbidden("forbidden", "Your role may not do this.")),
            Err(problem) => Err(problem),
        },
        None => Err(no_guard(path.as_str())),
    };
    match admitted {
        Ok(Some(session)) => {
            let whose = session.tenant.as_ref().map(|tenant| Whose(tenant.id.clone()));
            request.extensions_mut().insert(session);
            let mut response = next.run(request).await;
            if let Some(whose) = whose {
                response.extensions_mut().insert(whose);
            }
            response
        }
        Ok(None) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// A method that this path does not take, or a route that the policy does not list.
fn no_guard(path: &str) -> Problem {
    let Some(allow) = policy::methods(path).and_then(|m| HeaderValue::try_from(m).ok()) else {
        return Problem::not_found();
    };
    let refused = StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(refused, "method_not_allowed", "This address takes other methods.").header(header::ALLOW, allow)
}

async fn session(app: &App, headers: &HeaderMap) -> Result<Session, Problem> {
    let refused = || Problem::unauthorized("unauthorized", "Sign in, or refresh the access token.");
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let (scheme, token) = bearer.split_once(' ').ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    let keys = app.keys().await?;
    let claims = token::verify(&keys, &app.public_url, token.trim(), app.now()).map_err(|_| refused())?;
    app.sessions.get_or_load(app, &claims.sid, &claims.sub, &claims.tenant).await?.ok_or_else(refused)
}

/// A sign-in as it stands in the tables; `None` where it has ended, by itself or by what happened to the person.
pub async fn load(app: &App, id: &str, user: &UserId, scope: &Scope) -> Result<Option<Session>, Problem> {
    let global = app.tables.global();
    let Some(stored) = global.session(id, app.now()).await? else { return Ok(None) };
    let of = |name: String, email: String, role, tenant| {
        Some(Session { id: id.to_owned(), user: user.clone(), name, email, role, tenant })
    };
    match scope {
        Scope::Install if stored.user == *user && stored.tenant.is_none() => {
            let person = global.person(user).await?.filter(|person| person.operator);
            Ok(person.and_then(|p| of(p.name, p.email, Role::Operator, None)))
        }
        Scope::Tenant(tenant) if stored.user == *user && stored.tenant.as_ref() == Some(tenant) => {
            let ctx = TenantCtx::of_session(tenant.clone());
            let record = global.tenant_record(tenant).await?.filter(|t| t.standing == Standing::Active);
            let member = app.tables.tenant(&ctx).user(user).await?;
            let both = member.zip(record);
            Ok(both.and_then(|(member, record)| of(member.name, member.email, member.role, Some(record))))
        }
        Scope::Install | Scope::Tenant(_) => Ok(None),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Absent only where a route's guard in the policy does not fit its handler.
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let session = Session::from_request_parts(parts, state).await?;
        let not_here = || Problem::forbidden("forbidden", "An operator of the install reads no tenant's data.");
        let tenant = session.tenant.clone().ok_or_else(not_here)?;
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Ok(Self { ctx: TenantCtx::of_session(tenant.id.clone()), tenant, session, request_id })
    }
}
