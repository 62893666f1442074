//! New templates, right and wrong.

use super::*;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn draft() -> TemplateDraft {
    let text = |text: &str| text.to_owned();
    TemplateDraft {
        name: text("order_update"),
        language: text("en_US"),
        category: TemplateCategory::Utility,
        header: Some(text("Order {{1}}")),
        file: None,
        body: text("Hi {{1}}, it is {{2}}."),
        footer: Some(text("Acme")),
        buttons: vec![
            TemplateButton::QuickReply { text: text("Thanks") },
            TemplateButton::Url { text: text("Track"), url: text("https://acme.test/{{1}}") },
        ],
        examples: Examples {
            header: map(&[("1", "42")]),
            body: map(&[("1", "Aiko"), ("2", "on its way")]),
            buttons: map(&[("1", "t/42")]),
        },
    }
}

#[test]
fn a_new_template_is_handed_in_as_graph_reads_it() {
    assert_eq!(draft().check(), Ok(()));
    assert_eq!(
        draft().request(),
        json!({
            "name": "order_update", "language": "en_US", "category": "UTILITY", "parameter_format": "POSITIONAL",
            "components": [
                { "type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": { "header_text": ["42"] } },
                { "type": "BODY", "text": "Hi {{1}}, it is {{2}}.", "example": { "body_text": [["Aiko", "on its way"]] } },
                { "type": "FOOTER", "text": "Acme" },
                { "type": "BUTTONS", "buttons": [
                    { "type": "QUICK_REPLY", "text": "Thanks" },
                    { "type": "URL", "text": "Track", "url": "https://acme.test/{{1}}", "example": ["https://acme.test/t/42"] },
                ] },
            ],
        })
    );
    let named = TemplateDraft {
        header: None,
        body: "Dear {{first_name}}, welcome.".to_owned(),
        buttons: Vec::new(),
        examples: Examples { body: map(&[("first_name", "Aiko")]), ..Examples::default() },
        ..draft()
    };
    assert_eq!(named.check(), Ok(()));
    let example = json!({ "body_text_named_params": [{ "param_name": "first_name", "example": "Aiko" }] });
    assert_eq!(named.request()["components"][0]["example"], example);
    assert_eq!(named.request()["parameter_format"], "NAMED");
}

#[test]
fn a_header_that_is_a_file_is_shown_to_the_reviewer_by_its_handle() {
    for (format, word) in
        [(TemplateHeader::Image, "IMAGE"), (TemplateHeader::Video, "VIDEO"), (TemplateHeader::Document, "DOCUMENT")]
    {
        let file = HeaderFile { format: format.clone(), handle: "4::aW".to_owned() };
        let draft = TemplateDraft { header: None, file: Some(file), ..draft() };
        let example = json!({ "header_handle": ["4::aW"] });
        assert_eq!(draft.request()["components"][0], json!({ "type": "HEADER", "format": word, "example": example }));
        assert_eq!(draft.shown_header(), Some(format));
    }
}

#[test]
fn what_whatsapp_would_refuse_is_named() {
    let with = |change: &dyn Fn(&mut TemplateDraft)| {
        let mut draft = draft();
        change(&mut draft);
        draft.check().err().map(|why| (why.field, why.code))
    };
    let url = |url: &str| vec![TemplateButton::Url { text: "Track".to_owned(), url: url.to_owned() }];
    for (refused, field, code) in [
        (with(&|d| d.name = "Order".to_owned()), "name", "invalid"),
        (with(&|d| d.language.clear()), "language", "empty"),
        (with(&|d| d.category = TemplateCategory::Authentication), "category", "invalid"),
        (with(&|d| d.header = Some("x".repeat(61))), "header", "too_long"),
        (with(&|d| d.body = "x".repeat(1_025)), "body", "too_long"),
        (with(&|d| d.body = "{{1}} is here.".to_owned()), "body", "invalid"),
        (with(&|d| d.body = "Here is {{1}}".to_owned()), "body", "invalid"),
        (with(&|d| d.body = "Hi {{2}}, hello.".to_owned()), "body", "invalid"),
        (with(&|d| d.body = "Hi {{1}} and {{name}}!".to_owned()), "header", "invalid"),
        (with(&|d| drop(d.examples.body.remove("2"))), "examples.body.2", "empty"),
        (with(&|d| d.footer = Some(String::new())), "footer", "empty"),
        (with(&|d| d.buttons = vec![d.buttons[0].clone(); 11]), "buttons", "too_many"),
        (with(&|d| d.buttons = url("http://acme.test")), "buttons[0].url", "invalid"),
        (with(&|d| d.buttons = url("https://acme.test/{{1}}/x")), "buttons[0].url", "invalid"),
        (with(&|d| d.buttons = url("https://acme.test/{{1}}")), "examples.buttons.0", "empty"),
        (with(&|d| d.buttons = vec![TemplateButton::Other { text: "x".to_owned() }]), "buttons[0].type", "invalid"),
    ] {
        assert_eq!(refused, Some((field.to_owned(), code)));
    }
}
