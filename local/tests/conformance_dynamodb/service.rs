//! The service around the tables: what outlives it, and whom it refuses.

use std::sync::Arc;

use local::aws::{Data, dynamodb};

use crate::conformance::{Folder, code};
use crate::stage::{Stage, TABLE, item, key};

#[tokio::test]
async fn what_was_answered_outlives_the_process() {
    let folder = Folder::new("dynamodb");
    let data = Data::Dir(folder.path().to_owned());
    let open = || Stage::on(&data, Arc::new(|_, _, _| Ok(())));
    let before = open().await;
    before.create_table().await;
    before.put(item("a", "1", &[])).await;
    // The first one dies where it stands: nothing of it is closed or flushed.
    let after = open().await;
    assert_eq!(after.get("a", "1").await, Some(item("a", "1", &[])));
    assert_eq!(after.records(None).await.len(), 1);
}

#[tokio::test]
async fn a_caller_is_refused_what_is_not_its_own() {
    let hook: dynamodb::Hook = Arc::new(|_, action, input| match input["Key"]["pk"]["S"].as_str() {
        Some("other") if action == "GetItem" => {
            Err(dynamodb::Denied { code: "AccessDeniedException", message: "not yours".to_owned() })
        }
        _ => Ok(()),
    });
    let stage = Stage::on(&Data::Memory, hook).await;
    stage.create_table().await;
    let get = stage.client.get_item().table_name(TABLE).set_key(Some(key("other", "1")));
    assert_eq!(code!(get.send().await).as_deref(), Some("AccessDeniedException"));
    assert_eq!(stage.get("own", "1").await, None);
}
