//! S3: objects as files, behind s3s, which checks every signature and presigned link.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use s3s::auth::{S3Auth, SecretKey};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use s3s_fs::FileSystem;

use super::Data;
use super::sts::Sts;

#[derive(Clone)]
pub struct S3 {
    root: PathBuf,
    service: S3Service,
    down: Arc<AtomicBool>,
}

/// The secret of an access key is derived from it, so that no list of keys is needed.
struct Keys(Sts);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match self.0.secret_of(access_key) {
            Some(secret) => Ok(secret.into()),
            None => Err(s3_error!(InvalidAccessKeyId)),
        }
    }
}

impl S3 {
    /// Opens the folder `s3`; in memory mode a folder of the system's temporary place, which the process leaves behind empty
    /// of anything but what a test put there.
    pub fn open(data: &Data, sts: Sts) -> std::io::Result<Self> {
        let root = match data.file("s3") {
            Some(dir) => dir,
            None => {
                let mut name = [0; 8];
                getrandom::fill(&mut name).expect("the operating system gives random bytes");
                std::env::temp_dir().join(format!("switchboard-s3-{}", hex::encode(name)))
            }
        };
        std::fs::create_dir_all(&root)?;
        let files = FileSystem::new(&root).map_err(|e| std::io::Error::other(format!("{e:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(Keys(sts));
        Ok(Self { root, service: builder.build(), down: Arc::default() })
    }

    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    pub fn create_bucket(&self, name: &str) -> std::io::Result<()> {
        std::fs::create_dir_all(self.root.join(name))
    }

    /// Where a bucket's objects lie, each a file.
    pub fn folder(&self, bucket: &str) -> PathBuf {
        self.root.join(bucket)
    }

    /// Refuses every request from now on, or no more.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// Puts an object in process.
    pub async fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        let file = self.root.join(bucket).join(key);
        tokio::fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).await?;
        tokio::fs::write(file, bytes).await
    }
}

/// What a link may say of the answer that it wants.
/// [Overrides](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax).
const OVERRIDES: [(&str, HeaderName); 2] =
    [("response-content-type", header::CONTENT_TYPE), ("response-content-disposition", header::CONTENT_DISPOSITION)];

/// The files behind s3s know nothing of overrides, so they are applied here, once the link has been found good.
async fn answer(State(s3): State<S3>, request: Request) -> Response {
    if s3.down.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let reads = request.method() == Method::GET;
    let mut answer = plain_answer(s3.service, request).await;
    if reads && answer.status().is_success() {
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let of = OVERRIDES.into_iter().find(|(parameter, _)| *parameter == name);
            if let (Some((_, header)), Ok(value)) = (of, HeaderValue::from_str(&value)) {
                answer.headers_mut().insert(header, value);
            }
        }
    }
    answer
}

async fn plain_answer(mut service: S3Service, request: Request) -> Response {
    match tower::Service::call(&mut service, request).await {
        Ok(answer) => answer.map(axum::body::Body::new).into_response(),
        Err(fault) => {
            tracing::error!(?fault, "S3 could not answer");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
