//! What every conformance suite stands on: a clock to move, a port of its own, and what an SDK client is made of.

#![allow(dead_code, reason = "each suite takes what it needs")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;
use axum::Router;
use local::aws::Now;
use tokio::net::TcpListener;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    /// Set to some moment of 2026, in milliseconds since 1970.
    pub(crate) fn standing() -> Self {
        Self(Arc::new(AtomicU64::new(1_795_000_000_000)))
    }

    pub(crate) fn move_on(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).expect("a test's time is short");
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Now {
        let millis = self.0.clone();
        Arc::new(move || millis.load(Ordering::SeqCst))
    }
}

/// Serves on a free port of 127.0.0.1 until the test ends. Returns where, e.g. `http://127.0.0.1:40001`.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

pub(crate) fn http() -> aws_sdk_sqs::config::SharedHttpClient {
    Builder::new().build_http()
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new("AKIALOCAL", "secret", None, None, "test")
}

/// A folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("switchboard-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// The code that a service refused with, as a client reads it; `None`: it did not refuse.
macro_rules! code {
    ($answer:expr) => {{
        use aws_sdk_sqs::error::ProvideErrorMetadata as _;
        match $answer {
            Ok(_) => None,
            Err(fault) => Some(fault.code().unwrap_or("no code").to_owned()),
        }
    }};
}
pub(crate) use code;
