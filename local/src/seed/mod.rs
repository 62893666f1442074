//! The seed: tenants, people, channel accounts and apps that are created if they are not there.

mod apply;
mod file;

pub use apply::{Failed, Target, apply};
pub use file::{BadSeed, Channel, MetaApp, SeedFile, TenantSeed, User};

/// What `make run` starts with when no other seed is named.
pub fn demo() -> SeedFile {
    SeedFile::parse(include_str!("demo.json")).expect("the demo seed is checked by a test")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_demo_seed_is_one() {
        let demo = super::demo();
        assert_eq!(demo.tenants.iter().map(|t| t.slug.as_str()).collect::<Vec<_>>(), ["acme", "globex"]);
    }
}
