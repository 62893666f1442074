//! STS: credentials that say in their token whose they are, so that every service here can check them alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{ACCOUNT, Data, Now};

/// What a session may be: a role, with the tags that its policies ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub role_arn: String,
    pub tags: BTreeMap<String, String>,
    /// Milliseconds since 1970.
    pub expires_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub expires_ms: u64,
}

#[derive(Clone)]
pub struct Sts {
    now: Now,
    key: Arc<[u8; 32]>,
}

impl Sts {
    /// The key that signs tokens lies in `sts.key`, so that a restart leaves running sessions as they are.
    pub fn open(data: &Data, now: Now) -> std::io::Result<Self> {
        let fresh = || {
            let mut key = [0; 32];
            getrandom::fill(&mut key).expect("the operating system gives random bytes");
            key
        };
        let key = match data.file("sts.key") {
            None => fresh(),
            Some(file) => match std::fs::read(&file).ok().and_then(|kept| kept.try_into().ok()) {
                Some(kept) => kept,
                None => {
                    let key = fresh();
                    std::fs::write(&file, key)?;
                    key
                }
            },
        };
        Ok(Self { now, key: Arc::new(key) })
    }

    /// Credentials of this role, for this long.
    pub fn issue(&self, role_arn: &str, tags: BTreeMap<String, String>, ttl: Duration) -> Credentials {
        let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        let expires_ms = (self.now)().saturating_add(ttl);
        let principal = Principal { role_arn: role_arn.to_owned(), tags, expires_ms };
        let claims = BASE64URL_NOPAD.encode(&serde_json::to_vec(&principal).unwrap_or_default());
        let mac = self.mac(&claims);
        let access_key_id = format!("ASIA{}", hex::encode_upper(&mac[..8]));
        Credentials {
            secret_access_key: hex::encode(self.mac(&access_key_id)),
            access_key_id,
            session_token: format!("{claims}.{}", BASE64URL_NOPAD.encode(&mac)),
            expires_ms,
        }
    }

    /// Whose a token is; `None` when it is forged or has expired.
    pub fn resolve(&self, session_token: &str) -> Option<Principal> {
        let (claims, mac) = session_token.split_once('.')?;
        if BASE64URL_NOPAD.decode(mac.as_bytes()).ok()? != self.mac(claims) {
            return None;
        }
        let principal: Principal = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).ok()?).ok()?;
        (principal.expires_ms > (self.now)()).then_some(principal)
    }

    /// The secret that belongs to an access key of ours.
    pub fn secret_of(&self, access_key_id: &str) -> Option<String> {
        access_key_id.starts_with("ASIA").then(|| hex::encode(self.mac(access_key_id)))
    }

    fn mac(&self, claims: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key[..]).expect("HMAC takes a key of any length");
        mac.update(claims.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

pub fn router(sts: Sts) -> Router {
    Router::new().route("/", post(answer)).with_state(sts)
}

/// The query protocol: a form in, XML out.
async fn answer(State(sts): State<Sts>, body: Bytes) -> Response {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let get = |name: &str| form.get(name).map(String::as_str);
    match get("Action") {
        Some("AssumeRole") => match get("RoleArn") {
            Some(role) => xml(StatusCode::OK, assumed(&sts, role, &form)),
            None => fault("ValidationError", "RoleArn is missing."),
        },
        Some("GetCallerIdentity") => xml(
            StatusCode::OK,
            format!(
                "<GetCallerIdentityResponse {NS}><GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
            ),
        ),
        _ => fault("InvalidAction", "The request names no operation of STS that is played here."),
    }
}

const NS: &str = "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"";

fn assumed(sts: &Sts, role: &str, form: &BTreeMap<String, String>) -> String {
    let seconds = form.get("DurationSeconds").and_then(|s| s.parse().ok()).unwrap_or(3_600);
    let tags = (1..=50).map_while(|i| {
        let part = |name: &str| form.get(&format!("Tags.member.{i}.{name}")).cloned();
        Some((part("Key")?, part("Value")?))
    });
    let credentials = sts.issue(role, tags.collect(), Duration::from_secs(seconds));
    let expires = crate::clock::rfc3339(credentials.expires_ms);
    format!(
        "<AssumeRoleResponse {NS}><AssumeRoleResult><Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{expires}</Expiration></Credentials><AssumedRoleUser><Arn>{role}</Arn>\
         <AssumedRoleId>AROALOCAL:session</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>",
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token,
    )
}

fn fault(code: &str, message: &str) -> Response {
    let body = format!(
        "<ErrorResponse {NS}><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    xml(StatusCode::BAD_REQUEST, body)
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}
