//! `POST /v1/channels/{id}/templates`: a new template, handed in to the channel.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use channel_whatsapp::template::{self, Examples, HeaderFile, TemplateDraft, header_of};
use domain::template::{TemplateButton, TemplateCategory, TemplateHeader};
use domain::{AccountId, Attachment, ChannelType};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{AtGraph, TemplateJson, at_graph, refused, with_templates};
use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    input::{Body, Id},
    messages::parts::media::looked_at,
    problem::Problem,
    uploads,
};

/// A template to be. Places to fill in are written `{{1}}`, `{{2}}`… or, all of them, `{{first_name}}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// Small letters, digits and underscores.
    name: String,
    /// The channel's word: `en_US`, `he`…
    language: String,
    /// `marketing` or `utility`.
    category: TemplateCategory,
    /// At most 60 characters, with one place at most.
    header: Option<String>,
    /// In the header's place: a picture, a video or a document like those that sends will show there, for the channel's reviewer.
    media: Option<ExampleFile>,
    /// At most 1,024 characters.
    body: String,
    /// At most 60 characters.
    footer: Option<String>,
    #[serde(default)]
    buttons: Vec<TemplateButton>,
    /// For the channel's reviewer: what each place may be filled in with.
    #[serde(default)]
    examples: NewExamples,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    /// Of [`create_upload`](#/messages/create_upload), once the form has been sent. Its kind is the header's.
    upload_id: String,
}

/// Largest example, in bytes, and how long it may take: the function has 15 seconds.
const EXAMPLE_MAX: u64 = 16 * 1024 * 1024;
const EXAMPLE_WITHIN: Duration = Duration::from_secs(10);

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExamples {
    #[serde(default)]
    header: BTreeMap<String, String>,
    #[serde(default)]
    body: BTreeMap<String, String>,
    /// By a button's place, from 0: the end of its address, or the code that it copies.
    #[serde(default)]
    buttons: BTreeMap<String, String>,
}

impl NewTemplate {
    /// Without the example of its header.
    fn draft(self) -> TemplateDraft {
        let Self { name, language, category, header, media: _, body, footer, buttons, examples } = self;
        let examples = Examples { header: examples.header, body: examples.body, buttons: examples.buttons };
        TemplateDraft { name, language, category, header, file: None, body, footer, buttons, examples }
    }
}

/// Hands a new template in. The channel looks at it before it may be sent: its `status` follows.
#[utoipa::path(post, path = "/channels/{id}/templates", tag = "channels", operation_id = "create_template", params(("id" = AccountId, Path)),
    request_body = NewTemplate, responses(
    (status = 201, body = TemplateJson, description = "Handed in"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`no_templates`: the channel has none; `waba_unknown`, `token_refused`: the account must be reconnected; \
        `signup_not_configured`: the install has no Meta app, which the example of a file goes to"),
    (status = 422, description = "`channel_refused`: the channel does not take it; or a field is wrong"),
    (status = 503, description = "`channel_unreachable`"),
))]
pub async fn create(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
    Body(mut new): Body<NewTemplate>,
) -> Result<(StatusCode, Json<TemplateJson>), Problem> {
    let account = with_templates(&app, &member, &id).await?;
    let media = new.media.take();
    let mut draft = new.draft();
    draft.check().map_err(|why| Problem::invalid(why.field, why.code, why.message))?;
    let example = match &media {
        Some(_) if draft.header.is_some() => {
            return Err(Problem::invalid("media", "invalid", "A header is words or a file."));
        }
        Some(media) => Some(example(&app, &member, media).await?),
        None => None,
    };
    let at = at_graph(&app, &member, &account).await?;
    if let Some(example) = example {
        draft.file = Some(handed_over(&app, &member, &at, example).await?);
    }
    let created = template::create(&at.graph, &at.token, &at.waba, &account.id, &draft, app.now()).await;
    let template = created.map_err(refused)?;
    app.tables.tenant(&member.ctx).put_template(&template).await?;
    let deed = Deed {
        actor: member.session.user.as_str(),
        action: "template.create",
        target: account.id.as_str(),
        request_id: &member.request_id,
        details: json!({"name": template.name, "language": template.language}),
    };
    audit::record(&app, Some(&member.ctx), deed).await?;
    Ok((StatusCode::CREATED, Json(TemplateJson::from(template))))
}

/// The example as it lies in the bucket, and as what it stands above the words.
async fn example(app: &App, member: &Member, media: &ExampleFile) -> Result<(Attachment, TemplateHeader), Problem> {
    let refused = |code, detail: &str| Problem::invalid("media.upload_id", code, detail);
    let (file, _) = looked_at("media", app, &member.ctx, &media.upload_id).await?;
    let format = header_of(file.kind)
        .ok_or_else(|| refused("type_not_taken", "A header is a picture, a video or a document."))?;
    uploads::check(ChannelType::Whatsapp, &file, None).map_err(|why| refused(why.code, &why.message))?;
    if file.bytes.unwrap_or(0) > EXAMPLE_MAX {
        return Err(refused("too_large", "An example has 16 MB at most."));
    }
    Ok((file, format))
}

/// Puts the example where the reviewer finds it.
async fn handed_over(
    app: &App,
    member: &Member,
    at: &AtGraph,
    (file, format): (Attachment, TemplateHeader),
) -> Result<HeaderFile, Problem> {
    let none = "The install has no Meta app, which the example of a file goes to.";
    let install = app.meta_app.current(app.now()).await?;
    let install = install.ok_or_else(|| Problem::conflict("signup_not_configured", none))?;
    let upload = file.upload.as_ref().ok_or_else(Problem::internal)?;
    let body = app.upload_body(&member.ctx, upload, EXAMPLE_WITHIN).await?;
    let app_id = &install.app.app_id;
    let handle = template::upload_example(&at.graph, &at.token, app_id, &file, body, EXAMPLE_WITHIN).await;
    Ok(HeaderFile { format, handle: handle.map_err(refused)? })
}
