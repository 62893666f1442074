//! Plays IAM before the tables: each call is checked against the caller's role as the template states it.

mod leading_keys;
mod policy;

use std::collections::BTreeMap;

use serde_json::Value;

pub use leading_keys::{KeyNames, Reach};
pub use policy::{Ask, allows};

use crate::template::{Role, Statement, Template};

/// Who calls: a role, and what its session is tagged with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The role's ARN.
    pub role_arn: String,
    /// Session tags: `tenant` for a tenant's session.
    pub tags: BTreeMap<String, String>,
}

/// The roles and the tables' keys: all that a decision needs.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    roles: BTreeMap<String, Vec<Statement>>,
    keys: KeyNames,
}

impl Guard {
    /// A guard for this template.
    pub fn new(template: &Template) -> Self {
        let statements = |role: &Role| (role.arn.clone(), role.statements.clone());
        Self { roles: template.roles.values().map(statements).collect(), keys: KeyNames::of(&template.tables) }
    }

    /// The partition key's name of a table.
    pub fn partition_key(&self, table: &str) -> &str {
        self.keys.of_table(table)
    }

    /// Refuses a DynamoDB call that the caller's role does not allow, with the words of `AccessDeniedException`.
    /// Keys are checked, index attributes of a write are not: just like IAM.
    pub fn check(&self, caller: &Caller, operation: &str, body: &Value) -> Result<(), String> {
        for reach in self.keys.reached(operation, body) {
            let mut context: BTreeMap<String, Vec<String>> = caller
                .tags
                .iter()
                .map(|(tag, value)| (format!("aws:PrincipalTag/{tag}"), vec![value.clone()]))
                .collect();
            if !reach.keys.is_empty() {
                context.insert("dynamodb:LeadingKeys".to_owned(), reach.keys.clone());
            }
            let statements = self.roles.get(&caller.role_arn).map(Vec::as_slice).unwrap_or_default();
            if !allows(statements, &Ask { action: &reach.action, resource: &reach.resource, context: &context }) {
                return Err(format!(
                    "User: {} is not authorized to perform: {} on resource: {} because no identity-based policy allows the {} action",
                    caller.role_arn, reach.action, reach.resource, reach.action
                ));
            }
        }
        Ok(())
    }
}
