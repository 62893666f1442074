//! Templates of every make, filled in rightly and wrongly.

use domain::body::Degrees;
use domain::template::{ParameterFormat, TemplateCategory};
use domain::{AccountId, Timestamp};
use serde_json::json;

use super::*;

pub(super) fn template(body: &str) -> Template {
    Template {
        account: AccountId::from_bytes([1; 16]),
        channel_id: "1".to_owned(),
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        category: TemplateCategory::Utility,
        status: TemplateStatus::Approved,
        quality: None,
        reason: None,
        parameter_format: ParameterFormat::Positional,
        header: None,
        body: body.to_owned(),
        footer: None,
        buttons: Vec::new(),
        cards: Vec::new(),
        has_more: false,
        synced_at: Timestamp::from_seconds(1),
    }
}

/// With a header, a footer and a button of each kind.
fn whole() -> Template {
    let text = |text: &str| text.to_owned();
    Template {
        header: Some(TemplateHeader::Text { text: text("Order {{1}}") }),
        footer: Some(text("Acme")),
        buttons: vec![
            TemplateButton::QuickReply { text: text("Thanks") },
            TemplateButton::Url { text: text("Track"), url: text("https://acme.test/{{1}}") },
            TemplateButton::CopyCode { text: text("Copy") },
            TemplateButton::PhoneNumber { text: text("Call"), phone_number: text("+15550100") },
        ],
        ..template("Hi {{1}}, it is {{2}}.")
    }
}

pub(super) fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn right() -> Given {
    Given {
        header: map(&[("1", "42")]),
        location: None,
        file: None,
        body: map(&[("1", "Aiko"), ("2", "on its way")]),
        buttons: map(&[("0", "thanks_42"), ("1", "t/42"), ("2", "SAVE")]),
        cards: Vec::new(),
    }
}

fn place() -> Location {
    let degrees = |d: f64| Degrees::try_from(d).unwrap();
    Location { latitude: degrees(35.5), longitude: degrees(139.25), name: None, address: None, url: None }
}

#[test]
fn a_template_is_read_as_the_customer_reads_it_and_sent_as_whatsapp_asks() {
    let (text, details) = fill(&whole(), &right()).unwrap();
    assert_eq!(text, "Hi Aiko, it is on its way.");
    let shown = (details.header.as_deref(), details.footer.as_deref(), details.buttons.join(" "));
    assert_eq!(shown, (Some("Order 42"), Some("Acme"), "Thanks Track Copy Call".to_owned()));
    assert_eq!(
        crate::send::template::payload(&details, &[]).unwrap(),
        json!({ "name": "order_update", "language": { "code": "en_US" }, "components": [
            { "type": "header", "parameters": [{ "type": "text", "text": "42" }] },
            { "type": "body", "parameters": [{ "type": "text", "text": "Aiko" }, { "type": "text", "text": "on its way" }] },
            { "type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{ "type": "payload", "payload": "thanks_42" }] },
            { "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": "t/42" }] },
            { "type": "button", "sub_type": "copy_code", "index": "2", "parameters": [{ "type": "coupon_code", "coupon_code": "SAVE" }] },
        ] })
    );
}

#[test]
fn named_places_are_sent_with_their_names_and_a_place_on_the_map_as_the_header() {
    let named = Template {
        parameter_format: ParameterFormat::Named,
        header: Some(TemplateHeader::Location),
        ..template("Dear {{first_name}}, come by.")
    };
    let given = Given { location: Some(place()), body: map(&[("first_name", "Aiko")]), ..Given::default() };
    let (text, details) = fill(&named, &given).unwrap();
    assert_eq!(text, "Dear Aiko, come by.");
    assert_eq!(
        crate::send::template::payload(&details, &[]).unwrap()["components"],
        json!([
            { "type": "header", "parameters": [{ "type": "location", "location": { "latitude": 35.5, "longitude": 139.25 } }] },
            { "type": "body", "parameters": [{ "type": "text", "parameter_name": "first_name", "text": "Aiko" }] },
        ])
    );
}

pub(super) fn file(kind: MessageType, mime_type: &str) -> Attachment {
    Attachment { mime_type: Some(mime_type.to_owned()), bytes: Some(9), ..Attachment::pending(kind, None) }
}

#[test]
fn a_header_that_is_a_file_is_sent_by_the_files_id_at_whatsapp() {
    let shows = |header| Template { header: Some(header), ..template("Hi {{1}}, look.") };
    let given = |file: &Attachment| Given { file: Some(file.clone()), body: map(&[("1", "Aiko")]), ..Given::default() };
    let pdf = Attachment { file_name: Some("a.pdf".to_owned()), ..file(MessageType::File, "application/pdf") };
    for (header, file, word, object) in [
        (TemplateHeader::Image, file(MessageType::Image, "image/png"), "image", json!({ "id": "88" })),
        (TemplateHeader::Video, file(MessageType::Video, "video/mp4"), "video", json!({ "id": "88" })),
        (TemplateHeader::Document, pdf, "document", json!({ "id": "88", "filename": "a.pdf" })),
    ] {
        let (text, details) = fill(&shows(header), &given(&file)).unwrap();
        assert_eq!((text.as_str(), &details.header), ("Hi Aiko, look.", &None));
        assert_eq!(crate::send::template::payload(&details, std::slice::from_ref(&file)), None, "it is not there yet");
        let uploaded = Attachment { channel_media_id: Some("88".to_owned()), ..file };
        assert_eq!(
            crate::send::template::payload(&details, &[uploaded]).unwrap()["components"],
            json!([
                { "type": "header", "parameters": [{ "type": word, word: object }] },
                { "type": "body", "parameters": [{ "type": "text", "text": "Aiko" }] },
            ])
        );
    }
}

#[test]
fn a_header_takes_a_file_of_its_own_kind_and_size_and_no_other() {
    let image = Template { header: Some(TemplateHeader::Image), ..template("x") };
    let large = Attachment { bytes: Some(6 * 1024 * 1024), ..file(MessageType::Image, "image/png") };
    let upload = "parameters.media.upload_id";
    for (template, file, field, code) in [
        (&image, None, "parameters.media", "missing"),
        (&image, Some(file(MessageType::Video, "video/mp4")), upload, "type_not_taken"),
        (&image, Some(file(MessageType::Image, "image/webp")), upload, "type_not_taken"),
        (&image, Some(large), upload, "too_large"),
        (&template("x"), Some(file(MessageType::Image, "image/png")), "parameters.media", "unknown_parameter"),
    ] {
        let given = Given { file, ..Given::default() };
        let refused = fill(template, &given).err().map(|why| (why.field, why.code));
        assert_eq!(refused, Some((field.to_owned(), code)), "{given:?}");
    }
}

/// As WhatsApp words it: the body and the button are not ours to choose.
fn one_time() -> Template {
    Template {
        category: TemplateCategory::Authentication,
        buttons: vec![TemplateButton::OneTimeCode { text: "Copy code".to_owned() }],
        ..template("*{{1}}* is your verification code.")
    }
}

#[test]
fn a_one_time_code_is_told_once_and_sent_for_the_body_and_for_the_button() {
    let given = Given { body: map(&[("1", "482913")]), ..Given::default() };
    let (text, details) = fill(&one_time(), &given).unwrap();
    assert_eq!(text, "*482913* is your verification code.");
    let code = json!([{ "type": "text", "text": "482913" }]);
    assert_eq!(
        crate::send::template::payload(&details, &[]).unwrap()["components"],
        json!([
            { "type": "body", "parameters": code },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": code },
        ])
    );
    let twice = Given { buttons: map(&[("0", "482913")]), ..given };
    assert_eq!(fill(&one_time(), &twice), Ok((text, details)), "whoever tells it twice may");
}

#[test]
fn a_one_time_code_that_is_missing_too_long_or_told_in_two_ways_is_refused() {
    let body = |code: &str| Given { body: map(&[("1", code)]), ..Given::default() };
    let two = Given { buttons: map(&[("0", "2")]), ..body("1") };
    for (given, field, code) in [
        (Given::default(), "parameters.body.1", "missing"),
        (body(" "), "parameters.body.1", "empty"),
        (body(&"1".repeat(16)), "parameters.body.1", "too_long"),
        (two, "parameters.buttons.0", "invalid"),
    ] {
        let refused = fill(&one_time(), &given).err().map(|why| (why.field, why.code));
        assert_eq!(refused, Some((field.to_owned(), code)), "{given:?}");
    }
    let longest = body(&"1".repeat(15));
    assert!(fill(&one_time(), &longest).is_ok());
}

#[test]
fn what_has_nothing_to_fill_in_is_sent_by_its_name_alone() {
    let (text, details) = fill(&template("Hello World"), &Given::default()).unwrap();
    let payload = json!({ "name": "order_update", "language": { "code": "en_US" } });
    assert_eq!((text.as_str(), crate::send::template::payload(&details, &[]).unwrap()), ("Hello World", payload));
}

#[test]
fn each_place_that_is_wrong_is_named() {
    let long = "é".repeat(1_020);
    let with = |change: &dyn Fn(&mut Given)| {
        let mut given = right();
        change(&mut given);
        given
    };
    let put = |map: &mut BTreeMap<String, String>, name: &str, value: &str| {
        map.insert(name.to_owned(), value.to_owned());
    };
    for (given, field, code) in [
        (with(&|g| drop(g.body.remove("2"))), "parameters.body.2", "missing"),
        (with(&|g| put(&mut g.body, "3", "x")), "parameters.body.3", "unknown_parameter"),
        (with(&|g| put(&mut g.body, "1", " ")), "parameters.body.1", "empty"),
        (with(&|g| put(&mut g.body, "1", "a\nb")), "parameters.body.1", "invalid"),
        (with(&|g| put(&mut g.body, "1", "a     b")), "parameters.body.1", "invalid"),
        (with(&|g| put(&mut g.body, "1", &long)), "parameters.body", "too_long"),
        (with(&|g| g.header.clear()), "parameters.header.1", "missing"),
        (with(&|g| put(&mut g.header, "1", &"x".repeat(60))), "parameters.header", "too_long"),
        (with(&|g| g.location = Some(place())), "parameters.location", "unknown_parameter"),
        (with(&|g| drop(g.buttons.remove("1"))), "parameters.buttons.1", "missing"),
        (with(&|g| drop(g.buttons.remove("2"))), "parameters.buttons.2", "missing"),
        (with(&|g| put(&mut g.buttons, "2", &"x".repeat(21))), "parameters.buttons.2", "too_long"),
        (with(&|g| put(&mut g.buttons, "1", "a b")), "parameters.buttons.1", "invalid"),
        (with(&|g| put(&mut g.buttons, "3", "x")), "parameters.buttons.3", "unknown_parameter"),
        (with(&|g| put(&mut g.buttons, "4", "x")), "parameters.buttons.4", "unknown_parameter"),
        (with(&|g| put(&mut g.buttons, "00", "x")), "parameters.buttons.00", "unknown_parameter"),
    ] {
        let refused = fill(&whole(), &given).err().map(|why| (why.field, why.code));
        assert_eq!(refused, Some((field.to_owned(), code)), "{given:?}");
    }
    let without_answer = with(&|g| drop(g.buttons.remove("0")));
    assert_eq!(fill(&whole(), &without_answer).map(|(text, _)| text), Ok("Hi Aiko, it is on its way.".to_owned()));
}

#[test]
fn only_what_is_approved_and_can_be_filled_in_is_sent() {
    let refused = |template: &Template| fill(template, &Given::default()).err().map(|why| (why.field, why.code));
    let name = |code| Some(("name".to_owned(), code));
    for status in [TemplateStatus::Paused, TemplateStatus::Pending, TemplateStatus::Rejected, TemplateStatus::Unknown] {
        assert_eq!(refused(&Template { status, ..template("x") }), name("template_not_approved"), "{status:?}");
    }
    let strange = Template { header: Some(TemplateHeader::Other), ..template("x") };
    let form = Template { buttons: vec![TemplateButton::Other { text: "Book".to_owned() }], ..template("x") };
    for template in [strange, form, Template { has_more: true, ..template("x") }] {
        assert_eq!(refused(&template), name("template_unsupported"), "{template:?}");
    }
    let map = Template { header: Some(TemplateHeader::Location), ..template("x") };
    assert_eq!(refused(&map), Some(("parameters.location".to_owned(), "missing")));
}
