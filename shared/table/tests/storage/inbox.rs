//! …
pub fn editor(n: u8, expected_version: Option<u64>) -> table::Editor {
    table::Editor { user: crate::world::user(n), request_id: "r".to_owned(), expected_version }
}
