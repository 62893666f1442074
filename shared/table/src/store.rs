//! One table through one client: reads, conditional writes, transactions.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, KeysAndAttributes, Put, ReturnValue, TransactWriteItem, Update};

use crate::change::{Expressions, Write};
use crate::fault::{Failed, failed, failed_codes, judge};
use crate::item::Item;
use crate::key::Key;
use crate::tables::Pause;
use crate::{Error, Result};

/// Conflicts are retried this often, with jitter.
pub(crate) const TRIES: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// Sees every write that was answered. Costs double.
    Consistent,
    Eventual,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Transacted {
    Done,
    /// These writes' conditions did not hold; nothing was written.
    Unmet(Vec<usize>),
    /// Another transaction was at the same items; nothing was written.
    Conflict,
}

/// Items of one partition, by sort key.
#[derive(Clone, Debug)]
pub(crate) struct Range<'a> {
    pub(crate) index: Index,
    pub(crate) pk: String,
    pub(crate) sk: Sk<'a>,
    pub(crate) newest_first: bool,
    pub(crate) limit: Option<usize>,
    pub(crate) read: Read,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    Table,
    Inbox,
    Owner,
    Due,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Sk<'a> {
    Any,
    Starts(&'a str),
    Above(&'a str),
    Below(&'a str),
    /// Both ends included.
    Between(&'a str, &'a str),
}

impl Index {
    fn names(self) -> (Option<&'static str>, &'static str, &'static str) {
        match self {
            Self::Table => (None, "pk", "sk"),
            Self::Inbox => (Some("INBOX"), "i_pk", "l_sk"),
            Self::Owner => (Some("OWNER"), "o_pk", "l_sk"),
            Self::Due => (Some("DUE"), "d_pk", "d_sk"),
        }
    }
}

pub(crate) struct Store<'a> {
    pub(crate) client: &'a Client,
    pub(crate) table: &'a str,
    pub(crate) pause: &'a Pause,
}

impl Store<'_> {
    pub(crate) async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(self.table).set_key(Some(key_item(key)));
        let answer = get.consistent_read(read == Read::Consistent).send().await.map_err(failed)?;
        Ok(answer.item)
    }

    /// Those that exist, in no order. At most 100 different keys.
    pub(crate) async fn get_all(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut left: Vec<_> = keys.iter().map(key_item).collect();
        for attempt in 0..=TRIES {
            if left.is_empty() {
                return Ok(items);
            }
            self.pause.before(attempt).await;
            let wanted = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(read == Read::Consistent);
            let wanted = wanted.build().map_err(|e| Error::Corrupt(e.to_string()))?;
            let answer = self.client.batch_get_item().request_items(self.table, wanted).send().await.map_err(failed)?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            left = answer.unprocessed_keys.unwrap_or_default().into_values().flat_map(|k| k.keys).collect();
        }
        Err(Error::Retry("a batch of reads was never answered whole".to_owned()))
    }

    /// One page, and whether there may be more.
    pub(crate) async fn page(&self, range: &Range<'_>) -> Result<(Vec<Item>, bool)> {
        let (items, last) = self.page_from(range, None).await?;
        Ok((items, last.is_some()))
    }

    /// All of it, however many pages.
    pub(crate) async fn all(&self, range: &Range<'_>) -> Result<Vec<Item>> {
        let (mut items, mut last) = self.page_from(range, None).await?;
        while last.is_some() {
            let (more, next) = self.page_from(range, last).await?;
            items.extend(more);
            last = next;
        }
        Ok(items)
    }

    async fn page_from(&self, range: &Range<'_>, start: Option<Item>) -> Result<(Vec<Item>, Option<Item>)> {
        let (index, pk, sk) = range.index.names();
        let (condition, values) = match range.sk {
            Sk::Any => (String::new(), vec![]),
            Sk::Starts(with) => (format!(" AND begins_with({sk}, :a)"), vec![(":a", with)]),
            Sk::Above(a) => (format!(" AND {sk} > :a"), vec![(":a", a)]),
            Sk::Below(a) => (format!(" AND {sk} < :a"), vec![(":a", a)]),
            Sk::Between(a, b) => (format!(" AND {sk} BETWEEN :a AND :b"), vec![(":a", a), (":b", b)]),
        };
        let mut query = self.client.query().table_name(self.table).set_index_name(index.map(str::to_owned));
        query = query.key_condition_expression(format!("{pk} = :pk{condition}"));
        query = query.expression_attribute_values(":pk", AttributeValue::S(range.pk.clone()));
        for (name, value) in values {
            query = query.expression_attribute_values(name, AttributeValue::S(value.to_owned()));
        }
        let limit = range.limit.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
        query = query.scan_index_forward(!range.newest_first).set_limit(limit).set_exclusive_start_key(start);
        let consistent = range.index == Index::Table && range.read == Read::Consistent;
        let answer = query.consistent_read(consistent).send().await.map_err(failed)?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    /// `false`: the condition did not hold.
    pub(crate) async fn write(&self, write: &Write) -> Result<bool> {
        for attempt in 0..TRIES {
            self.pause.before(attempt).await;
            match self.write_once(write).await {
                Err(Failed { unmet: true, .. }) => return Ok(false),
                Err(Failed { conflict: true, .. }) => {}
                other => return other.map(|()| true).map_err(|f| f.error),
            }
        }
        Err(Error::Retry("transactions were at the same item".to_owned()))
    }

    async fn write_once(&self, write: &Write) -> std::result::Result<(), Failed> {
        match write {
            Write::Put(item, when) => {
                let e = Expressions::of(None, when);
                let put = self.client.put_item().table_name(self.table).set_item(Some(item.clone()));
                let put = put.set_condition_expression(e.condition.clone());
                let put = put.set_expression_attribute_names(e.names()).set_expression_attribute_values(e.values());
                put.send().await.map(drop).map_err(Failed::of)
            }
            Write::Update(key, change, when) => {
                let e = Expressions::of(Some(change), when);
                let update = self.client.update_item().table_name(self.table).set_key(Some(key_item(key)));
                let update =
                    update.set_update_expression(e.update.clone()).set_condition_expression(e.condition.clone());
                let update = update.set_expression_attribute_names(e.names());
                update.set_expression_attribute_values(e.values()).send().await.map(drop).map_err(Failed::of)
            }
            Write::Delete(key, when) => {
                let e = Expressions::of(None, when);
                let delete = self.client.delete_item().table_name(self.table).set_key(Some(key_item(key)));
                let delete = delete.set_condition_expression(e.condition.clone());
                let delete = delete.set_expression_attribute_names(e.names());
                delete.set_expression_attribute_values(e.values()).send().await.map(drop).map_err(Failed::of)
            }
        }
    }

    /// Deletes it and returns what it was.
    pub(crate) async fn take(&self, key: &Key) -> Result<Option<Item>> {
        let delete = self.client.delete_item().table_name(self.table).set_key(Some(key_item(key)));
        let answer = delete.return_values(ReturnValue::AllOld).send().await.map_err(failed)?;
        Ok(answer.attributes)
    }

    /// All or nothing. At most 100 different items.
    pub(crate) async fn transact(&self, writes: &[Write]) -> Result<Transacted> {
        let items = writes.iter().map(|w| self.transact_item(w)).collect::<Result<Vec<_>>>()?;
        let Err(error) = self.client.transact_write_items().set_transact_items(Some(items)).send().await else {
            return Ok(Transacted::Done);
        };
        let Some(cancelled) = error.as_service_error().and_then(|e| match e {
            aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(c) => {
                Some(c.cancellation_reasons())
            }
            _ => None,
        }) else {
            return Err(failed(error));
        };
        let codes: Vec<&str> = cancelled.iter().map(|r| r.code().unwrap_or("None")).collect();
        judge(&codes).ok_or_else(|| failed_codes(&codes))
    }

    fn transact_item(&self, write: &Write) -> Result<TransactWriteItem> {
        let built = |e: aws_sdk_dynamodb::error::BuildError| Error::Corrupt(e.to_string());
        let item = TransactWriteItem::builder();
        Ok(match write {
            Write::Put(values, when) => {
                let e = Expressions::of(None, when);
                let put = Put::builder().table_name(self.table).set_item(Some(values.clone()));
                let put = put.set_condition_expression(e.condition.clone()).set_expression_attribute_names(e.names());
                item.put(put.set_expression_attribute_values(e.values()).build().map_err(built)?)
            }
            Write::Update(key, change, when) => {
                let e = Expressions::of(Some(change), when);
                let update = Update::builder().table_name(self.table).set_key(Some(key_item(key)));
                let update =
                    update.set_update_expression(e.update.clone()).set_condition_expression(e.condition.clone());
                let update = update.set_expression_attribute_names(e.names());
                item.update(update.set_expression_attribute_values(e.values()).build().map_err(built)?)
            }
            Write::Delete(key, when) => {
                let e = Expressions::of(None, when);
                let delete = Delete::builder().table_name(self.table).set_key(Some(key_item(key)));
                let delete =
                    delete.set_condition_expression(e.condition.clone()).set_expression_attribute_names(e.names());
                item.delete(delete.set_expression_attribute_values(e.values()).build().map_err(built)?)
            }
        }
        .build())
    }
}

fn key_item(key: &Key) -> Item {
    let s = |text: &str| AttributeValue::S(text.to_owned());
    HashMap::from([("pk".to_owned(), s(&key.pk)), ("sk".to_owned(), s(&key.sk))])
}
