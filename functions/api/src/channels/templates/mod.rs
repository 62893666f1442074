//! An account's templates: those that are kept, a look at the channel for what has changed, a new one.

pub mod create;
pub mod list;
pub mod sync;

use channel_whatsapp::template::Refused;
use domain::template::{
    ParameterFormat, Template, TemplateButton, TemplateCard, TemplateCategory, TemplateHeader, TemplateStatus,
};
use domain::{Account, AccountId, ChannelType, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{connect::secret_problem, test::unreachable};
use crate::{App, access::Member, problem::Problem};

/// A template as the channel last told of it. Places to fill in are written `{{1}}` or `{{first_name}}`.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateJson {
    pub name: String,
    /// The channel's word: `en_US`, `he`…
    pub language: String,
    pub category: TemplateCategory,
    /// Only what is `approved` can be sent.
    pub status: TemplateStatus,
    /// The channel's word: `GREEN`, `YELLOW`, `RED`…
    #[schema(required)]
    pub quality: Option<String>,
    /// Why it was rejected, in the channel's words.
    #[schema(required)]
    pub reason: Option<String>,
    pub parameter_format: ParameterFormat,
    #[schema(required)]
    pub header: Option<TemplateHeader>,
    pub body: String,
    #[schema(required)]
    pub footer: Option<String>,
    pub buttons: Vec<TemplateButton>,
    /// Of a carousel, in their order: a part of this template fills in each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub cards: Vec<TemplateCard>,
    /// It has parts that cannot be filled in from here.
    pub has_more: bool,
    pub synced_at: Timestamp,
}

impl From<Template> for TemplateJson {
    fn from(template: Template) -> Self {
        Self {
            name: template.name,
            language: template.language,
            category: template.category,
            status: template.status,
            quality: template.quality,
            reason: template.reason,
            parameter_format: template.parameter_format,
            header: template.header,
            body: template.body,
            footer: template.footer,
            buttons: template.buttons,
            cards: template.cards,
            has_more: template.has_more,
            synced_at: template.synced_at,
        }
    }
}

/// The account, if it is one that has templates.
async fn with_templates(app: &App, member: &Member, id: &AccountId) -> Result<Account, Problem> {
    let account = app.tables.tenant(&member.ctx).account(id).await?.ok_or_else(Problem::not_found)?;
    match account.channel {
        ChannelType::Whatsapp => Ok(account),
        ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => {
            Err(Problem::conflict("no_templates", "This channel has no templates."))
        }
    }
}

/// What a call of Graph for the account's templates needs.
struct AtGraph {
    graph: channel_meta::Graph,
    token: String,
    /// The business account, whose templates they are.
    waba: String,
}

async fn at_graph(app: &App, member: &Member, account: &Account) -> Result<AtGraph, Problem> {
    let unknown = "The account has no business account's id (`waba_id`): connect it again with one.";
    let waba = account.waba_id.clone().ok_or_else(|| Problem::conflict("waba_unknown", unknown))?;
    // An id is digits: anything else would be another address of Graph.
    if waba.is_empty() || !waba.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::conflict("waba_unknown", unknown));
    }
    let token = app.tokens.access_token(member.ctx.id(), &account.id, account.credential, app.now()).await;
    let token = token.map_err(|error| secret_problem(&error))?.ok_or_else(token_refused)?;
    let graph = app.graph.caller();
    Ok(AtGraph { graph, token: token.expose().clone(), waba })
}

fn token_refused() -> Problem {
    Problem::conflict("token_refused", "The channel does not accept the account's token: reconnect it.")
}

fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Token => token_refused(),
        Refused::Unreachable(why) => {
            tracing::warn!(why, "the channel's templates could not be asked for");
            unreachable()
        }
        Refused::Rejected(why) => Problem::invalid("body", "channel_refused", why.title),
    }
}
