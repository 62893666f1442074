//! The in-process guard: no request leaves with a key outside its tenant, whatever the code above it got wrong.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{BeforeSerializationInterceptorContextRef, Input};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use domain::TenantId;

use crate::key;

/// A request that must not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the guard found a key outside the tenant")]
    ForeignKey,
    #[error("the guard allows no such operation")]
    Operation,
}

/// Looks at the typed input of each operation; what it does not know, it refuses (Scan, PartiQL, batches of writes…).
#[derive(Clone, Debug)]
pub struct Guard {
    prefixes: Vec<String>,
}

type Values = HashMap<String, AttributeValue>;

impl Guard {
    pub fn of_tenant(tenant: &TenantId) -> Self {
        Self { prefixes: vec![key::tenant_prefix(tenant)] }
    }

    /// For the items that belong to no tenant: never a tenant's.
    pub fn of_global() -> Self {
        Self { prefixes: key::GLOBAL_PREFIXES.map(str::to_owned).to_vec() }
    }

    fn check(&self, input: &Input) -> Result<(), Refused> {
        if let Some(get) = input.downcast_ref::<GetItemInput>() {
            self.key(get.key())
        } else if let Some(put) = input.downcast_ref::<PutItemInput>() {
            self.item(put.item())
        } else if let Some(update) = input.downcast_ref::<UpdateItemInput>() {
            // The old form of an update says nothing that could be checked here.
            let old_form = update.attribute_updates().is_some();
            let values = update.expression_attribute_values();
            if old_form {
                Err(Refused::Operation)
            } else {
                self.update(update.key(), update.update_expression(), values)
            }
        } else if let Some(delete) = input.downcast_ref::<DeleteItemInput>() {
            self.key(delete.key())
        } else if let Some(query) = input.downcast_ref::<QueryInput>() {
            self.query(query)
        } else if let Some(batch) = input.downcast_ref::<BatchGetItemInput>() {
            let tables = batch.request_items().ok_or(Refused::ForeignKey)?;
            tables.values().flat_map(|table| table.keys()).try_for_each(|k| self.key(Some(k)))
        } else if let Some(all) = input.downcast_ref::<TransactWriteItemsInput>() {
            all.transact_items().iter().try_for_each(|write| self.transact(write))
        } else {
            Err(Refused::Operation)
        }
    }

    fn transact(&self, write: &TransactWriteItem) -> Result<(), Refused> {
        if let Some(put) = write.put() {
            self.item(Some(put.item()))?;
        }
        if let Some(update) = write.update() {
            let values = update.expression_attribute_values();
            self.update(Some(update.key()), Some(update.update_expression()), values)?;
        }
        if let Some(delete) = write.delete() {
            self.key(Some(delete.key()))?;
        }
        write.condition_check().map_or(Ok(()), |check| self.key(Some(check.key())))
    }

    fn key(&self, values: Option<&Values>) -> Result<(), Refused> {
        self.ours(values.and_then(|v| v.get("pk")))
    }

    fn item(&self, values: Option<&Values>) -> Result<(), Refused> {
        self.key(values)?;
        self.index_keys(|name| values.and_then(|v| v.get(name)))
    }

    fn update(&self, key: Option<&Values>, text: Option<&str>, values: Option<&Values>) -> Result<(), Refused> {
        self.key(key)?;
        // An index key may only be set by the value that is called after it, or else it could not be checked.
        let text = text.unwrap_or_default();
        let set = text.split("REMOVE").next().unwrap_or_default();
        for name in ["i_pk", "o_pk", "d_pk", "d_sk"] {
            let mentioned = set.matches(name).count();
            let spelt = set.matches(&format!("#{name} = :{name}")).count();
            if mentioned != 2 * spelt {
                return Err(Refused::ForeignKey);
            }
        }
        self.index_keys(|name| values.and_then(|v| v.get(&format!(":{name}"))))
    }

    /// Of an index's keys, the one that names the tenant: DUE's is its sort key.
    fn index_keys<'a>(&self, value: impl Fn(&str) -> Option<&'a AttributeValue>) -> Result<(), Refused> {
        for name in ["i_pk", "o_pk", "d_sk"] {
            if let Some(text) = value(name) {
                self.ours(Some(text))?;
            }
        }
        match value("d_pk") {
            None => Ok(()),
            Some(AttributeValue::S(text)) if text.starts_with("DUE#") => Ok(()),
            Some(_) => Err(Refused::ForeignKey),
        }
    }

    fn query(&self, query: &QueryInput) -> Result<(), Refused> {
        let text = query.key_condition_expression().unwrap_or_default();
        let by = ["pk = :pk", "i_pk = :pk", "o_pk = :pk", "d_pk = :pk"];
        let exact = |start: &&&str| text == **start || text.starts_with(&format!("{start} AND "));
        if !by.iter().any(|b| exact(&b)) {
            return Err(Refused::ForeignKey);
        }
        self.ours(query.expression_attribute_values().and_then(|v| v.get(":pk")))
    }

    fn ours(&self, value: Option<&AttributeValue>) -> Result<(), Refused> {
        match value {
            Some(AttributeValue::S(text)) if self.prefixes.iter().any(|p| text.starts_with(p)) => Ok(()),
            Some(_) | None => Err(Refused::ForeignKey),
        }
    }
}

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "TenantGuard"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Ok(self.check(context.input())?)
    }
}
