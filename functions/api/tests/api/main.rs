//! The API as its callers meet it.

mod channels;
mod operations;
mod policy;
mod road;
mod sign_in;
mod sync;
mod tenants;
mod world;
