//! Cross-origin reading, for the rows of the widget only.
//!
//! Any page may read these answers and none may send cookies: which websites a client allows is judged by the
//! handlers, which answer `origin_refused` in words that the widget can read.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

const ALLOWED_HEADERS: &str =
    "content-type, accept, last-event-id, x-session, idempotency-key, if-none-match";
const EXPOSED_HEADERS: &str =
    "etag, retry-after, x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset";
/// Two hours: the longest that Chromium keeps.
const PREFLIGHT_SECONDS: &str = "7200";

/// Lets pages of other sites read this answer.
pub(in crate::http) fn allow_cross_origin(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
}

/// Answers OPTIONS with what pages of other sites may send here.
pub(in crate::http) fn preflight(allowed: &[&Method]) -> Response {
    let names: Vec<&str> = allowed.iter().map(|method| method.as_str()).collect();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value);
    }
    response
}
