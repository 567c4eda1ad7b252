//! Rows about the interface itself: its description, its problems, its figures.

use super::access::{Metrics, Public};
use super::endpoint::Call;
use super::metrics::{OPEN_METRICS, render};
use super::pages::page;
use super::problem_codes::{ActsOn, Code};
use super::{Anyone, File, Html, Limit, Problem, Reply as _, Route, get, operation, reply};
use crate::store::inbox;
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use bytes::Bytes;
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::LazyLock;

const TAG: &str = "Operations";
const DESCRIPTION: Public = Public("the description of the interface holds nobody's data");

pub(super) fn routes() -> Vec<Route> {
    let openapi = operation("getOpenApi", TAG, "Read this description.");
    let problem = operation("getProblem", TAG, "Read what a problem means and who can act.");
    let figures = operation("getMetrics", TAG, "Read counters and histograms for Prometheus.");
    vec![
        get("/api/openapi.json", openapi, DESCRIPTION, Limit::PublicRead, description),
        get("/problems/{code}", problem, DESCRIPTION, Limit::PublicRead, explain).hidden(),
        get("/metrics", figures, Metrics, Limit::Health, metrics).may_answer(&[Code::NotFound]),
    ]
}

/// The document of the whole table and its entity tag: the table does not change while the process runs.
static OPENAPI: LazyLock<(Bytes, String)> = LazyLock::new(|| {
    let text = super::openapi::document(&super::routes::routes()).to_string();
    let tag = format!("\"{}\"", crate::ground::crypto::hex(&crate::ground::crypto::sha256(text.as_bytes())));
    (text.into(), tag)
});

async fn description(_: Call<Anyone>) -> Result<reply::WithHeader<File>, Problem> {
    let (bytes, tag) = &*OPENAPI;
    let file =
        File { content_type: "application/json", bytes: bytes.clone(), cache_control: Some("no-cache") };
    Ok(file.with_header(ETAG, HeaderValue::from_str(tag).map_err(Problem::internal)?))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ProblemPath {
    /// The stable name of the problem.
    code: String,
}

/// The page behind a problem's `type`.
async fn explain(call: Call<Anyone, ProblemPath>) -> Result<Html, Problem> {
    let row = Code::find_by_name(&call.path.code).ok_or_else(Problem::not_found)?.row();
    let acts = match row.acts {
        ActsOn::Caller => "Whoever sent the request can act: send another one.",
        ActsOn::Agency => "Whoever manages the account can act: change its settings, its key or its plan.",
        ActsOn::Operator => "Whoever runs the server can act. Quote the request id when asking for help.",
    };
    Ok(Html(page(
        row.title,
        &html! {
            section.card {
                p.status-code { (row.status) }
                h1 { (row.title) }
                p { (acts) }
                p.hint { "Programs know it as " code { (row.name) } "." }
            }
        },
    )))
}

async fn metrics(call: Call<Anyone>) -> Result<File, Problem> {
    let counts = call.state.env.db.read(inbox::counts).await?;
    call.state.node.hooks.metrics.show(&counts, call.meta.now);
    let text = render(&call.state.frame.registry).map_err(Problem::internal)?;
    Ok(File { content_type: OPEN_METRICS, bytes: text.into(), cache_control: None })
}
