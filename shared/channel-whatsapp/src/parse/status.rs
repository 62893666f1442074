//! What became of something that we sent.

use channel::{Event, Poison, StatusUpdate};
use domain::{Pricing, Receipt};
use serde_json::value::RawValue;

use super::envelope::object;
use super::poison;
use crate::errors::failure;
use crate::fields::Fields;

pub(super) fn status(raw: &RawValue) -> Result<Event, Poison> {
    let (mut fields, _) = object(raw)?;
    let external_id = fields.word("id").ok_or_else(|| poison("a status lacks its message"))?;
    let kind = fields.word("status").ok_or_else(|| poison("a status lacks its kind"))?;
    let receipt = match kind.as_str() {
        "sent" => Receipt::Accepted,
        "delivered" => Receipt::Delivered,
        "read" | "played" => Receipt::Read,
        "failed" => Receipt::Failed(match fields.objects("errors").into_iter().next() {
            Some(mut error) => failure(error.number("code").unwrap_or(-1), &error.word("title").unwrap_or_default()),
            None => failure(-1, ""),
        }),
        _ => return Ok(Event::Ignored("a kind of status that says nothing of delivery")),
    };
    let at = fields.time("timestamp").ok_or_else(|| poison("a status's timestamp is not a time"))?;
    let reference = fields.word("biz_opaque_callback_data");
    let pricing = fields.object("pricing").map(pricing).filter(|told| *told != Pricing::default());
    Ok(Event::Status(StatusUpdate { external_id, reference, receipt, at, pricing }))
}

fn pricing(mut told: Fields) -> Pricing {
    Pricing {
        category: told.word("category"),
        kind: told.word("type"),
        model: told.word("pricing_model"),
        billable: told.flag("billable"),
    }
}
