//! What the records of one account's thread say, sorted by what is to be done with it.

use channel::{AmendmentUpdate, Event, NamesUpdate, Notice, StatusUpdate};
use domain::Timestamp;

use crate::thread::Arrived;
use crate::{Place, Tally};

pub(crate) struct Gathered {
    pub(crate) place: Place,
    pub(crate) messages: Vec<Arrived>,
    pub(crate) amendments: Vec<AmendmentUpdate>,
    pub(crate) statuses: Vec<StatusUpdate>,
    pub(crate) names: Vec<NamesUpdate>,
    pub(crate) notices: Vec<(Notice, Timestamp)>,
}

impl Gathered {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            messages: Vec::new(),
            amendments: Vec::new(),
            statuses: Vec::new(),
            names: Vec::new(),
            notices: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, event: Event, received_at: Timestamp, tally: &mut Tally) {
        match event {
            Event::Message(message) => self.messages.push(Arrived { message: *message, at: received_at }),
            Event::Amendment(update) => self.amendments.push(update),
            Event::Status(status) => self.statuses.push(status),
            Event::Names(names) => self.names.push(names),
            Event::Notice(notice) => self.notices.push((notice, received_at)),
            Event::Ignored(why) => {
                let Place { ctx, account } = &self.place;
                tracing::info!(tenant_id = %ctx.id(), channel_account_id = %account.id, why, "ignored");
                tally.ignored += 1;
            }
        }
    }
}
