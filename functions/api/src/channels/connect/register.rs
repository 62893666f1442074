//! The number is registered, with a PIN that is kept before WhatsApp hears it: a lost answer must not lose the PIN.

use axum::http::StatusCode;
use channel_whatsapp::onboarding::{self, NotRegistered};
use domain::AccountId;

use super::{not_done, proof::Proven, secret_problem};
use crate::{App, access::Member, problem::Problem};

/// With the PIN that is given, or the one kept, or one made up.
pub(super) async fn register(
    app: &App,
    member: &Member,
    id: &AccountId,
    proven: &Proven,
    given: Option<&str>,
) -> Result<(), Problem> {
    let tenant = member.ctx.id();
    let kept = app.tokens.pin(tenant, id).await.map_err(|error| secret_problem(&error))?;
    let pin = match (given, kept) {
        (Some(given), _) => given.to_owned(),
        (None, Some(kept)) => kept.expose().clone(),
        (None, None) => format!("{:06}", u32::from_be_bytes(app.random.bytes()) % 1_000_000),
    };
    app.tokens.put_pin(tenant, id, Some(&pin)).await.map_err(|error| secret_problem(&error))?;
    let done = onboarding::register(&app.graph.caller(), &proven.token, &proven.number, &pin).await;
    if done == Err(NotRegistered::WrongPin) {
        // Tried again it would only use up guesses.
        app.tokens.put_pin(tenant, id, None).await.map_err(|error| secret_problem(&error))?;
    }
    done.map_err(refused)
}

fn refused(why: NotRegistered) -> Problem {
    let waits = |said: &str, seconds| Problem::conflict("registration_waits", said).retry_after(seconds);
    match why {
        NotRegistered::WrongPin => Problem::invalid(
            "pin",
            "pin_refused",
            "The number has two-step verification: connect again with its PIN, or switch it off in WhatsApp Manager.",
        ),
        NotRegistered::Unverified => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "number_unverified",
            "The number is not verified yet: verify it in WhatsApp Manager, then connect again without the code.",
        ),
        NotRegistered::TooOften => {
            waits("WhatsApp takes no more tries for this number now: connect again in some hours.", 6 * 60 * 60)
        }
        NotRegistered::JustDeleted => {
            waits("The number was deleted a moment ago: connect again in five minutes.", 5 * 60)
        }
        NotRegistered::NotDone(why) => not_done(why, "phone_number_id"),
    }
}
