//! A webhook is its app's only with the very signature of its very bytes.

use channel::Signer;
use channel_meta::{App, verify};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::line;

/// Each app and its secrets in force.
const APPS: [(&str, &[&str]); 2] = [("1", &["new", "old"]), ("2", &["other"])];

/// Most places of a body in which a byte is changed.
const PLACES: usize = 64;

/// The first line is `X-Hub-Signature-256`, the rest the body.
pub fn holds(input: &[u8]) {
    let (header, body) = line(input);
    let header = String::from_utf8_lossy(header);
    let apps = APPS.map(|(id, secrets)| app(id, secrets));
    let signer = |header: &str, body: &[u8]| verify(&apps, header, body).map(|app| app.signer.app_id.clone());

    let signs = |secrets: &[&str]| secrets.iter().any(|secret| signature(secret, body) == header);
    let expected = APPS.iter().find(|(_, secrets)| signs(secrets)).map(|(id, _)| (*id).to_owned());
    assert_eq!(signer(&header, body), expected, "{header:?}");

    for (id, secrets) in APPS {
        for secret in secrets {
            let genuine = signature(secret, body);
            assert_eq!(signer(&genuine, body).as_deref(), Some(id));
            changed(body).for_each(|other| assert_eq!(signer(&genuine, &other), None, "another body"));
            let others = changed(genuine.as_bytes()).filter_map(|other| String::from_utf8(other).ok());
            others.for_each(|other| assert_eq!(signer(&other, body), None, "{other:?}"));
        }
    }
}

fn app(id: &str, secrets: &[&str]) -> App {
    let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    App::new(Signer { app_id: id.to_owned(), tenant: None }, &secrets, None).expect("no secret is empty")
}

/// By another implementation than the one that verifies.
fn signature(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))
}

/// The same with one byte changed, added or cut off.
fn changed(whole: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let step = whole.len() / PLACES + 1;
    let bits = (0..whole.len()).step_by(step).map(|place| {
        let mut other = whole.to_vec();
        other[place] ^= 1 << (place % 7);
        other
    });
    let shorter = whole.split_last().map(|(_, rest)| rest.to_vec());
    let longer = [0, b'0', b'\n'].map(|more| [whole, &[more]].concat());
    bits.chain(shorter).chain(longer)
}
