//! Where everything lies: the questions, then their spelling. `T` is the tenant, 16 characters; hashes are keyed.
//!
//! | question | table | PK | SK |
//! |---|---|---|---|
//! | a conversation's head | truth | `T#C#conversation` | `H` |
//! | its messages, in time | truth | same | `M#` ms seq |
//! | the inbox by state, newest first (4 shards) | INBOX | `T#I#state#shard` | last ms `#` conversation |
//! | … by owner (`-` is nobody) | OWNER | `T#O#owner#state` | same |
//! | what is due in this minute (4 shards) | DUE | `DUE#minute#shard` | `T#` ms `#` conversation |
//! | who has this phone number, user id… | truth | `T#A#hash` | `A` |
//! | a contact | truth | `T#P#contact` | `P` |
//! | the message that a channel or client calls so | truth | `T#X#hash` | `P` |
//! | what was told of it before it came | truth | same | `F#kind` |
//! | the tenant's accounts, users | truth | `T#K#kind` | id |
//! | an account's templates | truth | `T#K#template` | account `#` name `#` language |
//! | audit, quarantine… of a month | truth | `T#L#kind#yyyy-mm` | ms, random |
//! | every conversation (16 shards) | truth | `T#E#shard` | conversation |
//! | what waits for an account's reconnect | truth | `T#Q#account` | conversation |
//! | when someone was last shown to type | live | `T#Y#conversation` | `Y` |
//! | sync log; sockets; a ticket | live | `T#LOG#0`; `T#S`; `T#TK#hash` | n; connection; `K` |
//! | the sockets' latest change, what they were shown | live | `T#SN` | `N` |
//! | whose account; events before its connect | truth | `R#channel#external` | `R`; `U#` ms, random |
//! | a tenant; a slug's tenant | truth | `G#T#tenant`; `G#S#slug` | `T`; `S` |
//! | a login; a person, memberships; a sign-in | truth | `G#L#hash`; `G#P#user`; `G#F#session` | `L`; `P`, `M#tenant`; `F` |
//! | what someone of Meta's connected; a deletion asked for | truth | `G#M#hash`; `G#D#code` | tenant `#` account; `D` |
//! | how far `sweep` has come | truth | `W#sweep` | `W` |
//! | how often something was tried | live | `G#B#hash` | `B` |
//! | a connection's tenant | live | `N#connection` | `N` |

use domain::conversation::Status;
use domain::id::digits;
use domain::{AccountId, ChannelType, ContactId, ConversationId, MessageId, Owner, TenantId, Timestamp, UserId};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

pub const HEAD: &str = "H";
pub const MESSAGES: &str = "M#";
pub const POINTER: &str = "P";
pub const FACTS: &str = "F#";
pub const UNROUTED: &str = "U#";
pub const MEMBERSHIPS: &str = "M#";
pub const INBOX_SHARDS: u8 = 4;
pub const DUE_SHARDS: u8 = 4;

/// What every key of a tenant starts with, and no key of another.
pub fn tenant_prefix(t: &TenantId) -> String {
    format!("{t}#")
}
pub fn head(t: &TenantId, id: &ConversationId) -> Key {
    key(format!("{t}#C#{id}"), HEAD)
}
pub fn message(t: &TenantId, id: &MessageId) -> Key {
    key(format!("{t}#C#{}", id.conversation()), message_sk(id.order()))
}
pub fn message_sk(order: &str) -> String {
    format!("{MESSAGES}{order}")
}
pub fn inbox(t: &TenantId, state: Status, shard: u8) -> String {
    format!("{t}#I#{}#{shard}", state.as_str())
}
pub fn owned(t: &TenantId, owner: &Owner, state: Status) -> String {
    format!("{t}#O#{}#{}", owner_text(owner), state.as_str())
}
pub fn list_sk(last_at: Timestamp, id: &ConversationId) -> String {
    format!("{}#{id}", ms(last_at))
}
pub fn due(minute: i64, shard: u8) -> String {
    format!("DUE#{minute}#{shard}")
}
pub fn due_sk(t: &TenantId, at: Timestamp, id: &ConversationId) -> String {
    format!("{t}#{}#{id}", ms(at))
}
pub fn alias(t: &TenantId, hash: &str) -> Key {
    key(format!("{t}#A#{hash}"), "A")
}
pub fn contact(t: &TenantId, id: &ContactId) -> Key {
    key(format!("{t}#P#{id}"), "P")
}
pub fn pointer(t: &TenantId, hash: &str) -> Key {
    key(format!("{t}#X#{hash}"), POINTER)
}
pub fn fact(t: &TenantId, hash: &str, kind: &str) -> Key {
    key(format!("{t}#X#{hash}"), format!("{FACTS}{kind}"))
}
pub fn account(t: &TenantId, id: &AccountId) -> Key {
    key(format!("{t}#K#account"), id.as_str())
}
pub fn template(t: &TenantId, account: &AccountId, name: &str, language: &str) -> Key {
    key(format!("{t}#K#template"), format!("{}{}", templates_of(account), template_place(name, language)))
}
pub fn templates_of(account: &AccountId) -> String {
    format!("{account}#")
}
pub fn template_place(name: &str, language: &str) -> String {
    format!("{name}#{language}")
}
pub fn user(t: &TenantId, id: &UserId) -> Key {
    key(format!("{t}#K#user"), id.as_str())
}
pub fn ledger(t: &TenantId, kind: &str, month: &str, id: &str) -> Key {
    key(format!("{t}#L#{kind}#{month}"), id)
}
pub fn export(t: &TenantId, id: &ConversationId) -> Key {
    key(export_shard(t, digit(id.as_str().as_bytes()[0]) >> 1), id.as_str())
}
pub fn export_shard(t: &TenantId, shard: u8) -> String {
    format!("{t}#E#{shard:x}")
}
pub fn parked(t: &TenantId, account: &AccountId, id: &ConversationId) -> Key {
    key(format!("{t}#Q#{account}"), id.as_str())
}
pub fn typing(t: &TenantId, id: &ConversationId) -> Key {
    key(format!("{t}#Y#{id}"), "Y")
}
pub fn log_block(t: &TenantId, n: u64) -> Key {
    key(format!("{t}#LOG#0"), digits::<10>(n))
}
pub fn socket(t: &TenantId, connection: &str) -> Key {
    key(format!("{t}#S"), connection)
}
pub fn sockets_now(t: &TenantId) -> Key {
    key(format!("{t}#SN"), "N")
}
pub fn ticket(t: &TenantId, hash: &str) -> Key {
    key(format!("{t}#TK#{hash}"), "K")
}

/// What the keys of [`crate::Global`] start with.
pub const GLOBAL_PREFIXES: [&str; 5] = ["R#", "G#", "W#", "DUE#", "N#"];

pub fn route(channel: ChannelType, external: &str) -> Key {
    key(format!("R#{channel}#{external}"), "R")
}
pub fn unrouted(channel: ChannelType, external: &str, id: &str) -> Key {
    key(format!("R#{channel}#{external}"), format!("{UNROUTED}{id}"))
}
pub fn tenant(id: &TenantId) -> Key {
    key(format!("G#T#{id}"), "T")
}
pub fn slug(slug: &str) -> Key {
    key(format!("G#S#{slug}"), "S")
}
pub fn login(hash: &str) -> Key {
    key(format!("G#L#{hash}"), "L")
}
pub fn person(id: &UserId) -> Key {
    key(format!("G#P#{id}"), "P")
}
pub fn membership(user: &UserId, tenant: &TenantId) -> Key {
    key(format!("G#P#{user}"), format!("{MEMBERSHIPS}{tenant}"))
}
pub fn tries(hash: &str) -> Key {
    key(format!("G#B#{hash}"), "B")
}
pub fn session(id: &str) -> Key {
    key(format!("G#F#{id}"), "F")
}
pub fn grant(hash: &str, tenant: &TenantId, account: &AccountId) -> Key {
    key(grants(hash), format!("{tenant}#{account}"))
}
pub fn grants(hash: &str) -> String {
    format!("G#M#{hash}")
}
pub fn deletion(code: &str) -> Key {
    key(format!("G#D#{code}"), "D")
}
pub fn watermark() -> Key {
    key("W#sweep".to_owned(), "W")
}
pub fn connection(id: &str) -> Key {
    key(format!("N#{id}"), "N")
}

/// Milliseconds in nine digits that sort.
pub fn ms(at: Timestamp) -> String {
    digits::<9>(u64::try_from(at.millis()).unwrap_or(0))
}

/// The time that nine such digits tell.
pub fn ms_of(digits: &str) -> Option<Timestamp> {
    number_of(digits).filter(|_| digits.len() == 9).and_then(|n| i64::try_from(n).ok()).map(Timestamp::from_millis)
}

/// The number that at most twelve base-32 digits tell.
pub fn number_of(digits: &str) -> Option<u64> {
    let base32 = |b: u8| b.is_ascii_digit() || (b'a'..=b'v').contains(&b);
    let sane = digits.len() <= 12 && digits.bytes().all(base32);
    sane.then(|| digits.bytes().fold(0, |n, b| (n << 5) | u64::from(digit(b))))
}

/// A conversation's shard: its last character carries three bits, all of them high.
pub fn shard(id: &ConversationId) -> u8 {
    (digit(id.as_str().as_bytes()[ConversationId::LEN - 1]) >> 2) & 3
}

/// An owner's word in keys and items.
pub fn owner_text(owner: &Owner) -> &str {
    match owner {
        Owner::Nobody => "-",
        Owner::User(id) => id.as_str(),
    }
}

fn digit(base32: u8) -> u8 {
    if base32 < b'a' { base32.wrapping_sub(b'0') } else { base32.wrapping_sub(b'a') + 10 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every key that a tenant has, index keys included.
    fn all(t: &TenantId, bytes: [u8; 16], text: &str) -> Vec<String> {
        let (c, p) = (ConversationId::from_bytes(bytes), ContactId::from_bytes(bytes));
        let (a, u) = (AccountId::from_bytes(bytes), UserId::from_bytes(bytes));
        let at = Timestamp::from_millis(5);
        let owner = Owner::User(u.clone());
        let message_id = MessageId::new(&c, at, 7);
        let keys = [
            head(t, &c),
            message(t, &message_id),
            alias(t, text),
            contact(t, &p),
            pointer(t, text),
            fact(t, text, "read"),
            account(t, &a),
            user(t, &u),
            ledger(t, "audit", "2026-11", text),
            export(t, &c),
            parked(t, &a, &c),
            typing(t, &c),
            log_block(t, 9),
            socket(t, text),
            sockets_now(t),
            ticket(t, text),
        ];
        let index = [inbox(t, Status::Open, shard(&c)), owned(t, &owner, Status::Open), due_sk(t, at, &c)];
        keys.into_iter().map(|k| k.pk).chain(index).collect()
    }

    proptest! {
        #[test]
        fn no_key_of_a_tenant_starts_with_anothers_prefix(
            a in any::<[u8; 10]>(), b in any::<[u8; 10]>(), bytes in any::<[u8; 16]>(), text in "[ -~]{0,20}"
        ) {
            let (a, b) = (TenantId::from_bytes(a), TenantId::from_bytes(b));
            for k in all(&a, bytes, &text) {
                prop_assert!(k.starts_with(&tenant_prefix(&a)), "{k}");
                prop_assert!(a == b || !k.starts_with(&tenant_prefix(&b)), "{k}");
                prop_assert!(GLOBAL_PREFIXES.iter().all(|p| !k.starts_with(p)), "{k}");
            }
        }

        #[test]
        fn conversations_spread_over_every_shard(bytes in any::<[[u8; 16]; 256]>()) {
            let ids = bytes.map(ConversationId::from_bytes);
            for s in 0..INBOX_SHARDS {
                prop_assert!(ids.iter().any(|id| shard(id) == s));
            }
        }
    }
}
