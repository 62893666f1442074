//! A number that stays on the WhatsApp Business app: its contacts and its chats so far are asked for, each once, while Meta gives them.
//! A step of its own after the account is there, so that what comes finds it; what fails is told in the account's health.

use channel_meta::NotDone;
use channel_whatsapp::coexistence::{self, NotAsked};
use domain::{Account, Past};

use super::proof::{Proven, Way};
use crate::{App, access::Member, problem::Problem};

/// Why something was not asked for, by what its admin does next.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Left {
    /// Connects again.
    Again,
    /// Signs up anew.
    TooLate,
    /// Looks into what the channel says.
    Refused(String),
}

/// The account, after what it still lacks was asked for. `had` is what was asked for before this signup.
pub(super) async fn ask_for(
    app: &App,
    member: &Member,
    account: Account,
    proven: &Proven,
    had: &[Past],
) -> Result<Account, Problem> {
    let is_on_a_phone = matches!(&proven.way, Way::Signup(number) if number.is_on_a_phone);
    if !is_on_a_phone {
        return Ok(account);
    }
    let mut asked_for = account.asked_for.clone();
    let mut left: Vec<(Past, Left)> = Vec::new();
    for past in [Past::Contacts, Past::History] {
        if asked_for.contains(&past) {
            continue;
        }
        // Whom nobody reached is not waited for twice.
        let is_lost = matches!(left.last(), Some((_, Left::Again)));
        let asked = if is_lost { Err(Left::Again) } else { ask(app, proven, past).await };
        match asked {
            Ok(()) => asked_for.push(past),
            // It came after an earlier signup.
            Err(Left::TooLate) if had.contains(&past) => asked_for.push(past),
            Err(why) => left.push((past, why)),
        }
    }
    keep(app, member, account, asked_for, &left).await
}

async fn ask(app: &App, proven: &Proven, past: Past) -> Result<(), Left> {
    let asked = coexistence::ask_for(&app.graph.caller(), &proven.token, &proven.number, past).await;
    asked.map_err(|why| match why {
        NotAsked::TooLate => Left::TooLate,
        NotAsked::NotDone(NotDone::Refused { code, said }) => {
            tracing::warn!(code, ?past, "the channel refused a number's past");
            Left::Refused(said)
        }
        NotAsked::NotDone(why @ (NotDone::Token | NotDone::Unreachable(_))) => {
            tracing::warn!(?why, ?past, "the channel could not be asked for a number's past");
            Left::Again
        }
    })
}

async fn keep(
    app: &App,
    member: &Member,
    account: Account,
    asked_for: Vec<Past>,
    left: &[(Past, Left)],
) -> Result<Account, Problem> {
    if asked_for == account.asked_for && left.is_empty() {
        return Ok(account);
    }
    let note = (!left.is_empty())
        .then(|| [account.health.clone(), Some(sentences(left))].map(Option::unwrap_or_default).join(" "));
    app.tables.tenant(&member.ctx).set_asked_for(&account, &asked_for, note.as_deref()).await?;
    Ok(Account { asked_for, health: note.or(account.health), ..account })
}

/// What is left, told at once where it is for the same reason.
fn sentences(left: &[(Past, Left)]) -> String {
    let groups = left.chunk_by(|one, next| one.1 == next.1);
    let said = groups.map(|group| {
        let names: Vec<_> = group.iter().map(|(past, _)| name(*past)).collect();
        sentence(&names.join(" and its "), &group[0].1)
    });
    said.collect::<Vec<_>>().join(" ")
}

fn name(past: Past) -> &'static str {
    match past {
        Past::Contacts => "contacts",
        Past::History => "chats so far",
    }
}

fn sentence(names: &str, why: &Left) -> String {
    match why {
        Left::Again => format!(
            "WhatsApp could not be asked for its {names}: connect it again without the code, within 24 hours of the signup."
        ),
        Left::TooLate => format!(
            "WhatsApp gives its {names} no more, as the signup was over 24 hours ago: to have them, disconnect the number in the \
                WhatsApp Business app and go through the signup again."
        ),
        Left::Refused(said) => format!("WhatsApp does not give its {names}: {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_with_what_to_do() {
        use Past::{Contacts, History};
        let again = "WhatsApp could not be asked for its chats so far: connect it again without the code, within 24 hours of the signup.";
        let late = "WhatsApp gives its contacts and its chats so far no more, as the signup was over 24 hours ago: to have them, \
            disconnect the number in the WhatsApp Business app and go through the signup again.";
        let no = || Left::Refused("(#100) no".to_owned());
        for (left, said) in [
            (vec![], String::new()),
            (vec![(History, Left::Again)], again.to_owned()),
            (vec![(Contacts, Left::TooLate), (History, Left::TooLate)], late.to_owned()),
            (
                vec![(Contacts, no()), (History, Left::Again)],
                format!("WhatsApp does not give its contacts: (#100) no {again}"),
            ),
        ] {
            assert_eq!(sentences(&left), said, "{left:?}");
        }
    }
}
