//! What went wrong is kept and found; what is there can be counted; the stream says what changed.

use domain::{ChannelType, MessageId};
use table::stream::{Changed, change};
use table::{Entry, LedgerKind, LogId, Unrouted};

use crate::world::*;

fn entry(second: i64) -> Entry {
    Entry {
        id: LogId::new(at(second), [7; 10]),
        at: at(second),
        reason: "not understood".to_owned(),
        source: "inbound".to_owned(),
        record: "{\"v\":1}".repeat(500),
    }
}

#[tokio::test]
async fn what_could_not_be_dealt_with_is_listed_over_the_months_and_discarded_once() {
    let w = world().await;
    let month = 31 * 86_400;
    let all = [entry(0), entry(-month), entry(-2 * month), entry(-2 * month - 1)];
    for e in &all {
        w.us().put_entry(LedgerKind::Quarantine, e).await.unwrap();
    }
    let first = w.us().entries(LedgerKind::Quarantine, None, 3, NOW).await.unwrap();
    assert_eq!((first.items.as_slice(), first.next.as_ref()), (&all[..3], Some(&all[2].id)));
    let rest = w.us().entries(LedgerKind::Quarantine, first.next.as_ref(), 3, NOW).await.unwrap();
    assert_eq!((rest.items.as_slice(), rest.next), (&all[3..], None));
    assert_eq!(w.us().entry(LedgerKind::Quarantine, &all[1].id).await.unwrap().as_ref(), Some(&all[1]));
    assert_eq!(w.us().entry(LedgerKind::DeadLetter, &all[1].id).await.unwrap(), None);
    assert_eq!(w.test.tables.tenant(&w.theirs).entry(LedgerKind::Quarantine, &all[1].id).await.unwrap(), None);
    assert!(w.us().discard_entry(LedgerKind::Quarantine, &all[1].id).await.unwrap());
    assert!(!w.us().discard_entry(LedgerKind::Quarantine, &all[1].id).await.unwrap());
}

#[tokio::test]
async fn an_event_of_an_unknown_account_waits_for_its_connect() {
    let w = world().await;
    let global = w.test.tables.global();
    let event = |second, signer| Unrouted {
        id: LogId::new(at(second), [second.try_into().unwrap(); 10]),
        at: at(second),
        channel: ChannelType::Whatsapp,
        external: "999".to_owned(),
        signer,
        record: "{}".to_owned(),
    };
    let [first, second] = [event(1, None), event(2, Some(w.ours.id().clone()))];
    for e in [&second, &first, &first] {
        global.put_unrouted(e).await.unwrap();
    }
    let waiting = global.unrouted_of(ChannelType::Whatsapp, "999").await.unwrap();
    assert_eq!(waiting, [first.clone(), second.clone()]);
    let ours = global.unrouted_signed_by(Some(w.ours.id()), None, 10, NOW).await.unwrap().items;
    assert_eq!(ours, std::slice::from_ref(&second));
    let every = global.unrouted_signed_by(None, None, 10, NOW).await.unwrap().items;
    assert_eq!(every.iter().map(|e| &e.id).collect::<Vec<_>>(), [&second.id, &first.id]);
    assert_eq!(global.unrouted(None, &second.id).await.unwrap(), Some(second.clone()));
    assert_eq!(global.unrouted(Some(w.theirs.id()), &second.id).await.unwrap(), None);
    global.delete_unrouted(&second).await.unwrap();
    assert_eq!(global.unrouted_of(ChannelType::Whatsapp, "999").await.unwrap(), [first]);
    assert_eq!(global.unrouted_signed_by(Some(w.ours.id()), None, 10, NOW).await.unwrap().items, []);
}

#[tokio::test]
async fn an_export_lists_every_message_once_by_conversation_and_number() {
    let w = world().await;
    let mut expected: Vec<MessageId> = Vec::new();
    for n in 1..=9_u8 {
        // The second comes earlier by the channel's clock.
        let batch = [text(&format!("{n}a"), 5, "a")];
        let late = [text(&format!("{n}b"), 1, "b")];
        for batch in [&batch, &late] {
            expected.extend(w.us().receive(&w.account, &thread(&format!("{n}"), n), batch, NOW).await.unwrap().stored);
        }
    }
    expected.sort_by_key(|id| (id.conversation().clone(), id.seq()));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = w.us().export(after.as_ref(), 5).await.unwrap();
        seen.extend(page.items.into_iter().map(|m| m.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_stream_says_what_anyone_can_see_and_what_must_be_sent() {
    let w = world().await;
    let got = w.hears(&[text("a", 0, "a")]).await;
    let image = async |sk: &str| {
        let pk = format!("{}#C#{}", w.ours.id(), got.conversation);
        let key = [("pk", pk), ("sk", sk.to_owned())];
        let key = key.map(|(k, v)| (k.to_owned(), aws_sdk_dynamodb::types::AttributeValue::S(v))).into();
        let get = w.test.client.get_item().table_name("truth").set_key(Some(key)).send().await.unwrap();
        serde_dynamo::Item::from(get.item.unwrap())
    };
    let quiet = image("H").await;
    let ids = w.sends(&got.conversation, "k", &["answer"]).await;
    let queued = image("H").await;
    w.is_accepted(&got.conversation, "out").await;
    let sent = image("H").await;
    let seen = |old, new| match change(old, new).unwrap().unwrap().what {
        Changed::Head { head, rev_before, wake } => (head.rev, rev_before, wake),
        other => panic!("{other:?}"),
    };
    assert_eq!(seen(None, Some(&quiet)), (1, None, false));
    assert_eq!(seen(Some(&quiet), Some(&queued)), (2, Some(1), true));
    assert_eq!(seen(Some(&queued), Some(&sent)), (2, Some(2), false));
    let message = image(&format!("M#{}", ids[0].order())).await;
    let what = change(None, Some(&message)).unwrap().unwrap().what;
    assert_eq!(
        what,
        Changed::Message {
            conversation: got.conversation.clone(),
            message: Box::new(w.message(&ids[0]).await),
            rev_before: None
        }
    );
    assert_eq!(change(Some(&message), None).unwrap(), None);
}
