//! Compiled files inside the binary: the widget, styles of pages, the API reference.
//!
//! Files of the widget that carry a hash in their name are served for long after an upgrade: what this program
//! does not contain is looked up among those that former ones did ([`widget_builds`]).
//!
//! Each file has a strong entity tag (its SHA-256) and, where the build made them, precompressed siblings `.br`
//! and `.gz`. A name that carries its content's hash may be cached for good, all others for minutes. The tree
//! is `assets/dist`; the build that writes it stands in `assets/`.

use super::access::Public;
use super::endpoint::{Call, NoPath};
use super::problem::Problem;
use super::reply::Written;
use super::{Anyone, Limit, NoContent, Route, get, operation};
use crate::domain::widget_builds::{self, BuiltFile};
use crate::ground::crypto::{hex, sha256};
use crate::store::DbError;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};
use schemars::JsonSchema;
use serde::Deserialize;
use std::borrow::Cow;

/// A file whose name carries its hash never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Sites must see a new widget within minutes of an upgrade.
const FOR_MINUTES: &str = "public, max-age=300";
/// Hexadecimal digits of a hash in a file's name, at least.
const NAME_HASH_DIGITS_MIN: usize = 8;

const TAG: &str = "Files";
const WIDGET: Public = Public("the widget's script is loaded by every visitor of a client's website");
const PAGES: Public = Public("styles and scripts of public pages hold nobody's data");

/// `assets/dist` as it was when the binary was built.
#[derive(Embed)]
#[folder = "assets/dist"]
#[exclude = "*.keep"]
#[exclude = "widget/*"]
struct Dist;

/// Compressions that a caller takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Encodings {
    pub brotli: bool,
    pub gzip: bool,
}

impl Encodings {
    /// Reads `Accept-Encoding` (RFC 9110 12.5.3); `q=0` refuses.
    pub fn parse(text: &str) -> Self {
        let mut encodings = Self::default();
        for part in text.split(',') {
            let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight =
                parameters.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
            let accepted = weight.is_none_or(|weight| weight > 0.0);
            match name.trim().to_ascii_lowercase().as_str() {
                "br" => encodings.brotli = accepted,
                "gzip" => encodings.gzip = accepted,
                _ => {}
            }
        }
        encodings
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct FilePath {
    path: String,
}

pub(super) fn routes() -> Vec<Route> {
    let loader = operation("getWidgetLoader", TAG, "Load the widget's script.");
    let part = operation("getWidgetFile", TAG, "Load a part of the widget.");
    let file = operation("getPageFile", TAG, "Load a style or script of a page.");
    let docs = operation("getReference", TAG, "Read the API reference.");
    let icon = operation("getIcon", TAG, "Say that there is no icon, so that browsers stop asking.");
    let docs_part = operation("getReferenceFile", TAG, "Load a part of the API reference.");
    vec![
        get("/widget.js", loader, WIDGET, Limit::PublicRead, widget_loader).cross_origin().hidden(),
        get("/widget/{*path}", part, WIDGET, Limit::PublicRead, widget_part).cross_origin().hidden(),
        get("/pages/{*path}", file, PAGES, Limit::PublicRead, page_file).hidden(),
        get("/favicon.ico", icon, PAGES, Limit::PublicRead, no_icon).hidden(),
        get("/api/docs", docs, PAGES, Limit::PublicRead, reference).hidden(),
        get("/api/docs/{*path}", docs_part, PAGES, Limit::PublicRead, reference_part).hidden(),
    ]
}

/// Which of the files that every node serves this program was built without.
pub fn missing_files() -> Vec<&'static str> {
    let is_missing = |name: &&str| Dist::get(name).is_none_or(|file| file.data.is_empty());
    let missing = ["widget.js", "docs/index.html", "pages/pages.css"].into_iter().filter(is_missing);
    missing.chain(widget_builds::current_loader().is_none().then_some("the widget's loader")).collect()
}

async fn widget_loader(call: Call<Anyone>) -> Result<Written, Problem> {
    serve::<Dist>("widget.js", call.meta.encodings).map(Written)
}

async fn widget_part(call: Call<Anyone, FilePath>) -> Result<Written, Problem> {
    let (name, encodings) = (call.path.path, call.meta.encodings);
    if let Ok(response) = serve::<widget_builds::Current>(&name, encodings) {
        return Ok(Written(response));
    }
    if !is_hashed(&name) {
        return Err(Problem::not_found());
    }
    let found =
        call.state.env.db.read(move |tx| -> Result<_, DbError> { widget_builds::find(tx, &name) }).await?;
    found.map(|file| Written(former(file, encodings))).ok_or_else(Problem::not_found)
}

/// A file of a former program, as that one answered it.
fn former(file: BuiltFile, encodings: Encodings) -> Response {
    let tag = hex(&sha256(&file.plain));
    let (bytes, encoding) = match encodings {
        Encodings { brotli: true, .. } => (file.brotli, Some("br")),
        Encodings { gzip: true, .. } => (file.gzip, Some("gzip")),
        _ => (file.plain, None),
    };
    let tag = encoding.map_or_else(|| format!("\"{tag}\""), |encoding| format!("\"{tag}-{encoding}\""));
    answer(&file.name, Bytes::from(bytes), &tag, encoding)
}

async fn page_file(call: Call<Anyone, FilePath>) -> Result<Written, Problem> {
    serve::<Dist>(&format!("pages/{}", call.path.path), call.meta.encodings).map(Written)
}

async fn no_icon(_: Call<Anyone>) -> Result<NoContent, Problem> {
    Ok(NoContent)
}

async fn reference(call: Call<Anyone, NoPath>) -> Result<Written, Problem> {
    serve::<Dist>("docs/index.html", call.meta.encodings).map(Written)
}

async fn reference_part(call: Call<Anyone, FilePath>) -> Result<Written, Problem> {
    serve::<Dist>(&format!("docs/{}", call.path.path), call.meta.encodings).map(Written)
}

/// The answer with this file of `assets/dist`.
pub(super) fn serve_dist(path: &str, encodings: Encodings) -> Result<Response, Problem> {
    serve::<Dist>(path, encodings)
}

/// The answer with this file, in the smallest form that the caller takes. Names are looked up in a table made at
/// build time, so no path leads out of the tree.
pub(super) fn serve<E: Embed>(path: &str, encodings: Encodings) -> Result<Response, Problem> {
    // A sibling is a form of its file, not a file.
    if path.ends_with(".br") || path.ends_with(".gz") {
        return Err(Problem::not_found());
    }
    let plain = E::get(path).ok_or_else(Problem::not_found)?;
    let sibling =
        |accepted: bool, ending: &str| accepted.then(|| E::get(&format!("{path}.{ending}"))).flatten();
    let brotli = sibling(encodings.brotli, "br").map(|file| (file, "br"));
    let packed = brotli.or_else(|| sibling(encodings.gzip, "gz").map(|file| (file, "gzip")));
    let tag = hex(&plain.metadata.sha256_hash());
    Ok(match packed {
        Some((file, encoding)) => {
            answer(path, bytes_of(file), &format!("\"{tag}-{encoding}\""), Some(encoding))
        }
        None => answer(path, bytes_of(plain), &format!("\"{tag}\""), None),
    })
}

fn bytes_of(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

fn answer(path: &str, bytes: Bytes, tag: &str, encoding: Option<&'static str>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let mut set = |name: HeaderName, value: &'static str| {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_TYPE, content_type(path));
    set(CACHE_CONTROL, if is_hashed(path) { FOR_GOOD } else { FOR_MINUTES });
    set(VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        set(CONTENT_ENCODING, encoding);
    }
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Whether the name carries its content's hash: `panel-0123456789abcdef.js`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((_, rest)) = name.rsplit_once('-') else { return false };
    let digits = rest.split('.').next().unwrap_or_default();
    let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    rest.contains('.') && is_hex && digits.len() >= NAME_HASH_DIGITS_MIN
}

pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" | "map" => "application/json",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[path = "tests/assets.rs"]
mod tests;
