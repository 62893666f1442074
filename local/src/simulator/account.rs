//! The business numbers that the simulator plays, with the token and the app secret that go with each.

use serde::{Deserialize, Serialize};

use crate::seed::{Channel, SeedFile, TenantSeed};

/// One WhatsApp number of a business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimAccount {
    pub phone_number_id: String,
    #[serde(default)]
    pub waba_id: String,
    pub display_phone_number: String,
    pub name: String,
    /// What Graph's callers must show for this number.
    pub access_token: String,
    /// Signs this number's webhooks; empty: that of the first account.
    #[serde(default)]
    pub app_secret: String,
}

impl SimAccount {
    /// The WhatsApp numbers of a seed, each signed for by its tenant's own app, or else by the shared one.
    pub fn of_seed(seed: &SeedFile) -> Vec<Self> {
        seed.tenants
            .iter()
            .flat_map(|tenant| tenant.channels.iter().filter_map(|channel| Self::of(seed, tenant, channel)))
            .collect()
    }

    fn of(seed: &SeedFile, tenant: &TenantSeed, channel: &Channel) -> Option<Self> {
        let Channel::Whatsapp { name, phone_number_id, waba_id, display_phone_number, access_token } = channel else {
            return None;
        };
        let own = seed.meta_apps.iter().find(|app| app.tenant.as_ref() == Some(&tenant.slug));
        let app = own.or_else(|| seed.meta_apps.iter().find(|app| app.tenant.is_none()))?;
        Some(Self {
            phone_number_id: phone_number_id.clone(),
            waba_id: waba_id.clone().unwrap_or_default(),
            display_phone_number: display_phone_number.clone().unwrap_or_else(|| phone_number_id.clone()),
            name: format!("{} · {name}", tenant.name),
            access_token: access_token.clone(),
            app_secret: app.app_secrets.first()?.clone(),
        })
    }

    /// What Meta calls a customer of this business, whatever their number:
    /// [business-scoped user id](https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids).
    pub(super) fn user_id(&self, phone: &str) -> String {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(format!("{}/{phone}", self.waba_id));
        let number = hash.iter().take(7).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{}.{number}", country(phone))
    }
}

/// The country of a number's first digits, of those that the demo's customers come from; else the one that ISO 3166
/// leaves to its users.
fn country(phone: &str) -> &'static str {
    let codes = [("972", "IL"), ("971", "AE"), ("81", "JP"), ("66", "TH"), ("44", "GB"), ("1", "US")];
    codes.iter().find(|(digits, _)| phone.starts_with(digits)).map_or("ZZ", |(_, country)| country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_a_seed_has_its_token_and_its_apps_secret() {
        let seed = SeedFile::parse(
            r#"{"meta_apps": [{"app_id": "1", "app_secrets": ["shared"], "verify_token": "v"},
                              {"app_id": "2", "app_secrets": ["own", "old"], "verify_token": "v", "tenant": "b"}],
                "tenants": [{"slug": "a", "name": "A", "channels": [{"type": "whatsapp", "name": "Sales", "phone_number_id": "1",
                              "waba_id": "9", "display_phone_number": "+1 555", "access_token": "t1"}]},
                            {"slug": "b", "name": "B", "channels": [{"type": "whatsapp", "name": "Help", "phone_number_id": "2", "access_token": "t2"}]}]}"#,
        )
        .unwrap();
        let account = |id: &str, waba: &str, display: &str, name: &str, token: &str, secret: &str| SimAccount {
            phone_number_id: id.to_owned(),
            waba_id: waba.to_owned(),
            display_phone_number: display.to_owned(),
            name: name.to_owned(),
            access_token: token.to_owned(),
            app_secret: secret.to_owned(),
        };
        assert_eq!(
            SimAccount::of_seed(&seed),
            [account("1", "9", "+1 555", "A · Sales", "t1", "shared"), account("2", "", "2", "B · Help", "t2", "own")]
        );
    }
}
