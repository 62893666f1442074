//! A file, with or without a caption: what WhatsApp takes of each kind, how it is uploaded and how it is sent.
//! [Supported types](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types).

use channel::{Invalid, NotSent};
use channel_meta::{FileForm, Reply};
use domain::{Attachment, MessageType};
use serde::Deserialize;
use serde_json::{Value, json};

use super::limits::{filled_if, invalid};
use super::outcome;

/// Meta writes "MB" and does not say which; what is taken here, and larger than Graph takes, fails with Graph's own words.
const MB: u64 = 1024 * 1024;

/// What WhatsApp takes of one kind of file.
struct Limit {
    kind: MessageType,
    /// WhatsApp's word.
    word: &'static str,
    /// Empty: every type.
    types: &'static [&'static str],
    bytes_max: u64,
    /// Whether words may stand below it.
    captioned: bool,
}

#[rustfmt::skip]
const LIMITS: [Limit; 6] = [
    Limit { kind: MessageType::Image, word: "image", types: &["image/jpeg", "image/png"], bytes_max: 5 * MB, captioned: true },
    Limit { kind: MessageType::Video, word: "video", types: &["video/mp4", "video/3gpp"], bytes_max: 16 * MB, captioned: true },
    Limit { kind: MessageType::Audio, word: "audio", types: AUDIO, bytes_max: 16 * MB, captioned: false },
    Limit { kind: MessageType::Voice, word: "audio", types: &["audio/ogg"], bytes_max: 16 * MB, captioned: false },
    Limit { kind: MessageType::Sticker, word: "sticker", types: &["image/webp"], bytes_max: 500 * 1024, captioned: false },
    Limit { kind: MessageType::File, word: "document", types: &[], bytes_max: 100 * MB, captioned: true },
];

const AUDIO: &[&str] = &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"];

/// Largest sticker that does not move: 100 KB; one that moves may have 500.
const STILL_STICKER_MAX: u64 = 100 * 1024;

/// Longest caption, in characters.
const CAPTION_MAX: usize = 1_024;

/// Longest name of a document that we pass on, in characters.
const NAME_MAX: usize = 240;

/// As what a file of this type goes out, where nobody says more: what is no picture, video or sound to WhatsApp is a document.
pub fn kind_of(mime_type: &str) -> MessageType {
    let shown = [MessageType::Image, MessageType::Video, MessageType::Audio];
    let of = LIMITS.iter().find(|limit| shown.contains(&limit.kind) && limit.types.contains(&mime_type));
    of.map_or(MessageType::File, |limit| limit.kind)
}

fn limit(kind: MessageType) -> Result<&'static Limit, Invalid> {
    LIMITS.iter().find(|limit| limit.kind == kind).ok_or_else(|| invalid("kind", "invalid", "This is no kind of file."))
}

pub(crate) fn check(file: &Attachment, caption: Option<&str>) -> Result<(), Invalid> {
    let limit = limit(file.kind)?;
    let mime_type = file.mime_type.as_deref().unwrap_or_default();
    if !limit.types.is_empty() && !limit.types.contains(&mime_type) {
        let says =
            format!("WhatsApp takes {} as {}; any other type as a document.", limit.types.join(", "), limit.word);
        return Err(invalid("mime_type", "type_not_taken", says));
    }
    match file.bytes.unwrap_or(0) {
        0 => return Err(invalid("bytes", "empty", "The file is empty.")),
        bytes if bytes > limit.bytes_max => {
            let says = format!("WhatsApp takes at most {} of this kind.", spelled(limit.bytes_max));
            return Err(invalid("bytes", "too_large", says));
        }
        _ => {}
    }
    filled_if("file_name", file.file_name.as_deref(), NAME_MAX)?;
    if caption.is_some() && !limit.captioned {
        return Err(invalid("caption", "not_taken", "WhatsApp shows no caption with this kind of file."));
    }
    filled_if("caption", caption, CAPTION_MAX)
}

fn spelled(bytes: u64) -> String {
    if bytes < MB { format!("{} KB", bytes / 1024) } else { format!("{} MB", bytes / MB) }
}

/// Whether the content is coded as WhatsApp plays it, as far as its first bytes (some thousands) tell.
pub fn check_start(file: &Attachment, start: &[u8]) -> Result<(), Invalid> {
    let refused = |code, says: &str| Err(invalid("upload_id", code, says));
    match (file.kind, file.mime_type.as_deref()) {
        (MessageType::Audio | MessageType::Voice, Some("audio/ogg")) if opus_channels(start) != Some(1) => {
            refused("codec_not_taken", "WhatsApp plays Ogg sound in Opus with one channel alone.")
        }
        (MessageType::Sticker, _) if !moves(start) && file.bytes.unwrap_or(0) > STILL_STICKER_MAX => {
            refused("too_large", "WhatsApp takes at most 100 KB of a sticker that does not move.")
        }
        _ => Ok(()),
    }
}

/// [Identification header](https://www.rfc-editor.org/rfc/rfc7845#section-5.1): magic, version, number of channels.
fn opus_channels(start: &[u8]) -> Option<u8> {
    let magic = b"OpusHead";
    let at = start.windows(magic.len()).position(|window| window == magic)?;
    start.get(at + magic.len() + 1).copied()
}

/// [Extended WebP](https://developers.google.com/speed/webp/docs/riff_container#extended_file_format): the flag of an animation.
fn moves(start: &[u8]) -> bool {
    start.get(12..16) == Some(b"VP8X") && start.get(20).is_some_and(|flags| flags & 0b10 != 0)
}

/// What the upload says of it.
pub(crate) fn form(file: &Attachment) -> FileForm<'_> {
    FileForm {
        mime_type: file.mime_type.as_deref().unwrap_or("application/octet-stream"),
        file_name: file.file_name.as_deref().unwrap_or("file"),
        bytes: file.bytes.unwrap_or(0),
    }
}

#[derive(Deserialize)]
struct Uploaded {
    id: String,
}

/// Nothing that befalls an upload leaves a doubt: without its id nothing is sent.
pub(super) fn uploaded(reply: Reply) -> Result<String, NotSent> {
    let again = || {
        let why = outcome::local("channel_unreachable", "WhatsApp did not take the file just now");
        NotSent::Retry { after: None, at_most: None, why }
    };
    match reply {
        Reply::Done(body) => serde_json::from_slice::<Uploaded>(&body).map(|it| it.id).map_err(|_| again()),
        Reply::Refused(status, error) => Err(outcome::refused(status.as_u16(), &error)),
        Reply::Rejected(status) if status.as_u16() == 413 => {
            Err(NotSent::Final(outcome::local("media_refused", "WhatsApp finds the file too large")))
        }
        Reply::Rejected(status) => Err(outcome::rejected(status.as_u16())),
        Reply::NotSent(_) | Reply::Unknown(_) => Err(again()),
    }
}

/// `None` before it was uploaded there.
pub(super) fn payload(file: &Attachment, caption: Option<&str>) -> Option<(&'static str, Value)> {
    let limit = limit(file.kind).ok()?;
    let mut payload = json!({ "id": file.channel_media_id.as_deref()? });
    if let Some(caption) = caption.filter(|_| limit.captioned) {
        payload["caption"] = json!(caption);
    }
    match (file.kind, &file.file_name) {
        (MessageType::File, Some(name)) => payload["filename"] = json!(name),
        (MessageType::Voice, _) => payload["voice"] = json!(true),
        _ => {}
    }
    Some((limit.word, payload))
}

#[cfg(test)]
mod tests {
    use MessageType::{Audio, File, Image, Location, Sticker, Video, Voice};

    use super::*;

    fn file(kind: MessageType, mime_type: &str, bytes: u64) -> Attachment {
        let mime_type = Some(mime_type.to_owned());
        Attachment { mime_type, bytes: Some(bytes), ..Attachment::pending(kind, None) }
    }

    #[test]
    fn each_kind_has_its_types_and_its_size() {
        let field =
            |kind, mime_type: &str, bytes| check(&file(kind, mime_type, bytes), None).err().map(|why| why.field);
        for (kind, mime_type, max) in [
            (Image, "image/jpeg", 5 * MB),
            (Image, "image/png", 5 * MB),
            (Video, "video/mp4", 16 * MB),
            (Video, "video/3gpp", 16 * MB),
            (Audio, "audio/mpeg", 16 * MB),
            (Voice, "audio/ogg", 16 * MB),
            (Sticker, "image/webp", 500 * 1024),
            (File, "application/pdf", 100 * MB),
            (File, "image/png", 100 * MB),
            (File, "application/x-own", 100 * MB),
        ] {
            let fields = [1, max, 0, max + 1].map(|bytes| field(kind, mime_type, bytes));
            let bytes = Some("bytes".to_owned());
            assert_eq!(fields, [None, None, bytes.clone(), bytes], "{kind:?} {mime_type}");
        }
        for (kind, mime_type, wrong) in [
            (Image, "image/webp", "mime_type"),
            (Video, "video/quicktime", "mime_type"),
            (Audio, "audio/wav", "mime_type"),
            (Voice, "audio/mpeg", "mime_type"),
            (Sticker, "image/png", "mime_type"),
            (Location, "image/png", "kind"),
        ] {
            assert_eq!(field(kind, mime_type, 1).as_deref(), Some(wrong), "{kind:?} {mime_type}");
        }
    }

    #[test]
    fn what_whatsapp_does_not_show_goes_as_a_document() {
        let kinds = ["image/png", "image/webp", "video/mp4", "video/webm", "audio/ogg", "text/csv"].map(kind_of);
        assert_eq!(kinds, [Image, File, Video, File, Audio, File]);
    }

    #[test]
    fn a_caption_stands_below_what_has_room_for_one() {
        let (full, long) = ("é".repeat(1_024), "é".repeat(1_025));
        let code =
            |kind, mime_type: &str, caption| check(&file(kind, mime_type, 1), Some(caption)).err().map(|e| e.code);
        assert_eq!([&*full, &long, " "].map(|c| code(Image, "image/png", c)), [None, Some("too_long"), Some("empty")]);
        assert_eq!(code(Voice, "audio/ogg", "hi"), Some("not_taken"));
    }

    #[test]
    fn the_first_bytes_tell_codecs_that_whatsapp_does_not_play() {
        let ogg = |channels: u8| [b"OggS\0\x02 OpusHead\x01".as_slice(), &[channels]].concat();
        let webp = |flags: u8| [b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0".as_slice(), &[flags]].concat();
        for (kind, mime_type, bytes, start, code) in [
            (Voice, "audio/ogg", 9, ogg(1), None),
            (Audio, "audio/ogg", 9, ogg(2), Some("codec_not_taken")),
            (Audio, "audio/ogg", 9, b"OggS\0\x02 \x01vorbis".to_vec(), Some("codec_not_taken")),
            (Audio, "audio/mpeg", 9, Vec::new(), None),
            (Sticker, "image/webp", 400_000, webp(0b10), None),
            (Sticker, "image/webp", 400_000, webp(0), Some("too_large")),
            (Sticker, "image/webp", 90_000, webp(0), None),
        ] {
            let found = check_start(&file(kind, mime_type, bytes), &start).err().map(|why| why.code);
            assert_eq!(found, code, "{kind:?} {mime_type} {bytes}");
        }
    }

    #[test]
    fn a_file_is_sent_by_its_id_with_what_its_kind_shows() {
        let sent = |file: Attachment, caption| {
            let file = Attachment { channel_media_id: Some("88".to_owned()), ..file };
            payload(&file, caption)
        };
        let named = Attachment { file_name: Some("a.pdf".to_owned()), ..file(File, "application/pdf", 1) };
        assert_eq!(
            sent(named, Some("hi")),
            Some(("document", json!({ "id": "88", "caption": "hi", "filename": "a.pdf" })))
        );
        assert_eq!(sent(file(Image, "image/png", 1), None), Some(("image", json!({ "id": "88" }))));
        assert_eq!(sent(file(Voice, "audio/ogg", 1), None), Some(("audio", json!({ "id": "88", "voice": true }))));
        assert_eq!(payload(&file(Image, "image/png", 1), None), None, "it is not there yet");
    }

    #[test]
    fn an_upload_that_failed_left_no_doubt() {
        let code = |reply| match uploaded(reply) {
            Ok(id) => id,
            Err(NotSent::Retry { why, .. }) => format!("retry {}", why.code),
            Err(other) => format!("{other:?}").chars().take_while(|c| c.is_alphanumeric()).collect(),
        };
        let status = |code| http::StatusCode::from_u16(code).unwrap();
        let refused = |code, number| {
            Reply::Refused(
                status(code),
                channel_meta::GraphError { code: number, ..channel_meta::GraphError::default() },
            )
        };
        for (reply, expected) in [
            (Reply::Done(br#"{"id":"88"}"#.to_vec()), "88"),
            (Reply::Done(b"<html>".to_vec()), "retry channel_unreachable"),
            (Reply::Unknown("timeout".to_owned()), "retry channel_unreachable"),
            (Reply::NotSent("refused".to_owned()), "retry channel_unreachable"),
            (Reply::Rejected(status(413)), "Final"),
            (Reply::Rejected(status(401)), "Unauthorized"),
            (refused(401, 190), "Unauthorized"),
            (refused(400, 131_053), "retry media_refused"),
            (refused(400, 100), "Final"),
        ] {
            assert_eq!(code(reply.clone()), expected, "{reply:?}");
        }
    }
}
