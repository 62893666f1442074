//! What an item may be, and what it costs.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TimeToLiveSpecification};

use crate::conformance::code;
use crate::stage::{Item, Stage, TABLE, item, key, n, s};

#[tokio::test]
async fn a_number_has_at_most_38_digits() {
    let stage = Stage::new().await;
    let number = |digits: usize| n("9".repeat(digits));
    assert_eq!(stage.update("SET x = :v", Some(number(38))).await, Ok(item("a", "1", &[("x", number(38))])));
    assert_eq!(stage.update("SET x = :v", Some(number(39))).await, Err("ValidationException".to_owned()));
}

#[tokio::test]
async fn an_item_has_at_most_400_kilobytes_and_a_whole_key() {
    let stage = Stage::new().await;
    let put = |item: Item| stage.client.put_item().table_name(TABLE).set_item(Some(item)).send();
    // Names count too: pk, sk, x and the values of the keys are 7 bytes.
    let sized = |bytes: usize| item("a", "1", &[("x", s(&"x".repeat(bytes - 7)))]);
    assert_eq!(code!(put(sized(400 * 1024)).await), None);
    assert_eq!(code!(put(sized(400 * 1024 + 1)).await).as_deref(), Some("ValidationException"));
    assert_eq!(code!(put(key("", "1")).await).as_deref(), Some("ValidationException"));
    let sort_key_missing = HashMap::from([("pk".to_owned(), s("a"))]);
    assert_eq!(code!(put(sort_key_missing).await).as_deref(), Some("ValidationException"));
}

#[tokio::test]
async fn a_write_says_what_it_costs() {
    let stage = Stage::new().await;
    let put = |item: Item| {
        let put = stage.client.put_item().table_name(TABLE).set_item(Some(item));
        put.return_consumed_capacity(ReturnConsumedCapacity::Total).send()
    };
    // A unit for each kilobyte begun, in the table and again in each index that has the item.
    for (item, units) in [
        (item("a", "1", &[]), 1.0),
        (item("a", "2", &[("x", s(&"x".repeat(1_500)))]), 2.0),
        (item("a", "3", &[("i_pk", s("t")), ("l_sk", s("1"))]), 2.0),
    ] {
        let cost = put(item).await.unwrap().consumed_capacity.unwrap();
        assert_eq!(cost.capacity_units(), Some(units));
    }
}

#[tokio::test]
async fn a_table_says_which_attribute_ends_its_items() {
    let stage = Stage::new().await;
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build().unwrap();
    stage.client.update_time_to_live().table_name(TABLE).time_to_live_specification(ttl).send().await.unwrap();
    let told = stage.client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
    assert_eq!(told.time_to_live_description.unwrap().attribute_name(), Some("ttl"));
}
