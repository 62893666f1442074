//! Where a list goes on: opaque to clients, sealed for one list of one tenant.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::TenantId;

use crate::{keys::Keys, problem::Problem};

/// Bytes of the seal: an HMAC-SHA256.
const SEAL: usize = 32;

/// Makes a cursor of a position in `list` (e.g. `messages:<conversation>`).
pub fn seal(keys: &Keys, tenant: &TenantId, list: &str, position: &str) -> String {
    let mac = keys.mac(&["cursor", tenant.as_str(), list, position]);
    let mut bytes = mac.to_vec();
    bytes.extend_from_slice(position.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position, if we made this cursor for this list of this tenant. `field` names the query's parameter in the answer.
pub fn open(keys: &Keys, tenant: &TenantId, list: &str, cursor: &str, field: &str) -> Result<String, Problem> {
    let refused = || Problem::invalid(field, "invalid_cursor", "This is no cursor that this list gave out.");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (seal, position) = bytes.split_at_checked(SEAL).ok_or_else(refused)?;
    let position = std::str::from_utf8(position).map_err(|_| refused())?;
    if keys.is_mac(&["cursor", tenant.as_str(), list, position], seal) {
        Ok(position.to_owned())
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_the_list_it_was_made_for() {
        let keys = Keys::parse(r#"{"keys":[{"kid":"2","secret":"22"},{"kid":"1","secret":"11"}]}"#).unwrap();
        let old = Keys::parse(r#"{"keys":[{"kid":"1","secret":"11"}]}"#).unwrap();
        let other = Keys::parse(r#"{"keys":[{"kid":"2","secret":"33"}]}"#).unwrap();
        let [a, b] = [1, 2].map(|n| TenantId::from_bytes([n; 10]));
        let cursor = seal(&old, &a, "messages:x", "0001");
        let code = |p: Problem| p.code();

        assert_eq!(open(&keys, &a, "messages:x", &cursor, "cursor"), Ok("0001".to_owned()));
        for (keys, tenant, list, cursor) in [
            (&keys, &b, "messages:x", cursor.clone()),
            (&keys, &a, "messages:y", cursor.clone()),
            (&other, &a, "messages:x", cursor.clone()),
            (&keys, &a, "messages:x", format!("{cursor}A")),
            (&keys, &a, "messages:x", cursor[..20].to_owned()),
            (&keys, &a, "messages:x", String::new()),
            (&keys, &a, "messages:x", "é".to_owned()),
        ] {
            let opened = open(keys, tenant, list, &cursor, "cursor");
            assert_eq!(opened.map_err(code), Err("invalid_cursor"), "{list} {cursor}");
        }
    }
}
