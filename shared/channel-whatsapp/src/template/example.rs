//! A file for the reviewer of a new template, like those that its sends will show: put there beforehand, named by a handle.
//! [Resumable upload](https://developers.facebook.com/docs/graph-api/guides/upload).

use std::time::Duration;

use channel_meta::{FileBody, Graph};
use domain::template::TemplateHeader;
use domain::{Attachment, MessageType};
use serde::Deserialize;

use super::fill::shown_file;
use super::remote::{Refused, read};
use crate::send::file;

/// A header that is a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderFile {
    pub format: TemplateHeader,
    /// What [`upload_example`] was answered.
    pub handle: String,
}

/// As what a file of this kind stands above a template's words; `None`: it cannot.
pub fn header_of(kind: MessageType) -> Option<TemplateHeader> {
    let files = [TemplateHeader::Image, TemplateHeader::Video, TemplateHeader::Document];
    files.into_iter().find(|header| shown_file(header).is_some_and(|(shown, _)| shown == kind))
}

#[derive(Deserialize)]
struct Begun {
    id: String,
}

#[derive(Deserialize)]
struct Taken {
    h: String,
}

/// Puts the example there, by the app whose token it is: its handle. Nobody sees it yet, so whatever went wrong, it may be put again.
pub async fn upload_example(
    graph: &Graph,
    access_token: &str,
    app_id: &str,
    file: &Attachment,
    body: FileBody,
    within: Duration,
) -> Result<String, Refused> {
    let form = file::form(file);
    let begun: Begun = read(graph.begin_upload(app_id, access_token, &form).await)?;
    // Anything else would be another address of Graph.
    if !begun.id.starts_with("upload:") {
        return Err(Refused::Unreachable("Graph's upload has no id".to_owned()));
    }
    let taken: Taken = read(graph.fill_upload(&begun.id, access_token, form.bytes, body, within).await)?;
    Ok(taken.h)
}
