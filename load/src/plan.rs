//! What happens when: every message with its own number, its tenant, its customer and its moment, from a seed.

use std::time::Duration;

use serde::Serialize;

use crate::chance::Chance;

/// How many webhooks in a hundred come twice.
pub const REPEATED_PERCENT: u32 = 5;

/// How many statuses come for a hundred messages. Each is of a message that the business sent from elsewhere.
const STATUS_PERCENT: u32 = 10;

/// Within this, in milliseconds, events come in any order and repetitions follow.
const SHUFFLED_MS: u32 = 1_000;

/// A part of the run whose latencies are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Each watched customer's first message: it makes the conversations that are watched.
    Greeting,
    Burst,
    Steady,
    /// All tenants write alike.
    Quiet,
    /// The first tenant writes fifty times as much.
    Noisy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Message,
    Status,
}

/// One webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it is due, from the start of the plan.
    pub at: Duration,
    /// Its own number; a repetition has the number of what it repeats.
    pub n: u32,
    pub tenant: usize,
    pub customer: u32,
    pub kind: Kind,
    pub stage: Stage,
    pub repetition: bool,
}

/// A part of a plan.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub stage: Stage,
    pub starts: Duration,
    /// Zero: all at once.
    pub lasts: Duration,
    /// How many messages each tenant's customers write.
    pub messages: Vec<u32>,
}

/// Every webhook of these stretches, by the time when it is due. Numbers start at `first`.
pub fn plan(stretches: &[Stretch], customers: u32, first: u32, seed: u64) -> Vec<Event> {
    let mut chance = Chance::new(seed);
    let mut numbers = first..;
    let mut events = Vec::new();
    for stretch in stretches {
        for (tenant, count) in stretch.messages.iter().enumerate() {
            for i in 0..*count {
                let at = moment(stretch, i, *count, &mut chance);
                let kinds =
                    if chance.percent(STATUS_PERCENT) { &[Kind::Message, Kind::Status][..] } else { &[Kind::Message] };
                for (kind, n) in kinds.iter().zip(&mut numbers) {
                    let customer = chance.below(customers);
                    let event = Event { at, n, tenant, customer, kind: *kind, stage: stretch.stage, repetition: false };
                    events.extend(repeated(&event, &mut chance));
                    events.push(event);
                }
            }
        }
    }
    events.sort_by_key(|event| (event.at, event.repetition));
    events
}

/// When the i-th of so many messages is due: in its second, at any moment of it.
fn moment(stretch: &Stretch, i: u32, count: u32, chance: &mut Chance) -> Duration {
    if stretch.lasts.is_zero() {
        return stretch.starts;
    }
    let even = stretch.lasts * i / count.max(1);
    stretch.starts + Duration::from_secs(even.as_secs()) + Duration::from_millis(chance.below(SHUFFLED_MS).into())
}

/// The same event again, a little later, a few times in a hundred.
fn repeated(event: &Event, chance: &mut Chance) -> Option<Event> {
    let later = Duration::from_millis(chance.below(SHUFFLED_MS).into());
    chance.percent(REPEATED_PERCENT).then(|| Event { at: event.at + later, repetition: true, ..event.clone() })
}

/// One message of each of the first `watched` customers of each tenant, so many a second.
pub fn greetings(tenants: usize, watched: u32, per_second: u32) -> Vec<Event> {
    let pairs = (0..watched).flat_map(|customer| (0..tenants).map(move |tenant| (tenant, customer)));
    let event = |(n, (tenant, customer))| {
        let at = Duration::from_secs(1) * n / per_second.max(1);
        Event { at, n, tenant, customer, kind: Kind::Message, stage: Stage::Greeting, repetition: false }
    };
    (0..).zip(pairs).map(event).collect()
}

/// Parts a number among tenants of Zipf's sizes: the i-th is as large as the first divided by i. The first takes what
/// rounding leaves.
pub fn zipf(total: u32, tenants: usize) -> Vec<u32> {
    let tenants = u32::try_from(tenants).unwrap_or(1);
    let harmonic: f64 = (1..=tenants).map(|i| 1.0 / f64::from(i)).sum();
    let share = |i: u32| f64::from(total) / harmonic / f64::from(i);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and `total`")]
    let mut parts: Vec<u32> = (1..=tenants).map(|i| share(i) as u32).collect();
    let given: u32 = parts.iter().sum();
    if let Some(first) = parts.first_mut() {
        *first += total - given;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(messages: Vec<u32>) -> Stretch {
        Stretch { stage: Stage::Steady, starts: Duration::from_secs(10), lasts: Duration::from_secs(60), messages }
    }

    fn count(events: &[Event], wanted: impl Fn(&Event) -> bool) -> usize {
        events.iter().filter(|event| wanted(event)).count()
    }

    #[test]
    fn the_same_seed_plans_the_same_run() {
        let plan = |seed| plan(&[steady(vec![40, 20])], 9, 0, seed);
        assert_eq!(plan(3), plan(3));
        assert_ne!(plan(3), plan(4));
    }

    #[test]
    fn each_tenant_has_its_messages_and_one_in_twenty_comes_twice() {
        let events = plan(&[steady(vec![4_000, 2_000])], 9, 0, 1);
        let first =
            |tenant| count(&events, |event| event.tenant == tenant && event.kind == Kind::Message && !event.repetition);
        assert_eq!((first(0), first(1)), (4_000, 2_000));
        let repetitions = count(&events, |event| event.repetition);
        assert!((250..420).contains(&repetitions), "{repetitions}");
        let statuses = count(&events, |event| event.kind == Kind::Status && !event.repetition);
        assert!((500..700).contains(&statuses), "{statuses}");
    }

    #[test]
    fn numbers_are_of_one_event_each_and_a_repetition_follows_it_within_a_second() {
        let events = plan(&[steady(vec![500])], 9, 100, 1);
        for event in events.iter().filter(|event| event.repetition) {
            let first = events.iter().find(|first| first.n == event.n && !first.repetition);
            let wait = first.map(|first| event.at - first.at);
            assert!(wait < Some(Duration::from_secs(1)), "{event:?} after {first:?}");
        }
        let mut numbers: Vec<u32> = events.iter().filter(|event| !event.repetition).map(|event| event.n).collect();
        numbers.sort_unstable();
        let end = 100 + u32::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (100..end).collect::<Vec<_>>());
    }

    #[test]
    fn a_burst_comes_at_once_and_a_steady_rate_in_its_minutes() {
        let burst = Stretch { stage: Stage::Burst, starts: Duration::ZERO, lasts: Duration::ZERO, messages: vec![50] };
        let events = plan(&[burst, steady(vec![60])], 9, 0, 1);
        let of = |stage| events.iter().filter(move |event| event.stage == stage && !event.repetition);
        assert!(of(Stage::Burst).all(|event| event.at.is_zero()));
        let times: Vec<u64> =
            of(Stage::Steady).filter(|event| event.kind == Kind::Message).map(|e| e.at.as_secs()).collect();
        assert_eq!(times, (10..70).collect::<Vec<_>>());
    }

    #[test]
    fn tenants_share_by_zipf_and_nothing_is_left_over() {
        assert_eq!(zipf(300, 2), vec![200, 100]);
        assert_eq!(zipf(11, 3), vec![6, 3, 2].into_iter().collect::<Vec<u32>>());
        assert_eq!(zipf(5, 1), vec![5]);
    }
}
