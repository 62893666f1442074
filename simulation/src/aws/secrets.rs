//! Secrets Manager: read by the functions, written by the stage.

use std::collections::BTreeMap;

use serde_json::json;

use crate::seam::{Answer, Call};

#[derive(Default)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    pub fn put(&mut self, id: &str, text: String) {
        self.0.insert(id.to_owned(), text);
    }

    pub fn perform(&self, call: &Call) -> Answer {
        let input = call.json();
        let id = input["SecretId"].as_str().unwrap_or_default();
        match self.0.get(id) {
            Some(text) if call.action == "GetSecretValue" => {
                Answer::json(200, &json!({ "ARN": id, "Name": id, "VersionId": "v", "SecretString": text }))
            }
            _ => Answer::error(call.service, 400, "ResourceNotFoundException"),
        }
    }
}
