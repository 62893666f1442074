//! Longer texts in an item: as they are while short, compressed beyond.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes are billed by the KB: beyond this many bytes a text is compressed.
const PLAIN: usize = 1_024;

/// A text that came from outside, S or gzipped B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packed(pub(crate) String);

impl Serialize for Packed {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        if self.0.len() <= PLAIN {
            return serializer.serialize_str(&self.0);
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(self.0.as_bytes()).map_err(serde::ser::Error::custom)?;
        serializer.serialize_bytes(&gzip.finish().map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Unpack)
    }
}

struct Unpack;

impl serde::de::Visitor<'_> for Unpack {
    type Value = Packed;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, or a gzipped one")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Packed, E> {
        Ok(Packed(text.to_owned()))
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Packed, E> {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).map_err(E::custom)?;
        Ok(Packed(text))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    #[test]
    fn a_long_text_is_kept_small_and_comes_back_whole() {
        for (text, small) in [("שלום".to_owned(), false), ("שלום ".repeat(1_000), true)] {
            let stored: AttributeValue =
                serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(Packed(text.clone())).unwrap();
            assert_eq!(matches!(&stored, AttributeValue::B(b) if b.as_ref().len() < 200), small);
            let back: Packed = serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(stored).unwrap();
            assert_eq!(back, Packed(text));
        }
    }
}
