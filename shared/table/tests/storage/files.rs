//! What becomes of a message's files, told in any order and as often as it likes.

use domain::body::{Attachment, AttachmentState, FileFailure};
use domain::{Amendment, Body, MessageId, MessageType};
use table::Inbound;

use crate::world::*;

fn picture(id: &str) -> Attachment {
    Attachment {
        mime_type: Some("image/png".to_owned()),
        ..Attachment::pending(MessageType::Image, Some(id.to_owned()))
    }
}

fn ready(file: &Attachment) -> Attachment {
    let (state, bytes) = (AttachmentState::Ready, Some(7));
    Attachment { state, bytes, sha256: Some("ab".repeat(32)), thumbnail: true, ..file.clone() }
}

impl World {
    async fn sees_pictures(&self, external_id: &str, files: &[&str]) -> MessageId {
        let body = Body { attachments: files.iter().map(|id| picture(id)).collect(), ..Body::default() };
        let inbound = Inbound { body, ..text(external_id, 0, "look") };
        self.hears(&[inbound]).await.stored.remove(0)
    }

    async fn files(&self, id: &MessageId) -> (Vec<Attachment>, u64) {
        let message = self.message(id).await;
        (message.body.attachments, message.rev)
    }
}

#[tokio::test]
async fn a_file_is_settled_once_and_its_neighbour_stays() {
    let w = world().await;
    let id = w.sees_pictures("m1", &["1", "2"]).await;
    let done = ready(&picture("1"));
    let mut recorded = Vec::new();
    for file in [done.clone(), done.clone(), picture("1").failed(FileFailure::Gone)] {
        recorded.push(w.us().record_file(&id, 0, &file).await.unwrap());
    }
    assert_eq!(recorded, [true, false, false], "what is settled for good stays so");
    assert_eq!(w.files(&id).await, (vec![done.clone(), picture("2")], 2));
    let elsewhere =
        [w.us().record_file(&id, 1, &done).await.unwrap(), w.us().record_file(&id, 9, &done).await.unwrap()];
    assert_eq!(elsewhere, [false, false], "a file is known by what the channel calls it");

    w.us().give_up_files(&id).await.unwrap();
    w.us().give_up_files(&id).await.unwrap();
    assert_eq!(w.files(&id).await, (vec![done.clone(), picture("2").failed(FileFailure::Unavailable)], 3));
    let late = ready(&picture("2"));
    assert!(w.us().record_file(&id, 1, &late).await.unwrap(), "a replay may still bring it");
    assert_eq!(w.files(&id).await, (vec![done, late], 4));
}

#[tokio::test]
async fn a_file_of_a_message_that_was_taken_back_is_recorded_nowhere() {
    let w = world().await;
    let id = w.sees_pictures("m1", &["1"]).await;
    w.us().amend(&w.account.id, "m1", &Amendment::Revoke { at: at(5) }).await.unwrap();
    let before = w.message(&id).await;
    assert!(!w.us().record_file(&id, 0, &ready(&picture("1"))).await.unwrap());
    w.us().give_up_files(&id).await.unwrap();
    assert_eq!(w.message(&id).await, before);
}
