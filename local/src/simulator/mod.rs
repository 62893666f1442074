//! WhatsApp on this machine: a Graph that remembers, customers who write, and a page to be one of them.

mod account;
mod carousel;
mod coexistence;
mod content;
mod courier;
mod customer;
mod faults;
mod files;
mod graph;
mod interactive;
mod login;
mod onboarding;
mod page;
mod phone;
mod refusal;
mod send;
mod stock;
mod store;
mod templates;
mod thread;
mod uploads;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use data_encoding::HEXUPPER;

pub use self::account::SimAccount;
use self::courier::{Courier, carry};
pub use self::faults::Faults;
pub use self::files::Attached;
pub use self::login::SimApp;
pub use self::store::OpenError;
use self::store::{Parcel, Store};
pub use self::thread::{Author, Message, ThreadKey, Tick};
use crate::aws::{Data, Now};

/// How long a message takes on its way to a customer's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Until WhatsApp has sent it.
    pub sent: Duration,
    /// From then until the phone has it.
    pub delivered: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { sent: Duration::from_millis(150), delivered: Duration::from_millis(400) }
    }
}

/// How long a page or a test waits for news before it asks again.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// WhatsApp, before it is told where the business takes its webhooks.
#[derive(Clone)]
pub struct Simulator {
    store: Arc<Store>,
    now: Now,
    pace: Pace,
    apps: Vec<SimApp>,
}

/// WhatsApp at work.
pub(crate) struct Playing {
    store: Arc<Store>,
    now: Now,
    pace: Pace,
    apps: Vec<SimApp>,
    courier: Courier,
    /// The origin under which all of this is reached.
    gateway: String,
}

impl Simulator {
    /// Opens `simulator.db`, or starts empty. `accounts` are added, if they are not there.
    pub fn open(data: &Data, accounts: Vec<SimAccount>, now: Now) -> Result<Self, OpenError> {
        Ok(Self { store: Arc::new(Store::open(data, accounts)?), now, pace: Pace::default(), apps: Vec::new() })
    }

    /// With these apps to log in to; new numbers come to the first.
    #[must_use]
    pub fn with_apps(self, apps: Vec<SimApp>) -> Self {
        Self { apps, ..self }
    }

    /// Another pace than a phone's.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Everything below `/simulator`. Webhooks go to `{gateway}/webhooks/meta`, those that an earlier run left first.
    pub fn router(&self, gateway: &str) -> Router {
        let courier = Courier::new(gateway);
        let (store, now, gateway) = (self.store.clone(), self.now.clone(), gateway.to_owned());
        let apps = self.apps.clone();
        let playing = Arc::new(Playing { store, now, pace: self.pace, apps, courier, gateway });
        let left: Vec<_> = playing.store.state().parcels.values().cloned().collect();
        playing.dispatch(left);
        let graph = graph::routes().merge(login::routes()).merge(onboarding::routes()).merge(coexistence::routes());
        graph.merge(customer::routes()).merge(files::routes()).merge(page::routes()).with_state(playing)
    }
}

impl Playing {
    fn dispatch(self: &Arc<Self>, parcels: Vec<Parcel>) {
        for parcel in parcels {
            tokio::spawn(carry(Arc::downgrade(self), parcel));
        }
    }
}

/// An id as WhatsApp gives to messages.
fn fresh_id() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    format!("wamid.{}", HEXUPPER.encode(&random))
}

#[cfg(test)]
mod carousel_tests;
#[cfg(test)]
mod coexistence_tests;
#[cfg(test)]
mod signup_tests;
#[cfg(test)]
mod tests;
