//! The least that an axum server can do for one small JSON answer: what the widget's configuration is compared with.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

/// As long as a widget's configuration.
const BODY_BYTES: usize = 600;

pub fn routes() -> Router {
    let body = format!("{{\"text\":\"{}\"}}", "x".repeat(BODY_BYTES));
    Router::new().route(
        "/",
        get(move || {
            let body = body.clone();
            async move { ([(CONTENT_TYPE, "application/json")], body) }
        }),
    )
}
