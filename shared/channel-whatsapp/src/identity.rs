//! The names that WhatsApp has for a person: business-scoped ids, a phone number that may be hidden, a username.

use domain::{Identity, IdentityKind};

/// A business-scoped user id, `JP.778…`, or a parent one, `JP.ENT.66…`, as one may stand where a phone number did.
fn scoped(text: &str) -> Option<IdentityKind> {
    let (country, rest) = text.split_once('.')?;
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let (kind, id) = match rest.strip_prefix("ENT.") {
        Some(id) => (IdentityKind::ParentUserId, id),
        None => (IdentityKind::UserId, rest),
    };
    (!id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(kind)
}

/// What the fields of an event say of one person, the stablest first, each kind once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names<'a> {
    pub(crate) user_id: Option<&'a str>,
    pub(crate) parent_user_id: Option<&'a str>,
    /// `from` or `wa_id`.
    pub(crate) phone: Option<&'a str>,
    pub(crate) username: Option<&'a str>,
}

pub(crate) fn identities(names: &[Names<'_>]) -> Vec<Identity> {
    let mut found: Vec<Identity> = Vec::new();
    let mut add = |kind: IdentityKind, value: &str| {
        if !value.is_empty() && found.iter().all(|known| known.kind != kind) {
            found.push(Identity { kind, value: value.to_owned() });
        }
    };
    for name in names {
        name.user_id.inspect(|id| add(IdentityKind::UserId, id));
        name.parent_user_id.inspect(|id| add(IdentityKind::ParentUserId, id));
        if let Some(phone) = name.phone {
            match scoped(phone) {
                Some(kind) => add(kind, phone),
                None => add(IdentityKind::Phone, &phone.chars().filter(char::is_ascii_digit).collect::<String>()),
            }
        }
        name.username.inspect(|username| add(IdentityKind::Username, username.trim_start_matches('@')));
    }
    found.sort_by_key(|identity| identity.kind);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_by_their_stablest_name_first() {
        let id = |kind, value: &str| Identity { kind, value: value.to_owned() };
        use IdentityKind::{ParentUserId, Phone, UserId, Username};
        for (names, expected) in [
            (Names { phone: Some("+81 90-1111-2222"), ..Names::default() }, vec![id(Phone, "819011112222")]),
            (
                Names {
                    phone: Some("8190"),
                    user_id: Some("JP.77"),
                    parent_user_id: Some("JP.ENT.6"),
                    username: Some("@aiko"),
                },
                vec![id(UserId, "JP.77"), id(ParentUserId, "JP.ENT.6"), id(Phone, "8190"), id(Username, "aiko")],
            ),
            (Names { phone: Some("JP.7781200345"), ..Names::default() }, vec![id(UserId, "JP.7781200345")]),
            (Names { phone: Some("JP.ENT.66"), ..Names::default() }, vec![id(ParentUserId, "JP.ENT.66")]),
            (Names { phone: Some(""), ..Names::default() }, vec![]),
        ] {
            assert_eq!(identities(&[names]), expected, "{names:?}");
        }
    }
}
