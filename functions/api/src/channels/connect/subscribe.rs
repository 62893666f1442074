//! Our app is told of a business account's messages. A subscription without an override *deletes* the override that is there, so
//! what is subscribed already is left alone.

use channel_meta::NotDone;
use channel_whatsapp::onboarding::{self, Subscription};

use super::{not_done, proof::Proven};
use crate::{App, meta::app::InstallApp, problem::Problem};

/// What a subscription needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Nothing,
    Subscribe,
    /// Some app has an override, and whether it is this token's cannot be told.
    CannotTell,
}

/// After a signup: the token is the install's own app's.
pub(super) async fn signed_up(app: &App, proven: &Proven) -> Result<(), Problem> {
    let Some(waba) = &proven.waba else { return Ok(()) };
    let install = app.meta_app.current(app.now()).await?;
    let field = "waba_id";
    let there = onboarding::subscriptions(&app.graph.caller(), &proven.token, waba).await;
    let there = there.map_err(|why| not_done(why, field))?;
    let own = install.as_ref().map(|install| install.app.app_id.as_str());
    if !there.iter().any(|known| Some(known.app_id.as_str()) == own) {
        subscribe(app, proven, waba, None).await.map_err(|why| not_done(why, field))?;
    }
    redirect(app, proven, waba, install.as_ref()).await.map_err(|why| not_done(why, field))
}

/// By a token that somebody put in: it may be of another app, and it may lack the right to subscribe. Then the account works as far
/// as it does, and its health says what is missing.
pub(super) async fn by_hand(app: &App, proven: &mut Proven) -> Result<Option<String>, Problem> {
    let Some(waba) = proven.waba.clone() else { return Ok(None) };
    let install = app.meta_app.current(app.now()).await?;
    match try_by_hand(app, proven, &waba, install.as_ref()).await {
        Ok(Need::Nothing | Need::Subscribe) => {
            proven.owns_waba = true;
            Ok(None)
        }
        Ok(Need::CannotTell) => {
            proven.owns_waba = true;
            Ok(Some(
                "Whether our app is subscribed to the business account cannot be told: look in Meta's dashboard."
                    .to_owned(),
            ))
        }
        Err(why @ NotDone::Unreachable(_)) => Err(not_done(why, "waba_id")),
        Err(NotDone::Token) => Err(not_done(NotDone::Token, "access_token")),
        Err(NotDone::Refused { said, .. }) => {
            Ok(Some(format!("Its app could not be subscribed to business account {waba}: {said}")))
        }
    }
}

async fn try_by_hand(app: &App, proven: &Proven, waba: &str, install: Option<&InstallApp>) -> Result<Need, NotDone> {
    let there = onboarding::subscriptions(&app.graph.caller(), &proven.token, waba).await?;
    let need = need(&there, install.map(|install| install.app.app_id.as_str()));
    if need == Need::Subscribe {
        subscribe(app, proven, waba, None).await?;
    }
    Ok(need)
}

fn need(there: &[Subscription], own: Option<&str>) -> Need {
    if own.is_some_and(|own| there.iter().any(|known| known.app_id == own)) {
        return Need::Nothing;
    }
    if there.iter().any(|known| known.is_overridden) { Need::CannotTell } else { Need::Subscribe }
}

async fn subscribe(app: &App, proven: &Proven, waba: &str, to: Option<&onboarding::Override>) -> Result<(), NotDone> {
    onboarding::subscribe(&app.graph.caller(), &proven.token, waba, to).await
}

/// Where the install has an address of its own for messages, it is set each time. The app must be subscribed before.
async fn redirect(app: &App, proven: &Proven, waba: &str, install: Option<&InstallApp>) -> Result<(), NotDone> {
    match install.and_then(|install| install.webhook_override.as_ref()) {
        Some(to) => subscribe(app, proven, waba, Some(to)).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_subscribed_that_might_delete_an_override() {
        let app = |id: &str, is_overridden| Subscription { app_id: id.to_owned(), is_overridden };
        for (there, own, expected) in [
            (vec![], None, Need::Subscribe),
            (vec![], Some("1"), Need::Subscribe),
            (vec![app("1", true)], Some("1"), Need::Nothing),
            (vec![app("1", false)], Some("1"), Need::Nothing),
            (vec![app("2", false)], Some("1"), Need::Subscribe),
            (vec![app("2", true)], Some("1"), Need::CannotTell),
            (vec![app("2", true)], None, Need::CannotTell),
            (vec![app("2", false)], None, Need::Subscribe),
        ] {
            assert_eq!(need(&there, own), expected, "{there:?} {own:?}");
        }
    }
}
