//! Dead letters of each kind, on tables in memory.

use bootstrap::batch::Attributes;
use domain::{AccountId, ChannelType, ConversationId};
use table::{Route, testing};

use super::*;

fn record(queue: &str, body: &str) -> SqsRecord {
    SqsRecord {
        message_id: format!("id of {body}"),
        receipt_handle: String::new(),
        body: body.to_owned(),
        attributes: Attributes { sent_timestamp: "1795000000000".to_owned(), ..Attributes::default() },
        event_source_arn: format!("arn:aws:sqs:eu-west-1:1:{queue}"),
    }
}

#[tokio::test]
async fn a_dead_letter_is_its_tenants_once_and_the_installs_where_nothing_tells_whose() {
    let test = testing::start().await;
    let [a, b] = testing::two_tenants();
    let route = Route { tenant: a.id().clone(), account: AccountId::from_bytes([3; 16]) };
    test.tables.global().put_route(ChannelType::Whatsapp, "1001", &route).await.unwrap();
    let app = App { tables: test.tables, clock: Clock::standing_at(1_795_000_100_000), name: "quarantine".to_owned() };

    let wake = format!(r#"{{"v":1,"tenant":"{}","conversation":"{}"}}"#, b.id(), ConversationId::from_bytes([5; 16]));
    let event = r#"{"v":1,"channel":"whatsapp","account":"1001","signer":{"app_id":"9"},"received_ms":1,"body":{"unreadable":"x"}}"#;
    let forged = format!(
        r#"{{"v":1,"channel":"whatsapp","account":"1001","signer":{{"app_id":"9","tenant":"{}"}},"received_ms":1,"body":{{"unreadable":"x"}}}}"#,
        b.id()
    );
    for (queue, body) in [
        ("stack-inbound-dlq.fifo", event),
        ("stack-inbound-dlq.fifo", event),
        ("stack-inbound-dlq.fifo", &forged),
        ("stack-outbound-dlq", &wake),
        ("stack-inbound-dlq.fifo", "not json"),
    ] {
        app.take(record(queue, body)).await.map_err(|retry| retry.why().to_owned()).unwrap();
    }

    let now = Timestamp::from_millis(app.clock.now());
    let mut kept = Vec::new();
    for tenant in [app.tables.tenant(&a), app.tables.tenant(&b), app.tables.install()] {
        let page = tenant.entries(LedgerKind::DeadLetter, None, 10, now).await.unwrap();
        let mut entries: Vec<_> = page.items.into_iter().map(|e| (e.source, e.record)).collect();
        entries.sort();
        kept.push(entries);
    }
    let text = |source: &str, record: &str| (source.to_owned(), record.to_owned());
    let ofb = vec![text("inbound", &forged), text("outbound", &wake)];
    assert_eq!(kept, [vec![text("inbound", event)], ofb, vec![text("inbound", "not json")]]);
}
