//! What is shown as a picture, a film or a sound is one: never markup, whatever its sender calls it.

use blob::content::told;
use domain::MessageType;
use domain::body::Attachment;

use crate::line;

const KINDS: [MessageType; 6] = [
    MessageType::Image,
    MessageType::Sticker,
    MessageType::Video,
    MessageType::Audio,
    MessageType::Voice,
    MessageType::File,
];

/// How each type begins: the bytes, and where they stand.
const STARTS: [(&str, usize, &[u8]); 7] = [
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG"),
    ("image/webp", 0, b"RIFF"),
    ("image/webp", 8, b"WEBP"),
    ("image/gif", 0, b"GIF"),
    ("video/3gpp", 4, b"ftyp3g"),
    ("video/webm", 0, b"\x1a\x45\xdf\xa3"),
];

/// The first line is the type that the sender claims, the rest the file.
pub fn holds(input: &[u8]) {
    let (claimed, body) = line(input);
    let claimed = String::from_utf8_lossy(claimed).into_owned();
    for kind in KINDS {
        let file = |mime_type| Attachment { mime_type, ..Attachment::pending(kind, None) };
        let (found, mime_type) = told(&file(Some(claimed.clone())), body);
        assert!(found == kind || found == MessageType::File, "{kind:?} became {found:?}");
        assert!(mime_type.bytes().all(|b| b.is_ascii_graphic()) && mime_type.contains('/'), "{mime_type:?}");
        if found != MessageType::File {
            assert!(!is_markup(body), "markup would be shown as {mime_type}");
            for (_, place, start) in STARTS.iter().filter(|(of, ..)| *of == mime_type) {
                assert!(body[*place..].starts_with(start), "{mime_type} without {start:?}");
            }
        }
        // What a browser might run is so by its content, never because it was claimed.
        let office = mime_type.starts_with("application/vnd.openxmlformats");
        if !office && ["html", "svg", "script", "wasm"].iter().any(|word| mime_type.contains(word)) {
            assert_eq!(told(&file(None), body).1, mime_type, "claimed: {claimed:?}");
        }
    }
}

/// Begins as HTML, XML and SVG do: a tag, a comment or a declaration, after a byte order mark and blanks.
fn is_markup(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    matches!(body, [b'<', second, ..] if second.is_ascii_alphabetic() || b"!?/".contains(second))
}
