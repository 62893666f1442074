//! The envelope of an event: the same on the socket and in `GET /v1/events`.

use domain::{ConversationId, Message, TenantId, Timestamp};
use serde::Serialize;
use table::Row;

use crate::{
    Cursor,
    resource::{ConversationJson, MessageJson, Names, UserRef},
};

/// Largest `data` that travels whole, in bytes: API Gateway bills and cuts a frame by 32 KB. A larger one is `{id}`.
/// [Limit](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
pub const DATA_MAX: usize = 32 * 1024 - 1024;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// The same event has the same id each time it is told.
    pub id: String,
    #[serde(rename = "type")]
    pub kind: EventType,
    pub tenant: TenantId,
    pub occurred_at: Timestamp,
    /// 1.
    pub schema_version: u8,
    #[cfg_attr(feature = "schema", schema(required))]
    pub conversation_id: Option<ConversationId>,
    /// On message events: the message's number in its conversation, without holes.
    #[cfg_attr(feature = "schema", schema(required))]
    pub seq: Option<u64>,
    /// Apply the resource only if this is higher than what you have.
    #[cfg_attr(feature = "schema", schema(required))]
    pub rev: Option<u64>,
    /// How far the log has come: a whole number as text.
    #[cfg_attr(feature = "schema", schema(required, value_type = Option<String>))]
    pub cursor: Option<Cursor>,
    pub data: EventData,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum EventType {
    #[serde(rename = "conversation.updated")]
    ConversationUpdated,
    #[serde(rename = "message.created")]
    MessageCreated,
    #[serde(rename = "message.updated")]
    MessageUpdated,
    #[serde(rename = "typing.started")]
    TypingStarted,
    #[serde(rename = "presence.changed")]
    PresenceChanged,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum EventData {
    Conversation(Box<ConversationJson>),
    Message(Box<MessageJson>),
    /// A teammate writes.
    Typing {
        user: UserRef,
        conversation_id: ConversationId,
    },
    /// Who has this conversation on a screen now.
    Presence {
        conversation_id: ConversationId,
        users: Vec<UserRef>,
    },
    /// The resource is too large for a frame: ask for it.
    Reference {
        id: String,
    },
}

impl Event {
    pub const SCHEMA_VERSION: u8 = 1;

    pub fn of_row(tenant: &TenantId, row: &Row, names: &Names, cursor: Option<Cursor>, now: Timestamp) -> Self {
        Self {
            id: format!("{}.{}", row.id, row.rev),
            kind: EventType::ConversationUpdated,
            tenant: tenant.clone(),
            occurred_at: now,
            schema_version: Self::SCHEMA_VERSION,
            conversation_id: Some(row.id.clone()),
            seq: None,
            rev: Some(row.rev),
            cursor,
            data: EventData::Conversation(Box::new(ConversationJson::new(row, names, now))),
        }
    }

    pub fn of_message(tenant: &TenantId, message: &Message, cursor: Option<Cursor>, now: Timestamp) -> Self {
        Self {
            id: format!("{}.{}", message.id, message.rev),
            kind: if message.rev <= 1 { EventType::MessageCreated } else { EventType::MessageUpdated },
            tenant: tenant.clone(),
            occurred_at: now,
            schema_version: Self::SCHEMA_VERSION,
            conversation_id: Some(message.id.conversation().clone()),
            seq: Some(message.seq()),
            rev: Some(message.rev),
            cursor,
            data: EventData::Message(Box::new(message.into())),
        }
    }

    /// The event without its resource: whoever hears it asks for that.
    #[must_use]
    pub fn hint(self, id: String) -> Self {
        Self { data: EventData::Reference { id }, ..self }
    }

    /// A teammate started to write. `id` is made of random bytes: it is told once, and logged nowhere.
    pub fn typing(tenant: &TenantId, id: String, user: UserRef, conversation: &ConversationId, now: Timestamp) -> Self {
        let data = EventData::Typing { user, conversation_id: conversation.clone() };
        Self::passing(tenant, id, EventType::TypingStarted, conversation, data, now)
    }

    /// Who looks at a conversation now, whoever was there before.
    pub fn presence(
        tenant: &TenantId,
        id: String,
        users: Vec<UserRef>,
        conversation: &ConversationId,
        now: Timestamp,
    ) -> Self {
        let data = EventData::Presence { conversation_id: conversation.clone(), users };
        Self::passing(tenant, id, EventType::PresenceChanged, conversation, data, now)
    }

    fn passing(
        tenant: &TenantId,
        id: String,
        kind: EventType,
        conversation: &ConversationId,
        data: EventData,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            kind,
            tenant: tenant.clone(),
            occurred_at: now,
            schema_version: Self::SCHEMA_VERSION,
            conversation_id: Some(conversation.clone()),
            seq: None,
            rev: None,
            cursor: None,
            data,
        }
    }

    /// The frame's text. `data` that is too large gives way to its id.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let whole = serde_json::to_string(self)?;
        if whole.len() <= DATA_MAX {
            return Ok(whole);
        }
        let id = match &self.data {
            EventData::Conversation(row) => row.id.to_string(),
            EventData::Message(message) => message.id.to_string(),
            EventData::Typing { conversation_id, .. } | EventData::Presence { conversation_id, .. } => {
                conversation_id.to_string()
            }
            EventData::Reference { id } => id.clone(),
        };
        serde_json::to_string(&Self { data: EventData::Reference { id }, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use domain::{Author, Direction, MessageId, MessageType};
    use serde_json::json;

    use super::*;

    fn message(text: &str) -> Message {
        let conversation = ConversationId::from_bytes([7; 16]);
        let at = Timestamp::from_millis(1_795_000_000_000);
        let (id, author) =
            (MessageId::new(&conversation, at, 3), Author::Contact { id: None, name: "Dana".to_owned() });
        Message {
            text: Some(text.to_owned()),
            channel_message_id: Some("wamid.1".to_owned()),
            ..Message::new(id, Direction::Inbound, MessageType::Text, author, at, at)
        }
    }

    fn frame(text: &str) -> serde_json::Value {
        let tenant = TenantId::from_bytes([1; 10]);
        let now = Timestamp::from_millis(1_795_000_000_500);
        let event = Event::of_message(&tenant, &message(text), Some(Cursor::of_block(42)), now);
        serde_json::from_str(&event.text().unwrap()).unwrap()
    }

    #[test]
    fn a_message_event_has_the_envelope_of_the_contract() {
        let id = message("").id;
        let mut frame = frame("hello");
        assert_eq!(frame["data"].take()["text"], "hello");
        assert_eq!(
            frame,
            json!({
                "id": format!("{id}.1"), "type": "message.created", "tenant": TenantId::from_bytes([1; 10]).to_string(),
                "occurred_at": "2026-11-18T11:06:40.500Z", "schema_version": 1,
                "conversation_id": id.conversation().to_string(), "seq": 3, "rev": 1, "cursor": "42", "data": null,
            })
        );
    }

    #[test]
    fn what_is_too_large_for_a_frame_is_named_by_its_id() {
        assert_eq!(frame(&"x".repeat(40_000))["data"], json!({"id": message("").id.to_string()}));
    }
}
