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
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) user_id: Option<String>,
    pub(crate) parent_user_id: Option<String>,
    /// `from` or `wa_id`.
    pub(crate) phone: Option<String>,
    pub(crate) username: Option<String>,
}

pub(crate) fn identities(names: &[Names]) -> Vec<Identity> {
    let mut found: Vec<Identity> = Vec::new();
    let mut add = |kind: IdentityKind, value: &str| {
        if !value.is_empty() && found.iter().all(|known| known.kind != kind) {
            found.push(Identity { kind, value: value.to_owned() });
        }
    };
    for name in names {
        name.user_id.iter().for_each(|id| add(IdentityKind::UserId, id));
        name.parent_user_id.iter().for_each(|id| add(IdentityKind::ParentUserId, id));
        if let Some(phone) = &name.phone {
            match scoped(phone) {
                Some(kind) => add(kind, phone),
                None => add(IdentityKind::Phone, &phone.chars().filter(char::is_ascii_digit).collect::<String>()),
            }
        }
        name.username.iter().for_each(|username| add(IdentityKind::Username, username.trim_start_matches('@')));
    }
    found.sort_by_key(|identity| identity.kind);
    found
}

/// The names of one person before and after a change: of each kind the new one is the last.
pub(crate) fn changed(before: &[Names], after: &[Names]) -> Vec<Identity> {
    let mut all = identities(before);
    let new = identities(after);
    all.extend(new.into_iter().filter(|identity| !all.contains(identity)).collect::<Vec<_>>());
    all.sort_by_key(|identity| identity.kind);
    all
}

/// Whether one of these says who it is.
pub(crate) fn identify(identities: &[Identity]) -> bool {
    identities.iter().any(|identity| identity.kind.identifies())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_by_their_stablest_name_first() {
        let id = |kind, value: &str| Identity { kind, value: value.to_owned() };
        let some = |text: &str| Some(text.to_owned());
        let phone = |text: &str| Names { phone: some(text), ..Names::default() };
        use IdentityKind::{ParentUserId, Phone, UserId, Username};
        for (names, expected) in [
            (phone("+81 90-1111-2222"), vec![id(Phone, "819011112222")]),
            (
                Names {
                    phone: some("8190"),
                    user_id: some("JP.77"),
                    parent_user_id: some("JP.ENT.6"),
                    username: some("@aiko"),
                },
                vec![id(UserId, "JP.77"), id(ParentUserId, "JP.ENT.6"), id(Phone, "8190"), id(Username, "aiko")],
            ),
            (phone("JP.7781200345"), vec![id(UserId, "JP.7781200345")]),
            (phone("JP.ENT.66"), vec![id(ParentUserId, "JP.ENT.66")]),
            (phone(""), vec![]),
        ] {
            assert_eq!(identities(std::slice::from_ref(&names)), expected, "{names:?}");
        }
    }

    #[test]
    fn of_a_changed_name_the_new_one_is_the_last() {
        let some = |text: &str| Some(text.to_owned());
        let of = |user: &str, phone: &str| [Names { user_id: some(user), phone: some(phone), ..Names::default() }];
        let seen: Vec<_> = changed(&of("JP.1", "81"), &of("JP.2", "81")).into_iter().map(|i| i.value).collect();
        assert_eq!(seen, ["JP.1", "JP.2", "81"]);
    }
}
