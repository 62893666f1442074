//! The proof that a token may act for a number, before anything is kept or told.

use channel_meta::probe::Probe;

use super::{
    request::{By, Wish},
    signup,
};
use crate::{App, access::Member, channels::test::unreachable, problem::Problem};

/// A number, and the token that owns it.
pub(super) struct Proven {
    pub(super) token: String,
    pub(super) number: String,
    /// The business account: proven where `owns_waba`, else what the caller says.
    pub(super) waba: Option<String>,
    pub(super) owns_waba: bool,
    pub(super) display_phone_number: Option<String>,
    pub(super) own_name: Option<String>,
    pub(super) webhooks_to: Option<String>,
    /// Meta's id of the person who logged in.
    pub(super) granted_by: Option<String>,
    pub(super) way: Way,
}

/// How it came.
pub(super) enum Way {
    Token,
    Signup(SignedUp),
}

/// What decides whether a number is registered, and what is asked for of its past.
#[derive(Clone, Copy)]
pub(super) struct SignedUp {
    /// No account stands by this signup yet.
    pub(super) is_new: bool,
    pub(super) is_on_a_phone: bool,
    pub(super) is_registered: bool,
}

impl Way {
    pub(super) fn is_new(&self) -> bool {
        matches!(self, Self::Signup(signed_up) if signed_up.is_new)
    }

    /// For the audit.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Signup(_) => "signup",
        }
    }
}

pub(super) async fn prove(app: &App, member: &Member, wish: &Wish) -> Result<Proven, Problem> {
    let (token, number, waba, display_phone_number) = match &wish.by {
        By::Signup(hints) => return signup::prove(app, member, hints).await,
        By::Token { token, number, waba, display_phone_number } => (token, number, waba, display_phone_number),
    };
    match app.graph.number(number, token).await {
        Probe::Owns { name, webhooks_to } => Ok(Proven {
            token: token.clone(),
            number: number.clone(),
            waba: waba.clone(),
            owns_waba: false,
            display_phone_number: display_phone_number.clone(),
            own_name: name,
            webhooks_to,
            granted_by: None,
            way: Way::Token,
        }),
        Probe::Refused => {
            Err(Problem::invalid("access_token", "token_refused", "The channel does not accept this token."))
        }
        Probe::NotItsOwn => {
            Err(Problem::invalid("phone_number_id", "not_owned", "This token may not act for this number."))
        }
        Probe::Unreachable(why) => {
            tracing::warn!(why, "the channel could not be asked");
            Err(unreachable())
        }
    }
}
