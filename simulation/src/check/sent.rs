//! What agents answered, held against Graph's ledger.

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::DeliveryStatus;
use domain::{AccountStatus, Delivery, Direction, Message};
use table::Tables;

use super::{Stored, Violation};
use crate::record::Record;
use crate::stage::House;
use crate::world::World;

/// I-3, I-4, I-5, I-6: what became of agents' replies, held against Graph's ledger.
pub(super) fn sends(world: &World, stored: &Stored<'_>, house: usize, record: &Record, found: &mut Vec<Violation>) {
    let clouds = world.clouds();
    let graph = &clouds.graph;
    let mut outbound: BTreeMap<String, &Message> = BTreeMap::new();
    for (head, messages) in &stored.threads {
        for message in messages.iter().filter(|m| m.direction == Direction::Outbound) {
            outbound.insert(message.id.to_string(), message);
        }
        if !head.out.is_empty() {
            found.push(Violation::of(
                "I-5",
                format!("{} still waits to send {:?}, due {:?}", head.id, head.out, head.due),
            ));
        }
        let of_thread = |reference: &str| reference.starts_with(head.id.as_str());
        let seqs: Vec<u64> = graph
            .ledger
            .iter()
            .filter(|taken| of_thread(&taken.reference))
            .filter_map(|taken| outbound.get(taken.reference.split('.').next().unwrap_or_default()).map(|m| m.seq()))
            .collect();
        if !seqs.is_sorted() {
            found.push(Violation::of("I-6", format!("{} sent in the order {seqs:?}", head.id)));
        }
    }
    for (id, message) in &outbound {
        let taken: Vec<_> = graph.ledger.iter().filter(|t| t.reference.split('.').next() == Some(id)).collect();
        if taken.len() > 1 {
            found.push(Violation::of("I-4", format!("{:?} was sent {} times", message.text, taken.len())));
        }
        let told: BTreeSet<&str> = taken
            .iter()
            .flat_map(|t| graph.told.iter().filter(|(of, _)| *of == t.id).map(|(_, status)| status.as_str()))
            .collect();
        let status = message.delivery.as_ref().map(Delivery::status);
        if !may_be(status, !taken.is_empty(), &told) {
            let what =
                format!("{id} {:?} is {status:?}; Graph took it {} times and told {told:?}", message.text, taken.len());
            found.push(Violation::of(if status == Some(DeliveryStatus::Queued) { "I-5" } else { "I-3" }, what));
        }
        // Each token that died was followed by another.
        if status == Some(DeliveryStatus::Parked)
            && message.delivery.as_ref().and_then(Delivery::error).is_some_and(|why| why.code == "reconnect_needed")
        {
            found.push(Violation::of("I-5", format!("{id} {:?} waits for a token that is well", message.text)));
        }
    }
    for reply in record.replies.iter().filter(|r| r.house == house) {
        let texts: Vec<&str> = outbound.values().filter_map(|m| m.text.as_deref()).collect();
        for part in &reply.parts {
            let count = texts.iter().filter(|text| *text == part).count();
            let expected = usize::from(reply.status == 202);
            if count != expected && reply.status != 0 && reply.status < 500 {
                let what =
                    format!("{part:?} of {}, answered {}, is there {count} times", reply.conversation, reply.status);
                found.push(Violation::of(if count < expected { "I-1" } else { "I-2" }, what));
            }
        }
    }
}

/// I-5: whoever gave a number another token was answered, and the number is active.
pub(super) async fn connected(tables: &Tables, house: &House, n: usize, record: &Record, found: &mut Vec<Violation>) {
    let last: BTreeMap<&str, u16> =
        record.connects.iter().filter(|c| c.house == n).map(|c| (c.number.as_str(), c.status)).collect();
    for account in tables.tenant(&house.ctx).accounts().await.expect("the auditor meets no fault") {
        let answered = last.get(account.external_id.as_str()).copied().unwrap_or(200);
        if (answered, account.status) != (200, AccountStatus::Active) {
            let what = format!("{} was answered {answered} and is {:?}", account.external_id, account.status);
            found.push(Violation::of("I-5", what));
        }
    }
}

/// Whether a send that Graph took, or not, and of which it told this, may stand so.
fn may_be(status: Option<DeliveryStatus>, taken: bool, told: &BTreeSet<&str>) -> bool {
    use DeliveryStatus::{Delivered, Failed, Parked, Queued, Read, Sent, Unknown};
    let Some(status) = status else { return false };
    let highest = if told.contains("read") {
        Some(Read)
    } else if told.contains("delivered") {
        Some(Delivered)
    } else if told.contains("failed") {
        Some(Failed)
    } else if told.contains("sent") {
        Some(Sent)
    } else {
        None
    };
    match (highest, status) {
        (Some(highest), status) => status == highest,
        (None, Sent | Unknown) if taken => true,
        (None, Unknown | Failed | Parked) => !taken,
        (None, Queued | Sent | Delivered | Read) => false,
    }
}
