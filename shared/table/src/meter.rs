//! Counts requests and billed units at the SDK seam.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::operation::{
    batch_get_item, delete_item, get_item, put_item, query, transact_write_items, update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// What one request cost, as `ReturnConsumedCapacity: INDEXES` tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    pub operation: &'static str,
    /// The table's name.
    pub table: String,
    /// Read units.
    pub read: f64,
    /// Write units of the table itself.
    pub write: f64,
    /// Write units of its indexes.
    pub index_write: f64,
}

/// Where the requests of a [`crate::Tables`] are counted. Cheap to clone; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Vec<Spent>>>);

impl Meter {
    /// What was spent since the last time, in order.
    pub fn take(&self) -> Vec<Spent> {
        self.0.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
    }

    fn add(&self, spent: Spent) {
        if let Ok(mut all) = self.0.lock() {
            all.push(spent);
        }
    }
}

fn spent(operation: &'static str, writes: bool, capacity: &ConsumedCapacity) -> Spent {
    let total = capacity.capacity_units().unwrap_or(0.0);
    let indexes = capacity.global_secondary_indexes().into_iter().flat_map(|all| all.values());
    let index_write = indexes.filter_map(|c| c.capacity_units()).sum::<f64>();
    let table = capacity.table_name().unwrap_or_default().to_owned();
    match writes {
        true => Spent { operation, table, read: 0.0, write: total - index_write, index_write },
        false => Spent { operation, table, read: total, write: 0.0, index_write: 0.0 },
    }
}

macro_rules! operations {
    ($($module:ident, $input:ident, $output:ident, $name:literal, $writes:literal;)+) => {
        impl Intercept for Meter {
            fn name(&self) -> &'static str {
                "Meter"
            }

            fn modify_before_serialization(
                &self,
                context: &mut BeforeSerializationInterceptorContextMut<'_>,
                _: &RuntimeComponents,
                _: &mut ConfigBag,
            ) -> Result<(), BoxError> {
                $(if let Some(input) = context.input_mut().downcast_mut::<$module::$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                })+
                Ok(())
            }

            fn read_after_deserialization(
                &self,
                context: &AfterDeserializationInterceptorContextRef<'_>,
                _: &RuntimeComponents,
                _: &mut ConfigBag,
            ) -> Result<(), BoxError> {
                let Ok(output) = context.output_or_error() else { return Ok(()) };
                $(if let Some(output) = output.downcast_ref::<$module::$output>() {
                    for capacity in output.consumed_capacity.iter().flat_map(Each::each) {
                        self.add(spent($name, $writes, capacity));
                    }
                })+
                Ok(())
            }
        }
    };
}

operations! {
    get_item, GetItemInput, GetItemOutput, "GetItem", false;
    batch_get_item, BatchGetItemInput, BatchGetItemOutput, "BatchGetItem", false;
    query, QueryInput, QueryOutput, "Query", false;
    put_item, PutItemInput, PutItemOutput, "PutItem", true;
    update_item, UpdateItemInput, UpdateItemOutput, "UpdateItem", true;
    delete_item, DeleteItemInput, DeleteItemOutput, "DeleteItem", true;
    transact_write_items, TransactWriteItemsInput, TransactWriteItemsOutput, "TransactWriteItems", true;
}

/// Some operations tell one capacity, some several.
trait Each {
    fn each(&self) -> &[ConsumedCapacity];
}

impl Each for ConsumedCapacity {
    fn each(&self) -> &[ConsumedCapacity] {
        std::slice::from_ref(self)
    }
}

impl Each for Vec<ConsumedCapacity> {
    fn each(&self) -> &[ConsumedCapacity] {
        self
    }
}
