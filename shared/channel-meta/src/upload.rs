//! A file on its way to Graph: the form around it, and the file itself passing through without ever lying in memory whole.
//! [Upload](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#upload-media).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::{RequestBuilder, header};

/// Longest that an upload may take: 100 MB at 4 MB a second.
pub const WITHIN: Duration = Duration::from_secs(25);

/// What the form says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileForm<'a> {
    pub mime_type: &'a str,
    pub file_name: &'a str,
    pub bytes: u64,
}

/// A file's bytes as they come from elsewhere.
pub struct FileBody(reqwest::Body);

impl FileBody {
    /// What an answer carries, as it comes.
    pub fn of(answer: reqwest::Response) -> Self {
        Self(answer.into())
    }
}

/// Parts the fields. A file cannot contain it but on purpose, and then it harms its sender's own form alone.
const BOUNDARY: &str = "switchboard-7f1b0c9e4d2a58636f";

/// A request whose body is the form with the file in it.
pub(crate) fn multipart(request: RequestBuilder, form: &FileForm<'_>, body: FileBody) -> RequestBuilder {
    let (before, after) = around(form);
    let length = before.len() as u64 + form.bytes + after.len() as u64;
    let framed = Framed { before: Some(before), inside: body.0, after: Some(after), left: length };
    request
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::CONTENT_LENGTH, length)
        .body(reqwest::Body::wrap(framed))
}

/// A request whose body is the file and nothing else.
pub(crate) fn plain(request: RequestBuilder, bytes: u64, body: FileBody) -> RequestBuilder {
    let framed = Framed { before: None, inside: body.0, after: None, left: bytes };
    request.header(header::CONTENT_LENGTH, bytes).body(reqwest::Body::wrap(framed))
}

/// What comes before and after the file. Its name is text of a header: quotes and breaks would end it.
fn around(form: &FileForm<'_>) -> (Bytes, Bytes) {
    let FileForm { mime_type, file_name, bytes: _ } = form;
    let name: String = file_name.chars().map(|c| if c.is_control() || "\"\\".contains(c) { '_' } else { c }).collect();
    let field = |name: &str, said: &str| {
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{said}\r\n")
    };
    let before = [
        field("messaging_product", "whatsapp"),
        field("type", mime_type),
        format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: \
             {mime_type}\r\n\r\n"
        ),
    ];
    (before.concat().into(), format!("\r\n--{BOUNDARY}--\r\n").into())
}

/// A body between two pieces of text.
struct Framed {
    before: Option<Bytes>,
    inside: reqwest::Body,
    after: Option<Bytes>,
    /// Bytes that are still to come.
    left: u64,
}

impl Body for Framed {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let piece = match self.before.take() {
            Some(before) => Some(before),
            None => match Pin::new(&mut self.inside).poll_frame(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                // Trailers say nothing of the file.
                Poll::Ready(Some(Ok(frame))) => Some(frame.into_data().unwrap_or_default()),
                Poll::Ready(None) => self.after.take(),
            },
        };
        self.left = self.left.saturating_sub(piece.as_ref().map_or(0, |piece| piece.len() as u64));
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_what_the_file_is_and_a_name_cannot_leave_its_quotes() {
        let form = FileForm { mime_type: "application/pdf", file_name: "חוזה\"\r\nx: y.pdf", bytes: 3 };
        let (before, after) = around(&form);
        let whole = [&before, &b"abc"[..], &after].concat();
        let expected = "--B\r\ncontent-disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
                        --B\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\napplication/pdf\r\n\
                        --B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"חוזה___x: y.pdf\"\r\n\
                        content-type: application/pdf\r\n\r\nabc\r\n--B--\r\n";
        assert_eq!(String::from_utf8(whole).unwrap().replace(BOUNDARY, "B"), expected);
    }
}
