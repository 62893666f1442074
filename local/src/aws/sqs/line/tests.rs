//! A line between its messages: cheap, fair, in order.

use super::*;

/// A line of so many messages, each in the group that it is given.
fn line(fifo: bool, count: u64, group: impl Fn(u64) -> String) -> Line {
    let mut line = Line::new(fifo);
    for seq in 0..count {
        line.enter(seq, &group(seq), 0, false);
    }
    line
}

/// Receives ten at a time and deletes them, until there is no more. Returns how many there were.
fn drain(line: &mut Line) -> usize {
    let mut received = 0;
    loop {
        line.pass(1);
        let mut batch = Vec::new();
        while batch.len() < 10 {
            let next = line.next(10 - batch.len());
            if next.is_empty() {
                break;
            }
            for seq in next {
                let group = line.standing[&seq].group.clone();
                line.leave(seq);
                line.enter(seq, &group, 30_000, true);
                batch.push(seq);
            }
        }
        if batch.is_empty() {
            return received;
        }
        received += batch.len();
        batch.into_iter().for_each(|seq| line.leave(seq));
    }
}

#[test]
fn ten_thousand_waiting_messages_are_handed_out_in_as_many_steps() {
    for (fifo, groups) in [(true, 1), (true, 10_000), (false, 1), (false, 10_000)] {
        let mut line = line(fifo, 10_000, |seq| (seq % groups).to_string());
        assert_eq!(drain(&mut line), 10_000);
        // A handful for each message, whoever else waits; a walk over all would be 5,000 for each.
        assert!(line.walked < 10 * 10_000, "fifo {fifo}, {groups} groups: {} steps", line.walked);
        assert_eq!((line.counts(), line.groups.len(), line.busy.len()), (Counts::default(), 0, 0));
    }
}

#[test]
fn a_group_is_noisy_by_its_number_and_its_share() {
    for (flying, others, quiet_first) in [(29, 0, false), (30, 0, true), (30, 269, true), (30, 270, false)] {
        let mut line = Line::new(false);
        for seq in 0..flying {
            line.enter(seq, "a", 10, true);
        }
        for seq in 0..others {
            line.enter(1_000 + seq, &format!("other-{seq}"), 10, true);
        }
        line.enter(5_000, "a", 0, false);
        line.enter(5_001, "b", 0, false);
        line.pass(0);
        let first = if quiet_first { 5_001 } else { 5_000 };
        assert_eq!(line.next(1), [first], "{flying} of {} in flight", flying + others);
    }
}

#[test]
fn messages_without_a_group_are_tenants_of_their_own() {
    let mut line = Line::new(false);
    for seq in 0..100 {
        line.enter(seq, "", 10, true);
    }
    line.enter(200, "", 0, false);
    line.enter(201, "b", 0, false);
    line.pass(0);
    assert_eq!(line.next(1), [200]);
}

#[test]
fn what_is_hidden_is_counted_as_what_it_is() {
    let mut line = Line::new(true);
    line.enter(1, "a", 10, true);
    line.enter(2, "a", 20, false);
    line.enter(3, "b", 15, false);
    for (now, visible, in_flight, delayed, next) in [
        (9, 0, 1, 2, vec![]),
        (10, 1, 0, 2, vec![1]),
        (15, 2, 0, 1, vec![1]), // Of one group only, and not what is delayed still.
        (20, 3, 0, 0, vec![1, 2]),
    ] {
        line.pass(now);
        assert_eq!(line.counts(), Counts { visible, in_flight, delayed }, "at {now}");
        assert_eq!(line.next(10), next, "at {now}");
    }
}
