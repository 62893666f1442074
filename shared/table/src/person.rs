//! Tenants, the people who sign in, and where they belong.

use domain::{Role, TenantCtx, TenantId, UserId};
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::store::{Index, Range, Read, Sk, TRIES, Transacted};
use crate::{Error, Global, Result, Tenant, item, key};

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

#[derive(Serialize, Deserialize)]
struct PersonItem {
    email: String,
    name: String,
    hash: String,
    #[serde(default)]
    operator: bool,
}

#[derive(Serialize, Deserialize)]
struct MembershipItem {
    slug: String,
    role: Role,
}

/// A slug's or a login's item: whom it names.
#[derive(Serialize, Deserialize)]
struct Named {
    id: String,
}

impl Global<'_> {
    /// Creates it, with its slug, unless the slug is taken.
    pub async fn create_tenant(&self, tenant: &TenantRecord) -> Result<NewTenant> {
        let name = Named { id: tenant.id.to_string() };
        let writes = [
            Write::Put(item::encode(&key::slug(&tenant.slug), &name)?, When::Absent),
            Write::Put(item::encode(&key::tenant(&tenant.id), tenant)?, When::Absent),
        ];
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            if self.truth().transact(&writes).await? == Transacted::Done {
                return Ok(NewTenant::Created);
            }
            if let Some(known) = self.tenant_by_slug(&tenant.slug).await? {
                return Ok(NewTenant::Exists(known));
            }
        }
        Err(Error::Retry("others kept creating this tenant".to_owned()))
    }

    pub async fn tenant_record(&self, id: &TenantId) -> Result<Option<TenantRecord>> {
        self.truth().get(&key::tenant(id), Read::Consistent).await?.map(item::decode).transpose()
    }

    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<TenantRecord>> {
        let Some(item) = self.truth().get(&key::slug(slug), Read::Consistent).await? else { return Ok(None) };
        self.tenant_record(&parsed(&item::decode::<Named>(item)?.id)?).await
    }

    /// By e-mail address, in whatever case.
    pub async fn login(&self, email: &str) -> Result<Option<Person>> {
        let Some(item) = self.truth().get(&self.login_key(email)?, Read::Consistent).await? else { return Ok(None) };
        self.person(&parsed(&item::decode::<Named>(item)?.id)?).await
    }

    pub async fn person(&self, id: &UserId) -> Result<Option<Person>> {
        let pk = key::person(id).pk;
        let range =
            Range { index: Index::Table, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Consistent };
        let mut person: Option<PersonItem> = None;
        let mut memberships = Vec::new();
        for found in self.truth().all(&range).await? {
            match item::key_of(&found)?.sk.strip_prefix(key::MEMBERSHIPS) {
                Some(tenant) => {
                    let MembershipItem { slug, role } = item::decode(found)?;
                    memberships.push(Membership { tenant: parsed(tenant)?, slug, role });
                }
                None => person = Some(item::decode(found)?),
            }
        }
        Ok(person.map(|p| Person {
            id: id.clone(),
            email: p.email,
            name: p.name,
            password_hash: p.hash,
            operator: p.operator,
            memberships,
        }))
    }

    /// `false` where the e-mail address is taken.
    pub async fn create_person(&self, person: &Person) -> Result<bool> {
        let known = PersonItem {
            email: person.email.clone(),
            name: person.name.clone(),
            hash: person.password_hash.clone(),
            operator: person.operator,
        };
        let name = Named { id: person.id.to_string() };
        let writes = [
            Write::Put(item::encode(&self.login_key(&person.email)?, &name)?, When::Absent),
            Write::Put(item::encode(&key::person(&person.id), &known)?, When::Absent),
        ];
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            match self.truth().transact(&writes).await? {
                Transacted::Done => return Ok(true),
                Transacted::Unmet(_) => return Ok(false),
                Transacted::Conflict => {}
            }
        }
        Err(Error::Retry("others kept creating this person".to_owned()))
    }

    /// Makes a person a user of a tenant, or changes their role there. Safe to repeat.
    pub async fn add_membership(&self, person: &Person, membership: &Membership) -> Result<()> {
        let user = User {
            id: person.id.clone(),
            name: person.name.clone(),
            email: person.email.clone(),
            role: membership.role,
        };
        let tenant = self.tables.tenant(&TenantCtx::of_record(membership.tenant.clone()));
        let item = item::encode(&key::user(&membership.tenant, &person.id), &user)?;
        tenant.truth().write(&Write::Put(item, When::Always)).await?;
        let item = MembershipItem { slug: membership.slug.clone(), role: membership.role };
        let item = item::encode(&key::membership(&person.id, &membership.tenant), &item)?;
        self.truth().write(&Write::Put(item, When::Always)).await.map(drop)
    }

    fn login_key(&self, email: &str) -> Result<key::Key> {
        Ok(key::login(&self.tables.id_key()?.global(&["login", &email.trim().to_lowercase()])))
    }
}

impl Tenant<'_> {
    /// By id.
    pub async fn users(&self) -> Result<Vec<User>> {
        let pk = format!("{}#K#user", self.id);
        let range =
            Range { index: Index::Table, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Consistent };
        self.truth().all(&range).await?.into_iter().map(item::decode).collect()
    }

    pub async fn user(&self, id: &UserId) -> Result<Option<User>> {
        self.truth().get(&key::user(&self.id, id), Read::Consistent).await?.map(item::decode).transpose()
    }
}

fn parsed<T: std::str::FromStr>(id: &str) -> Result<T> {
    id.parse().map_err(|_| Error::Corrupt("an item that names no id".to_owned()))
}
