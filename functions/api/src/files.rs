//! Files of messages: links to them are signed when they are read, and `GET /v1/attachments/{id}` gives fresh ones.

use std::{str::FromStr, sync::Arc};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use axum::{Json, extract::State};
use blob::{Files, Key, Links, Shown};
use domain::body::{Attachment, AttachmentState};
use domain::{Message, MessageId, MessageType, TenantCtx, TenantId};
use frame::resource::{AttachmentJson, MessageJson};

use crate::{App, access::Member, input::Id, problem::Problem};

/// Gives a tenant's session.
pub type Sessions = Arc<dyn Fn(&TenantId) -> SharedCredentialsProvider + Send + Sync>;

/// Signs links to the files of a tenant's messages.
pub struct FileLinks {
    pub files: Files,
    pub sessions: Sessions,
}

/// What browsers may show where it stands; nothing of it can run script. Everything else is saved to the disk.
const SHOWN: [&str; 17] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "video/mp4",
    "video/3gpp",
    "video/webm",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/opus",
    "audio/aac",
    "audio/amr",
    "audio/wav",
    "audio/webm",
    "audio/flac",
];

/// The type of what is saved: one that no browser looks into.
const SAVED: &str = "application/octet-stream";

impl App {
    /// Messages as the API shows them, with links to their files.
    pub async fn shown(&self, ctx: &TenantCtx, messages: &[Message]) -> Result<Vec<MessageJson>, Problem> {
        let mut shown: Vec<_> = messages.iter().map(MessageJson::from).collect();
        if messages.iter().any(Message::has_files_here) {
            let (session, now) = (self.session(ctx.id()).await?, self.now());
            let links = Links::new(&self.links.files, session, now);
            for (message, json) in messages.iter().zip(&mut shown) {
                for (file, json) in message.body.attachments.iter().zip(&mut json.attachments) {
                    link(&links, ctx.id(), file, json)?;
                }
            }
        }
        Ok(shown)
    }

    /// As [`App::shown`], of one.
    pub async fn shown_one(&self, ctx: &TenantCtx, message: &Message) -> Result<MessageJson, Problem> {
        let shown = self.shown(ctx, std::slice::from_ref(message)).await?;
        shown.into_iter().next().ok_or_else(Problem::internal)
    }

    /// The tenant's own session: it opens nothing of any other.
    pub(crate) async fn session(&self, tenant: &TenantId) -> Result<aws_credential_types::Credentials, Problem> {
        let session = (self.links.sessions)(tenant);
        session.provide_credentials().await.map_err(|error| {
            tracing::error!(tenant_id = %tenant, %error, "no session to sign links with");
            Problem::busy()
        })
    }
}

fn link(links: &Links<'_>, tenant: &TenantId, file: &Attachment, json: &mut AttachmentJson) -> Result<(), Problem> {
    let stored = match (&file.upload, &file.sha256) {
        (Some(upload), _) => Key::upload(tenant, upload),
        (None, Some(sha256)) => Key::media(tenant, sha256),
        (None, None) => return Ok(()),
    };
    if file.state != AttachmentState::Ready {
        return Ok(());
    }
    let signed = |key: Key, content_type: &str, shown: Shown<'_>| {
        links.to(&key, content_type, shown).map(Some).map_err(|error| {
            tracing::error!(tenant_id = %tenant, %error, "no link to a file");
            Problem::internal()
        })
    };
    let inline = file.mime_type.as_deref().filter(|mime| file.kind != MessageType::File && SHOWN.contains(mime));
    let name = file.file_name.as_deref().unwrap_or("file");
    let (content_type, shown) =
        inline.map_or((SAVED, Shown::Saved { as_name: name }), |mime_type| (mime_type, Shown::Inline));
    json.url = signed(stored, content_type, shown)?;
    if let Some(sha256) = file.sha256.as_ref().filter(|_| file.thumbnail) {
        json.thumbnail_url = signed(Key::thumbnail(tenant, sha256), "image/jpeg", Shown::Inline)?;
    }
    Ok(())
}

/// An attachment's `id`: its message's, a dot, its place among the message's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId {
    message: MessageId,
    place: usize,
}

impl FromStr for FileId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (message, place) = text.rsplit_once('.').ok_or(())?;
        let digits = place.len() <= 2 && place.bytes().all(|b| b.is_ascii_digit());
        let place = place.parse().ok().filter(|_| digits).ok_or(())?;
        Ok(Self { message: message.parse().map_err(|_| ())?, place })
    }
}

/// A file as it stands now, with fresh links: those that came with its message end after 5 to 10 minutes.
#[utoipa::path(get, path = "/attachments/{id}", tag = "messages", operation_id = "get_attachment", params(("id" = String, Path)), responses(
    (status = 200, body = AttachmentJson, description = "The attachment"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<FileId>,
) -> Result<Json<AttachmentJson>, Problem> {
    let message = app.tables.tenant(&member.ctx).message(&id.message).await?.ok_or_else(Problem::not_found)?;
    let mut shown = app.shown_one(&member.ctx, &message).await?;
    if id.place >= shown.attachments.len() {
        return Err(Problem::not_found());
    }
    Ok(Json(shown.attachments.swap_remove(id.place)))
}

#[cfg(test)]
mod tests {
    use domain::{ConversationId, Timestamp};

    use super::*;

    #[test]
    fn an_attachment_is_named_by_its_message_and_its_place() {
        let at = Timestamp::from_millis(1_795_000_000_000);
        let message = MessageId::new(&ConversationId::from_bytes([7; 16]), at, 3);
        let parsed = |text: &str| text.parse::<FileId>().ok();
        assert_eq!(parsed(&format!("{message}.0")), Some(FileId { message: message.clone(), place: 0 }));
        for wrong in [
            message.to_string(),
            format!("{message}."),
            format!("{message}.+1"),
            format!("{message}.100"),
            "x.0".to_owned(),
        ] {
            assert_eq!(parsed(&wrong), None, "{wrong}");
        }
    }
}
