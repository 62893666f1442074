//! The web app, as CloudFront and its bucket serve it: files from `web/dist`, `index.html` for every page of the app.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};

/// The built web app and the headers that the template's distribution adds.
#[derive(Clone, Debug, Default)]
pub struct AppFiles {
    /// `web/dist`; an app that was never built is told on the page.
    pub dir: PathBuf,
    /// The response headers of the distribution.
    pub headers: Vec<(String, String)>,
}

impl AppFiles {
    pub(super) async fn serve(&self, method: &Method, path: &str) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        }
        let mut response = match self.find(path).await {
            Some((file, bytes)) => {
                let mut response =
                    Response::new(if method == Method::HEAD { Body::empty() } else { Body::from(bytes) });
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(&file)));
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache(path)));
                response
            }
            None if is_page(path) => plain(StatusCode::NOT_FOUND, "the web app is not built: make build"),
            None => plain(StatusCode::NOT_FOUND, "not found"),
        };
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    async fn find(&self, path: &str) -> Option<(PathBuf, Vec<u8>)> {
        let file = match is_page(path) {
            true => self.dir.join("index.html"),
            false => self.dir.join(within(path)?),
        };
        let bytes = tokio::fs::read(&file).await.ok()?;
        Some((file, bytes))
    }
}

/// A path whose last part has no dot is a page of the app; the app itself knows which.
fn is_page(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or_default().contains('.')
}

/// The path below the folder; nothing that leads out of it.
fn within(path: &str) -> Option<&Path> {
    let path = path.trim_start_matches('/');
    let safe =
        path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '%', '\0']));
    safe.then(|| Path::new(path))
}

/// What Vite puts into `assets/` has its hash in its name.
fn cache(path: &str) -> &'static str {
    if path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for (path, inside) in [
            ("/assets/app-1a2b.js", Some("assets/app-1a2b.js")),
            ("/../Cargo.toml", None),
            ("/assets/%2e%2e/x.js", None),
            ("/.env", None),
            ("/a//b.js", None),
        ] {
            assert_eq!(within(path), inside.map(Path::new), "{path}");
        }
    }
}
