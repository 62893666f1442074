//! A cursor opens only as the position that was sealed in it, for its own list of its own tenant.

use api::cursor::{open, seal};
use api::keys::Keys;
use domain::TenantId;

const LIST: &str = "messages:conv";

/// Most places of a cursor in which a character is changed.
const PLACES: usize = 64;

/// The input is a cursor that a client made up, and a position that we seal.
pub fn holds(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let [keys, others] = ["22", "33"].map(keys);
    let [own, foreign] = [1, 2].map(|n| TenantId::from_bytes([n; 10]));
    let opened = |keys: &Keys, tenant: &TenantId, list: &str, cursor: &str| open(keys, tenant, list, cursor, "cursor");

    if let Ok(position) = opened(&keys, &own, LIST, &text) {
        assert_eq!(seal(&keys, &own, LIST, &position), text, "it was opened and is none of ours");
    }
    let cursor = seal(&keys, &own, LIST, &text);
    assert_eq!(opened(&keys, &own, LIST, &cursor).as_deref(), Ok(&*text));
    for (keys, tenant, list) in
        [(&others, &own, LIST), (&keys, &foreign, LIST), (&keys, &own, "messages:other"), (&keys, &own, "")]
    {
        assert!(opened(keys, tenant, list, &cursor).is_err(), "it opened for another key, tenant or list");
    }
    for (place, was) in cursor.char_indices().step_by(cursor.len() / PLACES + 1) {
        let mut other = cursor.clone();
        other.replace_range(place..=place, if was == 'A' { "B" } else { "A" });
        assert!(opened(&keys, &own, LIST, &other).is_err(), "{place} of it was changed");
    }
    sync(&text);
}

/// A place in the sync log: decimal digits, and their number.
fn sync(text: &str) {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let expected = text.parse::<u64>().ok().filter(|_| digits);
    assert_eq!(text.parse::<frame::Cursor>().ok().map(frame::Cursor::block), expected, "{text:?}");
}

fn keys(secret: &str) -> Keys {
    Keys::parse(&format!(r#"{{"keys":[{{"kid":"1","secret":"{secret}"}}]}}"#)).expect("the keys are whole")
}
