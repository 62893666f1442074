//! External crates with the features that the whole workspace asks for, so that building one crate compiles them no second time.
