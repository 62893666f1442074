//! What is taken, and each limit.

use domain::body::{ListRow, ReplyButton};

use super::*;

fn long(n: usize) -> String {
    "é".repeat(n)
}

fn offer(buttons: &[(&str, &str)]) -> ReplyButtons {
    let button = |(id, title): &(&str, &str)| ReplyButton { id: (*id).to_owned(), title: (*title).to_owned() };
    ReplyButtons { header: None, footer: None, buttons: buttons.iter().map(button).collect() }
}

fn section(title: Option<&str>, rows: &[(&str, &str)]) -> ListSection {
    let row =
        |(id, title): &(&str, &str)| ListRow { id: (*id).to_owned(), title: (*title).to_owned(), description: None };
    ListSection { title: title.map(str::to_owned), rows: rows.iter().map(row).collect() }
}

fn chosen_of(sections: Vec<ListSection>) -> Interactive {
    Interactive::List(ReplyList { header: None, footer: None, button: "Sizes".to_owned(), sections })
}

fn page(title: &str, url: &str) -> Interactive {
    let (header, footer) = (Some("Order".to_owned()), None);
    Interactive::CtaUrl(LinkButton { header, footer, title: title.to_owned(), url: url.to_owned() })
}

fn refused(text: &str, offer: &Interactive) -> Option<(String, &'static str)> {
    check(text, offer).err().map(|why| (why.field, why.code))
}

#[test]
fn buttons_a_list_and_a_link_are_written_as_whatsapp_reads_them() {
    let buttons =
        ReplyButtons { header: Some("Order".to_owned()), footer: Some("Shop".to_owned()), ..offer(&[("y", "Yes")]) };
    assert_eq!(
        payload("Confirm?", &Interactive::Buttons(buttons)),
        Some(json!({
            "type": "button", "header": { "type": "text", "text": "Order" }, "body": { "text": "Confirm?" }, "footer": { "text": "Shop" },
            "action": { "buttons": [{ "type": "reply", "reply": { "id": "y", "title": "Yes" } }] },
        }))
    );
    let mut tops = section(Some("Tops"), &[("s", "Small")]);
    tops.rows[0].description = Some("20 cm".to_owned());
    assert_eq!(
        payload("Pick a size", &chosen_of(vec![tops])),
        Some(json!({
            "type": "list", "body": { "text": "Pick a size" },
            "action": { "button": "Sizes", "sections": [
                { "title": "Tops", "rows": [{ "id": "s", "title": "Small", "description": "20 cm" }] },
            ] },
        }))
    );
    assert_eq!(
        payload("Track it", &page("Open", "https://example.jp/t/1")),
        Some(json!({
            "type": "cta_url", "header": { "type": "text", "text": "Order" }, "body": { "text": "Track it" },
            "action": { "name": "cta_url", "parameters": { "display_text": "Open", "url": "https://example.jp/t/1" } },
        }))
    );
    let reply = Interactive::ButtonReply { id: "y".to_owned(), title: "Yes".to_owned() };
    assert_eq!(payload("x", &reply), None);
}

#[test]
fn what_is_within_every_limit_is_taken() {
    let (id, title) = (long(256), long(20));
    let mut full = offer(&[(&id, &title), ("b", "B"), ("c", "C")]);
    (full.header, full.footer) = (Some(long(60)), Some(long(60)));
    assert_eq!(refused(&long(1_024), &Interactive::Buttons(full)), None);
    let (id, title) = (long(200), long(24));
    let mut sections: Vec<_> = (0..10).map(|n| section(Some(&title), &[(&n.to_string(), &title)])).collect();
    sections[0].rows[0] = ListRow { id, title, description: Some(long(72)) };
    assert_eq!(refused(&long(4_096), &chosen_of(sections)), None);
    assert_eq!(refused("x", &page(&long(20), "https://example.jp")), None);
}

#[test]
fn each_limit_is_refused_with_its_field() {
    let buttons = |given: &[(&str, &str)]| Interactive::Buttons(offer(given));
    let framed = |header: Option<String>, footer: Option<String>| {
        Interactive::Buttons(ReplyButtons { header, footer, ..offer(&[("a", "A")]) })
    };
    let sections = |given: &[ListSection]| chosen_of(given.to_vec());
    let (l20, l24, l72, l200, l256, l60) = (long(21), long(25), long(73), long(201), long(257), long(61));
    let mut described = section(None, &[("a", "A")]);
    described.rows[0].description = Some(l72);
    let eleven: Vec<_> = (0..11).map(|n| section(Some("S"), &[(n.to_string().leak() as &str, "R")])).collect();
    let rows: Vec<_> = (0..11).map(|n| (n.to_string().leak() as &str, "R")).collect();
    let ok = buttons(&[("a", "A")]);
    for (text, offer, field, code) in [
        (" ", ok.clone(), "text", "empty"),
        (long(1_025).as_str(), ok, "text", "too_long"),
        ("x", framed(Some(l60.clone()), None), "interactive.header", "too_long"),
        ("x", framed(Some(String::new()), None), "interactive.header", "empty"),
        ("x", framed(None, Some(l60)), "interactive.footer", "too_long"),
        ("x", buttons(&[]), "interactive.buttons", "empty"),
        ("x", buttons(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]), "interactive.buttons", "too_many"),
        ("x", buttons(&[("a", "A"), ("b", &l20)]), "interactive.buttons[1].title", "too_long"),
        ("x", buttons(&[("a", "")]), "interactive.buttons[0].title", "empty"),
        ("x", buttons(&[(&l256, "A")]), "interactive.buttons[0].id", "too_long"),
        ("x", buttons(&[(" a", "A")]), "interactive.buttons[0].id", "invalid"),
        ("x", buttons(&[("a", "A"), ("a", "B")]), "interactive.buttons[1].id", "duplicate"),
        ("x", buttons(&[("a", "A"), ("b", "A")]), "interactive.buttons[1].title", "duplicate"),
        (long(4_097).as_str(), sections(&[section(None, &[("a", "A")])]), "text", "too_long"),
        ("x", sections(&[]), "interactive.sections", "empty"),
        ("x", sections(&eleven), "interactive.sections", "too_many"),
        ("x", sections(&[section(None, &rows)]), "interactive.sections", "too_many"),
        (
            "x",
            sections(&[section(Some("A"), &[("a", "A")]), section(None, &[("b", "B")])]),
            "interactive.sections[1].title",
            "missing",
        ),
        ("x", sections(&[section(Some(&l24), &[("a", "A")])]), "interactive.sections[0].title", "too_long"),
        ("x", sections(&[section(None, &[("a", &l24)])]), "interactive.sections[0].rows[0].title", "too_long"),
        ("x", sections(&[section(None, &[(&l200, "A")])]), "interactive.sections[0].rows[0].id", "too_long"),
        ("x", sections(&[described]), "interactive.sections[0].rows[0].description", "too_long"),
        ("x", sections(&[section(None, &[("a", "A"), ("a", "B")])]), "interactive.sections[0].rows[1].id", "duplicate"),
        ("x", page(&l20, "https://example.jp"), "interactive.title", "too_long"),
        ("x", page("Open", "javascript:alert(1)"), "interactive.url", "invalid"),
        ("x", page("Open", "https:// example.jp"), "interactive.url", "invalid"),
    ] {
        assert_eq!(refused(text, &offer), Some((field.to_owned(), code)), "{offer:?}");
    }
}
