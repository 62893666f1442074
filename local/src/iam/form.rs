//! What a form says that puts an object: its key, and whose session signed it. S3 itself checks the rest.
//! [POST Object](https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html).

use axum::http::request::Parts;
use axum::http::{Method, header};

/// The fields come before the file, and S3 takes no more of them than this.
const FIELDS_MAX: usize = 64 * 1024;

/// A form, as far as the door asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) key: String,
    pub(super) token: String,
}

impl Form {
    /// `None`: it is no form.
    pub(super) fn of(head: &Parts, body: &[u8]) -> Option<Self> {
        let kind = head.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let boundary = kind.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?.trim_matches('"');
        (head.method == Method::POST).then(|| Self::read(&body[..body.len().min(FIELDS_MAX)], boundary))
    }

    fn read(body: &[u8], boundary: &str) -> Self {
        let text = String::from_utf8_lossy(body);
        let mut form = Self::default();
        for part in text.split(&format!("--{boundary}")) {
            let Some((head, said)) = part.split_once("\r\n\r\n") else { continue };
            let named = |name: &str| head.contains(&format!("name=\"{name}\""));
            let said = said.strip_suffix("\r\n").unwrap_or(said);
            match () {
                () if named("file") => break,
                () if named("key") => said.clone_into(&mut form.key),
                () if named("x-amz-security-token") => said.clone_into(&mut form.token),
                () => {}
            }
        }
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_its_object_before_its_file() {
        let field = |name: &str, said: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{said}\r\n")
        };
        let body = [
            field("key", "t/a/upload/1"),
            field("x-amz-security-token", "t0"),
            field("file", "--x name=\"key\"\r\n\r\nother"),
            field("key", "late"),
        ];
        let found = Form::read(body.concat().as_bytes(), "b");
        assert_eq!(found, Form { key: "t/a/upload/1".to_owned(), token: "t0".to_owned() });
    }
}
