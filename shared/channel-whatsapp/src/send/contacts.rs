//! People's cards: [Contacts messages](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/contacts-messages).

use channel::Invalid;
use domain::body::Card;
use serde_json::{Map, Value, json};

use super::limits::{count, filled, filled_if, invalid};

/// The most cards of one message.
const CARDS_MAX: usize = 257;
/// Longest entry that we pass on, in characters.
const WORDS_MAX: usize = 1_000;

pub(super) fn payload(cards: &[Card]) -> Value {
    cards.iter().map(card).collect()
}

fn card(card: &Card) -> Value {
    let name = card.name.as_deref().unwrap_or_default();
    let mut value = Map::new();
    // WhatsApp wants one of the name's pieces beside the whole.
    value.insert("name".to_owned(), json!({ "formatted_name": name, "first_name": name }));
    let mut put = |field: &str, entries: Vec<Value>| {
        if !entries.is_empty() {
            value.insert(field.to_owned(), entries.into());
        }
    };
    put("phones", card.phones.iter().map(|phone| json!(phone)).collect());
    put("emails", card.emails.iter().map(|email| json!(email)).collect());
    put("urls", card.urls.iter().map(|url| json!({ "url": url })).collect());
    put("addresses", card.addresses.iter().map(|a| json!({ "street": a.address, "type": a.kind })).collect());
    let mut org = Map::new();
    for (field, words) in [("company", &card.organization), ("title", &card.title)] {
        if let Some(words) = words {
            org.insert(field.to_owned(), json!(words));
        }
    }
    if !org.is_empty() {
        value.insert("org".to_owned(), org.into());
    }
    value.into()
}

pub(super) fn check(cards: &[Card]) -> Result<(), Invalid> {
    count("contacts", cards.len(), CARDS_MAX)?;
    for (n, card) in cards.iter().enumerate() {
        let at = format!("contacts[{n}]");
        filled(&format!("{at}.name"), card.name.as_deref().unwrap_or_default(), WORDS_MAX)?;
        filled_if(&format!("{at}.organization"), card.organization.as_deref(), WORDS_MAX)?;
        filled_if(&format!("{at}.title"), card.title.as_deref(), WORDS_MAX)?;
        for (i, phone) in card.phones.iter().enumerate() {
            let field = format!("{at}.phones[{i}].phone");
            let number = phone.phone.as_deref().unwrap_or_default();
            filled(&field, number, WORDS_MAX)?;
            if !number.chars().any(|c| c.is_ascii_digit()) {
                return Err(invalid(field, "invalid", "A phone number has digits."));
            }
        }
        for (i, email) in card.emails.iter().enumerate() {
            filled(&format!("{at}.emails[{i}].email"), &email.email, WORDS_MAX)?;
        }
        for (i, url) in card.urls.iter().enumerate() {
            filled(&format!("{at}.urls[{i}]"), url, WORDS_MAX)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::body::{CardEmail, CardPhone};

    use super::*;

    fn support() -> Card {
        let phone = CardPhone {
            phone: Some("+81312345678".to_owned()),
            wa_id: Some("81312345678".to_owned()),
            kind: Some("WORK".to_owned()),
        };
        let email = CardEmail { email: "help@acme.test".to_owned(), kind: None };
        Card {
            name: Some("Support".to_owned()),
            organization: Some("Acme".to_owned()),
            phones: vec![phone],
            emails: vec![email],
            urls: vec!["https://acme.test".to_owned()],
            ..Card::default()
        }
    }

    #[test]
    fn a_card_is_written_as_whatsapp_reads_it() {
        let expected = json!([{
            "name": { "formatted_name": "Support", "first_name": "Support" },
            "phones": [{ "phone": "+81312345678", "wa_id": "81312345678", "type": "WORK" }],
            "emails": [{ "email": "help@acme.test" }],
            "urls": [{ "url": "https://acme.test" }],
            "org": { "company": "Acme" },
        }]);
        assert_eq!(payload(&[support()]), expected);
    }

    #[test]
    fn a_card_has_a_name_and_numbers_with_digits() {
        let nameless = Card { name: Some(" ".to_owned()), ..support() };
        let dumb =
            Card { phones: vec![CardPhone { phone: Some("n/a".to_owned()), ..CardPhone::default() }], ..support() };
        for (cards, field) in [
            (vec![support()], None),
            (vec![], Some("contacts")),
            (vec![support(); 258], Some("contacts")),
            (vec![support(), nameless], Some("contacts[1].name")),
            (vec![dumb], Some("contacts[0].phones[0].phone")),
        ] {
            assert_eq!(check(&cards).err().map(|why| why.field).as_deref(), field, "{}", cards.len());
        }
    }
}
