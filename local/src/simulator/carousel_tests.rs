//! A carousel is held to its definition, each of its cards too.

use serde_json::{Value, json};

use super::tests::{code, stage};
use crate::aws::Data;

fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

fn card(index: usize, picture: &Value, what: &str) -> Value {
    json!({ "card_index": index, "components": [
        { "type": "header", "parameters": [{ "type": "image", "image": { "id": picture } }] },
        { "type": "body", "parameters": [text(what), text("9 €")] },
        { "type": "button", "sub_type": "url", "index": "1", "parameters": [text(what)] },
    ] })
}

fn carousel(cards: &Value) -> Value {
    let body = json!({ "type": "body", "parameters": [text("Aiko")] });
    let components = json!([body, { "type": "carousel", "cards": cards }]);
    let template = json!({ "name": "new_chairs", "language": { "code": "en_US" }, "components": components });
    json!({ "messaging_product": "whatsapp", "to": "+819011112222", "type": "template", "template": template })
}

#[tokio::test]
async fn every_card_is_filled_in_and_the_phone_shows_them_one_below_the_other() {
    let stage = stage(&Data::Memory, 0).await;
    let png = stage.upload("t1", "101", "image/png").await;
    let pdf = stage.upload("t1", "101", "application/pdf").await;
    let (oak, elm) = (card(0, &png, "oak"), card(1, &png, "elm"));
    let mut wordless = elm.clone();
    wordless["components"].as_array_mut().unwrap().remove(1);
    for (cards, refused) in [
        (json!([]), 132_000),
        (json!([oak]), 132_000),
        (json!([oak, oak]), 132_012),
        (json!([oak, card(1, &pdf, "elm")]), 131_053),
        (json!([oak, wordless]), 132_000),
    ] {
        assert_eq!(code(&stage.send(&carousel(&cards)).await), (400, json!(refused), Value::Null), "{cards}");
    }
    assert_eq!(stage.send(&carousel(&json!([oak, elm]))).await.0, 200);
    let chat = stage.ask("GET", "/simulator/api/threads/101/819011112222", "", &Value::Null).await.1;
    let message = &chat["messages"][0];
    let words = "Fresh from the workshop, Aiko:\n▤ oak, for 9 € ▢ Put it aside ▢ See it\n▤ elm, for 9 € ▢ Put it aside ▢ See it";
    assert_eq!(json!([message["text"], message["file"]["id"]]), json!([words, png]));
}
