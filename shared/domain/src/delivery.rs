//! What became of a send: a join over facts, so that receipts may repeat, overtake each other and go missing.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How a send stands, as an agent sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeliveryStatus {
    /// Waits for its turn, or is being handed to the channel.
    Queued,
    /// Waits for something that a person must do: a reconnect, or a decision about an earlier part of its request.
    Parked,
    /// The channel took it.
    Sent,
    Delivered,
    Read,
    Failed,
    /// We could not learn whether the channel took it. An agent decides.
    Unknown,
}

/// Why a send did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Failure {
    /// Our stable word for it, e.g. `window_closed`.
    pub code: String,
    /// One English sentence; the app translates by `code`.
    pub title: String,
    /// The channel's own number, e.g. 131047.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_code: Option<i64>,
}

/// What the channel says that a message costs. Its words are the channel's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pricing {
    /// WhatsApp: `service`, `utility`, `marketing`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// WhatsApp: `regular`, `free_customer_service` or `free_entry_point`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// WhatsApp: `PMP`, by the message, or the older `CBP`, by the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether it is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
}

/// What a channel says of a send it took, with the time that the channel gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    Accepted,
    Delivered,
    Read,
    Failed(Failure),
}

/// The facts about one outbound message. Joining receipts is commutative, associative and idempotent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which try this is, from 1. A person's "send again" raises it.
    #[serde(rename = "n")]
    pub attempt: u32,
    /// The intent: written before the channel is called, cleared only when it is certain that nothing was sent.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// How often the channel certainly did not take this attempt; the backoff grows by it.
    #[serde(rename = "w", default, skip_serializing_if = "is_zero")]
    pub waits: u32,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub accepted_at: Option<Timestamp>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub delivered_at: Option<Timestamp>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none", with = "millis")]
    pub read_at: Option<Timestamp>,
    /// The earliest failure of this attempt, by time and then by code.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    /// This attempt's outcome could not be learnt.
    #[serde(rename = "u", default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// Why it waits for a person.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<Failure>,
    /// What the newest receipt that told a price told.
    #[serde(rename = "pr", default, skip_serializing_if = "Option::is_none")]
    pub priced: Option<Priced>,
}

/// The right to call the channel once for this attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub id: String,
    /// After this time the holder is taken to be dead, and the outcome to be unknown. Milliseconds since 1970.
    #[serde(with = "millis_plain")]
    pub until: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Failed {
    #[serde(with = "millis_plain")]
    pub at: Timestamp,
    pub why: Failure,
}

/// A price, and when the channel told it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Priced {
    #[serde(with = "millis_plain")]
    pub at: Timestamp,
    pub pricing: Pricing,
}

impl Delivery {
    /// A send that waits for its turn.
    pub fn queued() -> Self {
        Self { attempt: 1, ..Self::default() }
    }

    /// How it stands: read > delivered > failed > accepted > unknown > parked > queued.
    pub fn status(&self) -> DeliveryStatus {
        match self {
            Self { read_at: Some(_), .. } => DeliveryStatus::Read,
            Self { delivered_at: Some(_), .. } => DeliveryStatus::Delivered,
            Self { failed: Some(_), .. } => DeliveryStatus::Failed,
            Self { accepted_at: Some(_), .. } => DeliveryStatus::Sent,
            Self { unknown: true, .. } => DeliveryStatus::Unknown,
            Self { parked: Some(_), .. } => DeliveryStatus::Parked,
            Self { .. } => DeliveryStatus::Queued,
        }
    }

    /// What an agent reads beside the status.
    pub fn error(&self) -> Option<&Failure> {
        match self.status() {
            DeliveryStatus::Failed => self.failed.as_ref().map(|f| &f.why),
            DeliveryStatus::Parked => self.parked.as_ref(),
            DeliveryStatus::Queued
            | DeliveryStatus::Sent
            | DeliveryStatus::Delivered
            | DeliveryStatus::Read
            | DeliveryStatus::Unknown => None,
        }
    }

    /// Nothing more is to be done for it: it leaves its conversation's `out`.
    pub fn is_final(&self) -> bool {
        match self.status() {
            DeliveryStatus::Queued | DeliveryStatus::Parked => false,
            DeliveryStatus::Sent
            | DeliveryStatus::Delivered
            | DeliveryStatus::Read
            | DeliveryStatus::Failed
            | DeliveryStatus::Unknown => true,
        }
    }

    /// Adds a receipt; `None` when it says nothing new. `attempt` is the try that it speaks of, where that is known: a failure
    /// of an earlier try no longer counts, anything else does.
    #[must_use]
    pub fn join(&self, receipt: &Receipt, at: Timestamp, attempt: Option<u32>) -> Option<Self> {
        let mut joined = self.clone();
        let earliest = |known: Option<Timestamp>| Some(known.map_or(at, |k| k.min(at)));
        match receipt {
            // The time of acceptance is whoever's saw it first: the call's or the receipt's. It is shown nowhere.
            Receipt::Accepted if self.accepted_at.is_some() => {}
            Receipt::Accepted => joined.accepted_at = Some(at),
            Receipt::Delivered => joined.delivered_at = earliest(self.delivered_at),
            Receipt::Read => joined.read_at = earliest(self.read_at),
            Receipt::Failed(_) if attempt.is_some_and(|a| a != self.attempt) => {}
            Receipt::Failed(why) => {
                let failed = Failed { at, why: why.clone() };
                joined.failed = Some(self.failed.clone().map_or(failed.clone(), |known| known.min(failed)));
            }
        }
        (joined != *self).then_some(joined)
    }

    /// Adds a price that a receipt told: of several the newest counts, whatever their order.
    #[must_use]
    pub fn priced(&self, pricing: &Pricing, at: Timestamp) -> Self {
        let told = Priced { at, pricing: pricing.clone() };
        let newest = self.priced.clone().into_iter().chain([told]).max();
        Self { priced: newest, ..self.clone() }
    }

    /// A person said "send again": a new attempt, with nothing known of it.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { attempt: self.attempt + 1, ..Self::default() }
    }
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// `Option<Timestamp>` as milliseconds: a stored item is billed by its bytes.
pub(crate) mod millis {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Timestamp;

    pub(crate) fn serialize<S: Serializer>(time: &Option<Timestamp>, s: S) -> Result<S::Ok, S::Error> {
        time.map(Timestamp::millis).serialize(s)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(d)?.map(Timestamp::from_millis))
    }
}

pub(crate) mod millis_plain {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Timestamp;

    pub(crate) fn serialize<S: Serializer>(time: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
        time.millis().serialize(s)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(d).map(Timestamp::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn failure(code: &str) -> Failure {
        Failure { code: code.to_owned(), title: code.to_owned(), channel_code: None }
    }

    fn receipts() -> impl Strategy<Value = Vec<(Receipt, i64)>> {
        let receipt = prop_oneof![
            Just(Receipt::Accepted),
            Just(Receipt::Delivered),
            Just(Receipt::Read),
            Just(Receipt::Failed(failure("a"))),
            Just(Receipt::Failed(failure("b"))),
        ];
        // A channel gives each kind of receipt one time, however often it repeats it; failures may differ.
        prop::collection::vec((receipt, 0..3_i64), 0..8)
    }

    fn fold(receipts: &[(Receipt, i64)]) -> Delivery {
        receipts
            .iter()
            .fold(Delivery::queued(), |d, (r, at)| d.join(r, Timestamp::from_millis(*at), Some(1)).unwrap_or(d))
    }

    /// What is shown of it: everything but when it was accepted.
    fn shown(delivery: &Delivery) -> Delivery {
        Delivery { accepted_at: delivery.accepted_at.map(|_| Timestamp::from_millis(0)), ..delivery.clone() }
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_of_receipts_ends_in_the_same_state(
            (all, shuffled) in receipts().prop_flat_map(|all| {
                let twice: Vec<_> = all.iter().chain(&all).cloned().collect();
                (Just(all), Just(twice).prop_shuffle())
            })
        ) {
            prop_assert_eq!(shown(&fold(&all)), shown(&fold(&shuffled)));
        }
    }

    #[test]
    fn a_status_shows_the_furthest_that_is_known() {
        use DeliveryStatus as S;
        let f = || Receipt::Failed(failure("x"));
        for (receipts, status) in [
            (vec![], S::Queued),
            (vec![Receipt::Accepted], S::Sent),
            (vec![Receipt::Read], S::Read), // `delivered` was lost; `read` implies it.
            (vec![Receipt::Read, Receipt::Delivered], S::Read),
            (vec![f(), Receipt::Accepted], S::Failed),
            (vec![f(), Receipt::Delivered], S::Delivered),
        ] {
            let dated: Vec<_> = receipts.into_iter().map(|r| (r, 1)).collect();
            assert_eq!(fold(&dated).status(), status, "{dated:?}");
        }
    }

    #[test]
    fn a_failure_of_an_earlier_try_no_longer_counts_but_its_arrival_does() {
        let again = Delivery { unknown: true, ..Delivery::queued() }.again();
        let at = Timestamp::from_millis(5);
        assert_eq!(again.join(&Receipt::Failed(failure("x")), at, Some(1)), None);
        let delivered = again.join(&Receipt::Delivered, at, Some(1)).map(|d| d.status());
        assert_eq!(delivered, Some(DeliveryStatus::Delivered));
    }

    #[test]
    fn a_receipt_that_says_nothing_new_changes_nothing() {
        let sent = Delivery { accepted_at: Some(Timestamp::from_millis(3)), ..Delivery::queued() };
        assert_eq!(sent.join(&Receipt::Accepted, Timestamp::from_millis(9), Some(1)), None);
    }
}
