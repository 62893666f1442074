//! Any bytes have a small picture or none: none that is large, and no end of the process.

use domain::MessageType;
use media::thumbnail::of;

/// The longer side of a thumbnail, in pixels.
const LONGER_SIDE: u32 = 640;

/// The input is the file.
pub fn holds(input: &[u8]) {
    for mime_type in ["image/jpeg", "image/png", "image/webp"] {
        let sticker = of(MessageType::Sticker, mime_type, input);
        assert!(sticker.is_none_or(|picture| picture.jpeg.is_none()), "a sticker has no small copy");
        let Some(picture) = of(MessageType::Image, mime_type, input) else { continue };
        let Some(jpeg) = picture.jpeg else { continue };
        let small = image::load_from_memory(&jpeg).expect("what we wrote can be read");
        assert!(small.width().max(small.height()) <= LONGER_SIDE, "{} × {}", small.width(), small.height());
        assert!(picture.size.width.max(picture.size.height) > LONGER_SIDE, "{:?} was small", picture.size);
    }
}
