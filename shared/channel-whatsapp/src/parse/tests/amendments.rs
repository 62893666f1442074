//! What is done to earlier messages.

use channel::{Amended, AmendmentUpdate, Doer};

use super::*;

#[test]
fn reactions_edits_and_revocations_point_at_their_message_and_are_none_themselves() {
    let by = Doer::Participant { from: aiko(), name: some("Aiko") };
    for (name, external_id, second, what) in [
        ("reaction", "wamid.OURS1", 8, Amended::Reaction(some("👍"))),
        ("reaction_removed", "wamid.OURS1", 9, Amended::Reaction(None)),
        ("edit", "wamid.T1", 24, Amended::Edit(some("在庫は？"))),
        ("edit_of_caption", "wamid.M1", 24, Amended::Edit(some("the receipt"))),
        ("revoke", "wamid.T1", 25, Amended::Revoke),
    ] {
        let update = AmendmentUpdate { external_id: external_id.to_owned(), at: at(second), by: by.clone(), what };
        assert_eq!(events(name), [Event::Amendment(update)], "{name}");
    }
}

#[test]
fn one_that_points_nowhere_is_shown_as_what_cannot_be_shown() {
    let body = fixture("reaction").replace("\"message_id\"", "\"nothing\"");
    let seen: Vec<_> = read(&body)
        .into_iter()
        .map(|event| match event {
            Ok(Event::Message(message)) => (message.kind, message.raw_type, message.raw.is_some()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, [(MessageType::Unsupported, some("reaction"), true)]);
}
