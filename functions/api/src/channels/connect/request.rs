//! What a connect asks for, and its form.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A channel as in the seed file, or the result of Meta's Embedded Signup.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Connect {
    #[serde(rename = "type")]
    kind: ConnectType,
    /// Needed with an `access_token`; else the number's own name stands in.
    #[schema(example = "Sales")]
    name: Option<String>,
    /// Needed with an `access_token`; after a signup only where the business account has several numbers.
    phone_number_id: Option<String>,
    waba_id: Option<String>,
    display_phone_number: Option<String>,
    /// Kept as a secret, shown to nobody.
    access_token: Option<String>,
    /// The signup's code, good once for about 30 seconds. The ids beside it are hints: what counts is read from Meta.
    code: Option<String>,
    /// How the signup ended.
    event: Option<SignupEvent>,
    /// The number's two-step PIN, six digits, where it has one. Else one is made up and kept.
    pin: Option<String>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ConnectType {
    Whatsapp,
}

/// The `event` of the signup's message to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum SignupEvent {
    Finish,
    FinishOnlyWaba,
    /// The number stays on the WhatsApp Business app too, and is not registered.
    FinishWhatsappBusinessAppOnboarding,
    FinishOboMigration,
    FinishGrantOnlyApiAccess,
}

/// A connect of a sound form.
pub(super) struct Wish {
    pub(super) name: Option<String>,
    pub(super) pin: Option<String>,
    pub(super) by: By,
}

pub(super) enum By {
    Token { token: String, number: String, waba: Option<String>, display_phone_number: Option<String> },
    Signup(Hints),
}

/// What the browser says of a signup.
pub(super) struct Hints {
    /// `None`: what an earlier connect kept is to be finished.
    pub(super) code: Option<String>,
    pub(super) number: Option<String>,
    pub(super) waba: Option<String>,
    pub(super) event: Option<SignupEvent>,
}

impl Connect {
    pub(super) fn check(self) -> Result<Wish, Problem> {
        let ConnectType::Whatsapp = self.kind;
        let name = filled("name", self.name)?.map(|name| name.trim().to_owned());
        let number = digits("phone_number_id", "A phone number's id is digits.", self.phone_number_id)?;
        let waba = digits("waba_id", "A business account's id is digits.", self.waba_id)?;
        let (token, code) = (filled("access_token", self.access_token)?, filled("code", self.code)?);
        let pin = self.pin.map(six_digits).transpose()?;
        let by = match (token, code) {
            (Some(_), Some(_)) => {
                return Err(Problem::invalid("code", "invalid", "Either a code or an access token is taken."));
            }
            (Some(token), None) => {
                let missing = |field: &'static str| Problem::invalid(field, "missing", "This field is needed.");
                let number = number.ok_or_else(|| missing("phone_number_id"))?;
                if name.is_none() {
                    return Err(missing("name"));
                }
                By::Token { token, number, waba, display_phone_number: self.display_phone_number }
            }
            (None, code) => By::Signup(Hints { code, number, waba, event: self.event }),
        };
        Ok(Wish { name, pin, by })
    }
}

fn filled(field: &'static str, text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.trim().is_empty() => Err(Problem::invalid(field, "invalid", "This may not be empty.")),
        text => Ok(text),
    }
}

/// An id is digits: anything else would be another address of Graph.
fn digits(field: &'static str, why: &'static str, id: Option<String>) -> Result<Option<String>, Problem> {
    let is_id = |id: &str| !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_digit());
    match id {
        Some(id) if !is_id(&id) => Err(Problem::invalid(field, "invalid", why)),
        id => Ok(id),
    }
}

fn six_digits(pin: String) -> Result<String, Problem> {
    let is_pin = pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit());
    if is_pin { Ok(pin) } else { Err(Problem::invalid("pin", "invalid", "A PIN is six digits.")) }
}
