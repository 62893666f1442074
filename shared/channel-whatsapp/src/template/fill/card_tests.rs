//! Carousels, filled in rightly and wrongly.

use domain::template::TemplateCard;
use serde_json::{Value, json};

use super::tests::{file, map, template};
use super::*;

/// A card that shows this, with a place in its words and one in its address.
fn card(header: TemplateHeader) -> TemplateCard {
    let (text, url) = (|text: &str| text.to_owned(), "https://acme.test/{{1}}".to_owned());
    let buttons =
        vec![TemplateButton::QuickReply { text: text("More") }, TemplateButton::Url { text: text("Buy"), url }];
    TemplateCard { header, body: Some(text("{{1}} for {{2}}")), buttons }
}

fn carousel() -> Template {
    Template { cards: vec![card(TemplateHeader::Image), card(TemplateHeader::Video)], ..template("Hi {{1}}, look.") }
}

fn given_card(file: Attachment, what: &str) -> GivenCard {
    GivenCard {
        file: Some(file), body: map(&[("1", what), ("2", "9 €")]), buttons: map(&[("0", "more"), ("1", what)])
    }
}

fn right() -> Given {
    let cards = vec![
        given_card(file(MessageType::Image, "image/png"), "chair"),
        given_card(file(MessageType::Video, "video/mp4"), "table"),
    ];
    Given { body: map(&[("1", "Aiko")]), cards, ..Given::default() }
}

fn uploaded(given: &Given) -> Vec<Attachment> {
    let known = |(place, file)| Attachment { channel_media_id: Some(format!("8{place}")), ..file };
    given.files().into_iter().enumerate().map(known).collect()
}

/// As WhatsApp takes it.
fn sent(index: usize, kind: &str, id: &str, what: &str) -> Value {
    json!({ "card_index": index, "components": [
        { "type": "header", "parameters": [{ "type": kind, kind: { "id": id } }] },
        { "type": "body", "parameters": [{ "type": "text", "text": what }, { "type": "text", "text": "9 €" }] },
        { "type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{ "type": "payload", "payload": "more" }] },
        { "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": what }] },
    ] })
}

#[test]
fn each_card_is_read_as_the_customer_reads_it_and_sent_with_its_file() {
    let (text, details) = fill(&carousel(), &right()).unwrap();
    let read: Vec<_> =
        details.cards.iter().map(|card| (card.attachment, card.text.as_deref(), card.buttons.join(" "))).collect();
    let buttons = || "More Buy".to_owned();
    assert_eq!(text, "Hi Aiko, look.");
    assert_eq!(read, [(0, Some("chair for 9 €"), buttons()), (1, Some("table for 9 €"), buttons())]);
    let payload = crate::send::template::payload;
    assert_eq!(payload(&details, &right().files()), None, "they are not there yet");
    assert_eq!(
        payload(&details, &uploaded(&right())).unwrap()["components"],
        json!([
            { "type": "body", "parameters": [{ "type": "text", "text": "Aiko" }] },
            { "type": "carousel", "cards": [sent(0, "image", "80", "chair"), sent(1, "video", "81", "table")] },
        ])
    );
}

#[test]
fn a_header_of_its_own_comes_before_the_cards_and_a_card_may_have_nothing_but_its_picture() {
    let bare = TemplateCard { header: TemplateHeader::Image, body: None, buttons: Vec::new() };
    let template = Template { header: Some(TemplateHeader::Video), cards: vec![bare], ..template("Look.") };
    let picture = GivenCard { file: Some(file(MessageType::Image, "image/png")), ..GivenCard::default() };
    let given = Given { file: Some(file(MessageType::Video, "video/mp4")), cards: vec![picture], ..Given::default() };
    let (_, details) = fill(&template, &given).unwrap();
    let shown =
        |kind: &str, id: &str| json!({ "type": "header", "parameters": [{ "type": kind, kind: { "id": id } }] });
    assert_eq!(
        crate::send::template::payload(&details, &uploaded(&given)).unwrap()["components"],
        json!([
            shown("video", "80"),
            { "type": "carousel", "cards": [{ "card_index": 0, "components": [shown("image", "81")] }] },
        ])
    );
}

#[test]
fn each_place_of_a_card_that_is_wrong_is_named() {
    let with = |change: &dyn Fn(&mut GivenCard)| {
        let mut given = right();
        change(&mut given.cards[1]);
        given
    };
    let put = |map: &mut BTreeMap<String, String>, name: &str, value: &str| {
        map.insert(name.to_owned(), value.to_owned());
    };
    let three = || Given { cards: [right().cards, right().cards].concat(), ..right() };
    for (given, field, code) in [
        (Given { cards: Vec::new(), ..right() }, "[0]", "missing"),
        (Given { cards: right().cards[..1].to_vec(), ..right() }, "[1]", "missing"),
        (three(), "[2]", "unknown_parameter"),
        (with(&|card| card.file = None), "[1].media", "missing"),
        (
            with(&|card| card.file = Some(file(MessageType::Image, "image/png"))),
            "[1].media.upload_id",
            "type_not_taken",
        ),
        (with(&|card| drop(card.body.remove("2"))), "[1].body.2", "missing"),
        (with(&|card| put(&mut card.body, "3", "x")), "[1].body.3", "unknown_parameter"),
        (with(&|card| put(&mut card.body, "1", &"x".repeat(153))), "[1].body", "too_long"),
        (with(&|card| drop(card.buttons.remove("1"))), "[1].buttons.1", "missing"),
        (with(&|card| put(&mut card.buttons, "2", "x")), "[1].buttons.2", "unknown_parameter"),
    ] {
        let refused = fill(&carousel(), &given).err().map(|why| (why.field, why.code));
        assert_eq!(refused, Some((format!("parameters.cards{field}"), code)), "{given:?}");
    }
    let longest = with(&|card| put(&mut card.body, "1", &"x".repeat(152)));
    assert!(fill(&carousel(), &longest).is_ok());
    let stray = Given { cards: right().cards, ..Given::default() };
    let refused = fill(&template("x"), &stray).err().map(|why| (why.field, why.code));
    assert_eq!(refused, Some(("parameters.cards[0]".to_owned(), "unknown_parameter")));
}

#[test]
fn a_card_of_products_or_with_a_button_that_nobody_knows_is_not_sent() {
    let product = card(TemplateHeader::Other);
    let form = TemplateCard {
        buttons: vec![TemplateButton::Other { text: "View".to_owned() }],
        ..card(TemplateHeader::Image)
    };
    for strange in [product, form, card(TemplateHeader::Document)] {
        let template = Template { cards: vec![strange], ..template("x") };
        let refused = fill(&template, &Given::default()).err().map(|why| (why.field, why.code));
        assert_eq!(refused, Some(("name".to_owned(), "template_unsupported")), "{template:?}");
    }
}
