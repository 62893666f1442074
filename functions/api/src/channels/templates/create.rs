//! `POST /v1/channels/{id}/templates`: a new template, handed in to the channel.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use channel_whatsapp::template::{self, Examples, TemplateDraft};
use domain::AccountId;
use domain::template::{TemplateButton, TemplateCategory};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{TemplateJson, at_graph, refused, with_templates};
use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    input::{Body, Id},
    problem::Problem,
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
    fn draft(self) -> TemplateDraft {
        let Self { name, language, category, header, body, footer, buttons, examples } = self;
        let examples = Examples { header: examples.header, body: examples.body, buttons: examples.buttons };
        TemplateDraft { name, language, category, header, body, footer, buttons, examples }
    }
}

/// Hands a new template in. The channel looks at it before it may be sent: its `status` follows.
#[utoipa::path(post, path = "/channels/{id}/templates", tag = "channels", operation_id = "create_template", params(("id" = AccountId, Path)),
    request_body = NewTemplate, responses(
    (status = 201, body = TemplateJson, description = "Handed in"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`no_templates`: the channel has none; `waba_unknown`, `token_refused`: the account must be reconnected"),
    (status = 422, description = "`channel_refused`: the channel does not take it; or a field is wrong"),
    (status = 503, description = "`channel_unreachable`"),
))]
pub async fn create(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
    Body(new): Body<NewTemplate>,
) -> Result<(StatusCode, Json<TemplateJson>), Problem> {
    let account = with_templates(&app, &member, &id).await?;
    let draft = new.draft();
    draft.check().map_err(|why| Problem::invalid(why.field, why.code, why.message))?;
    let at = at_graph(&app, &member, &account).await?;
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
