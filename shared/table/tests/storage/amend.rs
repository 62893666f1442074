//! What is done to a message, in every order and as often as it likes, ends in one state.

use domain::amend::Edit;
use domain::{Amendment, Author, ConversationId, Direction, Message, MessageType, Reaction, Receipt};
use table::{AmendOutcome, Inbound};

use crate::world::*;

#[derive(Clone, Debug)]
enum Step {
    Arrives,
    Told(Amendment),
}

fn reaction(emoji: Option<&str>, second: i64) -> Amendment {
    let by = Author::Contact { id: Some("dana".to_owned()), name: "Dana".to_owned() };
    Amendment::Reaction(Reaction { by, emoji: emoji.map(str::to_owned), at: at(second) })
}

fn edit(text: &str, second: i64) -> Amendment {
    Amendment::Edit(Edit { at: at(second), text: Some(text.to_owned()) })
}

fn permutations(of: &[Step]) -> Vec<Vec<Step>> {
    if of.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for i in 0..of.len() {
        let mut rest = of.to_vec();
        let first = rest.remove(i);
        all.extend(permutations(&rest).into_iter().map(|p| [vec![first.clone()], p].concat()));
    }
    all
}

impl World {
    async fn amends(&self, external_id: &str, fact: &Amendment) -> AmendOutcome {
        self.us().amend(&self.account.id, external_id, fact).await.unwrap()
    }

    async fn newest(&self, id: &ConversationId) -> Message {
        self.us().messages(id, None, 1).await.unwrap().items.remove(0)
    }
}

/// Plays the steps on a message of its own in one thread; what is seen of it in the end, with the row.
async fn play(w: &World, n: usize, steps: &[Step]) -> (Message, String) {
    let mut seed = thread(&format!("7{n}"), 1);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(n as u64 + 1).to_be_bytes());
    seed.contact.id_if_new = domain::ContactId::from_bytes(bytes);
    let mut conversation = None;
    for step in steps {
        match step {
            Step::Arrives => {
                let batch = [text(&format!("m{n}"), 0, "first")];
                conversation = Some(w.us().receive(&w.account, &seed, &batch, NOW).await.unwrap().conversation);
            }
            Step::Told(fact) => drop(w.amends(&format!("m{n}"), fact).await),
        }
    }
    let conversation = conversation.expect("it arrived");
    let (message, head) = (w.newest(&conversation).await, w.head(&conversation).await);
    assert_eq!((head.seq, head.unread), (1, 1), "{steps:?}");
    (message, head.preview)
}

/// Everything of it but where it lies.
fn neutral(message: &Message, like: &Message) -> Message {
    let Message { id, author, channel_message_id, rev, .. } = like.clone();
    Message { id, author, channel_message_id, rev, ..message.clone() }
}

async fn every_order(w: &World, facts: &[Amendment], first: usize) -> (Message, String) {
    let steps: Vec<Step> = facts.iter().cloned().map(Step::Told).chain([Step::Arrives]).collect();
    let mut expected: Option<(Message, String)> = None;
    for (n, order) in permutations(&steps).into_iter().enumerate() {
        // Everything comes once more, in the same wrong order.
        let twice = [order.clone(), order.clone()].concat();
        let ended = play(w, first + n, &twice).await;
        match &expected {
            None => expected = Some(ended),
            Some((message, row)) => {
                assert_eq!((&neutral(&ended.0, message), &ended.1), (message, row), "{order:?}");
            }
        }
    }
    expected.expect("at least one order")
}

#[tokio::test]
async fn every_order_of_a_message_its_reactions_and_edits_ends_in_the_same_state() {
    let w = world().await;
    let facts = [reaction(Some("👍"), 1), reaction(Some("❤️"), 2), edit("second", 3), edit("third", 4)];
    let (message, row) = every_order(&w, &facts, 0).await;
    let reactions: Vec<_> = message.reactions.iter().map(|r| r.emoji.as_deref()).collect();
    assert_eq!((message.text.as_deref(), message.edited_at, row.as_str()), (Some("third"), Some(at(4)), "third"));
    assert_eq!(reactions, [Some("❤️")]);
}

#[tokio::test]
async fn what_was_taken_back_stays_so_in_every_order() {
    let w = world().await;
    let facts = [reaction(Some("👍"), 1), edit("second", 3), Amendment::Revoke { at: at(5) }];
    let (message, row) = every_order(&w, &facts, 200).await;
    assert_eq!((message.text, message.edited_at, message.deleted_at, row), (None, None, Some(at(5)), String::new()));
    assert_eq!(message.reactions, []);
}

#[tokio::test]
async fn a_fact_says_what_became_of_it() {
    let w = world().await;
    assert_eq!(w.amends("a", &reaction(Some("👍"), 1)).await, AmendOutcome::Waiting);
    assert_eq!(w.amends("a", &reaction(Some("👍"), 1)).await, AmendOutcome::NothingNew);
    let id = w.hears(&[text("a", 0, "a")]).await.stored.remove(0);
    assert_eq!(w.message(&id).await.rev, 1);
    assert_eq!(w.amends("a", &reaction(None, 2)).await, AmendOutcome::Applied(id.clone()));
    assert_eq!(w.amends("a", &reaction(None, 2)).await, AmendOutcome::NothingNew);
    assert_eq!(w.message(&id).await.rev, 2);
}

#[tokio::test]
async fn a_duplicate_a_new_message_and_one_that_was_waited_for_go_on_together() {
    let w = world().await;
    w.hears(&[text("a", 1, "a")]).await;
    w.amends("b", &edit("b, edited", 9)).await;
    let got = w.hears(&[text("a", 1, "a"), text("b", 2, "b"), text("c", 3, "c")]).await;
    let texts: Vec<_> = w.us().messages(&got.conversation, None, 9).await.unwrap().items;
    let texts: Vec<_> = texts.into_iter().filter_map(|m| m.text).collect();
    assert_eq!((got.stored.len(), got.duplicates), (2, 1));
    assert_eq!(texts, ["c", "b, edited", "a"]);
}

#[tokio::test]
async fn an_edit_of_an_older_message_leaves_the_row_alone() {
    let w = world().await;
    let got = w.hears(&[text("a", 1, "a"), text("b", 2, "b")]).await;
    let before = w.head(&got.conversation).await;
    w.amends("a", &edit("changed", 3)).await;
    assert_eq!(w.head(&got.conversation).await, before);
    w.amends("b", &edit("changed", 3)).await;
    assert_eq!(w.head(&got.conversation).await.preview, "changed");
}

#[tokio::test]
async fn a_reaction_to_a_send_that_is_not_recorded_yet_waits_for_it() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let id = w.sends(&conversation, "k", &["answer"]).await.remove(0);
    assert_eq!(w.amends("out", &reaction(Some("👍"), 1)).await, AmendOutcome::Waiting);
    w.is_told("out", None, Receipt::Delivered).await;
    w.is_accepted(&conversation, "out").await;
    let message = w.message(&id).await;
    let seen = (message.reactions.len(), message.delivery.and_then(|d| d.delivered_at));
    assert_eq!(seen, (1, Some(at(2))));
}

#[tokio::test]
async fn facts_that_race_their_message_are_never_lost() {
    let w = std::sync::Arc::new(world().await);
    for n in 0..25_u8 {
        let mut racing = Vec::new();
        for fact in [reaction(Some("👍"), 1), edit("second", 3), edit("third", 4)] {
            let w = w.clone();
            racing.push(tokio::spawn(async move { drop(w.amends(&format!("m{n}"), &fact).await) }));
        }
        let reader = w.clone();
        racing.push(tokio::spawn(async move {
            let batch = [text(&format!("m{n}"), 0, "first")];
            reader.us().receive(&reader.account, &thread(&format!("6{n}"), 100 + n), &batch, NOW).await.unwrap();
        }));
        for one in racing {
            one.await.unwrap();
        }
        let (seed, again) = (thread(&format!("6{n}"), 100 + n), [text(&format!("m{n}"), 0, "first")]);
        let conversation = w.us().receive(&w.account, &seed, &again, NOW).await.unwrap().conversation;
        let message = w.newest(&conversation).await;
        assert_eq!((message.text.as_deref(), message.reactions.len()), (Some("third"), 1), "round {n}");
    }
}

fn echo(external_id: &str, second: i64) -> Inbound {
    let author = Some(Author::External { name: "phone".to_owned() });
    Inbound { author, receipt: Some(Receipt::Accepted), opens_window: false, ..text(external_id, second, "echo") }
}

#[tokio::test]
async fn what_the_business_wrote_elsewhere_goes_out_and_makes_nothing_unread() {
    let w = world().await;
    w.is_told("e", None, Receipt::Delivered).await;
    let got = w.hears(&[text("a", 1, "a"), echo("e", 2)]).await;
    let (head, message) = (w.head(&got.conversation).await, w.newest(&got.conversation).await);
    assert_eq!((head.seq, head.unread, head.last_direction), (2, 1, Some(Direction::Outbound)));
    assert_eq!((message.direction, message.delivery.and_then(|d| d.delivered_at)), (Direction::Outbound, Some(at(2))));
    w.is_told("e", None, Receipt::Read).await;
    assert_eq!(w.newest(&got.conversation).await.delivery.and_then(|d| d.read_at), Some(at(3)));
    let read = w.us().mark_read(&got.conversation, Some(1)).await.unwrap().unwrap();
    assert_eq!(read.unread, 0);
}

#[tokio::test]
async fn what_is_past_is_there_and_waits_for_nobody() {
    let w = world().await;
    let past = |id: &str, second| Inbound { past: true, ..text(id, second, id) };
    let got = w.hears(&[past("a", -500), past("b", -400)]).await;
    let head = w.head(&got.conversation).await;
    let closed = domain::Window::Until(domain::Timestamp::from_millis(0));
    assert_eq!((head.seq, head.unread, head.window), (2, 0, closed));
    assert_eq!((head.status, head.last_type), (domain::Status::Resolved, Some(MessageType::Text)));
    // What comes live meanwhile reopens it, and what is past no longer closes it.
    w.hears(&[text("c", 1, "c")]).await;
    w.hears(&[past("d", -450)]).await;
    let head = w.head(&got.conversation).await;
    assert_eq!((head.status, head.unread, head.preview.as_str()), (domain::Status::Open, 1, "c"));
    let read = w.us().mark_read(&got.conversation, Some(2)).await.unwrap().unwrap();
    assert_eq!(read.unread, 1);
}
