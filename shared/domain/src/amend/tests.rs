//! Every order and repetition of what is done to a message ends in one state.

use proptest::prelude::*;

use super::*;
use crate::body::{Attachment, CallState};
use crate::message::Raw;
use crate::{ConversationId, Direction, MessageId};

const AT: Timestamp = Timestamp::from_millis(5_000);

fn message(kind: MessageType) -> Message {
    let id = MessageId::new(&ConversationId::from_bytes([7; 16]), AT, 3);
    let author = Author::Contact { id: Some("ann".to_owned()), name: "Ann".to_owned() };
    let text = Some("first".to_owned());
    Message { text, ..Message::new(id, Direction::Inbound, kind, author, AT, AT) }
}

fn second(n: i64) -> Timestamp {
    Timestamp::from_seconds(n)
}

fn contact(id: &str) -> Author {
    Author::Contact { id: Some(id.to_owned()), name: id.to_owned() }
}

fn reaction(by: Author, emoji: Option<&str>, at: i64) -> Amendment {
    Amendment::Reaction(Reaction { by, emoji: emoji.map(str::to_owned), at: second(at) })
}

fn edit(text: Option<&str>, at: i64) -> Amendment {
    Amendment::Edit(Edit { at: second(at), text: text.map(str::to_owned) })
}

fn call(state: CallState, ended: Option<i64>) -> CallDetails {
    CallDetails { state, started_at: None, ended_at: ended.map(second), duration_seconds: None }
}

/// The state after these facts; revisions count steps, and steps are what may differ.
fn after(message: &Message, facts: &[Amendment]) -> Message {
    let end = facts.iter().fold(message.clone(), |m, fact| m.amended(fact).unwrap_or(m));
    Message { rev: 1, ..end }
}

fn facts() -> impl Strategy<Value = Vec<Amendment>> {
    let someone = prop_oneof![
        Just(contact("ann")),
        Just(contact("bo")),
        Just(Author::External { name: "phone".to_owned() }),
        Just(Author::System),
    ];
    let emoji = prop::sample::select(vec![None, Some("👍"), Some("❤️")]);
    let text = prop::sample::select(vec![None, Some("x"), Some("y")]);
    let state = prop::sample::select(vec![CallState::Ringing, CallState::Missed, CallState::Completed]);
    let fact = prop_oneof![
        4 => (someone, emoji, 0..3_i64).prop_map(|(by, emoji, at)| reaction(by, emoji, at)),
        3 => (text, 0..3_i64).prop_map(|(text, at)| edit(text, at)),
        1 => (0..3_i64).prop_map(|at| Amendment::Revoke { at: second(at) }),
        2 => (state, prop::option::of(0..3_i64)).prop_map(|(state, ended)| Amendment::Call(call(state, ended))),
    ];
    prop::collection::vec(fact, 0..9)
}

/// Who on the business's side reacted counts as one: only their emoji and its time are compared.
fn shown(message: &Message) -> Message {
    let mut message = message.clone();
    for reaction in &mut message.reactions {
        if reaction.reactor().is_none() {
            reaction.by = Author::System;
        }
    }
    message
}

proptest! {
    #[test]
    fn any_order_and_repetition_ends_in_the_same_state(
        (all, shuffled) in facts().prop_flat_map(|all| {
            let twice: Vec<_> = all.iter().chain(&all).cloned().collect();
            (Just(all), Just(twice).prop_shuffle())
        }),
        is_call in any::<bool>(),
    ) {
        let mut start = message(if is_call { MessageType::Call } else { MessageType::Text });
        if is_call {
            start.body = Body::of(Details::Call(call(CallState::Ringing, None)));
        }
        prop_assert_eq!(shown(&after(&start, &all)), shown(&after(&start, &shuffled)));
        // … also where some of them waited for the message.
        let waited = shuffled.iter().fold(Waiting::default(), |waiting, fact| waiting.with(fact).unwrap_or(waiting));
        prop_assert_eq!(shown(&after(&start, waited.facts())), shown(&after(&start, &all)));
        let (early, late) = shuffled.split_at(shuffled.len() / 2);
        let waited = early.iter().fold(Waiting::default(), |waiting, fact| waiting.with(fact).unwrap_or(waiting));
        prop_assert_eq!(shown(&after(&after(&start, waited.facts()), late)), shown(&after(&start, &all)));
    }
}

#[test]
fn a_reaction_is_added_changed_and_taken_back_by_each_person() {
    let facts = [
        reaction(contact("ann"), Some("👍"), 1),
        reaction(contact("bo"), Some("😮"), 1),
        reaction(contact("ann"), Some("❤️"), 2),
        reaction(contact("bo"), None, 1),
    ];
    let seen: Vec<_> = after(&message(MessageType::Text), &facts).reactions.into_iter().map(|r| r.emoji).collect();
    assert_eq!(seen, [Some("❤️".to_owned()), None]);
}

#[test]
fn of_what_was_taken_back_nothing_is_kept() {
    let mut full = message(MessageType::Image);
    full.body.attachments = vec![Attachment::pending(MessageType::Image, Some("88".to_owned()))];
    full.raw = Some(Raw::Inline("{}".to_owned()));
    let facts = [reaction(contact("bo"), Some("👍"), 1), edit(Some("second"), 2), Amendment::Revoke { at: second(3) }];
    let empty = Message { text: None, deleted_at: Some(second(3)), ..message(MessageType::Image) };
    assert_eq!(after(&full, &facts), empty);
}

#[test]
fn a_file_takes_the_place_that_was_kept_for_it_and_no_other() {
    let body = Body { attachments: vec![Attachment::pending(MessageType::Image, None)], ..Body::default() };
    let fill = Amendment::Fill(Box::new(Fill { kind: MessageType::Image, text: None, body: body.clone() }));
    let mut place = Message { text: None, ..message(MessageType::Unsupported) };
    place.raw_type = Some(PLACEHOLDER.to_owned());
    let filled = Message { body, raw_type: None, kind: MessageType::Image, ..place.clone() };
    assert_eq!(after(&place, std::slice::from_ref(&fill)), filled);
    assert_eq!(message(MessageType::Text).amended(&fill), None);
}

#[test]
fn what_says_nothing_new_changes_nothing() {
    let once = message(MessageType::Text).amended(&edit(Some("second"), 1)).unwrap();
    assert_eq!((once.rev, once.amended(&edit(Some("second"), 1))), (2, None));
}
