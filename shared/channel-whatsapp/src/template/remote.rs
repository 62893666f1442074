//! Templates at Graph: all of a business account, and a new one.

use channel_meta::{Graph, GraphError, Reply};
use domain::template::{Template, TemplateStatus};
use domain::{AccountId, Failure, Timestamp};
use serde::Deserialize;

use super::TemplateDraft;
use super::definition::{Entry, category, status};
use crate::errors::failure;

/// Entries of one page.
const PAGE: usize = 250;
/// The most pages: a business account has at most 6,000 templates.
const PAGES_MAX: usize = 40;
const FIELDS: &str = "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format";

/// Why Graph did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The access token is not, or no longer, good.
    Token,
    /// Nobody could tell, or it asks us to wait. One sentence for the log.
    Unreachable(String),
    /// It says why not.
    Rejected(Failure),
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Entry>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

#[derive(Deserialize)]
struct Created {
    id: String,
    #[serde(default)]
    status: String,
    category: Option<String>,
}

/// Every template of the business account.
pub async fn list(
    graph: &Graph,
    access_token: &str,
    waba: &str,
    account: &AccountId,
    now: Timestamp,
) -> Result<Vec<Template>, Refused> {
    let path = format!("{waba}/message_templates");
    let limit = PAGE.to_string();
    let mut templates = Vec::new();
    let mut after = None;
    for _ in 0..PAGES_MAX {
        let mut query = vec![("fields", FIELDS), ("limit", limit.as_str())];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page: Page = read(graph.get(&path, &query, access_token).await)?;
        templates.extend(page.data.into_iter().map(|entry| entry.template(account, now)));
        after = page.paging.filter(|paging| paging.next.is_some()).and_then(|paging| paging.cursors?.after);
        if after.is_none() {
            break;
        }
    }
    Ok(templates)
}

/// Hands a new template in. It is looked at by WhatsApp before it may be sent.
pub async fn create(
    graph: &Graph,
    access_token: &str,
    waba: &str,
    account: &AccountId,
    draft: &TemplateDraft,
    now: Timestamp,
) -> Result<Template, Refused> {
    let path = format!("{waba}/message_templates");
    let created: Created = read(graph.post(&path, access_token, &draft.request()).await)?;
    let told = status(&created.status);
    Ok(Template {
        account: account.clone(),
        channel_id: created.id,
        name: draft.name.clone(),
        language: draft.language.clone(),
        category: created.category.as_deref().map_or(draft.category, category),
        status: if told == TemplateStatus::Unknown { TemplateStatus::Pending } else { told },
        quality: None,
        reason: None,
        parameter_format: draft.format(),
        header: draft.shown_header(),
        body: draft.body.clone(),
        footer: draft.footer.clone(),
        buttons: draft.buttons.clone(),
        cards: Vec::new(),
        has_more: false,
        synced_at: now,
    })
}

pub(super) fn read<T: for<'de> Deserialize<'de>>(reply: Reply) -> Result<T, Refused> {
    match reply {
        Reply::Done(body) => serde_json::from_slice(&body)
            .map_err(|_| Refused::Unreachable("Graph's answer could not be read".to_owned())),
        Reply::Refused(status, error) => Err(refused(status.as_u16(), error)),
        Reply::Rejected(status) if status == 401 => Err(Refused::Token),
        Reply::Rejected(status) => Err(Refused::Unreachable(format!("answered {status}"))),
        Reply::NotSent(why) | Reply::Unknown(why) => Err(Refused::Unreachable(why)),
    }
}

fn refused(status: u16, error: GraphError) -> Refused {
    match error.code {
        0 | 190 => Refused::Token,
        4 | 80_007 | 80_008 => Refused::Unreachable("Graph asks us to wait".to_owned()),
        _ if error.is_transient || status >= 500 => Refused::Unreachable(format!("code {}", error.code)),
        code => {
            let said = [error.error_user_msg, error.error_data.and_then(|data| data.details), Some(error.message)];
            let said = said.into_iter().flatten().find(|said| !said.is_empty()).unwrap_or_default();
            Refused::Rejected(failure(code, &said))
        }
    }
}
