//! What the business does by other means: on its phone, by Meta's agent, by calls, before it came here.

use channel::{Amended, AmendmentUpdate, Doer, NamesUpdate};
use domain::amend::{Fill, PLACEHOLDER};
use domain::body::{Attachment, CallDetails, CallState, SystemDetails};
use domain::{Details, MessageType as Type, Receipt};

use super::*;

const PHONE: &str = "WhatsApp Business app";

fn to_aiko(external_id: &str, second: i64, kind: Type, text: &str, by: &'static str) -> InboundMessage {
    InboundMessage {
        from: vec![user("JP.7781200345"), phone("819011112222")],
        by: By::Business(by),
        text: some(text),
        opens_window: false,
        receipt: Some(Receipt::Accepted),
        ..from_aiko(external_id, second, kind)
    }
}

fn amended(external_id: &str, second: i64, by: Doer, what: Amended) -> Event {
    Event::Amendment(AmendmentUpdate { external_id: external_id.to_owned(), at: at(second), by, what })
}

#[test]
fn what_was_sent_from_the_phone_is_a_message_to_the_customer() {
    let echo = to_aiko("wamid.EC1", 400, Type::Text, "sent from my phone", PHONE);
    assert_eq!(events("echo"), [message(echo)]);
    assert_eq!(events("echo_revoke"), [amended("wamid.EC1", 401, Doer::Business(PHONE), Amended::Revoke)]);
}

#[test]
fn what_metas_agent_hears_and_says_is_in_the_thread() {
    let heard = InboundMessage {
        from: vec![user("JP.7781200345"), phone("819011112222")],
        name: None,
        text: some("opening hours?"),
        ..from_aiko("wamid.SB1", 600, Type::Text)
    };
    let said = to_aiko("wamid.SB2", 601, Type::Text, "We open at 9.", "Meta Business Agent");
    let said = InboundMessage { name: None, ..said };
    let mut seen = events("standby");
    seen.sort_by_key(|event| matches!(event, Event::Message(m) if m.by != By::Participant));
    assert_eq!(seen, [message(heard), message(said)]);
}

#[test]
fn a_handover_says_who_has_the_thread_now() {
    let details = SystemDetails { event: "control_passed".to_owned(), owner: some("escalation") };
    let expected = InboundMessage {
        from: vec![phone("819011112222")],
        name: None,
        by: By::Channel,
        body: Body::of(Details::System(details)),
        raw_type: some("control_passed"),
        opens_window: false,
        ..from_aiko("handover:1795000602000:control_passed:819011112222", 602, Type::System)
    };
    assert_eq!(bare("handover"), (vec![message(expected)], true));
}

#[test]
fn a_call_is_a_message_that_goes_on() {
    let rings = CallDetails { state: CallState::Ringing, started_at: None, ended_at: None, duration_seconds: None };
    let from = vec![user("JP.7781200345")];
    let by = || Doer::Participant { from: from.clone(), name: None };
    let call = |second, details: &CallDetails| InboundMessage {
        from: from.clone(),
        body: Body::of(Details::Call(details.clone())),
        ..from_aiko("wacid.1", second, Type::Call)
    };
    let told = |id, second, details: &CallDetails| amended(id, second, by(), Amended::Call(details.clone()));
    assert_eq!(events("call_connect"), [message(call(290, &rings)), told("wacid.1", 290, &rings)]);
    let missed = CallDetails { state: CallState::Missed, ..rings.clone() };
    assert_eq!(events("call_missed"), [message(call(300, &missed)), told("wacid.1", 300, &missed)]);
    let nobody = Doer::Participant { from: Vec::new(), name: None };
    assert_eq!(events("call_status"), [amended("wacid.2", 299, nobody, Amended::Call(rings))]);
}

#[test]
fn a_call_of_ours_is_with_whom_we_called() {
    let spoken = CallDetails {
        state: CallState::Completed,
        started_at: Some(at(300)),
        ended_at: Some(at(420)),
        duration_seconds: Some(120),
    };
    let ours = InboundMessage {
        from: vec![phone("819011112222")],
        name: None,
        text: None,
        body: Body::of(Details::Call(spoken.clone())),
        ..to_aiko("wacid.2", 420, Type::Call, "", "WhatsApp call")
    };
    let by = Doer::Participant { from: vec![phone("819011112222")], name: None };
    let all = events("call_of_ours");
    assert_eq!(all[..2], [message(ours), amended("wacid.2", 420, by, Amended::Call(spoken))]);
    assert!(matches!(&all[2..], [Event::Notice(notice)] if notice.topic == "errors"), "{all:?}");
}

#[test]
fn an_address_book_tells_names() {
    let ken = NamesUpdate { identities: vec![phone("819011113333")], name: some("Ken Sato"), at: at(500) };
    assert_eq!(events("address_book"), [Event::Names(ken), Event::Ignored("an entry that left the address book")]);
}

#[test]
fn what_is_past_opens_nothing_and_its_files_come_later() {
    let from = vec![user("JP.7781200345"), phone("819011112222"), id(IdentityKind::Username, "aiko.t")];
    let past = |message: InboundMessage| InboundMessage { past: true, name: None, from: from.clone(), ..message };
    let ours = to_aiko("wamid.H1", -100_000, Type::Text, "thanks", PHONE);
    let ours = past(InboundMessage { receipt: Some(Receipt::Read), ..ours });
    let place = from_aiko("wamid.H2", -99_950, Type::Unsupported);
    let place = past(InboundMessage { raw_type: some(PLACEHOLDER), opens_window: false, ..place });
    assert_eq!(bare("history"), (vec![message(ours), message(place)], true));

    let file = Attachment { mime_type: some("image/png"), ..Attachment::pending(Type::Image, some("880009")) };
    let body = Body { attachments: vec![file], ..Body::default() };
    let names = vec![user("JP.7781200345"), phone("819011112222")];
    let image = from_aiko("wamid.H2", -99_950, Type::Image);
    let image = past(InboundMessage { text: some("old"), body: body.clone(), opens_window: false, ..image });
    let image = InboundMessage { from: names.clone(), ..image };
    let fill = Fill { kind: Type::Image, text: some("old"), body };
    let filled =
        amended("wamid.H2", -99_950, Doer::Participant { from: names, name: None }, Amended::Fill(Box::new(fill)));
    assert_eq!(events("history_file"), [message(image), filled]);
}
