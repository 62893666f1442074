//! A send that is taken back before it goes out.

use domain::delivery::{Claim, Failed};
use domain::{Delivery, DeliveryStatus, Failure, Message, MessageId, Timestamp};

use crate::send::Seen;
use crate::{Result, Tenant};

/// Why a send that was taken back was not sent. The later parts of its request go on.
pub const CANCELLED: &str = "cancelled";

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, looked at once")]
pub enum Cancelled {
    Done(Message),
    /// It is on its way, or has long been.
    NotQueued(DeliveryStatus),
    NotFound,
}

impl Tenant<'_> {
    /// Takes the right to send it, so that nobody else can, and does not.
    pub async fn cancel(&self, id: &MessageId, claim: &Claim, now: Timestamp) -> Result<Cancelled> {
        let Some(message) = self.message(id).await? else { return Ok(Cancelled::NotFound) };
        let Some(status) = message.delivery.as_ref().map(Delivery::status) else { return Ok(Cancelled::NotFound) };
        let Some(claimed) = self.claim(&message, claim).await? else { return Ok(Cancelled::NotQueued(status)) };
        let title = "It was taken back before it was sent.".to_owned();
        let why = Failure { code: CANCELLED.to_owned(), title, channel_code: None };
        let end = |d: &Delivery| Delivery { failed: Some(Failed { at: now, why: why.clone() }), ..d.clone() };
        let ended = self.change_own(&claimed, end, Seen::Yes).await?;
        if let Some(head) = self.head(id.conversation()).await? {
            self.without(&head, &[id.order().to_owned()], now).await?;
        }
        Ok(ended.map_or(Cancelled::NotFound, Cancelled::Done))
    }
}
