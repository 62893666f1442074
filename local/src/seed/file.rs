//! The seed file as it is written. An unknown key or a missing value is one clear line.

use domain::{ChannelType, Role};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedFile {
    #[serde(default)]
    pub operators: Vec<Operator>,
    #[serde(default)]
    pub meta_apps: Vec<MetaApp>,
    #[serde(default)]
    pub tenants: Vec<TenantSeed>,
}

/// Someone who runs the install, and reads no tenant's messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    pub email: String,
    pub password: String,
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetaApp {
    pub app_id: String,
    /// The current secret, then the one before.
    pub app_secrets: Vec<String>,
    /// Of an app with Instagram login: they verify too.
    #[serde(default)]
    pub instagram_app_secrets: Vec<String>,
    pub verify_token: String,
    /// The slug of the tenant whose own app it is.
    #[serde(default)]
    pub tenant: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantSeed {
    pub slug: String,
    pub name: String,
    #[serde(default = "english")]
    pub locale: String,
    #[serde(default = "utc")]
    pub time_zone: String,
    #[serde(default)]
    pub users: Vec<User>,
    #[serde(default)]
    pub channels: Vec<Channel>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub email: String,
    pub password: String,
    pub name: String,
    pub role: Role,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Channel {
    Whatsapp {
        name: String,
        phone_number_id: String,
        waba_id: Option<String>,
        display_phone_number: Option<String>,
        access_token: String,
    },
    Messenger {
        name: String,
        page_id: String,
        access_token: String,
    },
    Instagram {
        name: String,
        instagram_id: String,
        page_id: Option<String>,
        access_token: String,
    },
    Line {
        name: String,
        destination: String,
        channel_id: String,
        channel_secret: String,
        access_token: String,
    },
}

impl Channel {
    pub fn kind(&self) -> ChannelType {
        match self {
            Self::Whatsapp { .. } => ChannelType::Whatsapp,
            Self::Messenger { .. } => ChannelType::Messenger,
            Self::Instagram { .. } => ChannelType::Instagram,
            Self::Line { .. } => ChannelType::Line,
        }
    }

    /// Its name, what its channel calls it, and its token.
    pub fn basics(&self) -> (&str, &str, &str) {
        match self {
            Self::Whatsapp { name, phone_number_id: id, access_token, .. }
            | Self::Messenger { name, page_id: id, access_token }
            | Self::Instagram { name, instagram_id: id, access_token, .. }
            | Self::Line { name, destination: id, access_token, .. } => (name, id, access_token),
        }
    }
}

/// What is wrong with a seed file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seed file: {0}")]
pub struct BadSeed(pub String);

impl SeedFile {
    pub fn parse(text: &str) -> Result<Self, BadSeed> {
        let mut json = serde_json::Deserializer::from_str(text);
        let seed: Self = serde_path_to_error::deserialize(&mut json).map_err(|e| {
            let (path, why) = (e.path().to_string(), e.inner().to_string());
            BadSeed(if path == "." || path == "?" { why } else { format!("{path}: {why}") })
        })?;
        seed.checked()
    }

    /// Names are unique, and what is named is there.
    fn checked(self) -> Result<Self, BadSeed> {
        for (place, app) in self.meta_apps.iter().enumerate() {
            if app.app_secrets.is_empty() || app.app_secrets.iter().any(String::is_empty) {
                return Err(BadSeed(format!("meta_apps[{place}].app_secrets: a secret is missing")));
            }
            let known = |slug: &String| self.tenants.iter().any(|t| t.slug == *slug);
            if app.tenant.as_ref().is_some_and(|slug| !known(slug)) {
                return Err(BadSeed(format!("meta_apps[{place}].tenant: no tenant of this file has that slug")));
            }
        }
        let people = self.operators.iter().map(|o| ("operators", &o.email, &o.password));
        let users = self.tenants.iter().flat_map(|t| t.users.iter().map(|u| ("users", &u.email, &u.password)));
        for (list, email, password) in people.chain(users) {
            if !email.contains('@') || password.is_empty() {
                return Err(BadSeed(format!("{list}: {email:?}: an e-mail address and a password are needed")));
            }
        }
        let channels = self.tenants.iter().flat_map(|t| &t.channels);
        if let Some(bad) = channels.map(Channel::basics).find(|(_, id, token)| id.is_empty() || token.is_empty()) {
            return Err(BadSeed(format!("channels: {:?}: an id or a token is missing", bad.0)));
        }
        Ok(self)
    }
}

fn english() -> String {
    "en".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_one_line_that_says_where() {
        for (text, line) in [
            ("{", "the seed file: EOF while parsing an object at line 1 column 1"),
            (
                r#"{"tenant": []}"#,
                "the seed file: tenant: unknown field `tenant`, expected one of `operators`, `meta_apps`, `tenants` at line 1 column 9",
            ),
            (r#"{"tenants": [{"slug": "a"}]}"#, "the seed file: tenants[0]: missing field `name` at line 1 column 26"),
            (
                r#"{"meta_apps": [{"app_id": "1", "app_secrets": [""], "verify_token": "v"}]}"#,
                "the seed file: meta_apps[0].app_secrets: a secret is missing",
            ),
        ] {
            assert_eq!(SeedFile::parse(text).err().map(|e| e.to_string()), Some(line.to_owned()), "{text}");
        }
    }
}
