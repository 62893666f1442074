//! Who is there: the tenants, people and numbers of the seed file that the system was started with.

use serde::Deserialize;
use serde_json::{Value, json};

/// The seed of a system that was told none.
const DEMO: &str = include_str!("../../local/src/seed/demo.json");

/// A tenant as the load needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Named at the sign-in; `None` when the person has one tenant.
    pub slug: Option<String>,
    /// Signs its webhooks.
    pub app_secret: String,
    pub people: Vec<Person>,
    pub numbers: Vec<Number>,
}

impl Tenant {
    /// The number that a customer writes to: always the same.
    pub fn number_of(&self, customer: u32) -> Option<&Number> {
        self.numbers.get(customer as usize % self.numbers.len().max(1))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    pub email: String,
    pub password: String,
    role: String,
}

impl Person {
    /// Someone named on the command line, who must be an owner: the export is read by them.
    pub fn owner(email: String, password: String) -> Self {
        Self { email, password, role: "owner".to_owned() }
    }
}

/// A WhatsApp number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Number {
    pub phone_number_id: String,
    #[serde(default)]
    pub waba_id: String,
    #[serde(default)]
    pub display_phone_number: String,
}

#[derive(Deserialize)]
struct Seed {
    meta_apps: Vec<App>,
    tenants: Vec<SeedTenant>,
}

#[derive(Deserialize)]
struct App {
    app_secrets: Vec<String>,
    tenant: Option<String>,
}

#[derive(Deserialize)]
struct SeedTenant {
    slug: String,
    users: Vec<Person>,
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Channel {
    Whatsapp(Number),
    #[serde(other)]
    Other,
}

/// Why a seed is of no use here.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error("the seed file is not understood")]
    Json(#[from] serde_json::Error),
    #[error("tenant {0} needs a WhatsApp number, an app secret, and an owner or admin")]
    Tenant(String),
    #[error("the seed file has no tenant")]
    Empty,
}

/// The tenants of a seed file, or of the demo's.
pub fn tenants(seed: Option<&str>) -> Result<Vec<Tenant>, Unfit> {
    let seed: Seed = serde_json::from_str(seed.unwrap_or(DEMO))?;
    let Seed { meta_apps, tenants } = seed;
    if tenants.is_empty() {
        return Err(Unfit::Empty);
    }
    tenants.into_iter().map(|tenant| fit(tenant, &meta_apps)).collect()
}

fn fit(tenant: SeedTenant, apps: &[App]) -> Result<Tenant, Unfit> {
    let SeedTenant { slug, mut users, channels } = tenant;
    // Who may read the export comes first.
    users.sort_by_key(|person| !matches!(person.role.as_str(), "owner" | "admin"));
    let own = apps.iter().find(|app| app.tenant.as_ref() == Some(&slug));
    let app = own.or_else(|| apps.iter().find(|app| app.tenant.is_none()));
    let numbers: Vec<Number> = channels
        .into_iter()
        .filter_map(|channel| match channel {
            Channel::Whatsapp(number) => Some(number),
            Channel::Other => None,
        })
        .collect();
    match app.and_then(|app| app.app_secrets.first()) {
        Some(secret) if !numbers.is_empty() && users.first().is_some_and(|first| first.role != "agent") => {
            Ok(Tenant { slug: Some(slug), app_secret: secret.clone(), people: users, numbers })
        }
        _ => Err(Unfit::Tenant(slug)),
    }
}

/// A seed file of so many tenants, one person and one number each, to start a system with.
pub fn seed_of(tenants: u32) -> Value {
    let tenant = |i: u32| {
        json!({
            "slug": format!("load-{i}"), "name": format!("Load {i}"), "locale": "en", "time_zone": "Etc/UTC",
            "users": [{ "email": format!("owner@load-{i}.test"), "password": "switchboard-load-2026",
                "name": format!("Owner {i}"), "role": "owner" }],
            "channels": [{ "type": "whatsapp", "name": "Front desk", "phone_number_id": (700_000_000_000_000 + u64::from(i)).to_string(),
                "waba_id": (800_000_000_000_000 + u64::from(i)).to_string(), "display_phone_number": format!("+1 555 01{i:05}"),
                "access_token": format!("load-token-{i}") }],
        })
    };
    json!({
        "operators": [],
        "meta_apps": [{ "app_id": "1001", "app_secrets": ["load-app-secret"], "instagram_app_secrets": [],
            "verify_token": "load-verify-token", "tenant": null }],
        "tenants": (1..=tenants).map(tenant).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_has_two_tenants_and_their_owners_come_first() {
        let tenants = tenants(None).unwrap();
        let rows: Vec<_> = tenants
            .iter()
            .map(|tenant| (tenant.slug.as_deref(), tenant.people[0].email.as_str(), tenant.numbers.len()))
            .collect();
        assert_eq!(rows, vec![(Some("acme"), "ada@acme.test", 2), (Some("globex"), "gil@globex.test", 1)]);
    }

    #[test]
    fn a_seed_that_is_made_is_understood() {
        let tenants = tenants(Some(&seed_of(3).to_string())).unwrap();
        let slugs: Vec<_> = tenants.iter().filter_map(|tenant| tenant.slug.as_deref()).collect();
        assert_eq!(slugs, vec!["load-1", "load-2", "load-3"]);
    }

    #[test]
    fn a_tenant_whom_nobody_can_count_for_is_named() {
        let mut seed = seed_of(1);
        seed["tenants"][0]["users"][0]["role"] = json!("agent");
        let refusal = tenants(Some(&seed.to_string())).unwrap_err();
        assert_eq!(refusal.to_string(), "tenant load-1 needs a WhatsApp number, an app secret, and an owner or admin");
    }
}
