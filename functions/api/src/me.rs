//! `GET /v1/me`: who is signed in, where, and what they may do.

use axum::Json;
use domain::{Role, TenantId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{access::Session, problem::Problem};

#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub user: MyUser,
    /// `null` for an operator of the install.
    #[schema(required)]
    pub tenant: Option<MyTenant>,
    pub role: Role,
    /// `resource:action`; the app shows what they allow, the API enforces it.
    #[schema(example = json!(["conversation:read", "message:send"]))]
    pub permissions: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyTenant {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    #[schema(example = "en")]
    pub locale: String,
    #[schema(example = "Asia/Jerusalem")]
    pub time_zone: String,
}

/// Who is signed in.
#[utoipa::path(get, path = "/me", tag = "auth", responses((status = 200, body = Me, description = "You")))]
pub async fn me(session: Session) -> Result<Json<Me>, Problem> {
    let tenant = session.tenant.map(|t| MyTenant {
        id: t.id,
        slug: t.slug,
        name: t.name,
        locale: t.locale,
        time_zone: t.time_zone,
    });
    let user = MyUser { id: session.user, name: session.name, email: session.email };
    Ok(Json(Me { user, tenant, role: session.role, permissions: session.role.permissions() }))
}
