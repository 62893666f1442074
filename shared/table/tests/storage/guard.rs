//! Nothing of one tenant leaves under another's name, whatever the code above the guard got wrong.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedInterceptor;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, KeysAndAttributes, Put, TransactWriteItem, Update};
use domain::TenantId;
use table::guard::{Guard, Refused};
use table::testing;

type Item = HashMap<String, AttributeValue>;

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn item(of: &[(&str, &str)]) -> Item {
    of.iter().map(|(k, v)| ((*k).to_owned(), s(v))).collect()
}

/// A client to where nobody listens: what the guard lets through fails there, what it refuses never leaves.
fn guarded(guard: Guard) -> Client {
    let base = testing::client("http://127.0.0.1:1");
    let retry = aws_sdk_dynamodb::config::retry::RetryConfig::disabled();
    let mut conf = base.config().to_builder().retry_config(retry);
    conf.push_interceptor(SharedInterceptor::new(guard));
    Client::from_conf(conf.build())
}

fn refused<T, E>(result: Result<T, E>) -> Option<Refused>
where
    E: std::error::Error + 'static,
{
    let error = result.err().expect("nobody listens");
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if let Some(found) = cause.downcast_ref::<Refused>() {
            return Some(*found);
        }
        source = cause.source();
    }
    None
}

/// Every operation, on a key of this prefix: what the guard says.
async fn each(c: &Client, p: &str) -> Vec<(&'static str, Option<Refused>)> {
    let pk = format!("{p}#C#x");
    let key = || item(&[("pk", &pk), ("sk", "H")]);
    let keys = KeysAndAttributes::builder().keys(key()).build().unwrap();
    let one = |w: TransactWriteItem| c.transact_write_items().transact_items(w).send();
    let put = Put::builder().table_name("t").set_item(Some(key())).build().unwrap();
    let update =
        Update::builder().table_name("t").set_key(Some(key())).update_expression("SET #a = :a").build().unwrap();
    let delete = Delete::builder().table_name("t").set_key(Some(key())).build().unwrap();
    let by = |index: &str| c.query().table_name("t").key_condition_expression(format!("{index} = :pk"));
    let index_put = |name: &str| {
        let mut item = item(&[("pk", "081040g2081040g2#C#x"), ("sk", "H")]);
        item.insert(name.to_owned(), s(&pk));
        c.put_item().table_name("t").set_item(Some(item)).send()
    };
    let index_update = |name: &str| {
        let update =
            c.update_item().table_name("t").set_key(Some(item(&[("pk", "081040g2081040g2#C#x"), ("sk", "H")])));
        let update = update.update_expression(format!("SET #a = :a, #{name} = :{name}"));
        update.expression_attribute_values(format!(":{name}"), s(&pk)).send()
    };
    vec![
        ("get", refused(c.get_item().table_name("t").set_key(Some(key())).send().await)),
        ("batch get", refused(c.batch_get_item().request_items("t", keys).send().await)),
        ("put", refused(c.put_item().table_name("t").set_item(Some(key())).send().await)),
        ("update", refused(c.update_item().table_name("t").set_key(Some(key())).send().await)),
        ("delete", refused(c.delete_item().table_name("t").set_key(Some(key())).send().await)),
        ("query", refused(by("pk").expression_attribute_values(":pk", s(&pk)).send().await)),
        (
            "query index",
            refused(by("i_pk").index_name("INBOX").expression_attribute_values(":pk", s(&pk)).send().await),
        ),
        ("transact put", refused(one(TransactWriteItem::builder().put(put).build()).await)),
        ("transact update", refused(one(TransactWriteItem::builder().update(update).build()).await)),
        ("transact delete", refused(one(TransactWriteItem::builder().delete(delete).build()).await)),
        ("put inbox key", refused(index_put("i_pk").await)),
        ("put owner key", refused(index_put("o_pk").await)),
        ("put due key", refused(index_put("d_sk").await)),
        ("update inbox key", refused(index_update("i_pk").await)),
        ("update owner key", refused(index_update("o_pk").await)),
        ("update due key", refused(index_update("d_sk").await)),
    ]
}

#[tokio::test]
async fn no_operation_leaves_with_a_foreign_key() {
    let own = TenantId::from_bytes([2; 10]);
    let c = guarded(Guard::of_tenant(&own));
    for (operation, said) in each(&c, own.as_str()).await {
        assert_eq!(said, None, "{operation} of one's own");
    }
    for foreign in ["04104104104104g4", "081040g2081040g", "R", "G", "DUE", "", "081040g2081040g21"] {
        for (operation, said) in each(&c, foreign).await {
            assert_eq!(said, Some(Refused::ForeignKey), "{operation} of {foreign:?}");
        }
    }
}

#[tokio::test]
async fn a_client_for_what_is_nobodys_reaches_no_tenant() {
    let c = guarded(Guard::of_global());
    for (operation, said) in each(&c, "081040g2081040g2").await {
        assert_eq!(said, Some(Refused::ForeignKey), "{operation}");
    }
    for mine in ["R#whatsapp#1", "G#T#x", "W#sweep", "DUE#5#0", "N#c"] {
        let get = c.get_item().table_name("t").set_key(Some(item(&[("pk", mine), ("sk", "x")])));
        assert_eq!(refused(get.send().await), None, "{mine}");
    }
}

#[tokio::test]
async fn what_cannot_be_checked_does_not_leave() {
    let own = TenantId::from_bytes([2; 10]);
    let c = guarded(Guard::of_tenant(&own));
    let pk = format!("{own}#C#x");
    let key = || item(&[("pk", &pk), ("sk", "H")]);
    assert_eq!(refused(c.scan().table_name("t").send().await), Some(Refused::Operation));
    assert_eq!(refused(c.execute_statement().statement("SELECT * FROM t").send().await), Some(Refused::Operation));
    assert_eq!(refused(c.describe_table().table_name("t").send().await), Some(Refused::Operation));
    // A key condition that asks for another attribute than it shows.
    let odd =
        c.query().table_name("t").key_condition_expression("pk = :other").expression_attribute_values(":pk", s(&pk));
    assert_eq!(refused(odd.send().await), Some(Refused::ForeignKey));
    // An index key set by a value that is called otherwise, or under another name.
    for text in ["SET #i_pk = :x", "SET i_pk = :i_pk", "SET #i_pk = if_not_exists(#i_pk, :i_pk)"] {
        let update = c.update_item().table_name("t").set_key(Some(key())).update_expression(text);
        let update = update.expression_attribute_values(":i_pk", s(&pk)).send().await;
        assert_eq!(refused(update), Some(Refused::ForeignKey), "{text}");
    }
}
