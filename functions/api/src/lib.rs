//! The agents' API: it decides, and writes the tables alone.

pub mod access;
pub mod answer;
pub mod app;
pub mod audit;
pub mod auth;
pub mod cache;
pub mod channels;
pub mod conversations;
pub mod cursor;
pub mod events;
pub mod export;
pub mod files;
pub mod input;
pub mod keys;
pub mod me;
pub mod messages;
pub mod meta;
pub mod openapi;
pub mod operations;
pub mod page;
pub mod policy;
pub mod problem;
pub mod realtime;
pub mod routes;
pub mod uploads;
pub mod users;

pub use app::App;
pub use routes::router;
