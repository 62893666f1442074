//! A number that stays on the WhatsApp Business app brings its contacts and its chats along, where it is asked for them in time.
//! [Onboarding](https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/onboarding-business-app-users).

use channel_meta::{Graph, NotDone, not_done};
use domain::Past;
use serde_json::{Value, json};

/// Why a number's past will not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// More than 24 hours have passed since its signup: only another one, after it was taken off, opens this again.
    TooLate,
    NotDone(NotDone),
}

/// Asks for what a number has from before it was connected; it comes by webhooks. Each may be asked for once after a signup, within
/// 24 hours, so what was asked for already counts as asked for: safe to repeat.
pub async fn ask_for(graph: &Graph, access_token: &str, number: &str, past: Past) -> Result<(), NotAsked> {
    let body = json!({ "messaging_product": "whatsapp", "sync_type": word(past) });
    let done = graph.post(&format!("{number}/smb_app_data"), access_token, &body).await;
    asked(not_done::read::<Value>(done).map(drop))
}

fn word(past: Past) -> &'static str {
    match past {
        Past::Contacts => "smb_app_state_sync",
        Past::History => "history",
    }
}

fn asked(done: Result<(), NotDone>) -> Result<(), NotAsked> {
    match done {
        Ok(()) | Err(NotDone::Refused { code: 2_593_107, .. }) => Ok(()),
        Err(NotDone::Refused { code: 2_593_108, .. }) => Err(NotAsked::TooLate),
        Err(why) => Err(NotAsked::NotDone(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_before_is_asked_for_and_what_comes_too_late_is_told() {
        let refused = |code| NotDone::Refused { code, said: "no".to_owned() };
        for (done, expected) in [
            (Ok(()), Ok(())),
            (Err(refused(2_593_107)), Ok(())),
            (Err(refused(2_593_108)), Err(NotAsked::TooLate)),
            (Err(refused(100)), Err(NotAsked::NotDone(refused(100)))),
            (Err(NotDone::Token), Err(NotAsked::NotDone(NotDone::Token))),
        ] {
            assert_eq!(asked(done.clone()), expected, "{done:?}");
        }
    }
}
