//! WhatsApp's error codes, by what to do next: one table, looked up by the code.
//! [Codes](https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).

use std::ops::RangeInclusive;
use std::time::Duration;

use channel::NotSent;
use domain::Failure;

/// What to do about a send that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Try again, at a growing distance, for as long as the send is allowed.
    Retry,
    /// Try again this often at most: what does not pass soon does not pass.
    RetryFew(u32),
    /// Try again, not before so many seconds.
    Wait(u64),
    /// As [`Next::Wait`], and so must everything else of the account; 0: at a growing distance.
    Throttle(u64),
    /// Park everything of the account: its token is refused.
    ParkToken,
    /// Park everything of the account: it may not send for now.
    ParkAccount,
    /// It will never be taken.
    Fail,
}

use Next::{Fail, ParkAccount, ParkToken, Retry, RetryFew, Throttle, Wait};

struct Row {
    codes: RangeInclusive<i64>,
    /// Our stable word.
    word: &'static str,
    /// For people; empty: WhatsApp's own words are told.
    sentence: &'static str,
    next: Next,
}

const fn row(codes: RangeInclusive<i64>, next: Next, word: &'static str, sentence: &'static str) -> Row {
    Row { codes, word, sentence, next }
}

/// Every code that a send can be refused with; the first row that holds a code counts.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    row(0..=0, ParkToken, "token_refused", "WhatsApp refused the access token"),
    row(190..=190, ParkToken, "token_refused", "WhatsApp refused the access token"),
    row(1..=1, RetryFew(5), "channel_unavailable", "WhatsApp could not take the message just now"),
    row(2..=2, Retry, "channel_unavailable", "WhatsApp could not take the message just now"),
    row(3..=3, ParkAccount, "permission_missing", "The account lacks a permission on WhatsApp"),
    row(10..=10, ParkAccount, "permission_missing", "The account lacks a permission on WhatsApp"),
    row(200..=299, ParkAccount, "permission_missing", "The account lacks a permission on WhatsApp"),
    row(131_005..=131_005, ParkAccount, "permission_missing", "The account lacks a permission on WhatsApp"),
    row(4..=4, Throttle(0), "rate_limited", "WhatsApp asks us to send more slowly"),
    row(80_007..=80_007, Throttle(0), "rate_limited", "WhatsApp asks us to send more slowly"),
    row(130_429..=130_429, Throttle(0), "rate_limited", "WhatsApp asks us to send more slowly"),
    row(33..=33, ParkAccount, "account_gone", "WhatsApp does not know this phone number any more"),
    row(368..=368, ParkAccount, "account_blocked", "WhatsApp has blocked this account"),
    row(131_031..=131_031, ParkAccount, "account_blocked", "WhatsApp has blocked this account"),
    row(131_037..=131_037, ParkAccount, "display_name_missing", "The number's display name is not approved"),
    row(131_042..=131_042, ParkAccount, "payment_problem", "WhatsApp reports a problem with the payment method"),
    row(131_045..=131_045, ParkAccount, "number_not_registered", "The number is not registered with WhatsApp"),
    row(133_010..=133_010, ParkAccount, "number_not_registered", "The number is not registered with WhatsApp"),
    row(134_011..=134_011, ParkAccount, "terms_not_accepted", "WhatsApp's terms of payment are not accepted"),
    row(100..=100, Fail, "rejected", ""),
    row(131_008..=131_009, Fail, "rejected", ""),
    row(131_051..=131_051, Fail, "rejected", ""),
    row(131_055..=131_055, Fail, "rejected", ""),
    row(130_403..=130_403, Fail, "contact_blocked", "The customer was blocked by this business"),
    row(130_472..=130_472, Fail, "held_back", "WhatsApp held the message back: the customer takes part in an experiment"),
    row(130_497..=130_497, Fail, "country_not_allowed", "The business may not message this country"),
    row(131_000..=131_000, RetryFew(5), "channel_unavailable", "WhatsApp could not take the message just now"),
    row(131_016..=131_016, Retry, "channel_unavailable", "WhatsApp could not take the message just now"),
    row(131_021..=131_021, Fail, "undeliverable", "The number cannot write to itself"),
    row(131_026..=131_026, Fail, "undeliverable", "This customer cannot receive the message on WhatsApp"),
    row(131_030..=131_030, Fail, "not_allowed_in_test", "The number is not on the test account's list of recipients"),
    row(131_047..=131_047, Fail, "window_closed", "More than 24 hours have passed since the customer last wrote"),
    // A restriction because of spam reports lasts hours.
    row(131_048..=131_048, Throttle(300), "spam_limited", "WhatsApp limits this number because of spam reports"),
    row(131_049..=131_049, Fail, "held_back", "WhatsApp held the message back to keep the chat healthy"),
    row(131_050..=131_050, Fail, "opted_out", "The customer has stopped marketing messages"),
    row(131_053..=131_053, RetryFew(3), "media_refused", "WhatsApp could not take the file"),
    // One message per six seconds to the same person.
    row(131_056..=131_056, Wait(6), "rate_limited", "Too many messages to this customer in a short time"),
    // The number is being upgraded, for a minute.
    row(131_057..=131_057, Throttle(60), "channel_unavailable", "WhatsApp could not take the message just now"),
    row(131_062..=131_062, Fail, "phone_needed", "This message needs the customer's phone number"),
    row(131_063..=131_063, Fail, "marketing_not_allowed", "Marketing templates are switched off for this number"),
    row(131_064..=131_064, Fail, "spam_limited", "WhatsApp limits this account because its templates were in a wrong category"),
    row(132_000..=132_000, Fail, "template_parameters", "The template has another number of places to fill in"),
    row(132_001..=132_001, Fail, "template_missing", "WhatsApp has no such approved template in this language"),
    row(132_005..=132_005, Fail, "template_too_long", "The template is too long once it is filled in"),
    row(132_007..=132_007, Fail, "template_policy", "The template violates WhatsApp's policy"),
    row(132_008..=132_008, Fail, "template_parameters", "A place of the template is filled in wrongly"),
    row(132_012..=132_012, Fail, "template_parameters", "A place of the template is filled in wrongly"),
    row(132_015..=132_015, Fail, "template_paused", "WhatsApp has paused the template because of its quality"),
    row(132_016..=132_016, Fail, "template_disabled", "WhatsApp has disabled the template"),
    row(132_018..=132_018, Fail, "template_parameters", "A place of the template is filled in wrongly"),
    row(132_068..=132_068, Fail, "flow_blocked", "The form is blocked"),
    row(132_069..=132_069, Wait(60), "rate_limited", "WhatsApp asks us to send this form more slowly"),
    row(133_004..=133_004, Retry, "channel_unavailable", "WhatsApp could not take the message just now"),
    row(133_000..=133_009, ParkAccount, "number_not_registered", "The number's registration needs an admin"),
    row(133_015..=133_016, ParkAccount, "number_not_registered", "The number's registration needs an admin"),
    row(134_101..=134_101, Wait(300), "template_syncing", "The template is still being made ready"),
    row(134_100..=134_102, Fail, "template_missing", "The template cannot be used for marketing messages"),
    row(135_000..=135_000, RetryFew(1), "rejected", ""),
    row(137_000..=137_000, Fail, "identity_changed", "The customer's identity has changed: it must be looked at anew"),
];

fn found(code: i64) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.codes.contains(&code))
}

/// The failure that a code stands for. `title` is WhatsApp's own; ours comes first where we have one.
pub(crate) fn failure(code: i64, title: &str) -> Failure {
    let (word, sentence) = found(code).map_or(("rejected", ""), |row| (row.word, row.sentence));
    let said = [sentence, title, "WhatsApp did not take the message"].into_iter().find(|said| !said.is_empty());
    let title = said.unwrap_or_default().chars().take(200).collect();
    Failure { code: word.to_owned(), title, channel_code: Some(code) }
}

/// What to do about a refusal of a send. A code that we do not know is final, unless Graph says that it passes.
pub(crate) fn refusal(code: i64, title: &str, is_transient: bool) -> NotSent {
    let why = failure(code, title);
    let retry = |after: Option<Duration>, at_most| NotSent::Retry { after, at_most, why: why.clone() };
    match found(code).map(|row| row.next) {
        Some(ParkToken) => NotSent::Unauthorized(why),
        Some(ParkAccount) => NotSent::Blocked(why),
        Some(Retry) => retry(None, None),
        Some(RetryFew(times)) => retry(None, Some(times)),
        Some(Throttle(0)) => NotSent::Throttled { after: None, why },
        Some(Throttle(seconds)) => NotSent::Throttled { after: Some(Duration::from_secs(seconds)), why },
        Some(Wait(seconds)) => retry(Some(Duration::from_secs(seconds)), None),
        None | Some(Fail) if is_transient => retry(None, Some(FEW)),
        None | Some(Fail) => NotSent::Final(why),
    }
}

/// How often a refusal is tried again that Graph alone calls passing.
const FEW: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    /// The word, and what is done: seconds for a wait, times for a few tries.
    fn done(code: i64) -> (String, String) {
        match refusal(code, "Their words", false) {
            NotSent::Retry { after, at_most, why } => {
                let after = after.map(|after| format!(" after {}", after.as_secs())).unwrap_or_default();
                (why.code, format!("retry{after}{}", at_most.map(|n| format!(" {n} times")).unwrap_or_default()))
            }
            NotSent::Throttled { after: None, why } => (why.code, "throttle".to_owned()),
            NotSent::Throttled { after: Some(after), why } => (why.code, format!("throttle {}", after.as_secs())),
            NotSent::Unauthorized(why) => (why.code, "park token".to_owned()),
            NotSent::Blocked(why) => (why.code, "park account".to_owned()),
            NotSent::Final(why) => (why.code, "fail".to_owned()),
        }
    }

    #[test]
    #[rustfmt::skip]
    fn each_code_says_what_to_do_next() {
        for (codes, word, next) in [
            (&[0, 190][..], "token_refused", "park token"),
            (&[3, 10, 200, 299, 131_005], "permission_missing", "park account"),
            (&[33], "account_gone", "park account"),
            (&[368, 131_031], "account_blocked", "park account"),
            (&[131_037], "display_name_missing", "park account"),
            (&[131_042], "payment_problem", "park account"),
            (&[131_045, 133_005, 133_006, 133_008, 133_009, 133_010, 133_015, 133_016], "number_not_registered", "park account"),
            (&[134_011], "terms_not_accepted", "park account"),
            (&[4, 80_007, 130_429], "rate_limited", "throttle"),
            (&[131_056], "rate_limited", "retry after 6"),
            (&[132_069], "rate_limited", "retry after 60"),
            (&[131_048], "spam_limited", "throttle 300"),
            (&[131_057], "channel_unavailable", "throttle 60"),
            (&[2, 131_016, 133_004], "channel_unavailable", "retry"),
            (&[1, 131_000], "channel_unavailable", "retry 5 times"),
            (&[131_053], "media_refused", "retry 3 times"),
            (&[134_101], "template_syncing", "retry after 300"),
            (&[135_000], "rejected", "retry 1 times"),
            (&[100, 131_008, 131_009, 131_051, 131_055, 299_999], "rejected", "fail"),
            (&[130_403], "contact_blocked", "fail"),
            (&[130_472, 131_049], "held_back", "fail"),
            (&[130_497], "country_not_allowed", "fail"),
            (&[131_021, 131_026], "undeliverable", "fail"),
            (&[131_030], "not_allowed_in_test", "fail"),
            (&[131_047], "window_closed", "fail"),
            (&[131_050], "opted_out", "fail"),
            (&[131_062], "phone_needed", "fail"),
            (&[131_063], "marketing_not_allowed", "fail"),
            (&[131_064], "spam_limited", "fail"),
            (&[132_000, 132_008, 132_012, 132_018], "template_parameters", "fail"),
            (&[132_001, 134_100, 134_102], "template_missing", "fail"),
            (&[132_005], "template_too_long", "fail"),
            (&[132_007], "template_policy", "fail"),
            (&[132_015], "template_paused", "fail"),
            (&[132_016], "template_disabled", "fail"),
            (&[132_068], "flow_blocked", "fail"),
            (&[137_000], "identity_changed", "fail"),
        ] {
            for code in codes {
                assert_eq!(done(*code), (word.to_owned(), next.to_owned()), "{code}");
            }
        }
    }

    #[test]
    fn what_nobody_knows_is_final_unless_graph_says_that_it_passes() {
        let why = |title: &str| Failure { code: "rejected".to_owned(), title: title.to_owned(), channel_code: Some(7) };
        assert_eq!(refusal(7, "Their words", false), NotSent::Final(why("Their words")));
        assert_eq!(refusal(7, "", false), NotSent::Final(why("WhatsApp did not take the message")));
        let few = NotSent::Retry { after: None, at_most: Some(FEW), why: why("Their words") };
        assert_eq!(refusal(7, "Their words", true), few);
    }
}
