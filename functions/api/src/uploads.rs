//! `POST /v1/uploads`: a form by which a browser puts a file straight into the bucket, and what is found there when the file
//! is to be sent. Nothing is stored of an upload but the file itself: its id is the file's name, and what was said of it
//! lies beside it.

use std::{collections::BTreeMap, str::FromStr, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use blob::{Announced, Key, Links, content, form};
use channel::{Content, Invalid};
use channel_meta::FileBody;
use domain::body::{Attachment, AttachmentState};
use domain::{ChannelType, ConversationId, MessageType, TenantCtx, Timestamp, UploadId};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::{StatusCode as Found, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{App, access::Member, input::Body, problem::Problem};

/// So much of a file tells what it is.
const START: usize = 8 * 1024;

/// What the metadata of an upload is called.
const KIND: &str = "kind";
const NAME: &str = "name";

/// As what a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    Image,
    Video,
    Audio,
    /// Played like a note that was spoken into the phone.
    Voice,
    /// Saved, and opened elsewhere.
    File,
    Sticker,
}

/// A kind, its message's type, its word.
const KINDS: [(FileKind, MessageType, &str); 6] = [
    (FileKind::Image, MessageType::Image, "image"),
    (FileKind::Video, MessageType::Video, "video"),
    (FileKind::Audio, MessageType::Audio, "audio"),
    (FileKind::Voice, MessageType::Voice, "voice"),
    (FileKind::File, MessageType::File, "file"),
    (FileKind::Sticker, MessageType::Sticker, "sticker"),
];

/// What is about to be uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// Where it is to be sent; or else `channel`.
    conversation_id: Option<String>,
    /// What it is to be sent by, where no conversation is named.
    channel: Option<ChannelType>,
    /// Told by `mime_type`, if absent: what the channel shows as no picture, video or sound goes as a `file`.
    kind: Option<FileKind>,
    /// Customers see it of a `file` alone.
    file_name: String,
    mime_type: String,
    /// Its size, to the byte.
    bytes: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Upload {
    pub upload_id: UploadId,
    /// Post the form to this address, as `multipart/form-data`, without credentials.
    pub url: String,
    /// The form's fields, all of them; the file comes after them, as the field `file`.
    pub fields: BTreeMap<String, String>,
    /// Until when the form may be sent.
    pub expires_at: Timestamp,
}

/// Makes a form to upload one file by, if the channel takes such a file. The bucket takes the file in the announced type and size
/// alone; then a part of type `media` sends it.
#[utoipa::path(post, path = "/uploads", tag = "messages", operation_id = "create_upload", request_body = NewUpload, responses(
    (status = 201, body = Upload, description = "The form"),
    (status = 422, description = "The channel does not take it: `field` says what is wrong, `code` why, e.g. `too_large`, `type_not_taken`"),
))]
pub async fn create(
    State(app): State<Arc<App>>,
    member: Member,
    Body(new): Body<NewUpload>,
) -> Result<(StatusCode, Json<Upload>), Problem> {
    let file = announced(&new)?;
    let channel = channel_of(&app, &member.ctx, &new).await?;
    check(channel, &file, None).map_err(|why| Problem::invalid(why.field, why.code, why.message))?;
    let upload_id = UploadId::from_bytes(app.random.bytes());
    let kind = KINDS.iter().find(|(_, kind, _)| *kind == file.kind).map_or("file", |(_, _, word)| word);
    let name = utf8_percent_encode(file.file_name.as_deref().unwrap_or_default(), NON_ALPHANUMERIC).to_string();
    let about = Announced {
        mime_type: file.mime_type.as_deref().unwrap_or(content::UNKNOWN),
        bytes: new.bytes,
        about: &[(KIND, kind), (NAME, &name)],
    };
    let session = app.session(member.ctx.id()).await?;
    let key = Key::upload(member.ctx.id(), &upload_id);
    let form::Form { url, fields, expires_at } = form::form(&app.links.files, &session, &key, &about, app.now());
    Ok((StatusCode::CREATED, Json(Upload { upload_id, url, fields, expires_at })))
}

/// The file as it will be, if it comes as announced.
fn announced(new: &NewUpload) -> Result<Attachment, Problem> {
    let mime_type = mime_type(&new.mime_type)?;
    let told = KINDS.iter().find(|(kind, _, _)| Some(*kind) == new.kind).map(|(_, kind, _)| *kind);
    let kind = told.unwrap_or_else(|| channel_whatsapp::kind_of(&mime_type));
    Ok(Attachment {
        mime_type: Some(mime_type),
        file_name: Some(new.file_name.trim().to_owned()),
        bytes: Some(new.bytes),
        ..Attachment::pending(kind, None)
    })
}

/// In lower case, without parameters, by its usual name.
fn mime_type(text: &str) -> Result<String, Problem> {
    let plain = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let sound = plain.len() <= 127 && plain.split_once('/').is_some_and(|(kind, of)| word(kind) && word(of));
    match plain.as_str() {
        _ if !sound => Err(Problem::invalid("mime_type", "invalid", "A type as in `image/png`.")),
        "image/jpg" | "image/pjpeg" => Ok("image/jpeg".to_owned()),
        "audio/m4a" | "audio/x-m4a" => Ok("audio/mp4".to_owned()),
        "audio/mp3" => Ok("audio/mpeg".to_owned()),
        _ => Ok(plain),
    }
}

/// By what it is to be sent. A conversation of another tenant is as unknown as any.
async fn channel_of(app: &App, ctx: &TenantCtx, new: &NewUpload) -> Result<ChannelType, Problem> {
    let unknown = || Problem::invalid("conversation_id", "unknown_conversation", "There is no such conversation.");
    match (&new.conversation_id, new.channel) {
        (Some(id), _) => {
            let id = ConversationId::from_str(id).map_err(|_| unknown())?;
            Ok(app.tables.tenant(ctx).head(&id).await?.ok_or_else(unknown)?.channel)
        }
        (None, Some(channel)) => Ok(channel),
        (None, None) => Err(Problem::invalid("conversation_id", "missing", "This field is needed, or `channel`.")),
    }
}

/// Whether the channel takes such a file.
pub fn check(channel: ChannelType, file: &Attachment, caption: Option<&str>) -> Result<(), Invalid> {
    match channel {
        ChannelType::Whatsapp => channel_whatsapp::check(Content::File(file, caption)),
        ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => Err(Invalid {
            field: "channel".to_owned(),
            code: "channel_unsupported",
            message: "No files can be sent by this channel.".to_owned(),
        }),
    }
}

/// An upload as it lies in the bucket.
pub struct Uploaded {
    /// Its type is what its content says.
    pub file: Attachment,
    /// Whether it is of the kind that was announced.
    pub fits: bool,
    /// The first bytes of the content.
    pub start: Vec<u8>,
}

impl App {
    /// What was uploaded under this id. `None`: nothing, or not by this tenant.
    pub async fn uploaded(&self, ctx: &TenantCtx, id: &UploadId) -> Result<Option<Uploaded>, Problem> {
        let unavailable = |why: String| unreadable(ctx, &why);
        let link = self.upload_link(ctx, id).await?;
        let asked = self.graph.client.get(link).header(header::RANGE, format!("bytes=0-{}", START - 1));
        let answer = asked.send().await.map_err(|error| unavailable(error.without_url().to_string()))?;
        match answer.status() {
            Found::OK | Found::PARTIAL_CONTENT => {}
            // To whoever may not list, the bucket says 403 of what is not there.
            Found::NOT_FOUND | Found::FORBIDDEN => return Ok(None),
            status => return Err(unavailable(format!("the bucket answered {status}"))),
        }
        let announced = told(id, answer.headers());
        let start = answer.bytes().await.map_err(|error| unavailable(error.without_url().to_string()))?;
        Ok(announced.map(|file| looked_into(file, &start)))
    }

    /// The whole of what [`App::uploaded`] found, as it comes.
    pub async fn upload_body(&self, ctx: &TenantCtx, id: &UploadId, within: Duration) -> Result<FileBody, Problem> {
        let link = self.upload_link(ctx, id).await?;
        let answer = self.graph.client.get(link).timeout(within).send().await;
        let answer = answer.map_err(|error| unreadable(ctx, &error.without_url().to_string()))?;
        match answer.status() {
            Found::OK => Ok(FileBody::of(answer)),
            status => Err(unreadable(ctx, &format!("the bucket answered {status}"))),
        }
    }

    async fn upload_link(&self, ctx: &TenantCtx, id: &UploadId) -> Result<String, Problem> {
        let session = self.session(ctx.id()).await?;
        let link = Links::new(&self.links.files, session, self.now()).plain(&Key::upload(ctx.id(), id));
        link.map_err(|error| unreadable(ctx, &error.to_string()))
    }
}

fn unreadable(ctx: &TenantCtx, why: &str) -> Problem {
    tracing::warn!(tenant_id = %ctx.id(), why, "an upload cannot be read");
    Problem::busy()
}

/// What was said of the file when its form was made, and its size as the bucket counts it.
fn told(id: &UploadId, headers: &header::HeaderMap) -> Option<Attachment> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let word = text("x-amz-meta-kind")?;
    let (_, kind, _) = KINDS.iter().find(|(_, _, known)| *known == word)?;
    let name = percent_decode_str(text("x-amz-meta-name").unwrap_or_default()).decode_utf8_lossy().into_owned();
    let whole = text("content-range").and_then(|range| range.rsplit('/').next()).or_else(|| text("content-length"));
    Some(Attachment {
        mime_type: text("content-type").map(str::to_owned),
        // Of what is shown where it stands, nobody is told a name.
        file_name: Some(name).filter(|name| *kind == MessageType::File && !name.is_empty()),
        upload: Some(id.clone()),
        bytes: Some(whole?.parse().ok()?),
        state: AttachmentState::Ready,
        ..Attachment::pending(*kind, None)
    })
}

/// The content decides what the file is; a picture that is none would go as a document, which its sender did not ask for.
fn looked_into(file: Attachment, start: &[u8]) -> Uploaded {
    let (kind, mime_type) = content::told(&file, start);
    let fits = kind == file.kind;
    Uploaded { file: Attachment { kind, mime_type: Some(mime_type), ..file }, fits, start: start.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_goes_by_its_usual_name_without_parameters() {
        for (text, plain) in [
            ("image/PNG", Some("image/png")),
            ("audio/ogg; codecs=opus", Some("audio/ogg")),
            ("image/jpg", Some("image/jpeg")),
            ("audio/x-m4a", Some("audio/mp4")),
            ("", None),
            ("image", None),
            ("image/", None),
            ("image/p ng", None),
            ("image/png\r\nx", None),
        ] {
            assert_eq!(mime_type(text).ok().as_deref(), plain, "{text}");
        }
    }
}
