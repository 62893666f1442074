//! Tenants, the people who sign in, and where they belong.

use domain::{Role, TenantId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Global, Result, Tenant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Active,
    Suspended,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRecord {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub locale: String,
    pub time_zone: String,
    pub standing: Standing,
}

/// What creating a tenant came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewTenant {
    Created,
    /// The slug is taken, by this one.
    Exists(TenantRecord),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub tenant: TenantId,
    pub slug: String,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// argon2id, in its own text form.
    pub password_hash: String,
    /// Runs the install; belongs to no tenant by it.
    pub operator: bool,
    /// Filled when read; ignored when created.
    pub memberships: Vec<Membership>,
}

/// A person as a tenant knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

impl Global<'_> {
    pub async fn create_tenant(&self, tenant: &TenantRecord) -> Result<NewTenant> {
        todo!()
    }

    pub async fn tenant_record(&self, id: &TenantId) -> Result<Option<TenantRecord>> {
        todo!()
    }

    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<TenantRecord>> {
        todo!()
    }

    /// By e-mail address, in whatever case.
    pub async fn login(&self, email: &str) -> Result<Option<Person>> {
        todo!()
    }

    pub async fn person(&self, id: &UserId) -> Result<Option<Person>> {
        todo!()
    }

    /// `false` where the e-mail address is taken.
    pub async fn create_person(&self, person: &Person) -> Result<bool> {
        todo!()
    }

    /// Makes a person a user of a tenant, or changes their role there.
    pub async fn add_membership(&self, person: &Person, membership: &Membership) -> Result<()> {
        todo!()
    }
}

impl Tenant<'_> {
    pub async fn users(&self) -> Result<Vec<User>> {
        todo!()
    }

    pub async fn user(&self, id: &UserId) -> Result<Option<User>> {
        todo!()
    }
}
