//! What keeps a screen up to date: tickets for the socket, and the sync behind it.

pub mod sync;
pub mod tickets;
