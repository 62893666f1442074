//! Makes what the template names and what is not there yet: queues, tables, buckets, secrets.

use serde_json::{Map, Value, json};

use crate::aws::dynamodb::DynamoDb;
use crate::aws::s3::S3;
use crate::aws::secrets::Secrets;
use crate::aws::sqs::Sqs;
use crate::start_error::StartError;
use crate::template::{Generate, Secret, Table, Template};

/// The services that things are made in.
pub(crate) struct Services<'a> {
    pub(crate) sqs: &'a Sqs,
    pub(crate) dynamodb: &'a DynamoDb,
    pub(crate) s3: &'a S3,
    pub(crate) secrets: &'a Secrets,
}

impl Services<'_> {
    pub(crate) async fn provision(&self, template: &Template) -> Result<(), StartError> {
        for queue in &template.queues {
            let made = self.sqs.create_queue(&queue.name, queue.attributes.clone()).await;
            made.map_err(|fault| StartError::Resource(queue.logical.clone(), format!("{fault:?}")))?;
        }
        for table in &template.tables {
            self.table(table).await.map_err(|fault| StartError::Resource(table.logical.clone(), fault.to_string()))?;
        }
        for bucket in &template.buckets {
            let made = self.s3.create_bucket(&bucket.name);
            made.map_err(|fault| StartError::Resource(bucket.logical.clone(), fault.to_string()))?;
        }
        for secret in &template.secrets {
            let text = first_text(secret).map_err(|reason| StartError::Resource(secret.logical.clone(), reason))?;
            self.secrets.put_if_absent(&secret.name, &text).await;
        }
        Ok(())
    }

    async fn table(&self, table: &Table) -> Result<(), Value> {
        if self.dynamodb.call("DescribeTable", &json!({ "TableName": table.name })).await.is_ok() {
            return Ok(());
        }
        self.dynamodb.call("CreateTable", &table.request).await?;
        if let Some(attribute) = &table.ttl_attribute {
            let ttl = json!({ "AttributeName": attribute, "Enabled": true });
            let request = json!({ "TableName": table.name, "TimeToLiveSpecification": ttl });
            self.dynamodb.call("UpdateTimeToLive", &request).await?;
        }
        Ok(())
    }
}

/// The text a secret begins with.
fn first_text(secret: &Secret) -> Result<String, String> {
    match (&secret.text, &secret.generate) {
        (Some(text), _) => Ok(text.clone()),
        (None, Some(generate)) => generated(generate),
        (None, None) => Ok("{}".to_owned()),
    }
}

fn generated(generate: &Generate) -> Result<String, String> {
    let value = random_text(generate)?;
    let Some(key) = &generate.generate_string_key else { return Ok(value) };
    let around = generate.secret_string_template.as_deref().unwrap_or("{}");
    let mut around: Map<String, Value> =
        serde_json::from_str(around).map_err(|fault| format!("SecretStringTemplate is no JSON object: {fault}"))?;
    around.insert(key.clone(), json!(value));
    Ok(Value::Object(around).to_string())
}

/// Letters, digits and punctuation, less what is excluded, each as likely as the others.
fn random_text(generate: &Generate) -> Result<String, String> {
    let refused = |letter: &char| {
        (generate.exclude_lowercase && letter.is_ascii_lowercase())
            || (generate.exclude_uppercase && letter.is_ascii_uppercase())
            || (generate.exclude_numbers && letter.is_ascii_digit())
            || (generate.exclude_punctuation && letter.is_ascii_punctuation())
            || generate.exclude_characters.contains(*letter)
    };
    let letters: Vec<char> = ('!'..='~').filter(|letter| !refused(letter)).collect();
    let fair = 256 / letters.len().max(1) * letters.len();
    let mut text = String::new();
    let length = generate.password_length.unwrap_or(32);
    while text.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes).map_err(|fault| fault.to_string())?;
        if letters.is_empty() {
            return Err("GenerateSecretString excludes every character".to_owned());
        }
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(drawn.map(|byte| letters[byte % letters.len()]).take(length - text.len()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_is_hexadecimal_when_the_template_says_so() {
        let generate = Generate {
            secret_string_template: Some(r#"{"keys": []}"#.to_owned()),
            generate_string_key: Some("secret".to_owned()),
            exclude_characters: "ghijklmnopqrstuvwxyz".to_owned(),
            password_length: Some(64),
            exclude_punctuation: true,
            exclude_uppercase: true,
            ..Generate::default()
        };
        let made: Value = serde_json::from_str(&generated(&generate).unwrap()).unwrap();
        let secret = made["secret"].as_str().unwrap();
        assert_eq!(made["keys"], json!([]));
        assert_eq!((secret.len(), hex::decode(secret).map(|bytes| bytes.len())), (64, Ok(32)));
    }
}
