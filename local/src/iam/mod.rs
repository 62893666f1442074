//! Plays IAM before the services: each call is checked against the caller's role as the template states it.

mod asked;
mod door;
mod form;
mod leading_keys;
mod policy;

use std::collections::BTreeMap;

use serde_json::Value;

pub use asked::{Asked, Context};
pub use door::{Doorkeeper, Service};
use form::Form;
pub use leading_keys::{KeyNames, Reach};
pub use policy::{Ask, allows};

use crate::template::{Role, Statement, Template, Trust};

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
    trusts: BTreeMap<String, Vec<Trust>>,
    keys: KeyNames,
}

impl Guard {
    /// A guard for this template.
    pub fn new(template: &Template) -> Self {
        let statements = |role: &Role| (role.arn.clone(), role.statements.clone());
        let trusts = |role: &Role| (role.arn.clone(), role.trusts.clone());
        Self {
            roles: template.roles.values().map(statements).collect(),
            trusts: template.roles.values().map(trusts).collect(),
            keys: KeyNames::of(&template.tables),
        }
    }

    /// The partition key's name of a table.
    pub fn partition_key(&self, table: &str) -> &str {
        self.keys.of_table(table)
    }

    /// Refuses a DynamoDB call that the caller's role does not allow, with the words of `AccessDeniedException`.
    /// Keys are checked, index attributes of a write are not: just like IAM.
    pub fn check(&self, caller: &Caller, operation: &str, body: &Value) -> Result<(), String> {
        for Reach { action, resource, keys } in self.keys.reached(operation, body) {
            let keys = Some(keys).filter(|keys| !keys.is_empty());
            let context = keys.map(|keys| ("dynamodb:LeadingKeys".to_owned(), keys)).into_iter().collect();
            self.allow(caller, &Asked { action, resources: vec![resource], context })?;
        }
        Ok(())
    }

    /// Refuses what the caller's role does not allow.
    pub fn allow(&self, caller: &Caller, asked: &Asked) -> Result<(), String> {
        let mut context = asked.context.clone();
        let tags = caller.tags.iter();
        context.extend(tags.map(|(tag, value)| (format!("aws:PrincipalTag/{tag}"), vec![value.clone()])));
        let statements = self.roles.get(&caller.role_arn).map(Vec::as_slice).unwrap_or_default();
        let action = asked.action.as_str();
        let allowed = |resource: &String| allows(statements, &Ask { action, resource, context: &context });
        if asked.resources.iter().any(allowed) {
            return Ok(());
        }
        let resource = asked.resources.last().map(String::as_str).unwrap_or_default();
        let why = format!("because no identity-based policy allows the {action} action");
        Err(format!("User: {} is not authorized to perform: {action} on resource: {resource} {why}", caller.role_arn))
    }

    /// Refuses a role to whom its trust policy does not name, or not with these tags.
    pub fn trust(&self, caller: &Caller, role_arn: &str, context: &Context) -> Result<(), String> {
        let trusts = self.trusts.get(role_arn).map(Vec::as_slice).unwrap_or_default();
        let of_caller = trusts.iter().filter(|trust| trust.principals.contains(&caller.role_arn));
        let statements: Vec<Statement> = of_caller.map(|trust| trust.statement.clone()).collect();
        let actions = ["sts:AssumeRole", "sts:TagSession"];
        let needed = if context.is_empty() { &actions[..1] } else { &actions[..] };
        for action in needed {
            if !allows(&statements, &Ask { action, resource: role_arn, context }) {
                let caller = &caller.role_arn;
                return Err(format!("User: {caller} is not authorized to perform: {action} on resource: {role_arn}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
