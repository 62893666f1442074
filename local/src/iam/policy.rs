//! Evaluates policy statements: actions, resources and the conditions that the template uses.
//! [Logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::template::Statement;

/// What is asked of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask<'a> {
    /// `dynamodb:PutItem`.
    pub action: &'a str,
    /// The ARN that the call names.
    pub resource: &'a str,
    /// What conditions may speak of: key → values. `dynamodb:LeadingKeys` has many.
    pub context: &'a BTreeMap<String, Vec<String>>,
}

/// Allowed by a statement and denied by none.
pub fn allows(statements: &[Statement], ask: &Ask<'_>) -> bool {
    let applies = |statement: &&Statement| applies(statement, ask);
    let mut applying = statements.iter().filter(applies);
    let (mut allowed, mut denied) = (false, false);
    applying.by_ref().for_each(|statement| if statement.denies { denied = true } else { allowed = true });
    allowed && !denied
}

fn applies(statement: &Statement, ask: &Ask<'_>) -> bool {
    statement.actions.iter().any(|pattern| like(&pattern.to_lowercase(), &ask.action.to_lowercase()))
        && statement
            .resources
            .iter()
            .any(|pattern| substituted(pattern, ask.context).is_some_and(|pattern| like(&pattern, ask.resource)))
        && conditions_hold(&statement.condition, ask.context)
}

fn conditions_hold(condition: &Value, context: &BTreeMap<String, Vec<String>>) -> bool {
    condition.as_object().into_iter().flatten().all(|(operator, tests)| {
        tests.as_object().into_iter().flatten().all(|(key, expected)| holds(operator, key, expected, context))
    })
}

/// One test. An operator that is not known here holds for nothing, so an Allow that needs it denies.
fn holds(operator: &str, key: &str, expected: &Value, context: &BTreeMap<String, Vec<String>>) -> bool {
    let expected: Vec<String> = match expected {
        Value::Array(items) => items.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let found = context.get(key).map(Vec::as_slice).unwrap_or_default();
    if operator == "Null" {
        return expected.iter().any(|wanted| (wanted == "true") == found.is_empty());
    }
    let (quantifier, test) = operator.split_once(':').unwrap_or(("", operator));
    let (test, if_exists) = test.strip_suffix("IfExists").map_or((test, false), |test| (test, true));
    let matches = |value: &String| {
        expected.iter().filter_map(|pattern| substituted(pattern, context)).any(|pattern| match test {
            "StringLike" | "ArnLike" => like(&pattern, value),
            "StringEquals" | "ArnEquals" => pattern == *value,
            _ => false,
        })
    };
    match quantifier {
        "ForAllValues" => found.iter().all(matches), // True when there is no value: hence the template's `Null`.
        "ForAnyValue" => found.iter().any(matches),
        _ => (if_exists && found.is_empty()) || found.iter().any(matches),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Fills in `${aws:PrincipalTag/tenant}` and the like. A variable without a value makes a pattern that matches nothing.
fn substituted(pattern: &str, context: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(context.get(name)?.first()?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// `*` is any run of characters, `?` any one.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut star) = ((0, 0), None);
    while at.1 < text.len() {
        match pattern.get(at.0) {
            Some('*') => {
                star = Some(at);
                at.0 += 1;
            }
            Some(&expected) if expected == '?' || expected == text[at.1] => at = (at.0 + 1, at.1 + 1),
            _ => match star {
                Some((star_at, eaten)) => {
                    star = Some((star_at, eaten + 1));
                    at = (star_at + 1, eaten + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at.0..].iter().all(|left| *left == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_match_as_iam_says() {
        for (pattern, text, matched) in [
            ("*", "", true),
            ("T1#*", "T1#C#9", true),
            ("T1#*", "T10#C#9", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("????", "acme", true),
            ("????", "acm", false),
            ("arn:*:table/x", "arn:aws:dynamodb:us-east-1:0:table/x", true),
        ] {
            assert_eq!(like(pattern, text), matched, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_session_reaches_its_own_tenants_keys_alone() {
        let items = Statement {
            denies: false,
            actions: vec!["dynamodb:GetItem".to_owned()],
            resources: vec!["arn:t".to_owned()],
            condition: json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/tenant}#*" },
                               "Null": { "dynamodb:LeadingKeys": "false" } }),
        };
        let never = Statement { denies: true, actions: vec!["dynamodb:Scan".to_owned()], ..items.clone() };
        let statements = [items, Statement { condition: Value::Null, ..never }];
        for (action, tenant, keys, allowed) in [
            ("dynamodb:GetItem", Some("aaaa"), &["aaaa#C#1"][..], true),
            ("dynamodb:GetItem", Some("aaaa"), &["aaaa#C#1", "bbbb#C#1"], false),
            ("dynamodb:GetItem", Some("aaaa"), &[], false), // `ForAllValues` alone would let this through.
            ("dynamodb:GetItem", None, &["#C#1"], false),
            ("dynamodb:PutItem", Some("aaaa"), &["aaaa#C#1"], false),
            ("dynamodb:Scan", Some("aaaa"), &["aaaa#C#1"], false),
        ] {
            let mut context = BTreeMap::from([(
                "dynamodb:LeadingKeys".to_owned(),
                keys.iter().map(|key| (*key).to_owned()).collect(),
            )]);
            context.extend(tenant.map(|tenant| ("aws:PrincipalTag/tenant".to_owned(), vec![tenant.to_owned()])));
            let ask = Ask { action, resource: "arn:t", context: &context };
            assert_eq!(allows(&statements, &ask), allowed, "{action} {tenant:?} {keys:?}");
        }
    }
}
