//! Queries: their order, their pages, an index and a filter.

use crate::conformance::code;
use crate::stage::{Item, Stage, TABLE, item, key, s, sort_keys};

#[tokio::test]
async fn a_partition_is_read_in_order_page_by_page() {
    let stage = Stage::new().await;
    for at in 0..5 {
        stage.put(item("a", &format!("M#{at}"), &[])).await;
    }
    stage.put(item("a", "H", &[])).await;
    let query = |start: Option<Item>| {
        let query = stage.client.query().table_name(TABLE).key_condition_expression("pk = :p AND begins_with(sk, :m)");
        let query = query.expression_attribute_values(":p", s("a")).expression_attribute_values(":m", s("M#"));
        query.scan_index_forward(false).limit(3).set_exclusive_start_key(start).send()
    };
    let first = query(None).await.unwrap();
    assert_eq!(sort_keys(first.items()), ["M#4", "M#3", "M#2"]);
    assert_eq!(first.last_evaluated_key(), Some(&key("a", "M#2")));
    let second = query(first.last_evaluated_key).await.unwrap();
    assert_eq!((sort_keys(second.items()), second.last_evaluated_key()), (vec!["M#1", "M#0"], None));
}

#[tokio::test]
async fn an_index_holds_only_what_has_its_keys_and_shows_only_what_it_projects() {
    let stage = Stage::new().await;
    let indexed = [("i_pk", s("t#open")), ("l_sk", s("0005")), ("preview", s("hi")), ("body", s("long"))];
    stage.put(item("a", "H", &indexed)).await;
    stage.put(item("b", "H", &[("preview", s("not in it"))])).await;
    let query = || {
        let query = stage.client.query().table_name(TABLE).index_name("INBOX").key_condition_expression("i_pk = :p");
        query.expression_attribute_values(":p", s("t#open"))
    };
    assert_eq!(query().send().await.unwrap().items(), [item("a", "H", &indexed[..3])]);
    // What was read from an index may be behind; DynamoDB refuses to promise otherwise.
    assert_eq!(code!(query().consistent_read(true).send().await).as_deref(), Some("ValidationException"));
    stage.put(item("a", "H", &[])).await;
    assert_eq!(query().send().await.unwrap().items(), Vec::<Item>::new());
}

#[tokio::test]
async fn a_filter_is_applied_after_the_limit() {
    let stage = Stage::new().await;
    for (sk, state) in [("1", "open"), ("2", "closed"), ("3", "open")] {
        stage.put(item("a", sk, &[("state", s(state))])).await;
    }
    let query = stage.client.query().table_name(TABLE).key_condition_expression("pk = :p").limit(2);
    let query = query.filter_expression("#s = :o").expression_attribute_names("#s", "state");
    let query = query.expression_attribute_values(":p", s("a")).expression_attribute_values(":o", s("open"));
    let page = query.send().await.unwrap();
    assert_eq!((sort_keys(page.items()), page.count(), page.scanned_count()), (vec!["1"], 1, 2));
}

#[tokio::test]
async fn a_page_ends_at_a_megabyte() {
    let stage = Stage::new().await;
    for at in 0..4 {
        stage.put(item("a", &at.to_string(), &[("x", s(&"x".repeat(390_000)))])).await;
    }
    let page = stage.client.query().table_name(TABLE).key_condition_expression("pk = :p");
    let page = page.expression_attribute_values(":p", s("a")).send().await.unwrap();
    assert!(page.last_evaluated_key().is_some(), "{} items in one page", page.count());
}
