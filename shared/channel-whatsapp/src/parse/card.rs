//! The card of a person that somebody shared.

use domain::body::{Card, CardAddress, CardEmail, CardPhone};

use crate::fields::Fields;

pub(super) fn card(mut told: Fields) -> Card {
    let mut org = told.object("org").unwrap_or_default();
    let company = [org.word("company"), org.word("department")];
    Card {
        name: told.object("name").and_then(name),
        organization: joined(&company),
        title: org.word("title"),
        birthday: told.word("birthday"),
        phones: told.objects("phones").into_iter().map(phone).collect(),
        emails: told.objects("emails").into_iter().filter_map(email).collect(),
        addresses: told.objects("addresses").into_iter().filter_map(address).collect(),
        urls: told.objects("urls").into_iter().filter_map(url).collect(),
        origin: told.word("origin"),
        vcard: told.word("vcard"),
    }
}

fn name(mut told: Fields) -> Option<String> {
    let parts = ["prefix", "first_name", "middle_name", "last_name", "suffix"].map(|key| told.word(key));
    told.word("formatted_name").or_else(|| {
        let told: Vec<String> = parts.into_iter().flatten().collect();
        (!told.is_empty()).then(|| told.join(" "))
    })
}

fn phone(mut told: Fields) -> CardPhone {
    // Whoever has the number may hide it: then a business-scoped id stands for it.
    let wa_id = told.word("wa_id").or_else(|| told.word("user_id"));
    CardPhone { phone: told.word("phone"), wa_id, kind: told.word("type") }
}

fn email(mut told: Fields) -> Option<CardEmail> {
    let kind = told.word("type");
    told.word("email").map(|email| CardEmail { email, kind })
}

fn address(mut told: Fields) -> Option<CardAddress> {
    let town = joined_by(" ", &[told.word("zip"), told.word("city")]);
    let parts = [told.word("street"), town, told.word("state"), told.word("country")];
    told.ignore(&["country_code"]);
    let kind = told.word("type");
    joined(&parts).map(|address| CardAddress { address, kind })
}

fn url(mut told: Fields) -> Option<String> {
    told.ignore(&["type"]);
    told.word("url")
}

fn joined(parts: &[Option<String>]) -> Option<String> {
    joined_by(", ", parts)
}

fn joined_by(by: &str, parts: &[Option<String>]) -> Option<String> {
    let told: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    (!told.is_empty()).then(|| told.join(by))
}
