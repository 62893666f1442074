//! What customers wrote: nothing is lost, doubled or out of order.

use std::collections::BTreeMap;

use domain::{Direction, Message};

use super::{Stored, Violation};
use crate::record::Record;

/// I-1: what was taken is stored, or was put aside where an operator finds it. I-2: once.
pub(super) fn conserved(stored: &Stored<'_>, house: usize, record: &Record, found: &mut Vec<Violation>) {
    let mut places: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (head, messages) in &stored.threads {
        for message in messages.iter().filter(|m| m.direction == Direction::Inbound) {
            let id = message.channel_message_id.as_deref().unwrap_or_default();
            *places.entry((head.account.to_string(), id)).or_default() += 1;
        }
    }
    for ((_, id), count) in places.iter().filter(|(_, count)| **count > 1) {
        found.push(Violation::of("I-2", format!("{id} is there {count} times")));
    }
    for written in record.written.iter().filter(|w| w.customer.house == house) {
        let account = stored.house.accounts[written.customer.account].id.to_string();
        let is_there = places.contains_key(&(account, written.external_id.as_str()));
        let aside = stored.entries.iter().any(|(_, entry)| entry.contains(&written.text));
        if !is_there && !aside {
            found.push(Violation::of("I-1", format!("{} was taken and is nowhere", written.external_id)));
        }
        let texts =
            stored.threads.iter().flat_map(|(_, messages)| messages).filter(|m| m.text.as_ref() == Some(&written.text));
        if is_there && texts.count() != 1 {
            found.push(Violation::of("I-2", format!("{:?} is not there once", written.text)));
        }
    }
    for (_, word) in record.poison.iter().filter(|(n, _)| *n == house) {
        let aside = stored.entries.iter().any(|(_, entry)| entry.contains(word));
        let shown = stored.threads.iter().flat_map(|(_, m)| m).any(|m| m.channel_message_id.as_ref() == Some(word));
        if !aside && !shown {
            found.push(Violation::of("I-1", format!("{word:?} was taken and is nowhere")));
        }
    }
}

/// I-6: `seq` has no gap, and a customer's messages stand in the order in which they were taken.
pub(super) fn in_order(stored: &Stored<'_>, house: usize, record: &Record, spilled: &str, found: &mut Vec<Violation>) {
    let mut seqs: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for (head, messages) in &stored.threads {
        let has: Vec<u64> = messages.iter().map(Message::seq).collect();
        let wanted: Vec<u64> = (1..=head.seq).collect();
        if has != wanted {
            found.push(Violation::of("I-6", format!("{} has seq {} and messages {has:?}", head.id, head.seq)));
        }
        let ids = messages.iter().filter_map(|m| Some((m.channel_message_id.as_deref()?, m.seq())));
        seqs.extend(ids.map(|(id, seq)| ((head.account.to_string(), id), seq)));
    }
    let mut newest: BTreeMap<(usize, &str), (u64, &str)> = BTreeMap::new();
    for written in record.written.iter().filter(|w| w.customer.house == house) {
        // What went by the bucket, or was given up, is out of order by nature.
        let account = stored.house.accounts[written.customer.account].id.to_string();
        let Some(seq) = seqs.get(&(account, written.external_id.as_str())) else { continue };
        if spilled.contains(&written.text) {
            continue;
        }
        let thread = (written.customer.account, written.customer.phone.as_str());
        if let Some((before, earlier)) = newest.insert(thread, (*seq, &written.external_id)).filter(|(b, _)| b >= seq) {
            let what =
                format!("{} has seq {seq}, and {earlier}, which was taken before, {before}", written.external_id);
            found.push(Violation::of("I-6", what));
        }
    }
}
