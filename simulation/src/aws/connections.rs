//! `@connections`: sockets that are open, and some that are not yet.

use std::collections::BTreeMap;

use crate::seam::{Answer, Call};

/// A socket answers "gone" for so long after its `$connect`, in milliseconds.
/// [AWS](https://repost.aws/questions/QUXwuMbQjETlqqVmjdSb4ZOA).
const NOT_YET: i64 = 2_000;

#[derive(Default)]
pub struct Connections {
    /// Since when each is open.
    pub open: BTreeMap<String, i64>,
    pub frames: u64,
}

impl Connections {
    pub fn perform(&mut self, call: &Call, now: i64) -> Answer {
        let id = call.path.rsplit('/').next().unwrap_or_default();
        match self.open.get(id) {
            Some(since) if now - since >= NOT_YET => {
                self.frames += 1;
                Answer::text(200, "")
            }
            Some(_) | None => Answer::error(call.service, 410, "GoneException"),
        }
    }
}
