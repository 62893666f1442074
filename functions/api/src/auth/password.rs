//! Passwords: argon2id, and the same time for a person who does not exist.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Memory in KiB, passes and lanes: what [OWASP](https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html)
/// asks for at least.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The longest password that is looked at, in bytes.
pub const LENGTH_MAX: usize = 1_024;

/// Of no password: made with the same parameters and a salt of its own, and no one knows what would match it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3dpdGNoYm9hcmQtbm9ib2R5$5zP0d8Xyjl0bO5kBMf3MZtsmqYdqvTj3xCbQWZ3G1hY";

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The text to store, with these 16 random bytes as its salt.
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String, argon2::password_hash::Error> {
    Ok(argon2().hash_password_with_salt(password.as_bytes(), &salt)?.to_string())
}

/// Whether the password is the stored one. `None`, a person whom nobody knows, takes as long to refuse.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    let matches = |text: &str| {
        let stored = PasswordHash::new(text).ok()?;
        argon2().verify_password(password.as_bytes(), &stored).ok()
    };
    let matched = matches(stored.unwrap_or(NOBODY)).is_some();
    matched && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_says_its_parameters_and_opens_to_its_password_alone() {
        let stored = hash("correct horse battery", [7; 16]).unwrap();
        assert_eq!(stored.split('$').take(4).collect::<Vec<_>>(), ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
        assert!(verify("correct horse battery", Some(&stored)));
        assert!(!verify("correct horse", Some(&stored)));
        assert!(!verify("correct horse battery", None));
        assert!(!verify("x", Some("not a hash")));
    }

    #[test]
    fn nobodys_hash_can_be_read_so_that_refusing_it_takes_as_long() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(nobody.to_string(), NOBODY);
        assert_eq!(Params::try_from(&nobody).unwrap(), Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).unwrap());
    }
}
