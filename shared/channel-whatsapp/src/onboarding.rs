//! A number comes under our app and leaves it again: who its business account's numbers are, who hears of them, and the number's
//! registration. [Embedded Signup](https://developers.facebook.com/docs/whatsapp/embedded-signup/).

use channel_meta::{Graph, NotDone, not_done};
use serde::Deserialize;
use serde_json::{Value, json};

/// Numbers of one answer: a business account has 20 at first, and some hundreds at most.
const NUMBERS_MAX: &str = "500";

/// A number of a business account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Number {
    pub id: String,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    /// It is used in the WhatsApp Business app on a phone too.
    #[serde(default)]
    is_on_biz_app: bool,
    platform_type: Option<String>,
    status: Option<String>,
}

impl Number {
    /// Such a number is never registered: that would take it off its phone.
    /// [Coexistence](https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users).
    pub fn is_on_a_phone(&self) -> bool {
        self.is_on_biz_app
    }

    /// It sends and receives by the Cloud API already. Another registration would only use up one of ten in three days.
    pub fn is_registered(&self) -> bool {
        self.platform_type.as_deref() == Some("CLOUD_API") && self.status.as_deref() == Some("CONNECTED")
    }
}

/// An app that hears of a business account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub app_id: String,
    /// It has its messages sent to an address of their own.
    pub is_overridden: bool,
}

/// Where the webhooks of a business account's messages go, in place of the app's own address.
/// [Overrides](https://developers.facebook.com/docs/whatsapp/embedded-signup/webhooks/override).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// `https://…`, at most 200 characters.
    pub callback_url: String,
    pub verify_token: String,
}

/// Why a number was not registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRegistered {
    /// It has two-step verification with another PIN.
    WrongPin,
    /// Its owner has yet to prove that it is theirs.
    Unverified,
    /// Too many wrong PINs, or too many registrations: for hours.
    TooOften,
    /// It was deleted a moment ago: in five minutes.
    JustDeleted,
    NotDone(NotDone),
}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
}

#[derive(Deserialize)]
struct SubscribedApp {
    whatsapp_business_api_data: AppData,
    override_callback_uri: Option<String>,
}

#[derive(Deserialize)]
struct AppData {
    id: String,
}

/// The numbers of a business account that the token may see.
pub async fn numbers(graph: &Graph, access_token: &str, waba: &str) -> Result<Vec<Number>, NotDone> {
    let fields = "id,display_phone_number,verified_name,platform_type,status,is_on_biz_app";
    let path = format!("{waba}/phone_numbers");
    let query = [("fields", fields), ("limit", NUMBERS_MAX)];
    let list: List<Number> = not_done::read(graph.get(&path, &query, access_token).await)?;
    Ok(list.data)
}

/// The apps that hear of a business account.
pub async fn subscriptions(graph: &Graph, access_token: &str, waba: &str) -> Result<Vec<Subscription>, NotDone> {
    let path = format!("{waba}/subscribed_apps");
    let list: List<SubscribedApp> = not_done::read(graph.get(&path, &[], access_token).await)?;
    let one = |app: SubscribedApp| Subscription {
        app_id: app.whatsapp_business_api_data.id,
        is_overridden: app.override_callback_uri.is_some_and(|uri| !uri.is_empty()),
    };
    Ok(list.data.into_iter().map(one).collect())
}

/// Has the token's app hear of a business account. Without `to`, an override that it has is *deleted*: ask
/// [`subscriptions`] first.
pub async fn subscribe(graph: &Graph, access_token: &str, waba: &str, to: Option<&Override>) -> Result<(), NotDone> {
    let body = to.map_or_else(
        || json!({}),
        |to| json!({ "override_callback_uri": to.callback_url, "verify_token": to.verify_token }),
    );
    let path = format!("{waba}/subscribed_apps");
    not_done::read::<Value>(graph.post(&path, access_token, &body).await).map(drop)
}

/// The token's app hears of the business account no more, none of its numbers.
pub async fn unsubscribe(graph: &Graph, access_token: &str, waba: &str) -> Result<(), NotDone> {
    not_done::read::<Value>(graph.delete(&format!("{waba}/subscribed_apps"), access_token).await).map(drop)
}

/// Has a number send and receive by the Cloud API. Where it has no PIN yet, this becomes its PIN. Safe to repeat with the same.
/// [Registration](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/registration).
pub async fn register(graph: &Graph, access_token: &str, number: &str, pin: &str) -> Result<(), NotRegistered> {
    let body = json!({ "messaging_product": "whatsapp", "pin": pin });
    let done = not_done::read::<Value>(graph.post(&format!("{number}/register"), access_token, &body).await);
    done.map(drop).map_err(not_registered)
}

fn not_registered(why: NotDone) -> NotRegistered {
    match why {
        NotDone::Refused { code: 133_005, .. } => NotRegistered::WrongPin,
        NotDone::Refused { code: 133_006, .. } => NotRegistered::Unverified,
        NotDone::Refused { code: 133_008 | 133_009 | 133_016, .. } => NotRegistered::TooOften,
        NotDone::Refused { code: 133_015, .. } => NotRegistered::JustDeleted,
        NotDone::Refused { code: 133_004, .. } => {
            NotRegistered::NotDone(NotDone::Unreachable("the registration is out of order".to_owned()))
        }
        why => NotRegistered::NotDone(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_whether_it_may_and_must_be_registered() {
        let number = |text: &str| -> (bool, bool) {
            let number: Number = serde_json::from_str(text).unwrap();
            (number.is_on_a_phone(), number.is_registered())
        };
        for (text, expected) in [
            (r#"{"id":"1"}"#, (false, false)),
            (r#"{"id":"1","platform_type":"NOT_APPLICABLE","status":"PENDING"}"#, (false, false)),
            (r#"{"id":"1","platform_type":"CLOUD_API","status":"PENDING"}"#, (false, false)),
            (r#"{"id":"1","platform_type":"CLOUD_API","status":"CONNECTED"}"#, (false, true)),
            (r#"{"id":"1","platform_type":"CLOUD_API","status":"CONNECTED","is_on_biz_app":true}"#, (true, true)),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn a_registration_that_is_refused_says_what_to_do() {
        let refused = |code| not_registered(NotDone::Refused { code, said: String::new() });
        let seen = [133_005, 133_006, 133_008, 133_016, 133_015].map(refused);
        let [wrong, unverified, guesses, often, deleted] = seen;
        assert_eq!((wrong, unverified), (NotRegistered::WrongPin, NotRegistered::Unverified));
        assert_eq!((guesses, often), (NotRegistered::TooOften, NotRegistered::TooOften));
        assert_eq!(deleted, NotRegistered::JustDeleted);
        assert_eq!(not_registered(NotDone::Token), NotRegistered::NotDone(NotDone::Token));
    }
}
