//! Secrets Manager: read by the functions, written by the stage and by who connects an account.

use std::collections::BTreeMap;

use serde_json::json;

use crate::seam::{Answer, Call};

#[derive(Default)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    pub fn put(&mut self, id: &str, text: String) {
        self.0.insert(id.to_owned(), text);
    }

    pub fn perform(&mut self, call: &Call) -> Answer {
        let input = call.json();
        let id = input["SecretId"].as_str().unwrap_or_default();
        let known = self.0.get_mut(id);
        match (call.action.as_str(), known, input["SecretString"].as_str()) {
            ("GetSecretValue", Some(text), _) => {
                Answer::json(200, &json!({ "ARN": id, "Name": id, "VersionId": "v", "SecretString": text }))
            }
            ("PutSecretValue", Some(text), Some(new)) => {
                new.clone_into(text);
                Answer::json(200, &json!({ "ARN": id, "Name": id, "VersionId": "v" }))
            }
            _ => Answer::error(call.service, 400, "ResourceNotFoundException"),
        }
    }
}
