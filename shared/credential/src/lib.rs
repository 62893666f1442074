//! Secrets, and the credentials that carry a tenant: cached, and served stale for a while when AWS does not answer.

mod assume;
mod secret;
mod store;
mod tenant_secret;

pub use assume::TenantCredentials;
pub use secret::Secret;
pub use store::{SecretError, Secrets};
pub use tenant_secret::TenantSecrets;

#[cfg(test)]
mod tests;
