//! What the simulator remembers: numbers, chats, and the webhooks that are still to be told. It outlives a restart.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use super::account::SimAccount;
use super::faults::Faults;
use super::files::File;
use super::login::Signup;
use super::onboarding::{Business, Number};
use super::thread::{Message, Thread, ThreadKey, Tick};
use crate::aws::Data;
use crate::aws::journal::{Change, Journal};

/// A webhook that is to be told at its time, and told again until the business says that it has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parcel {
    pub(super) seq: u64,
    pub(super) thread: ThreadKey,
    /// In ms since 1970.
    pub(super) due: u64,
    /// The message that it tells of, and how far that came once this is told.
    pub(super) message: String,
    pub(super) tick: Tick,
    pub(super) body: String,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) accounts: BTreeMap<String, SimAccount>,
    pub(super) threads: BTreeMap<ThreadKey, Thread>,
    pub(super) parcels: BTreeMap<u64, Parcel>,
    /// Those that business accounts handed in, beside their stock.
    pub(super) handed_in: BTreeMap<String, Vec<Value>>,
    pub(super) files: BTreeMap<String, File>,
    /// Uploads for templates' reviewers: their length, and their handle once they are there. A new run has no use for them.
    pub(super) examples: BTreeMap<String, (usize, Option<String>)>,
    pub(super) faults: Faults,
    /// By code. They end so soon that they need not outlive a restart.
    pub(super) signups: BTreeMap<String, Signup>,
    pub(super) numbers: BTreeMap<String, Number>,
    pub(super) businesses: BTreeMap<String, Business>,
    last_seq: u64,
}

impl State {
    pub(super) fn next_seq(&mut self) -> u64 {
        self.last_seq += 1;
        self.last_seq
    }

    /// Whether anybody is told of this business account.
    pub(super) fn tells_of(&self, waba_id: &str) -> bool {
        self.businesses.get(waba_id).is_none_or(|business| business.is_subscribed)
    }

    /// Moves a message forward; `None` when it is there already.
    pub(super) fn advance(&mut self, thread: &ThreadKey, id: &str, tick: Tick) -> Option<Change> {
        let message = self.threads.get_mut(thread)?.find(id).filter(|message| message.tick < tick)?;
        message.tick = tick;
        let message = message.clone();
        Some(kept_message(thread, &message))
    }

    /// Every template of a business account.
    pub(super) fn templates(&self, waba_id: &str) -> Vec<Value> {
        let own = self.handed_in.get(waba_id).into_iter().flatten().cloned();
        super::stock::stock().into_iter().chain(own).collect()
    }

    fn restore(&mut self, key: &str, value: &[u8]) -> Result<(), serde_json::Error> {
        match key.split_once('/') {
            Some(("account", id)) => {
                self.accounts.insert(id.to_owned(), serde_json::from_slice(value)?);
            }
            Some(("number", id)) => {
                self.numbers.insert(id.to_owned(), serde_json::from_slice(value)?);
            }
            Some(("business", waba_id)) => {
                self.businesses.insert(waba_id.to_owned(), serde_json::from_slice(value)?);
            }
            Some(("message", _)) => {
                let kept: KeptMessage = serde_json::from_slice(value)?;
                self.last_seq = self.last_seq.max(kept.message.seq);
                self.threads.entry(kept.thread).or_default().messages.insert(kept.message.seq, kept.message);
            }
            Some(("name", _)) => {
                let kept: KeptName = serde_json::from_slice(value)?;
                self.threads.entry(kept.thread).or_default().name = kept.name;
            }
            Some(("templates", waba_id)) => {
                self.handed_in.insert(waba_id.to_owned(), serde_json::from_slice(value)?);
            }
            Some(("file", id)) => {
                // Its id holds its place among everything, which must not be given twice.
                let place = id.strip_prefix("88").and_then(|place| place.parse().ok()).unwrap_or(0);
                self.last_seq = self.last_seq.max(place);
                self.files.insert(id.to_owned(), serde_json::from_slice(value)?);
            }
            Some(("parcel", _)) => {
                let parcel: Parcel = serde_json::from_slice(value)?;
                self.last_seq = self.last_seq.max(parcel.seq);
                self.parcels.insert(parcel.seq, parcel);
            }
            _ => {}
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct KeptMessage {
    thread: ThreadKey,
    message: Message,
}

#[derive(Serialize, Deserialize)]
struct KeptName {
    thread: ThreadKey,
    name: String,
}

fn kept(key: String, value: &impl Serialize) -> Change {
    Change::Put(key, serde_json::to_vec(value).expect("what is kept is plain JSON"))
}

pub(super) fn kept_account(account: &SimAccount) -> Change {
    kept(format!("account/{}", account.phone_number_id), account)
}

pub(super) fn kept_number(id: &str, number: &Number) -> Change {
    kept(format!("number/{id}"), number)
}

pub(super) fn kept_business(waba_id: &str, business: &Business) -> Change {
    kept(format!("business/{waba_id}"), business)
}

pub(super) fn kept_message(thread: &ThreadKey, message: &Message) -> Change {
    kept(format!("message/{:012}", message.seq), &KeptMessage { thread: thread.clone(), message: message.clone() })
}

pub(super) fn kept_name(thread: &ThreadKey, name: &str) -> Change {
    let key = format!("name/{}/{}", thread.phone_number_id, thread.from);
    kept(key, &KeptName { thread: thread.clone(), name: name.to_owned() })
}

pub(super) fn kept_templates(waba_id: &str, handed_in: &[Value]) -> Change {
    kept(format!("templates/{waba_id}"), &handed_in)
}

pub(super) fn kept_file(file: &File) -> Change {
    kept(format!("file/{}", file.id), file)
}

pub(super) fn kept_parcel(parcel: &Parcel) -> Change {
    kept(parcel_key(parcel.seq), parcel)
}

pub(super) fn parcel_key(seq: u64) -> String {
    format!("parcel/{seq:012}")
}

/// Why what was kept cannot be read: one line.
#[derive(Debug, thiserror::Error)]
#[error("simulator.db: {0}")]
pub struct OpenError(String);

pub(super) struct Store {
    state: Mutex<State>,
    journal: Journal,
    /// Counts changes, so that whoever watches can wait for the next.
    version: watch::Sender<u64>,
}

impl Store {
    /// Opens `simulator.db`; `accounts` are added, if they are not there.
    pub(super) fn open(data: &Data, accounts: Vec<SimAccount>) -> Result<Self, OpenError> {
        let mut state = State::default();
        let fault = |fault: &dyn std::fmt::Display| OpenError(fault.to_string());
        let journal = match data.file("simulator.db") {
            None => Journal::memory(),
            Some(file) => {
                let (journal, kept) = Journal::open(&file).map_err(|e| fault(&e))?;
                kept.iter().try_for_each(|(key, value)| state.restore(key, value)).map_err(|e| fault(&e))?;
                journal
            }
        };
        for account in accounts {
            state.accounts.entry(account.phone_number_id.clone()).or_insert(account);
        }
        Ok(Self { state: Mutex::new(state), journal, version: watch::Sender::new(1) })
    }

    /// The state, to read or to change; what changes goes to [`Store::keep`].
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ready when the changes outlive the process; whoever watches is woken.
    pub(super) async fn keep(&self, changes: Vec<Change>) {
        self.journal.write(changes).await;
        self.version.send_modify(|version| *version += 1);
    }

    pub(super) fn version(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}
