//! One HTTP client for all AWS services and one for the channels, both over `ring` with pinned roots.
//!
//! The SDK's default would cost each cold start about 35 ms of CPU: 31 for aws-lc's first random bytes, 5 for reading
//! the system's certificates.

use std::{sync::Arc, time::Duration};

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};

use crate::{Settings, SettingsError, hyper_client::Hyper, public::PublicOnly};

/// The roots of all AWS endpoints: [Amazon Trust Services](https://www.amazontrust.com/repository/).
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// How long to wait for a connection, of any service or channel.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Longest wait for the answer to one try of an AWS call; functions have 10 s and more.
pub const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// `AWS_CA_BUNDLE`: a PEM file of certificates to trust beside the pinned ones.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// Beside these roots, those of the bundle that the settings name, if they name one.
fn trusting(mut roots: RootCertStore, settings: &Settings) -> Result<ClientConfig, SettingsError> {
    if let Some(path) = settings.optional(CA_BUNDLE) {
        let invalid = || SettingsError::Invalid { name: CA_BUNDLE.to_owned(), expected: "a PEM file of certificates" };
        let before = roots.len();
        add(&mut roots, &std::fs::read(path).map_err(|_| invalid())?).ok_or_else(invalid)?;
        if roots.len() == before {
            return Err(invalid());
        }
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Nothing when one of them is no certificate.
fn add(roots: &mut RootCertStore, pem: &[u8]) -> Option<()> {
    CertificateDer::pem_slice_iter(pem).try_for_each(|it| roots.add(it.ok()?).ok())
}

/// What all of a function's AWS clients speak through; it takes `http://` endpoints too.
pub fn aws(settings: &Settings) -> Result<SharedHttpConnector, SettingsError> {
    let mut roots = RootCertStore::empty();
    add(&mut roots, AMAZON_ROOTS).expect("the pinned roots are certificates");
    Ok(SharedHttpConnector::new(Hyper::new(trusting(roots, settings)?, READ_TIMEOUT)))
}

/// The client for the channels' APIs: no proxy, no redirect, Mozilla's roots. `timeout` bounds a whole call.
pub fn channels(settings: &Settings, timeout: Duration) -> Result<reqwest::Client, SettingsError> {
    Ok(built(unbuilt(settings, timeout)?))
}

/// The client that fetches files from addresses that the outside named: beside that, it connects to public addresses alone.
/// An address that is written as a number is not looked up, so it is for the caller to refuse it.
pub fn files(settings: &Settings, timeout: Duration) -> Result<reqwest::Client, SettingsError> {
    Ok(built(unbuilt(settings, timeout)?.dns_resolver(Arc::new(PublicOnly))))
}

fn unbuilt(settings: &Settings, timeout: Duration) -> Result<reqwest::ClientBuilder, SettingsError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = trusting(roots, settings)?;
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout))
}

fn built(client: reqwest::ClientBuilder) -> reqwest::Client {
    client.build().expect("a client with its own TLS settings needs nothing of the system")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_holds_no_certificate_fails_the_start() {
        let invalid = SettingsError::Invalid { name: CA_BUNDLE.to_owned(), expected: "a PEM file of certificates" };
        for path in ["/nowhere/ca.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            assert_eq!(aws(&Settings::of([(CA_BUNDLE, path)])).err(), Some(invalid.clone()), "{path}");
        }
    }

    #[test]
    fn every_pinned_root_is_read() {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(AMAZON_ROOTS).collect();
        assert_eq!(certificates.map(|c| c.len()).ok(), Some(5));
    }
}
