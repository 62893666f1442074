//! A file that was uploaded, with or without a caption.

use domain::{Attachment, Body, ChannelType, MessageType, TenantCtx, UploadId};
use serde::{Deserialize, Serialize};
use table::Draft;
use utoipa::ToSchema;

use crate::{App, problem::Problem, uploads};

one_type!(Type, Media);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaPart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    /// Of [`create_upload`](#/messages/create_upload), once the form has been sent.
    upload_id: String,
    /// Words below it, where the channel shows some.
    caption: Option<String>,
}

impl MediaPart {
    /// The message is of the file's own type. Here, before anything is stored, the content is looked into: what is not what it was
    /// said to be goes nowhere, and the agent learns of it at once.
    pub async fn draft(self, at: &str, app: &App, ctx: &TenantCtx, channel: ChannelType) -> Result<Draft, Problem> {
        let refused = |code, detail: &str| Problem::invalid(format!("{at}.upload_id"), code, detail);
        let (file, start) = looked_at(at, app, ctx, &self.upload_id).await?;
        let caption = self.caption.filter(|caption| !caption.is_empty());
        uploads::check(channel, &file, caption.as_deref()).map_err(|why| match why.field.as_str() {
            "caption" => Problem::invalid(format!("{at}.caption"), why.code, why.message),
            _ => refused(why.code, &why.message),
        })?;
        if channel == ChannelType::Whatsapp {
            channel_whatsapp::check_start(&file, &start).map_err(|why| refused(why.code, &why.message))?;
        }
        let kind: MessageType = file.kind;
        Ok(Draft { kind, text: caption, body: Body { attachments: vec![file], ..Body::default() } })
    }
}

/// What lies under an `upload_id` of this object, if it is what it was said to be, and its first bytes.
pub(crate) async fn looked_at(
    at: &str,
    app: &App,
    ctx: &TenantCtx,
    upload_id: &str,
) -> Result<(Attachment, Vec<u8>), Problem> {
    let refused = |code, detail: &str| Problem::invalid(format!("{at}.upload_id"), code, detail);
    let unknown = || refused("unknown_upload", "Nothing was uploaded under this id.");
    let id: UploadId = upload_id.parse().map_err(|_| unknown())?;
    let uploads::Uploaded { file, fits, start } = app.uploaded(ctx, &id).await?.ok_or_else(unknown)?;
    if !fits {
        return Err(refused("content_mismatch", "The file is not what its type says."));
    }
    Ok((file, start))
}
