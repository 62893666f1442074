//! Embedded Signup: the code becomes a token, and Meta, not the browser, says which business account and number it is for.

use channel_meta::{NotDone, login};
use channel_whatsapp::onboarding::{self, Number};

use super::{
    account_id, not_done,
    proof::{Proven, SignedUp, Way},
    request::{Hints, SignupEvent},
    secret_problem,
};
use crate::{App, access::Member, meta::app::InstallApp, problem::Problem};

pub(super) async fn prove(app: &App, member: &Member, hints: &Hints) -> Result<Proven, Problem> {
    let (token, is_new) = match &hints.code {
        Some(code) => (exchange(app, code).await?, true),
        None => kept(app, member, hints).await?,
    };
    let install = configured(app).await?;
    let field = if hints.code.is_some() { "code" } else { "access_token" };
    let granted = login::inspect(&app.graph.caller(), &install.app, &token).await;
    let granted = granted.map_err(|why| not_done(why, field))?;
    if !granted.is_ours {
        return Err(Problem::invalid(
            field,
            "token_refused",
            "The token is no longer good: go through the signup again.",
        ));
    }
    let waba = business_account(hints.waba.as_deref(), &granted.wabas)?;
    let numbers = onboarding::numbers(&app.graph.caller(), &token, &waba).await.map_err(|why| match why {
        NotDone::Refused { .. } => not_shared(),
        why => not_done(why, field),
    })?;
    let number = choose(hints.number.as_deref(), numbers)?;
    let on_app = hints.event == Some(SignupEvent::FinishWhatsappBusinessAppOnboarding);
    let signed_up =
        SignedUp { is_new, is_on_a_phone: on_app || number.is_on_a_phone(), is_registered: number.is_registered() };
    Ok(Proven {
        token,
        number: number.id,
        waba: Some(waba),
        owns_waba: true,
        display_phone_number: number.display_phone_number,
        own_name: number.verified_name,
        webhooks_to: None,
        granted_by: granted.user_id,
        way: Way::Signup(signed_up),
    })
}

async fn configured(app: &App) -> Result<InstallApp, Problem> {
    let none = "This install has no Meta app to sign up with: connect with an access token.";
    app.meta_app.current(app.now()).await?.ok_or_else(|| Problem::conflict("signup_not_configured", none))
}

async fn exchange(app: &App, code: &str) -> Result<String, Problem> {
    let install = configured(app).await?;
    login::exchange(&app.graph.caller(), &install.app, code).await.map_err(|why| match why {
        NotDone::Refused { .. } | NotDone::Token => {
            let said = "Meta does not take this code: it is good once, for about 30 seconds. Go through the signup again, or, \
                if this code was used in a connect that was not finished, ask again without it.";
            Problem::invalid("code", "code_refused", said)
        }
        why @ NotDone::Unreachable(_) => not_done(why, "code"),
    })
}

/// The token of a connect that was not finished, or else the one that the account has; and whether it is the first.
async fn kept(app: &App, member: &Member, hints: &Hints) -> Result<(String, bool), Problem> {
    let missing = || Problem::invalid("access_token", "missing", "An access token or a signup's code is needed.");
    let number = hints.number.as_deref().ok_or_else(missing)?;
    let id = account_id(app, member, number).await.map_err(|_| missing())?;
    let account = app.tables.tenant(&member.ctx).account(&id).await?;
    let credential = account.map_or(0, |account| account.credential);
    for (credential, is_new) in [(credential + 1, true), (credential, false)] {
        let found = app.tokens.access_token(member.ctx.id(), &id, credential, app.now()).await;
        if let Some(token) = found.map_err(|error| secret_problem(&error))? {
            return Ok((token.expose().clone(), is_new));
        }
    }
    Err(missing())
}

/// The hint, if it was shared; without one, the only one that was.
fn business_account(hint: Option<&str>, shared: &[String]) -> Result<String, Problem> {
    match (hint, shared) {
        // Where Meta names none, what the token can read decides.
        (Some(hint), []) => Ok(hint.to_owned()),
        (Some(hint), shared) if shared.iter().any(|waba| waba == hint) => Ok(hint.to_owned()),
        (Some(_), _) => Err(not_shared()),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Problem::invalid("waba_id", "missing", "Say which business account it is.")),
    }
}

fn not_shared() -> Problem {
    let said = "This business account was not shared in the signup: go through it again and choose the account.";
    Problem::invalid("waba_id", "not_shared", said)
}

/// The hint, if it is one of them; without one, the only one.
fn choose(hint: Option<&str>, mut numbers: Vec<Number>) -> Result<Number, Problem> {
    if numbers.is_empty() {
        let said = "The business account has no number yet: add one in WhatsApp Manager, then connect again.";
        return Err(Problem::invalid("phone_number_id", "no_number", said));
    }
    match hint {
        Some(hint) => numbers.into_iter().find(|number| number.id == hint).ok_or_else(|| {
            Problem::invalid("phone_number_id", "not_owned", "The business account that was shared has no such number.")
        }),
        None if numbers.len() == 1 => Ok(numbers.remove(0)),
        None => {
            let said = "The business account has several numbers: say which one, in WhatsApp Manager's id of it.";
            Err(Problem::invalid("phone_number_id", "number_needed", said))
        }
    }
}
