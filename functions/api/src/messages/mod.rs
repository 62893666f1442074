//! Messages: the thread, and what agents send.

pub mod cancel;
pub mod list;
pub mod parts;
pub mod retry;
pub mod send;
pub mod window;
