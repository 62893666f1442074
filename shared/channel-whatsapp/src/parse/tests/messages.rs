//! What customers write, by type.

use domain::body::{
    Attachment, Card, CardAddress, CardEmail, CardPhone, Context, Degrees, Interactive, Location, Order, OrderItem,
    Product, Referral, SystemDetails, UnsupportedDetails,
};
use domain::{Details, MessageType as Type};

use super::*;

fn file(kind: Type, id: &str, mime_type: &str) -> Attachment {
    Attachment { mime_type: some(mime_type), ..Attachment::pending(kind, some(id)) }
}

fn with_file(message: InboundMessage, file: Attachment) -> InboundMessage {
    InboundMessage { body: Body { attachments: vec![file], ..Body::default() }, ..message }
}

fn with(message: InboundMessage, details: Details) -> InboundMessage {
    InboundMessage { body: Body::of(details), ..message }
}

fn says(text: &str, message: InboundMessage) -> InboundMessage {
    InboundMessage { text: some(text), ..message }
}

fn answers(external_id: &str, message: InboundMessage) -> InboundMessage {
    InboundMessage { reply_to: some(external_id), ..message }
}

fn in_context(message: InboundMessage, context: Context) -> InboundMessage {
    InboundMessage { body: Body { context, ..Body::default() }, ..message }
}

/// Nothing but this message, and nothing kept raw: our own fields hold it all.
fn whole(name: &str, expected: InboundMessage) {
    assert_eq!(bare(name), (vec![message(expected)], false), "{name}");
}

/// This message, kept as it came beside what we understand.
fn kept(name: &str, expected: InboundMessage) {
    assert_eq!(bare(name), (vec![message(expected)], true), "{name}");
}

#[test]
fn texts_with_what_they_answer_and_where_they_come_from() {
    whole("text", says("在庫ありますか？ 😀", from_aiko("wamid.T1", 1, Type::Text)));
    whole("quote", answers("wamid.OURS1", says("yes, this one", from_aiko("wamid.T2", 10, Type::Text))));
    let often = Context { forwarded: true, frequently_forwarded: true, ..Context::default() };
    whole("forwarded", in_context(says("fwd", from_aiko("wamid.T3", 11, Type::Text)), often));
    let product = Product { catalog_id: some("7700"), product_retailer_id: some("SKU-9") };
    let about = Context { product: Some(product), ..Context::default() };
    let asked = answers("wamid.CAT1", says("is it in stock?", from_aiko("wamid.T4", 12, Type::Text)));
    whole("product_question", in_context(asked, about));
    let group = InboundMessage { group: some("Y2FwaV9ncm91cDox"), ..from_aiko("wamid.G1", 26, Type::Text) };
    whole("group", says("hi all", group));
}

#[test]
fn an_advertisement_is_told_beside_the_message_that_it_led_to() {
    let referral = Referral {
        source_type: some("ad"),
        source_id: some("120200"),
        source_url: some("https://fb.me/xyz"),
        headline: some("Sale"),
        body: some("-20 %"),
        media_type: some("image"),
        image_url: some("https://example.com/a.jpg"),
        click_id: some("ARAclid"),
        welcome_text: some("Hi!"),
        ..Referral::default()
    };
    let context = Context { referral: Some(referral), ..Context::default() };
    whole("referral", in_context(says("I saw the ad", from_aiko("wamid.RF1", 19, Type::Text)), context));
}

#[test]
fn files_are_pending_with_the_channels_id() {
    let sum = some("abcdef1234567890abcdef1234567890abcdef1234567890abcdef1234567890");
    let image = Attachment { sha256: sum, ..file(Type::Image, "880001", "image/jpeg") };
    whole("image", says("receipt", with_file(from_aiko("wamid.M1", 2, Type::Image), image)));
    let sum = some(&"ab".repeat(32));
    let voice = Attachment { sha256: sum.clone(), ..file(Type::Voice, "880002", "audio/ogg") };
    whole("voice", with_file(from_aiko("wamid.M2", 3, Type::Voice), voice));
    let pdf = Attachment { file_name: some("order.pdf"), ..file(Type::File, "880003", "application/pdf") };
    whole("document", with_file(from_aiko("wamid.M3", 4, Type::File), pdf));
    let sticker = Attachment { sha256: sum, animated: true, ..file(Type::Sticker, "880004", "image/webp") };
    whole("sticker", with_file(from_aiko("wamid.M4", 5, Type::Sticker), sticker));
}

#[test]
fn a_place_is_a_place() {
    let degrees = |d: f64| Degrees::try_from(d).unwrap();
    let place = Location {
        latitude: degrees(35.681_236),
        longitude: degrees(139.767_125),
        name: some("Tokyo Station"),
        address: some("1-9 Marunouchi"),
        url: some("https://example.jp/"),
    };
    whole("location", with(from_aiko("wamid.L1", 6, Type::Location), Details::Location(place)));
}

#[test]
fn a_card_says_who_and_how_to_reach_them() {
    let ken = Card {
        name: some("Ken Sato"),
        organization: some("Example KK"),
        title: some("Buyer"),
        birthday: some("1990-02-03"),
        phones: vec![CardPhone { phone: some("+81 90-1111-3333"), wa_id: some("819011113333"), kind: some("CELL") }],
        emails: vec![CardEmail { email: "ken@example.jp".to_owned(), kind: some("WORK") }],
        addresses: vec![CardAddress {
            address: "1-9 Marunouchi, 100-0005 Tokyo, Japan".to_owned(),
            kind: some("WORK"),
        }],
        urls: vec!["https://example.jp/".to_owned()],
        origin: some("other"),
        vcard: None,
    };
    let mei = Card { name: some("Mei"), ..Card::default() };
    whole("contacts", with(from_aiko("wamid.C1", 7, Type::Contacts), Details::Contacts(vec![ken, mei])));
}

#[test]
fn what_was_chosen_is_told_by_its_id_and_shown_by_its_title() {
    let answer = |id, second, to, answer| {
        answers(to, with(from_aiko(id, second, Type::Interactive), Details::Interactive(answer)))
    };
    let button = Interactive::ButtonReply { id: "btn_yes".to_owned(), title: "Yes".to_owned() };
    whole("button_reply", says("Yes", answer("wamid.I1", 13, "wamid.OURS2", button)));
    let row = Interactive::ListReply { id: "row_2".to_owned(), title: "Large".to_owned(), description: some("30 cm") };
    whole("list_reply", says("Large", answer("wamid.I2", 14, "wamid.OURS3", row)));
    let response = some(r#"{"flow_token":"t1","size":"L"}"#);
    let form = Interactive::FlowReply { name: some("flow"), body: some("Sent"), response };
    whole("flow_reply", says("Sent", answer("wamid.I3", 15, "wamid.OURS4", form)));
    let permission = Interactive::CallPermissionReply {
        response: "accept".to_owned(),
        expires_at: Some(Timestamp::from_seconds(1_795_604_816)),
        source: some("user_action"),
    };
    whole("call_permission_reply", answer("wamid.I4", 16, "wamid.OURS5", permission));
    let tap = Interactive::TemplateButton { id: "confirm_42".to_owned(), title: "Confirm".to_owned() };
    let tap = says("Confirm", answer("wamid.B1", 17, "wamid.TPL1", tap));
    whole("template_button", InboundMessage { raw_type: some("button"), reply_to: None, ..tap });
}

#[test]
fn an_order_keeps_its_decimals() {
    let item = |id: &str, quantity: &str, price: &str| OrderItem {
        product_retailer_id: some(id),
        quantity: some(quantity),
        item_price: some(price),
        currency: some("JPY"),
    };
    let product_items = vec![item("SKU-9", "2", "1200.5"), item("SKU-10", "1", "0.10")];
    let order = Details::Order(Order { catalog_id: some("7700"), product_items });
    whole("order", says("gift wrap please", with(from_aiko("wamid.O1", 18, Type::Order), order)));
}

#[test]
fn what_cannot_be_shown_is_kept_with_its_reason() {
    let why =
        UnsupportedDetails { kind: some("poll_creation"), code: Some(131_051), title: some("Message type unknown") };
    let poll = with(from_aiko("wamid.U1", 20, Type::Unsupported), Details::Unsupported(why));
    kept("unsupported", InboundMessage { raw_type: some("unsupported"), ..poll });
    let unknown = from_aiko("wamid.U2", 20, Type::Unsupported);
    kept("unknown_type", InboundMessage { raw_type: some("hologram"), ..unknown });
}

#[test]
fn a_number_or_an_id_that_changed_is_told_after_the_one_that_it_was() {
    let told = |id, second, event: &str, text: Option<&str>, from: Vec<Identity>| {
        let details = Details::System(SystemDetails { event: event.to_owned(), owner: None });
        let message = with(from_aiko(id, second, Type::System), details);
        let (text, raw_type) = (text.map(str::to_owned), some(event));
        InboundMessage { by: By::Channel, opens_window: false, name: None, raw_type, text, from, ..message }
    };
    let ids = vec![user("JP.7781200345"), user("JP.9990001"), phone("819011112222"), phone("819099998888")];
    let text = Some("User A changed from 819011112222 to 819099998888");
    whole("user_changed_number", told("wamid.S1", 21, "user_changed_number", text, ids));
    let parent = |value| id(IdentityKind::ParentUserId, value);
    let ids = vec![user("JP.7781200345"), user("JP.9990001"), parent("JP.ENT.1"), parent("JP.ENT.2")];
    whole("user_changed_user_id", told("wamid.S2", 22, "user_changed_user_id", Some("User changed ids"), ids));
    let known = |message| InboundMessage { name: some("Aiko"), ..message };
    let (event, text) = ("customer_identity_changed", Some("User identity changed"));
    whole("customer_identity_changed", known(told("wamid.S3", 23, event, text, aiko())));
    whole("request_welcome", known(told("wamid.W1", 25, "request_welcome", None, aiko())));
}

#[test]
fn a_file_that_the_channel_could_not_take_holds_up_nothing() {
    let body = fixture("document")
        .replace("\"type\": \"document\"", "\"type\": \"document\", \"errors\": [{\"code\": 131052}]");
    let files: Vec<_> = read(&body)
        .into_iter()
        .flat_map(|event| match event {
            Ok(Event::Message(message)) => message.body.attachments,
            other => panic!("{other:?}"),
        })
        .map(|file| (file.state, file.reason))
        .collect();
    assert_eq!(files, [(domain::body::AttachmentState::Failed, some("refused_by_channel"))]);
}
