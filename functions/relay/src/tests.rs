//! What a batch of the stream asks for, from the samples that `sam local invoke` takes too.

use bootstrap::stream::StreamEvent;

use super::*;

fn sample(name: &str) -> Vec<StreamRecord<Item>> {
    let path = format!("{}/../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let event: StreamEvent<Item> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    event.records
}

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_100);

#[test]
fn a_reply_wakes_its_conversation_once_however_often_its_head_changed() {
    let mut records = sample("relay/reply");
    records.push(records[0].clone());
    records[1].change.sequence_number = "later".to_owned();
    let body = r#"{"v":1,"tenant":"acme0000000000g0","conversation":"c0nv3rsati0n00000000000004"}"#;
    let wake =
        Outgoing { group: "acme0000000000g0".to_owned(), deduplication: None, body: body.to_owned(), delay_seconds: 0 };
    assert_eq!(wakes(&records, NOW), (vec![wake], vec!["4421584500000000017450439092".to_owned()]));
}

#[test]
fn a_customers_message_wakes_nobody() {
    assert_eq!(wakes(&sample("push/message"), NOW), (Vec::new(), Vec::new()));
}

#[test]
fn that_all_was_read_is_told_once_and_half_of_it_or_a_reply_is_not() {
    let read = sample("relay/read");
    let body = r#"{"v":1,"tenant":"acme0000000000g0","conversation":"c0nv3rsati0n00000000000004","signal":{"read":7},"at_ms":1790000100000}"#;
    let signal =
        Outgoing { group: "acme0000000000g0".to_owned(), deduplication: None, body: body.to_owned(), delay_seconds: 0 };
    assert_eq!(signal::signals(&[read.clone(), read.clone()].concat(), NOW), std::slice::from_ref(&signal));
    assert_eq!(wakes(&read, NOW), (Vec::new(), Vec::new()));
    assert_eq!(signal::signals(&sample("relay/reply"), NOW), []);
    let mut half = read;
    half[0]
        .change
        .new_image
        .as_mut()
        .unwrap()
        .insert("unread".to_owned(), serde_dynamo::AttributeValue::N("1".to_owned()));
    assert_eq!(signal::signals(&half, NOW), []);
}
