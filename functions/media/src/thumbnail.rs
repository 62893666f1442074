//! A small copy of a picture, so that a thread loads fast. A picture that would take too much to decode has none.

use std::io::Cursor;

use domain::{MessageType, body::PixelSize};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};

/// What a thumbnail is.
pub const TYPE: &str = "image/jpeg";

/// The longer side of a thumbnail, in pixels: a bubble's width, at twice the density.
const LONGER_SIDE: u32 = 640;

/// Of 100. Below 70 the eye sees blocks.
const QUALITY: u8 = 78;

/// A picture with more pixels is not decoded.
const PIXELS_MAX: u64 = 40_000_000;

/// Nor one that needs more memory for it, in bytes. A phone's twelve megapixels need 38 MB.
const MEMORY_MAX: u64 = 64 * 1024 * 1024;

/// What a picture shows of itself.
pub struct Picture {
    /// As it is to be shown: turned the way its camera says.
    pub size: PixelSize,
    /// None where the picture is small already, or moves.
    pub jpeg: Option<Vec<u8>>,
}

/// `None`: no picture, or one that cannot be read. It is kept as it came either way.
pub fn of(kind: MessageType, mime_type: &str, body: &[u8]) -> Option<Picture> {
    let decodable = matches!(mime_type, "image/jpeg" | "image/png" | "image/webp");
    let (MessageType::Image | MessageType::Sticker, true) = (kind, decodable) else { return None };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    let mut reader = ImageReader::new(Cursor::new(body)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let turned = decoder.orientation().ok()?;
    let size = match turned.to_exif() {
        5..=8 => PixelSize { width: height, height: width },
        _ => PixelSize { width, height },
    };
    let fits = u64::from(width) * u64::from(height) <= PIXELS_MAX && decoder.total_bytes() <= MEMORY_MAX;
    let small = width.max(height) <= LONGER_SIDE;
    let jpeg = if kind == MessageType::Sticker || small || !fits {
        None
    } else {
        let mut picture = DynamicImage::from_decoder(decoder).ok()?.thumbnail(LONGER_SIDE, LONGER_SIDE);
        picture.apply_orientation(turned);
        encoded(&picture)
    };
    Some(Picture { size, jpeg })
}

/// On white, where it was see-through: JPEG knows no such thing.
fn encoded(picture: &DynamicImage) -> Option<Vec<u8>> {
    let flat = if picture.color().has_alpha() { on_white(picture) } else { picture.to_rgb8() };
    let mut jpeg = Vec::new();
    flat.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).ok()?;
    Some(jpeg)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0.map(u32::from);
        let over = |channel: u32| ((channel * a + 255 * (255 - a)) / 255) as u8;
        image::Rgb([over(r), over(g), over(b)])
    })
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut body = Cursor::new(Vec::new());
        RgbaImage::from_pixel(width, height, Rgba([255, 0, 0, 0])).write_to(&mut body, ImageFormat::Png).unwrap();
        body.into_inner()
    }

    #[test]
    fn a_large_picture_has_a_small_copy_of_the_same_shape_on_white() {
        let picture = of(MessageType::Image, "image/png", &png(1_600, 800)).unwrap();
        let small = image::load_from_memory(&picture.jpeg.unwrap()).unwrap().to_rgb8();
        assert_eq!((picture.size, small.dimensions()), (PixelSize { width: 1_600, height: 800 }, (640, 320)));
        assert!(small.pixels().all(|pixel| pixel.0.iter().all(|&channel| channel > 250)));
    }

    #[test]
    fn what_is_small_moves_or_cannot_be_read_has_none() {
        let has = |kind, body: &[u8]| of(kind, "image/png", body).map(|picture| picture.jpeg.is_some());
        let whole = png(800, 800);
        assert_eq!(has(MessageType::Image, &png(640, 10)), Some(false));
        assert_eq!(has(MessageType::Sticker, &whole), Some(false));
        assert_eq!(has(MessageType::File, &whole), None);
        assert_eq!(has(MessageType::Image, b"\x89PNG\r\n\x1a\n and then nothing"), None);
    }

    /// A header that promises more than the limits is believed, and nothing is decoded.
    #[test]
    fn a_bomb_is_kept_and_not_opened() {
        for (width, height) in [(30_000_u32, 30_000_u32), (65_535, 65_535), (5_000, 4_000)] {
            let mut body = png(1, 1);
            body[16..20].copy_from_slice(&width.to_be_bytes());
            body[20..24].copy_from_slice(&height.to_be_bytes());
            let checksum = crc(&body[12..29]);
            body[29..33].copy_from_slice(&checksum.to_be_bytes());
            let jpeg = of(MessageType::Image, "image/png", &body).and_then(|picture| picture.jpeg);
            assert_eq!(jpeg, None, "{width} × {height}");
        }
    }

    fn crc(bytes: &[u8]) -> u32 {
        let fold = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        };
        !bytes.iter().fold(!0, fold)
    }
}
