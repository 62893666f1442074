//! Crate `channel-whatsapp`.
