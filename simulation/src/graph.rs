//! Graph as WhatsApp has it: it takes messages, keeps a ledger of them, and tells what became of each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::seam::{Answer, Call};

/// A message that Graph took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Ours: the message's id, a dot, the attempt.
    pub reference: String,
    pub id: String,
    pub number: String,
    pub to: String,
    pub text: String,
}

/// What Meta has yet to tell a number's webhook.
#[derive(Clone, Debug)]
pub struct Told {
    pub due: i64,
    pub number: String,
    /// The `value` of a change.
    pub value: Value,
}

pub struct Graph {
    chance: Chance,
    pub ledger: Vec<Taken>,
    pub to_tell: Vec<Told>,
    /// What was told of each message, as facts: id, status.
    pub told: BTreeSet<(String, String)>,
    /// Until when it answers nothing but 503.
    pub down_until: i64,
    /// How many tokens of a number have died.
    dead: BTreeMap<String, u32>,
}

/// What every number's first token begins with.
const TOKEN: &str = "token";

impl Graph {
    pub fn new(chance: Chance) -> Self {
        Self {
            chance,
            ledger: Vec::new(),
            to_tell: Vec::new(),
            told: BTreeSet::new(),
            down_until: 0,
            dead: BTreeMap::new(),
        }
    }

    /// The one token that may act for a number.
    pub fn token(&self, number: &str) -> String {
        format!("{TOKEN}{}", self.dead.get(number).copied().unwrap_or(0))
    }

    /// From now on another may.
    pub fn kill_token(&mut self, number: &str) {
        *self.dead.entry(number.to_owned()).or_default() += 1;
    }

    pub fn perform(&mut self, call: &Call, now: i64) -> Answer {
        if now < self.down_until {
            let error = json!({ "error": { "code": 131_016, "message": "Service unavailable", "is_transient": true } });
            return Answer::json(503, &error);
        }
        let number = call.path.split('/').nth(2).unwrap_or_default().to_owned();
        if call.access_token.as_ref() != Some(&self.token(&number)) {
            return Answer::json(
                401,
                &json!({ "error": { "code": 190, "message": "The session has been invalidated" } }),
            );
        }
        match call.action.as_str() {
            "messages" => self.take(call, number, now),
            _ => Answer::json(200, &json!({ "id": number, "verified_name": "Sales" })),
        }
    }

    fn take(&mut self, call: &Call, number: String, now: i64) -> Answer {
        let body = call.json();
        let to = body["to"].as_str().unwrap_or_default().trim_start_matches('+').to_owned();
        let reference = body["biz_opaque_callback_data"].as_str().unwrap_or_default().to_owned();
        let text = body["text"]["body"].as_str().unwrap_or_default().to_owned();
        let id = format!("wamid.out{}", self.ledger.len() + 1);
        self.ledger.push(Taken {
            reference: reference.clone(),
            id: id.clone(),
            number: number.clone(),
            to: to.clone(),
            text,
        });
        self.tell(&number, &id, &to, &reference, now);
        let accepted = json!({
            "messaging_product": "whatsapp", "contacts": [{ "input": to, "wa_id": to }], "messages": [{ "id": id }],
        });
        Answer::json(200, &accepted)
    }

    /// Statuses come late, early, twice, in any order, or never.
    fn tell(&mut self, number: &str, id: &str, to: &str, reference: &str, now: i64) {
        let fails = self.chance.below(20) == 0;
        let course: &[&str] = if fails { &["sent", "failed"] } else { &["sent", "delivered", "read"] };
        for status in course {
            if self.chance.below(10) == 0 {
                continue;
            }
            for _ in 0..=usize::from(self.chance.below(8) == 0) {
                let due = now + self.chance.between(0, 6_000) as i64;
                let mut told = json!({
                    "id": id, "status": status, "timestamp": (now / 1_000).to_string(), "recipient_id": to,
                    "biz_opaque_callback_data": reference,
                });
                if *status == "failed" {
                    told["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
                }
                self.told.insert((id.to_owned(), (*status).to_owned()));
                self.to_tell.push(Told { due, number: number.to_owned(), value: json!({ "statuses": [told] }) });
            }
        }
    }

    /// What is due to be told now.
    pub fn due(&mut self, now: i64) -> Vec<Told> {
        let (due, later) = std::mem::take(&mut self.to_tell).into_iter().partition(|told| told.due <= now);
        self.to_tell = later;
        due
    }

    pub fn next_due(&self) -> Option<i64> {
        self.to_tell.iter().map(|told| told.due).min()
    }
}
