//! Forms by which a browser puts one file straight into the bucket: signed by the tenant's own session, for one key, one type
//! and one size. [POST policy](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html).

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use data_encoding::BASE64;
use domain::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Files, Key};

/// How long a form is good, unless the tenant's session ends before, which is renewed 3 minutes before it does. An upload that
/// has begun by then may go on.
pub const LIFE: Duration = Duration::from_mins(10);

/// What is told of a file before it comes. The bucket refuses another type or size, and gives `about` back with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced<'a> {
    pub mime_type: &'a str,
    pub bytes: u64,
    /// Names of the object's metadata and what they say, in ASCII.
    pub about: &'a [(&'a str, &'a str)],
}

/// A form: its fields are sent as `multipart/form-data`, the file after them as the field `file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub url: String,
    pub fields: BTreeMap<String, String>,
    pub expires_at: Timestamp,
}

/// A form for one file under `key`. `session` is the tenant's: it opens nothing of any other tenant.
pub fn form(files: &Files, session: &Credentials, key: &Key, file: &Announced<'_>, now: Timestamp) -> Form {
    let expires_at = now.plus(LIFE);
    let text = now.to_string();
    let digits: String = text.chars().filter(|c| *c != '-' && *c != ':').take("YYYYMMDDThhmmss".len()).collect();
    let (date, at) = (&digits[..8], format!("{digits}Z"));
    let scope = format!("{}/{date}/{}/s3/aws4_request", session.access_key_id(), files.region);
    let mut fields = BTreeMap::from([
        ("Content-Type".to_owned(), file.mime_type.to_owned()),
        ("key".to_owned(), key.as_str().to_owned()),
        ("x-amz-algorithm".to_owned(), "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential".to_owned(), scope),
        ("x-amz-date".to_owned(), at),
    ]);
    fields.extend(file.about.iter().map(|(name, said)| (format!("x-amz-meta-{name}"), (*said).to_owned())));
    fields.extend(session.session_token().map(|token| ("x-amz-security-token".to_owned(), token.to_owned())));
    let policy = Policy { expiration: expires_at, conditions: conditions(files, &fields, file.bytes) };
    let policy = BASE64.encode(&serde_json::to_vec(&policy).unwrap_or_default());
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or(0));
    let signing = generate_signing_key(session.secret_access_key(), time, &files.region, "s3");
    fields.insert("x-amz-signature".to_owned(), calculate_signature(signing, policy.as_bytes()));
    fields.insert("policy".to_owned(), policy);
    Form { url: files.url.clone(), fields, expires_at }
}

#[derive(Serialize)]
struct Policy {
    expiration: Timestamp,
    conditions: Vec<Value>,
}

/// The bucket, the size to the byte, and every field as it is.
fn conditions(files: &Files, fields: &BTreeMap<String, String>, bytes: u64) -> Vec<Value> {
    let mut conditions = vec![json!({ "bucket": files.bucket }), json!(["content-length-range", bytes, bytes])];
    conditions.extend(fields.iter().map(|(name, said)| {
        let field = Value::String(said.clone());
        Value::Object([(name.clone(), field)].into_iter().collect())
    }));
    conditions
}

#[cfg(test)]
mod tests {
    use domain::{TenantId, UploadId};

    use super::*;

    /// The policy says every field that the form has, so none can be changed; its signature was reckoned apart from this code, by
    /// [the recipe](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html).
    #[test]
    fn a_form_is_for_one_key_one_type_and_one_size() {
        let files = Files {
            url: "https://b.s3.eu-west-1.amazonaws.com".to_owned(),
            bucket: "b".to_owned(),
            region: "eu-west-1".to_owned(),
        };
        let session = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let key = Key::upload(&TenantId::from_bytes([0; 10]), &UploadId::from_bytes([0; 16]));
        let file = Announced { mime_type: "image/png", bytes: 7, about: &[("kind", "image")] };
        let mut form = form(&files, &session, &key, &file, Timestamp::from_seconds(1_795_000_000));
        assert_eq!(
            (form.url.as_str(), form.expires_at.to_string().as_str()),
            (&*files.url, "2026-11-18T11:16:40.000Z")
        );
        let (policy, signature) =
            (form.fields.remove("policy").unwrap(), form.fields.remove("x-amz-signature").unwrap());
        let said: Value = serde_json::from_slice(&BASE64.decode(policy.as_bytes()).unwrap()).unwrap();
        let each = form.fields.iter().map(|(name, said)| json!({ name.as_str(): said }));
        let mut conditions = vec![json!({ "bucket": "b" }), json!(["content-length-range", 7, 7])];
        conditions.extend(each);
        assert_eq!(said, json!({ "expiration": "2026-11-18T11:16:40.000Z", "conditions": conditions }));
        let fields: Vec<_> = form.fields.iter().map(|(name, said)| (name.as_str(), said.as_str())).collect();
        assert_eq!(
            fields,
            [
                ("Content-Type", "image/png"),
                ("key", "t/0000000000000000/upload/00000000000000000000000000"),
                ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
                ("x-amz-credential", "AKID/20261118/eu-west-1/s3/aws4_request"),
                ("x-amz-date", "20261118T110640Z"),
                ("x-amz-meta-kind", "image"),
                ("x-amz-security-token", "token"),
            ]
        );
        assert_eq!(signature, "7f2c822a18b445e380296e6d6eb2f14559cb5f8c26ac29d7bbf9c8866d155eb5");
    }
}
