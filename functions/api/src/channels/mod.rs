//! Channel accounts: the numbers, pages and bots that customers write to.

pub mod list;
