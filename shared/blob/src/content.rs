//! What a file is by its content, whatever its sender called it.

use domain::{MessageType, body::Attachment};

/// The type of what nobody knows: browsers save it and run nothing of it.
pub const UNKNOWN: &str = "application/octet-stream";

/// The kind and the type of a file. The content decides: a picture that is none becomes a file to be saved, under the type
/// that it has, and what the sender says is believed only of documents whose content does not speak for itself.
pub fn told(file: &Attachment, body: &[u8]) -> (MessageType, String) {
    let found = sniffed(body, file.kind);
    let claimed = file.mime_type.as_deref().filter(|claimed| is_harmless(claimed));
    match (file.kind, found) {
        (kind, Some(found)) if fits(kind, &found) => (kind, found),
        (_, Some(found)) => (MessageType::File, found),
        (MessageType::File, None) => (MessageType::File, claimed.unwrap_or(UNKNOWN).to_owned()),
        (_, None) => (MessageType::File, UNKNOWN.to_owned()),
    }
}

/// The type that the content shows, by its first bytes.
fn sniffed(body: &[u8], kind: MessageType) -> Option<String> {
    if let Some(start) = markup(body) {
        let text = infer::get(body).map(|found| found.mime_type()).filter(|found| found.starts_with("text/"));
        return if start.contains("<svg") { Some("image/svg+xml") } else { text }.map(str::to_owned);
    }
    // The one of the container's brands that `infer` does not know.
    if body.get(4..11) == Some(b"ftyp3gp") {
        return Some("video/3gpp".to_owned());
    }
    let found = infer::get(body)?.mime_type();
    if found == "image/webp" && !body.starts_with(b"RIFF") {
        return None; // `infer` looks at the second half of its mark alone.
    }
    Some(
        match (found, kind) {
            // One container, told apart by what is in it: a voice note is Opus, an audio file may be MPEG-4.
            ("video/mp4", MessageType::Audio | MessageType::Voice) => "audio/mp4",
            ("application/ogg", _) => "audio/ogg",
            ("audio/m4a" | "audio/x-m4a", _) => "audio/mp4",
            ("audio/x-wav", _) => "audio/wav",
            (other, _) => other,
        }
        .to_owned(),
    )
}

/// How a file of tags, comments and declarations begins, in small letters; an SVG among them can run script. No picture, film or sound
/// begins so, whatever stands where others have their mark: `<!--ftypisom`.
fn markup(body: &[u8]) -> Option<String> {
    let start = &body[..body.len().min(1_024)];
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    start.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).starts_with('<').then_some(start)
}

/// Whether a file of this type is what its kind says.
fn fits(kind: MessageType, mime_type: &str) -> bool {
    match kind {
        MessageType::Image => matches!(mime_type, "image/jpeg" | "image/png" | "image/webp" | "image/gif"),
        MessageType::Sticker => matches!(mime_type, "image/webp" | "image/png" | "image/gif"),
        MessageType::Video => matches!(mime_type, "video/mp4" | "video/3gpp" | "video/webm" | "video/quicktime"),
        MessageType::Audio | MessageType::Voice => mime_type.starts_with("audio/"),
        _ => true,
    }
}

/// A type that a sender may claim for a document: of an application, or plain text, but nothing that a browser would run.
fn is_harmless(claimed: &str) -> bool {
    let document = claimed.starts_with("application/") || matches!(claimed, "text/plain" | "text/csv");
    let office = claimed.starts_with("application/vnd.openxmlformats");
    let still = office || !["html", "xml", "svg", "script", "wasm"].iter().any(|word| claimed.contains(word));
    let plain = claimed.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.+-".contains(&b));
    document && plain && still
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead";
    const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0isommp42";
    const PDF: &[u8] = b"%PDF-1.7";
    const SVG: &[u8] = b"<?xml version=\"1.0\"?>\n<!-- a --><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";

    #[test]
    fn the_content_says_what_a_file_is() {
        use MessageType::{Audio, File, Image, Sticker, Video, Voice};
        for (kind, claimed, body, told_kind, told_type) in [
            (Image, "image/jpeg", PNG, Image, "image/png"),
            (Image, "image/png", SVG, File, "image/svg+xml"),
            (Image, "image/png", b"<!DOCTYPE html><html>".as_slice(), File, "text/html"),
            (Image, "image/webp", b"<script>WEBP</script>", File, UNKNOWN),
            (Image, "image/webp", b"what is WEBP?", File, UNKNOWN),
            (Video, "video/mp4", b"<!--ftypisom--><script></script>", File, UNKNOWN),
            (Image, "image/png", PDF, File, "application/pdf"),
            (Image, "image/png", b"nothing known", File, UNKNOWN),
            (Sticker, "image/webp", b"RIFF\0\0\0\0WEBPVP8 ", Sticker, "image/webp"),
            (Voice, "audio/ogg", OGG, Voice, "audio/ogg"),
            (Audio, "audio/mp4", MP4, Audio, "audio/mp4"),
            (Video, "video/mp4", MP4, Video, "video/mp4"),
            (Video, "video/3gpp", b"\0\0\0\x18ftyp3gp5\0\0\0\0".as_slice(), Video, "video/3gpp"),
            (Video, "video/mp4", PNG, File, "image/png"),
            (File, "application/pdf", PDF, File, "application/pdf"),
            (File, "text/html", b"hello", File, UNKNOWN),
            (File, "application/xhtml+xml", b"hello", File, UNKNOWN),
            (File, "text/csv", b"a,b", File, "text/csv"),
            (File, "application/x-own", b"?", File, "application/x-own"),
        ] {
            let file = Attachment { mime_type: Some(claimed.to_owned()), ..Attachment::pending(kind, None) };
            assert_eq!(told(&file, body), (told_kind, told_type.to_owned()), "{kind:?} {claimed}");
        }
    }
}
