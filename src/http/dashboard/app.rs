//! The dashboard's own files, as they were built into the binary.

use crate::http::assets;
use crate::http::pages;
use crate::http::reply::{Reply as _, Written};
use crate::http::{Anyone, Call, Html, Limit, Problem, Public, Route, get, operation};
use schemars::JsonSchema;
use serde::Deserialize;

const TAG: &str = "Files";
const WHY: Public = Public("pages, styles and scripts of the dashboard hold nobody's data");

pub(super) fn routes() -> Vec<Route> {
    let page = operation("openApp", TAG, "Open the dashboard.");
    let file = operation("getAppFile", TAG, "Load a part of the dashboard.");
    vec![
        get("/app", page, WHY, Limit::PublicRead, open).hidden(),
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
    if call.path.path.is_empty() || call.path.path == "index.html" {
        return page(&call.state.node.product_name, call.meta.encodings);
    }
    assets::serve_dist(&format!("dashboard/{}", call.path.path), call.meta.encodings).map(Written)
}

/// The dashboard, or where a build holds none a page that says so.
fn page(product_name: &str, encodings: assets::Encodings) -> Result<Written, Problem> {
    match assets::serve_dist("dashboard/index.html", encodings) {
        Ok(response) => Ok(Written(response)),
        Err(_) => Html(pages::no_app(product_name)).into_response().map(Written),
    }
}
