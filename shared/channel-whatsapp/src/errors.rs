//! WhatsApp's error codes, by what to do next.
//! [Codes](https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).

use std::time::Duration;

use channel::NotSent;
use domain::Failure;

/// The failure that a code stands for. `title` is WhatsApp's own; ours comes first where we have one.
pub(crate) fn failure(code: i64, title: &str) -> Failure {
    let (word, sentence) = match code {
        0 | 190 => ("token_refused", "WhatsApp refused the access token"),
        3 | 10 | 200..=299 | 131_005 => ("permission_missing", "The account lacks a permission on WhatsApp"),
        4 | 80_007 | 130_429 => ("rate_limited", "WhatsApp asks us to send more slowly"),
        131_056 => ("rate_limited", "Too many messages to this customer in a short time"),
        33 => ("account_gone", "WhatsApp does not know this phone number any more"),
        368 | 131_031 => ("account_blocked", "WhatsApp has blocked this account"),
        131_026 => ("undeliverable", "This customer cannot receive the message on WhatsApp"),
        131_030 => ("not_allowed_in_test", "The number is not on the test account's list of recipients"),
        131_037 => ("display_name_missing", "The number's display name is not approved"),
        131_042 => ("payment_problem", "WhatsApp reports a problem with the payment method"),
        131_047 => ("window_closed", "More than 24 hours have passed since the customer last wrote"),
        131_048 => ("spam_limited", "WhatsApp limits this number because of spam reports"),
        131_049 => ("held_back", "WhatsApp held the message back to keep the chat healthy"),
        131_050 => ("opted_out", "The customer has stopped marketing messages"),
        130_403 => ("contact_blocked", "The customer was blocked by this business"),
        130_497 => ("country_not_allowed", "The business may not message this country"),
        131_062 => ("phone_needed", "This message needs the customer's phone number"),
        1 | 2 | 131_000 | 131_016 | 131_057 => ("channel_unavailable", "WhatsApp could not take the message just now"),
        _ => ("rejected", title),
    };
    let title = if sentence.is_empty() { "WhatsApp did not take the message" } else { sentence };
    Failure { code: word.to_owned(), title: title.chars().take(200).collect(), channel_code: Some(code) }
}

/// What to do about a refusal of a send.
pub(crate) fn refusal(code: i64, title: &str, is_transient: bool) -> NotSent {
    let why = failure(code, title);
    match code {
        0 | 190 => NotSent::Unauthorized(why),
        3 | 10 | 33 | 200..=299 | 368 | 131_005 | 131_031 | 131_037 | 131_042 => NotSent::Blocked(why),
        // One message per six seconds to the same person.
        131_056 => NotSent::Retry { after: Some(Duration::from_secs(6)), why },
        131_057 => NotSent::Retry { after: Some(Duration::from_secs(60)), why },
        131_048 => NotSent::Retry { after: Some(Duration::from_secs(300)), why },
        1 | 2 | 4 | 80_007 | 130_429 | 131_000 | 131_016 | 133_004 => NotSent::Retry { after: None, why },
        _ if is_transient => NotSent::Retry { after: None, why },
        _ => NotSent::Final(why),
    }
}
