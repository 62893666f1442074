//! What concerns an account and no thread, and what nobody has told us of yet.

use channel::Notice;

use super::*;

/// The notices of a fixture, with the payloads that they keep taken out.
fn notices(name: &str) -> Vec<Notice> {
    let told = |event| match event {
        Event::Notice(notice) => {
            assert!(!notice.raw.is_empty(), "{name}");
            Notice { raw: String::new(), ..notice }
        }
        other => panic!("{name}: {other:?}"),
    };
    events(name).into_iter().map(told).collect()
}

#[test]
fn an_accounts_news_are_kept_and_its_standing_is_said_in_a_sentence() {
    let notice = |topic: &str, event: Option<&str>, health: Option<&str>, number: Option<&str>| {
        let (event, health, display_phone_number) =
            (event.and_then(some), health.and_then(some), number.and_then(some));
        vec![Notice { topic: topic.to_owned(), event, health, display_phone_number, raw: String::new() }]
    };
    for (name, expected) in [
        ("template_status", notice("message_template_status_update", Some("REJECTED"), None, None)),
        (
            "account_restricted",
            notice("account_update", Some("ACCOUNT_RESTRICTION"), Some("WhatsApp has restricted the account"), None),
        ),
        (
            "quality",
            notice(
                "phone_number_quality_update",
                Some("FLAGGED"),
                Some("WhatsApp has flagged the number's quality"),
                Some("15550100"),
            ),
        ),
        ("opt_out", notice("user_preferences", None, None, Some("15550100"))),
        ("errors", notice("errors", Some("130429"), None, None)),
        ("history_declined", notice("errors", Some("2593109"), None, None)),
    ] {
        assert_eq!(notices(name), expected, "{name}");
    }
}

#[test]
fn what_names_no_number_is_the_business_accounts() {
    let routed = crate::split(fixture("template_status").as_bytes());
    let seen: Vec<_> = routed.iter().map(|r| (r.account.as_deref(), r.thread.as_str())).collect();
    assert_eq!(seen, [(Some("waba:2000000000001"), "field:message_template_status_update")]);
}

#[test]
fn an_unknown_field_waits_in_quarantine_for_whoever_teaches_us() {
    let reason = "webhook field telepathy is not one that we know, or not in its form";
    assert_eq!(read(&fixture("unknown_field")), [Err(reason.to_owned())]);
}

#[test]
fn odd_neighbours_cost_only_themselves() {
    let mut seen = read(&fixture("odd_neighbours"));
    seen.sort_by_key(|event| event.as_ref().err().cloned());
    let text = InboundMessage { text: some("still here"), name: None, ..from_aiko("wamid.T9", 1, MessageType::Text) };
    let text = InboundMessage { from: vec![user("JP.7781200345"), phone("819011112222")], ..text };
    let odd = |reason: &str| Err(format!("webhook field messages carries {reason}"));
    let expected =
        [Ok(message(text)), odd("moods, which is not known"), odd("statuses, which is not the list that it should be")];
    assert_eq!(seen, expected);
}
