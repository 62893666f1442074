//! What goes out to screens: the resources as the API shows them.

pub mod resource;
