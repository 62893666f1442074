//! How far a send has come.

use channel::StatusUpdate;
use domain::{Failure, Pricing, Receipt};

use super::*;

#[test]
fn a_status_says_how_far_a_send_has_come() {
    let told = |external_id: &str, second, receipt| StatusUpdate {
        external_id: external_id.to_owned(),
        reference: None,
        receipt,
        at: at(second),
        pricing: None,
    };
    let window = Failure {
        code: "window_closed".to_owned(),
        title: "More than 24 hours have passed since the customer last wrote".to_owned(),
        channel_code: Some(131_047),
    };
    let pricing =
        Pricing { category: some("service"), kind: some("regular"), model: some("PMP"), billable: Some(true) };
    let delivered = told("wamid.OURS1", 100, Receipt::Delivered);
    let delivered = StatusUpdate { reference: some("tenant7:msg42"), pricing: Some(pricing), ..delivered };
    for (name, expected) in [
        ("status_delivered", Event::Status(delivered)),
        ("status_failed", Event::Status(told("wamid.OURS9", 101, Receipt::Failed(window)))),
        ("status_played", Event::Status(told("wamid.OURS8", 103, Receipt::Read))),
        ("status_of_group", Event::Status(told("wamid.OURSG", 102, Receipt::Read))),
        ("status_unknown", Event::Ignored("a kind of status that says nothing of delivery")),
    ] {
        assert_eq!(events(name), [expected], "{name}");
    }
}

#[test]
fn an_error_of_any_form_is_a_failure() {
    let body = fixture("status_failed");
    for (from, to, expected) in
        [("131047", "\"131026\"", Some(131_026)), ("131047", "null", Some(-1)), ("\"errors\"", "\"reasons\"", Some(-1))]
    {
        let codes: Vec<_> = read(&body.replace(from, to))
            .into_iter()
            .map(|event| match event {
                Ok(Event::Status(StatusUpdate { receipt: Receipt::Failed(why), .. })) => why.channel_code,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(codes, [expected], "{to}");
    }
}
