//! Access tokens: JWTs of one algorithm, HS256, read strictly.
//!
//! Written out rather than taken from `jsonwebtoken`: we need one algorithm in one direction, and that crate brings RSA and
//! elliptic curves, or a process-wide provider of ours, to do it. What is not spelled exactly as we spell it is refused.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::keys::Keys;

/// How long a token lives, in seconds.
pub const LIFE_SECONDS: i64 = 600;
/// How far ahead of ours the clock that issued a token may be, in seconds.
const LEEWAY_SECONDS: i64 = 60;
/// The longest token that is looked at, in bytes; ours have about 500.
const LENGTH_MAX: usize = 2_048;
const AUDIENCE: &str = "switchboard-api";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// Whose token it is. Every claim is required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    iss: String,
    aud: String,
    pub sub: UserId,
    typ: String,
    /// The sign-in.
    pub sid: String,
    pub tenant: Scope,
    iat: i64,
    exp: i64,
}

/// What a sign-in reaches: one tenant, or the install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Install,
    #[serde(untagged)]
    Tenant(TenantId),
}

/// Not a token of ours that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// A token for this sign-in. `issuer` is the install's public address.
pub fn issue(keys: &Keys, issuer: &str, user: &UserId, session: &str, tenant: Scope, now: Timestamp) -> String {
    let header = Header { alg: "HS256".to_owned(), kid: keys.signing_kid().to_owned(), typ: "JWT".to_owned() };
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: user.clone(),
        typ: "access".to_owned(),
        sid: session.to_owned(),
        tenant,
        iat: now.seconds(),
        exp: now.seconds() + LIFE_SECONDS,
    };
    let signed = format!("{}.{}", encoded(&header), encoded(&claims));
    let mac = URL_SAFE_NO_PAD.encode(keys.sign(signed.as_bytes()));
    format!("{signed}.{mac}")
}

/// Reads a token: signature first, then every claim.
pub fn verify(keys: &Keys, issuer: &str, token: &str, now: Timestamp) -> Result<Claims, Refused> {
    if token.len() > LENGTH_MAX {
        return Err(Refused);
    }
    let (signed, mac) = token.rsplit_once('.').ok_or(Refused)?;
    let (header, claims) = signed.split_once('.').ok_or(Refused)?;
    let header: Header = decoded(header)?;
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| Refused)?;
    let ours = header.alg == "HS256" && header.typ == "JWT" && keys.signed(&header.kid, signed.as_bytes(), &mac);
    if !ours {
        return Err(Refused);
    }
    let claims: Claims = decoded(claims)?;
    let (now, meant) = (now.seconds(), claims.iss == issuer && claims.aud == AUDIENCE && claims.typ == "access");
    let in_force = claims.iat <= now.saturating_add(LEEWAY_SECONDS) && now < claims.exp;
    let short = claims.exp.saturating_sub(claims.iat) <= LIFE_SECONDS;
    if meant && in_force && short { Ok(claims) } else { Err(Refused) }
}

fn encoded(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused)?;
    serde_json::from_slice(&bytes).map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://inbox.test";

    fn keys(secret: &str) -> Keys {
        Keys::parse(&json!({"keys": [{"kid": "k1", "secret": secret}]}).to_string()).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    /// A token of these parts, signed as ours are.
    fn signed(header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(keys("aa").sign(signed.as_bytes())))
    }

    #[test]
    fn a_token_is_good_for_ten_minutes_with_its_own_key_alone() {
        let user = UserId::from_bytes([1; 16]);
        let tenant = Scope::Tenant(TenantId::from_bytes([2; 10]));
        let token = issue(&keys("aa"), ISSUER, &user, "s1", tenant.clone(), at(1_000));
        let read = |keys: &Keys, issuer, now| verify(keys, issuer, &token, at(now)).map(|c| (c.sub, c.sid, c.tenant));

        let good = Ok((user, "s1".to_owned(), tenant));
        assert_eq!(read(&keys("aa"), ISSUER, 1_599), good);
        assert_eq!(read(&keys("aa"), ISSUER, 941), good); // A minute of skew.
        assert_eq!(read(&keys("aa"), ISSUER, 1_600), Err(Refused));
        assert_eq!(read(&keys("aa"), ISSUER, 939), Err(Refused));
        assert_eq!(read(&keys("bb"), ISSUER, 1_000), Err(Refused));
        assert_eq!(read(&keys("aa"), "https://elsewhere.test", 1_000), Err(Refused));
    }

    #[test]
    fn what_is_not_exactly_our_token_is_refused() {
        let header = json!({"alg": "HS256", "kid": "k1", "typ": "JWT"});
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": UserId::from_bytes([1; 16]), "typ": "access", "sid": "s1",
            "tenant": "install", "iat": 1_000, "exp": 1_600});
        let changed = |part: &Value, name: &str, value: Value| {
            let mut part = part.clone();
            part.as_object_mut().unwrap().insert(name.to_owned(), value);
            part
        };
        let without = |name: &str| {
            let mut part = claims.clone();
            part.as_object_mut().unwrap().remove(name);
            part
        };
        let read = |token: &str| verify(&keys("aa"), ISSUER, token, at(1_000)).map(|c| c.tenant);
        assert_eq!(read(&signed(&header, &claims)), Ok(Scope::Install));

        let mut bad: Vec<String> = ["iss", "aud", "sub", "typ", "sid", "tenant", "iat", "exp"]
            .into_iter()
            .map(|name| signed(&header, &without(name)))
            .collect();
        for (name, value) in [
            ("exp", json!("1600")),
            ("exp", json!(9_999_999)),
            ("exp", Value::Null),
            ("aud", json!([AUDIENCE])),
            ("typ", json!("refresh")),
            ("tenant", json!("acme")),
            ("tenant", Value::Null),
            ("sub", json!("x")),
            ("nbf", json!(0)),
        ] {
            bad.push(signed(&header, &changed(&claims, name, value)));
        }
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("RS256")),
            ("alg", json!("HS512")),
            ("kid", json!("k2")),
            ("typ", json!("jwt")),
            ("jku", json!("https://elsewhere.test")),
        ] {
            bad.push(signed(&changed(&header, name, value), &claims));
        }
        let good = signed(&header, &claims);
        bad.extend(["", ".", "..", "a.b.c"].map(str::to_owned));
        bad.push(format!("{}.", good.rsplit_once('.').unwrap().0));
        bad.push(format!("{good}A"));
        bad.push(good.replace('.', ".."));
        for token in bad {
            assert_eq!(read(&token), Err(Refused), "{token}");
        }
    }
}
