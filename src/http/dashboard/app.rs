//! The dashboard's own files, as they were built into the binary.

use crate::http::assets;
use crate::http::pages;
use crate::http::reply::{Reply as _, Written};
use crate::http::{Anyone, Call, Html, Limit, Problem, Public, Route, get, operation};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

const TAG: &str = "Files";
const WHY: Public = Public("pages, styles and scripts of the dashboard hold nobody's data");

/// As everywhere, and beside that: a frame of our own for the preview, and no text becomes script.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

/// Shows the real widget beside its form: the one page of ours that stands in a frame, in our own.
const PREVIEW: &str = "preview.html";
const PREVIEW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

pub(super) fn routes() -> Vec<Route> {
    let page = operation("openApp", TAG, "Open the dashboard.");
    let linked = operation("openAppByLink", TAG, "Open the dashboard by a link that was mailed.");
    let file = operation("getAppFile", TAG, "Load a part of the dashboard.");
    vec![
        get("/app", page, WHY, Limit::PublicRead, open).hidden(),
        // Mails name it so: a `#` follows, which the server does not see. No `{*path}` is empty.
        get("/app/", linked, WHY, Limit::PublicRead, open).hidden(),
        get("/app/{*path}", file, WHY, Limit::PublicRead, part).hidden(),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct FilePath {
    path: String,
}

async fn open(call: Call<Anyone>) -> Result<Written, Problem> {
    page(&call.state.node.product_name, call.meta.encodings)
}

async fn part(call: Call<Anyone, FilePath>) -> Result<Written, Problem> {
    if call.path.path == "index.html" {
        return page(&call.state.node.product_name, call.meta.encodings);
    }
    let mut response = assets::serve_dist(&format!("dashboard/{}", call.path.path), call.meta.encodings)?;
    if call.path.path == PREVIEW {
        set_policy(&mut response, PREVIEW_POLICY);
        response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    Ok(Written(response))
}

fn set_policy(response: &mut Response, policy: &'static str) {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}

/// The dashboard, or where a build holds none a page that says so.
fn page(product_name: &str, encodings: assets::Encodings) -> Result<Written, Problem> {
    match assets::serve_dist("dashboard/index.html", encodings) {
        Ok(mut response) => {
            set_policy(&mut response, PAGE_POLICY);
            Ok(Written(response))
        }
        Err(_) => Html(pages::no_app(product_name)).into_response().map(Written),
    }
}
