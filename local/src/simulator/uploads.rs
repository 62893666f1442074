//! Files that a business uploads before it sends them: judged as Graph judges them, and kept for its number alone.
//! [Upload](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#upload-media).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::account::SimAccount;
use super::content::word;
use super::files::{Attached, File, checksum};
use super::refusal::Refusal;
use super::store::State;

/// Largest body of an upload: the largest file and the form around it.
pub(super) const BODY_MAX: usize = 101 * MB;

const MB: usize = 1024 * 1024;

/// WhatsApp's word for a kind of file, the types it has, its largest size in bytes.
/// [Supported types](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types).
const KINDS: [(&str, &[&str], usize); 5] = [
    ("image", &["image/jpeg", "image/png"], 5 * MB),
    ("video", &["video/mp4", "video/3gpp"], 16 * MB),
    ("audio", &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MB),
    ("sticker", &["image/webp"], 500 * 1024),
    ("document", &[], 100 * MB),
];

/// Longest caption, in characters.
const CAPTION_MAX: usize = 1_024;

/// A form, taken apart: the plain fields, and the file with its own type.
struct Form {
    fields: BTreeMap<String, String>,
    file: Option<(String, Bytes)>,
}

impl Form {
    fn read(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let boundary = kind.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?.trim_matches('"');
        let mut form = Self { fields: BTreeMap::new(), file: None };
        let (first, next) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
        let mut at = find(body, first.as_bytes())? + first.len();
        loop {
            let said = at + find(&body[at..], b"\r\n\r\n")? + 4;
            let end = said + find(&body[said..], next.as_bytes())?;
            let head = String::from_utf8_lossy(&body[at..said]).into_owned();
            let name = head.split("name=\"").nth(1)?.split('"').next()?.to_owned();
            if name == "file" {
                let own = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-type:").map(str::to_owned));
                form.file = Some((own.unwrap_or_default().trim().to_owned(), body.slice(said..end)));
            } else {
                form.fields.insert(name, String::from_utf8_lossy(&body[said..end]).into_owned());
            }
            at = end + next.len();
            if body[at..].starts_with(b"--") {
                return Some(form);
            }
            at += 2;
        }
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    let mut from = 0;
    // Far fewer places begin with the first byte than there are, so most are passed over fast.
    while let Some(at) = within[from..].iter().position(|byte| *byte == what[0]) {
        if within[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// Takes a file for this number.
pub(super) fn take(
    state: &mut State,
    account: &SimAccount,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<File, Refusal> {
    let form = Form::read(headers, body).ok_or_else(|| Refusal::invalid("The body is no form with a file"))?;
    if form.fields.get("messaging_product").is_none_or(|product| product != "whatsapp") {
        return Err(Refusal::missing("messaging_product"));
    }
    let (own, body) = form.file.ok_or_else(|| Refusal::missing("file"))?;
    let mime_type = form.fields.get("type").cloned().unwrap_or(own);
    let fits = |(_, types, max): &&(&str, &[&str], usize)| {
        (types.is_empty() || types.contains(&&*mime_type)) && body.len() <= *max
    };
    if body.is_empty() || !KINDS.iter().any(|kind| fits(&kind)) {
        return Err(Refusal::media("The file is empty, or larger than its type may be"));
    }
    let id = format!("88{:010}", state.next_seq());
    let file = File { id, phone_number_id: account.phone_number_id.clone(), mime_type, body };
    state.files.insert(file.id.clone(), file.clone());
    Ok(file)
}

/// The file that a message of this kind sends, and its caption. `None`: it is no kind of file.
pub(super) fn sent(
    state: &State,
    account: &SimAccount,
    request: &Map<String, Value>,
) -> Option<Result<(Attached, String), Refusal>> {
    let kind = request.get("type").and_then(Value::as_str)?;
    KINDS.iter().find(|(word, _, _)| *word == kind)?;
    Some(request.get(kind).ok_or_else(|| Refusal::missing(kind)).and_then(|object| {
        let attached = named(state, account, kind, object)?;
        let caption = word(object, "caption").unwrap_or_default().to_owned();
        if caption.chars().count() > CAPTION_MAX {
            return Err(Refusal::invalid(&format!("Param {kind}['caption'] must be at most 1024 characters long.")));
        }
        Ok((attached, caption))
    }))
}

/// The file that an object of this kind names by its `id`, if this number may send it as that.
pub(super) fn named(state: &State, account: &SimAccount, kind: &str, object: &Value) -> Result<Attached, Refusal> {
    let known = KINDS.iter().find(|(word, _, _)| *word == kind);
    let (_, types, max) = known.ok_or_else(|| Refusal::invalid(&format!("{kind} is no kind of file")))?;
    let id = word(object, "id").ok_or_else(|| Refusal::missing(&format!("{kind}['id']")))?;
    let own = state.files.get(id).filter(|file| file.phone_number_id == account.phone_number_id);
    let unknown = || Refusal::invalid(&format!("Param {kind}['id'] is not a media ID of this number"));
    let file = own.ok_or_else(unknown)?;
    if !(types.is_empty() || types.contains(&&*file.mime_type)) || file.body.len() > *max {
        return Err(Refusal::media(&format!("The file is none that can be sent as {kind}")));
    }
    Ok(Attached {
        id: file.id.clone(),
        kind: kind.to_owned(),
        mime_type: file.mime_type.clone(),
        name: word(object, "filename").map(str::to_owned),
        voice: object.get("voice").and_then(Value::as_bool).unwrap_or_default(),
        sha256: checksum(&file.body),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_form_gives_back_the_file_to_the_byte() {
        let bytes = b"\x89PNG\r\n\r\n--b is not the end\r\n".as_slice();
        let before = "--b0\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\nimage/png\r\n--b0\r\ncontent-disposition: \
                      form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: image/png\r\n\r\n";
        let body = Bytes::from([before.as_bytes(), bytes, b"\r\n--b0--\r\n"].concat());
        let kind = HeaderValue::from_static("multipart/form-data; boundary=b0");
        let form = Form::read(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]), &body).unwrap();
        assert_eq!(form.fields, BTreeMap::from([("type".to_owned(), "image/png".to_owned())]));
        assert_eq!(form.file, Some(("image/png".to_owned(), Bytes::from_static(bytes))));
    }
}
