//! Conversations: the inbox, and what agents change of it.

pub mod assign;
pub mod get;
pub mod list;
pub mod mark_read;
pub mod send_options;
pub mod status;

use axum::{Json, http::HeaderMap};
use domain::Head;
use frame::resource::ConversationJson;
use table::{Edited, Editor, Row};

use crate::{App, access::Member, input, problem::Problem};

/// A head as the API shows it.
pub async fn shown(app: &App, member: &Member, head: &Head) -> Result<ConversationJson, Problem> {
    let row = Row::from(head);
    let names = app.names_for(&member.ctx, std::slice::from_ref(&row)).await?;
    Ok(ConversationJson::new(&row, &names, app.now()))
}

/// Who edits, and the version that they saw: `If-Match`, or the body's `version`.
fn editor(member: &Member, headers: &HeaderMap, version: Option<u64>) -> Result<Editor, Problem> {
    let expected_version = match input::header(headers, "if-match") {
        None | Some("*") => version,
        Some(text) => {
            let number = text.trim_start_matches("W/").trim_matches('"').parse();
            Some(number.map_err(|_| Problem::invalid("If-Match", "invalid", "The conversation's `version`."))?)
        }
    };
    Ok(Editor { user: member.session.user.clone(), request_id: member.request_id.clone(), expected_version })
}

/// What came of an edit: the loser of two learns how the conversation stands now.
async fn answer(app: &App, member: &Member, edited: Edited) -> Result<Json<ConversationJson>, Problem> {
    match edited {
        Edited::Done(head) => Ok(Json(shown(app, member, &head).await?)),
        Edited::Conflict(head) => {
            let current = shown(app, member, &head).await?;
            let problem = Problem::conflict("version_conflict", "Somebody has changed this conversation since.");
            Err(problem.with(|p| p.current = Some(Box::new(current))))
        }
        Edited::NotFound => Err(Problem::not_found()),
    }
}
