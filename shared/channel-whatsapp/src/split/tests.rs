//! What a webhook is split into.

use serde_json::json;

use super::*;

fn change(account: &str, messages: serde_json::Value) -> serde_json::Value {
    let metadata = json!({ "phone_number_id": account, "display_phone_number": "15550100" });
    let contacts =
        json!([{ "wa_id": "b", "profile": { "name": "Bo" } }, { "wa_id": "a", "profile": { "name": "Ann" } }]);
    json!({ "field": "messages", "value": { "metadata": metadata, "contacts": contacts, "messages": messages } })
}

type Seen = (Option<String>, String, Vec<String>);

fn told(routed: &[Routed<'_>]) -> Vec<Seen> {
    let text = |event: &RawEvent<'_>| serde_json::to_string(event).unwrap();
    let events = |r: &Routed<'_>| r.events.iter().map(text).chain(r.unreadable.clone()).collect();
    routed.iter().map(|r| (r.account.as_deref().map(str::to_owned), r.thread.to_string(), events(r))).collect()
}

/// What a body is split into; part by part it is the same.
fn seen(body: &serde_json::Value) -> Vec<Seen> {
    let body = body.to_string();
    let seen = told(&split(&body).unwrap());
    let mut routes = Routes::default();
    of_body(&body, &mut routes).unwrap();
    assert_eq!(told(&routes.all), seen, "{body}");
    seen
}

#[test]
fn what_meta_sends_is_of_the_usual_shape() {
    let usual = |body: &serde_json::Value| usual::usual(&body.to_string()).is_some();
    let whole = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "w", "time": 7, "changes": [change("1", json!([{ "from": "a" }]))] }] });
    assert!(usual(&whole));
    for path in [
        "/object",
        "/entry",
        "/entry/0",
        "/entry/0/id",
        "/entry/0/changes",
        "/entry/0/changes/0",
        "/entry/0/changes/0/field",
        "/entry/0/changes/0/value",
        "/entry/0/changes/0/value/metadata",
        "/entry/0/changes/0/value/metadata/phone_number_id",
        "/entry/0/changes/0/value/messages",
    ] {
        for odd in [json!(null), json!([]), json!(""), json!(7)] {
            let mut body = whole.clone();
            *body.pointer_mut(path).unwrap() = odd.clone();
            assert!(!usual(&body), "{path} {odd}");
        }
    }
    for (key, odd) in
        [("statuses", json!(null)), ("contacts", json!({})), ("errors", json!([])), ("user_id_update", json!([]))]
    {
        let mut body = whole.clone();
        body["entry"][0]["changes"][0]["value"][key] = odd;
        assert!(!usual(&body), "{key}");
    }
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
fn what_is_not_known_of_a_history_is_told_on_its_own() {
    let threads = json!([{ "id": "a", "messages": [{ "id": "m1" }] }, { "id": "b", "letters": [{ "id": "m2" }] }]);
    let value = json!({ "metadata": { "phone_number_id": "1" }, "history": [{ "metadata": { "phase": 0 }, "threads": threads }] });
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "w", "changes": [{ "field": "history", "value": value }] }] });
    let some = |s: &str| Some(s.to_owned());
    let past = r#"{"past":{"message":{"id":"m1"},"contact":null,"thread":"a","business":null}}"#;
    let odd = r#"{"odd":{"field":"history","key":"letters","value":[{"id":"m2"}]}}"#;
    let expected = [(some("1"), "a", past), (some("1"), "odd:letters", odd)];
    assert_eq!(
        seen(&body),
        expected.map(|(account, thread, event)| (account, thread.to_owned(), vec![event.to_owned()]))
    );
}

#[test]
fn what_is_no_webhook_is_kept_whole() {
    for body in ["", "nonsense", "[]", "{\"entry\":7}"] {
        let routed = split(body).unwrap();
        let kept: Vec<_> = routed.iter().map(|r| r.unreadable.as_deref()).collect();
        assert_eq!(kept, [Some(body)], "{body}");
    }
}

#[test]
fn what_is_of_another_product_is_not_split() {
    assert!(split(r#"{"object":"page","entry":[{"id":"1","messaging":[{}]}]}"#).is_none());
}

/// Read by the fields that route, a body is skipped over without a call for each level.
#[test]
fn what_is_nested_without_end_is_kept_whole() {
    let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
    let message = format!(r#"{{"from":"a","id":"m","type":"text","text":{deep}}}"#);
    let value = format!(r#"{{"metadata":{{"phone_number_id":"1"}},"messages":[{message}]}}"#);
    for body in [
        deep.clone(),
        format!(r#"{{"object":"whatsapp_business_account","entry":{deep}}}"#),
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"w","changes":[{{"field":"messages","value":{value}}}]}}]}}"#
        ),
    ] {
        let kept: usize = told(&split(&body).unwrap()).iter().flat_map(|(_, _, all)| all).map(String::len).sum();
        // A list's items are kept, without its own brackets.
        assert!(kept + 2 >= deep.len(), "{kept} of {} bytes", body.len());
    }
}
