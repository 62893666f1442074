//! What a webhook is split into.

use serde_json::json;

use super::*;

fn change(account: &str, messages: serde_json::Value) -> serde_json::Value {
    let metadata = json!({ "phone_number_id": account, "display_phone_number": "15550100" });
    let contacts =
        json!([{ "wa_id": "b", "profile": { "name": "Bo" } }, { "wa_id": "a", "profile": { "name": "Ann" } }]);
    json!({ "field": "messages", "value": { "metadata": metadata, "contacts": contacts, "messages": messages } })
}

fn seen(body: &serde_json::Value) -> Vec<(Option<String>, String, Vec<String>)> {
    let events = |r: &Routed| r.events.iter().map(|e| e.get().to_owned()).chain(r.unreadable.clone()).collect();
    split(body.to_string().as_bytes()).iter().map(|r| (r.account.clone(), r.thread.clone(), events(r))).collect()
}

#[test]
fn accounts_and_threads_are_told_apart_and_a_malformed_update_stands_alone() {
    let body = json!({ "object": "whatsapp_business_account", "entry": [
        { "id": "w1", "changes": [change("1", json!([{ "from": "a", "id": "m1" }, 7, { "from": "a", "id": "m2" }]))] },
        { "id": "w2", "changes": [change("2", json!([{ "from": "b", "id": "m3" }])), { "field": "messages", "value": { "statuses": [] } }] },
    ] });
    let message = |id: &str, from: &str, contact: &str| {
        let name = if contact == "a" { "Ann" } else { "Bo" };
        format!(
            r#"{{"message":{{"message":{{"from":"{from}","id":"{id}"}},"contact":{{"profile":{{"name":"{name}"}},"wa_id":"{contact}"}}}}}}"#
        )
    };
    let some = |s: &str| Some(s.to_owned());
    assert_eq!(
        seen(&body),
        [
            (some("1"), "a".to_owned(), vec![message("m1", "a", "a"), message("m2", "a", "a")]),
            (some("1"), "unreadable".to_owned(), vec!["7".to_owned()]),
            (some("2"), "b".to_owned(), vec![message("m3", "b", "b")]),
            (
                some("waba:w2"),
                "field:messages".to_owned(),
                vec![r#"{"change":{"field":"messages","value":{"statuses":[]}}}"#.to_owned()]
            ),
        ]
    );
}

#[test]
fn what_is_no_webhook_is_kept_whole() {
    for body in ["", "nonsense", "[]", "{\"entry\":7}"] {
        let routed = split(body.as_bytes());
        let kept: Vec<_> = routed.iter().map(|r| r.unreadable.as_deref()).collect();
        assert_eq!(kept, [Some(body)], "{body}");
    }
}
