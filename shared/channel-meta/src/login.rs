//! What comes back from Meta's login dialog: a code becomes a token, and Meta tells whose it is and for what.
//! [Embedded Signup](https://developers.facebook.com/docs/whatsapp/embedded-signup/implementation).

use serde::{Deserialize, Deserializer};

use crate::{Graph, NotDone, not_done};

/// The Meta app that people log in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaApp {
    pub app_id: String,
    pub app_secret: String,
}

/// What Meta says of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// Whether the token is good, and this app's.
    pub is_ours: bool,
    /// Whoever logged in, by the id that they have for this app alone.
    pub user_id: Option<String>,
    /// The WhatsApp Business accounts that they shared; none where Meta names none.
    pub wabas: Vec<String>,
}

#[derive(Deserialize)]
struct Exchanged {
    access_token: String,
}

#[derive(Deserialize)]
struct Debugged {
    data: Debug,
}

#[derive(Deserialize)]
struct Debug {
    #[serde(default, deserialize_with = "id")]
    app_id: Option<String>,
    #[serde(default)]
    is_valid: bool,
    #[serde(default, deserialize_with = "id")]
    user_id: Option<String>,
    #[serde(default)]
    granular_scopes: Vec<Scope>,
}

#[derive(Deserialize)]
struct Scope {
    scope: String,
    #[serde(default)]
    target_ids: Vec<String>,
}

/// Graph writes some ids as numbers.
fn id<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    Ok(Option::deserialize(json)?.map(|id| match id {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    }))
}

/// The business token that a code stands for. A code is good once, for about thirty seconds.
pub async fn exchange(graph: &Graph, app: &MetaApp, code: &str) -> Result<String, NotDone> {
    let query = [("client_id", app.app_id.as_str()), ("client_secret", &app.app_secret), ("code", code)];
    let exchanged: Exchanged = not_done::read(graph.ask("oauth/access_token", &query).await)?;
    Ok(exchanged.access_token)
}

/// What a token is good for. [Debug token](https://developers.facebook.com/docs/graph-api/reference/debug_token).
pub async fn inspect(graph: &Graph, app: &MetaApp, access_token: &str) -> Result<Granted, NotDone> {
    let own = format!("{}|{}", app.app_id, app.app_secret);
    let told: Debugged = not_done::read(graph.get("debug_token", &[("input_token", access_token)], &own).await)?;
    Ok(granted(told.data, &app.app_id))
}

fn granted(told: Debug, app_id: &str) -> Granted {
    let of = |wanted: &str| told.granular_scopes.iter().find(|scope| scope.scope == wanted);
    let scope = of("whatsapp_business_management").or_else(|| of("whatsapp_business_messaging"));
    Granted {
        is_ours: told.is_valid && told.app_id.as_deref() == Some(app_id),
        wabas: scope.map(|scope| scope.target_ids.clone()).unwrap_or_default(),
        user_id: told.user_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Granted {
        granted(serde_json::from_str::<Debugged>(text).unwrap().data, "1001")
    }

    #[test]
    fn a_token_counts_only_for_its_own_app_and_for_what_was_shared() {
        let whole = r#"{"data":{"app_id":"1001","type":"SYSTEM_USER","is_valid":true,"expires_at":0,"user_id":"77",
            "granular_scopes":[{"scope":"whatsapp_business_messaging"},
                               {"scope":"whatsapp_business_management","target_ids":["2001","2002"]}]}}"#;
        let wabas = vec!["2001".to_owned(), "2002".to_owned()];
        let ours = Granted { is_ours: true, user_id: Some("77".to_owned()), wabas };
        assert_eq!(told(whole), ours);
        assert_eq!(told(&whole.replace(r#""user_id":"77""#, r#""user_id":77"#)), ours);
        assert!(!told(&whole.replace("1001", "1002")).is_ours, "another app's");
        assert!(!told(&whole.replace("true", "false")).is_ours, "no longer good");
        assert_eq!(told(r#"{"data":{"error":{"code":190}}}"#), Granted::default());
    }
}
