//! Items changed in place.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::stage::{Stage, item, n, s};

#[tokio::test]
async fn an_item_is_changed_in_place() {
    let stage = Stage::new().await;
    let list = |of: &[&str]| AttributeValue::L(of.iter().map(|t| s(t)).collect());
    for (expression, value, then) in [
        ("SET unread = :v", Some(n(1)), vec![("unread", n(1))]),
        ("ADD unread :v", Some(n(2)), vec![("unread", n(3))]),
        ("SET unread = unread - :v", Some(n(3)), vec![("unread", n(0))]),
        ("SET unread = if_not_exists(unread, :v)", Some(n(9)), vec![("unread", n(0))]),
        ("SET l = :v REMOVE unread", Some(list(&["x"])), vec![("l", list(&["x"]))]),
        ("SET l = list_append(l, :v)", Some(list(&["y"])), vec![("l", list(&["x", "y"]))]),
        ("REMOVE l[0]", None, vec![("l", list(&["y"]))]),
        ("REMOVE l", None, vec![]),
        (
            "ADD tags :v",
            Some(AttributeValue::Ss(vec!["a".into()])),
            vec![("tags", AttributeValue::Ss(vec!["a".into()]))],
        ),
        ("DELETE tags :v", Some(AttributeValue::Ss(vec!["a".into()])), vec![]),
    ] {
        assert_eq!(stage.update(expression, value).await, Ok(item("a", "1", &then)), "{expression}");
    }
}

#[tokio::test]
async fn an_update_that_contradicts_itself_is_refused() {
    let stage = Stage::new().await;
    stage.put(item("a", "1", &[("l", AttributeValue::L(vec![s("x")]))])).await;
    for (expression, value) in [
        ("SET l = :v REMOVE l[0]", Some(s("x"))), // Two paths, one over the other.
        ("SET sk = :v", Some(s("2"))),            // A key is what the item is.
        ("SET status = :v", Some(s("x"))),        // A reserved word.
        ("SET x = missing", None),                // Nothing there to copy.
        ("SET m.x = :v", Some(s("x"))),           // No map there to put it in.
    ] {
        assert_eq!(stage.update(expression, value).await, Err("ValidationException".to_owned()), "{expression}");
    }
}
