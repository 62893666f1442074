//! `POST /v1/conversations/{id}/messages`: an agent answers.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{ConversationId, MessageType, TenantCtx, Timestamp, conversation, message::ReplyTo};
use frame::resource::MessageJson;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use table::{Draft, Submit, Submitted, Tenant};
use utoipa::ToSchema;

use super::{
    parts::{self, Part, Place},
    window,
};
use crate::{
    App,
    access::Member,
    input::{self, Body, Id},
    problem::Problem,
};

/// The longest Idempotency-Key, in characters.
const KEY_MAX: usize = 64;
/// The latest that something can be scheduled for.
const AHEAD_MAX: Duration = Duration::from_hours(365 * 24);
/// How many of a teammate's newer messages an answer shows.
const NEWER_MAX: usize = 20;

/// What is asked, its parts not looked at yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    parts: Vec<Value>,
    reply_to: Option<String>,
    expected_seq: Option<u64>,
    #[serde(default)]
    force: bool,
    send_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// One message each, in this order; 1 to 10.
    #[schema(min_items = 1, max_items = 10)]
    parts: Vec<Part>,
    /// A message of this conversation that the first part answers.
    reply_to: Option<String>,
    /// The newest `seq` that the sender has seen.
    expected_seq: Option<u64>,
    /// Send although a teammate has written since.
    #[serde(default)]
    force: bool,
    /// To go out then, and not now: at most a year ahead. Until then `DELETE /messages/{id}` takes it back. The window is looked at
    /// now and again at that time: where it is closed then, the send fails with `window_closed`.
    // Absent, it is no part of what an Idempotency-Key stands for: those made before there was such a field stay valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<Timestamp>,
}

impl Send {
    fn of(asked: Asked) -> Result<Self, Problem> {
        let Asked { parts, reply_to, expected_seq, force, send_at } = asked;
        Ok(Self { parts: parts::parse(parts)?, reply_to, expected_seq, force, send_at })
    }
}

#[derive(Serialize, ToSchema)]
pub struct Sent {
    /// One a part, in their order.
    pub messages: Vec<MessageJson>,
}

/// Takes an answer, to be sent in order. The same key and body again give the same messages, whatever became of the window.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "messages", operation_id = "send_messages",
    params(("id" = ConversationId, Path), ("Idempotency-Key" = String, Header, max_length = 64,
        description = "Made once per submit and kept with the draft: at most 64 printable characters")),
    request_body = Send, responses(
    (status = 202, body = Sent, description = "Queued"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`newer_reply`: a teammate has written since `expected_seq`; `out_full`: too many sends wait already"),
    (status = 422, description = "`window_closed`: `alternatives` says what is legal now; `idempotency_mismatch`: the key was used for \
        another body; or a field is wrong"),
))]
pub async fn send(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Json<Sent>), Problem> {
    let (tenant, now) = (app.tables.tenant(&member.ctx), app.now());
    let head = tenant.head(&id).await?.ok_or_else(Problem::not_found)?;
    let client_id = idempotency_key(&headers)?;
    let send = Send::of(asked)?;
    let asked = Submit {
        user: member.session.user.clone(),
        user_name: member.session.name.clone(),
        client_id,
        body_hash: body_hash(&send),
        reply_to: None,
        parts: Vec::new(),
        expected_seq: send.expected_seq,
        force: send.force,
        send_at: send.send_at,
    };
    let place = Place { app: &app, ctx: &member.ctx, tenant: &tenant, head: &head, now };
    let submitted = match ready(place, send).await {
        Ok((reply_to, parts)) => tenant.submit(head, &Submit { reply_to, parts, ..asked.clone() }, now).await?,
        // A lost answer is given again, also when the window has closed since, or a template is no more.
        Err(problem) => tenant.submitted(&id, &asked).await?.ok_or(problem)?,
    };
    answer(&app, &member.ctx, &id, submitted, asked.expected_seq).await
}

/// What it comes to, where the channel's law allows all of it now.
async fn ready(place: Place<'_>, send: Send) -> Result<(Option<ReplyTo>, Vec<Draft>), Problem> {
    let Place { tenant, head, now, .. } = place;
    send_at_is_ahead(send.send_at, now)?;
    let reply_to = reply_to(tenant, &head.id, send.reply_to.as_deref()).await?;
    let parts = place.drafts(send.parts).await?;
    if reply_to.is_some() && parts.first().is_some_and(|part| part.kind == MessageType::Reaction) {
        return Err(Problem::invalid("reply_to", "invalid", "A reaction answers no message: it stands on one."));
    }
    if send.send_at.is_some() && parts.iter().any(|part| part.kind == MessageType::Reaction) {
        return Err(Problem::invalid("send_at", "invalid", "A reaction goes out now or not at all."));
    }
    window::check(head, &parts, now)?;
    Ok((reply_to, parts))
}

fn send_at_is_ahead(send_at: Option<Timestamp>, now: Timestamp) -> Result<(), Problem> {
    match send_at {
        Some(at) if at <= now => Err(Problem::invalid("send_at", "not_ahead", "This time is over.")),
        Some(at) if at > now.plus(AHEAD_MAX) => Err(Problem::invalid("send_at", "too_far", "At most a year ahead.")),
        Some(_) | None => Ok(()),
    }
}

async fn answer(
    app: &App,
    ctx: &TenantCtx,
    id: &ConversationId,
    submitted: Submitted,
    expected_seq: Option<u64>,
) -> Result<(StatusCode, Json<Sent>), Problem> {
    match submitted {
        Submitted::Created(messages, _) | Submitted::Same(messages) => {
            Ok((StatusCode::ACCEPTED, Json(Sent { messages: app.shown(ctx, &messages).await? })))
        }
        Submitted::OtherBody => {
            Err(Problem::invalid("Idempotency-Key", "idempotency_mismatch", "This key was used for another body."))
        }
        Submitted::NewerReply { seq } => {
            let newest = app.tables.tenant(ctx).messages(id, None, NEWER_MAX).await?.items;
            let newer = newest.iter().filter(|m| m.seq() > expected_seq.unwrap_or(0)).map(MessageJson::from).collect();
            let problem =
                Problem::conflict("newer_reply", "A teammate has written since: look at it, or send with `force`.");
            Err(problem.with(|p| (p.newest_seq, p.newer) = (Some(seq), Some(newer))))
        }
        Submitted::OutFull => Err(out_full()),
        Submitted::NotFound => Err(Problem::not_found()),
    }
}

/// Too many sends of the conversation wait already.
pub fn out_full() -> Problem {
    let waiting = conversation::OUT_MAX;
    Problem::conflict("out_full", &format!("{waiting} messages of this conversation wait to be sent already."))
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = input::header(headers, "idempotency-key").unwrap_or_default();
    let sound = key.len() <= KEY_MAX && key.bytes().all(|b| b.is_ascii_graphic());
    match key {
        "" => Err(Problem::invalid("Idempotency-Key", "missing", "A send needs this header, made once per submit.")),
        key if sound => Ok(key.to_owned()),
        _ => Err(Problem::invalid("Idempotency-Key", "invalid", "At most 64 printable characters.")),
    }
}

/// Of what the body means: spaces and the order of its fields do not count.
fn body_hash(send: &Send) -> String {
    hex::encode(Sha256::digest(serde_json::to_vec(send).unwrap_or_default()))
}

/// The message that the first part answers: one of this conversation. Any other is as unknown as any.
async fn reply_to(tenant: &Tenant<'_>, id: &ConversationId, asked: Option<&str>) -> Result<Option<ReplyTo>, Problem> {
    let Some(text) = asked else { return Ok(None) };
    let unknown = || Problem::invalid("reply_to", "unknown_message", "This conversation has no such message.");
    let message: domain::MessageId = text.parse().map_err(|_| unknown())?;
    if message.conversation() != id {
        return Err(unknown());
    }
    let message = tenant.message(&message).await?.ok_or_else(unknown)?;
    Ok(Some(ReplyTo { message: Some(message.id), channel_message_id: message.channel_message_id }))
}
