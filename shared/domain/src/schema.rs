//! How ids and times look in the API's OpenAPI document.

use std::borrow::Cow;

use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type};
use utoipa::{PartialSchema, ToSchema};

use crate::{AccountId, ContactId, ConversationId, MessageId, TenantId, Timestamp, UploadId, UserId};

fn text(description: &str, length: usize) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(description));
    RefOr::T(text.min_length(Some(length)).max_length(Some(length)).into())
}

macro_rules! ids {
    ($($id:ident, $description:literal;)+) => {$(
        impl PartialSchema for $id {
            fn schema() -> RefOr<Schema> {
                text($description, $id::LEN)
            }
        }

        impl ToSchema for $id {
            fn name() -> Cow<'static, str> {
                stringify!($id).into()
            }
        }
    )+};
}

ids! {
    TenantId, "A tenant.";
    AccountId, "A channel account.";
    ContactId, "A person who writes to the tenant.";
    UserId, "A person who works here.";
    UploadId, "A file that was uploaded to be sent.";
    ConversationId, "A conversation.";
    MessageId, "A message; sorts within its conversation by (`sent_at`, `seq`).";
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let time = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339, in UTC, with milliseconds."))
            .examples(["2026-11-18T11:06:40.120Z"]);
        RefOr::T(time.into())
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        "Timestamp".into()
    }
}
