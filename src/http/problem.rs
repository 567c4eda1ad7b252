//! What a caller is told when a request fails: RFC 9457 `application/problem+json`.
//!
//! A handler returns `Result<_, Problem>`; a room's error becomes a problem by `impl From<RoomError> for
//! Problem` beside the handlers. What nobody foresaw is [`Problem::internal`]: its chain is logged once, here,
//! and the caller gets the request id and nothing else. No stack trace and no provider's text leaves.

use super::problem_codes::Code;
use crate::ground::ids::{Id as _, RequestId};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;
use std::error::Error;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// RFC 6901 pointer into the request body, or `/name` of a query parameter.
    pub pointer: String,
    /// What is wrong with it, and what is accepted.
    pub detail: String,
}

/// A failed request, before it is written out.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What a failed answer was about, for whoever shows it to a person.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    code: Code,
    detail: Option<Cow<'static, str>>,
}

impl Failure {
    /// The page for somebody who opened the address in a browser.
    pub(super) fn page(&self, request_id: &RequestId) -> String {
        let row = self.code.row();
        super::pages::failure(row.status, row.title, self.detail.as_deref(), request_id.as_str())
    }
}

/// The wire form of a problem.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemView<'a> {
    /// A relative reference to the page about this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same words for every problem of this kind.
    pub title: &'a str,
    /// The HTTP status, repeated.
    pub status: u16,
    /// The stable name that a program may branch on.
    pub code: &'a str,
    /// What happened this time, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
    /// What to quote when asking for help.
    pub request_id: &'a str,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    pub errors: &'a [FieldError],
}

impl Problem {
    /// A problem of this kind with nothing to add.
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), headers: Vec::new(), source: None }
    }

    /// A problem with a sentence of what happened and what to do.
    pub fn with_detail(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }

    /// 422 with one field that is wrong. `pointer` is an RFC 6901 pointer: `/question`.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Code::ValidationFailed).and_field(pointer, detail)
    }

    /// An object that does not exist, or that is somebody else's.
    pub const fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// What nobody foresaw. The chain of `source` is logged when the answer is written, and nowhere else.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::new(Code::Internal) }
    }

    /// 429: `retry_after_s` seconds from now it is worth another try.
    pub fn rate_limited(retry_after_s: u64) -> Self {
        let plural = if retry_after_s == 1 { "" } else { "s" };
        let detail = format!("Too many requests. Try again in {retry_after_s} second{plural}.");
        Self::with_detail(Code::RateLimited, detail).and_header(RETRY_AFTER, HeaderValue::from(retry_after_s))
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn and_field(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError { pointer: pointer.into(), detail: detail.into() });
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn and_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Keeps the cause for the log; the caller does not see it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub const fn code(&self) -> Code {
        self.code
    }

    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Writes the answer. An operator's problem with a cause is logged here, once.
    pub fn into_response(self, request_id: &RequestId) -> Response {
        self.log(request_id);
        let row = self.code.row();
        let view = ProblemView {
            kind: format!("/problems/{}", row.name),
            title: row.title,
            status: row.status,
            code: row.name,
            detail: self.detail.as_deref(),
            request_id: request_id.as_str(),
            errors: &self.errors,
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&view).unwrap_or_default()));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        // RFC 9110 11.6.1: a 401 names the scheme that would be accepted.
        match self.code {
            Code::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"api\""));
            }
            code if code.status() == axum::http::StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Session realm=\"app\""));
            }
            _ => {}
        }
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response.extensions_mut().insert(Failure { code: self.code, detail: self.detail });
        response
    }

    fn log(&self, request_id: &RequestId) {
        let Some(source) = &self.source else { return };
        let chain = chain_of(source.as_ref());
        if self.code.status().is_server_error() {
            tracing::error!(request.id = %request_id, code = self.code.name(), error = %chain, "Request failed");
        } else {
            tracing::debug!(request.id = %request_id, code = self.code.name(), error = %chain, "Request refused");
        }
    }
}

/// An error and its causes on one line.
fn chain_of(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use ulid::Ulid;

    async fn written(problem: Problem) -> (Response<()>, serde_json::Value) {
        let response = problem.into_response(&RequestId::from_ulid(Ulid::from_parts(1, 1)));
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(parts, ()), serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_problem_carries_code_status_pointer_and_request_id() {
        let problem = Problem::field("/question", "must not be empty").and_field("/answer", "is too long");

        let (response, body) = written(problem).await;

        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["content-type"], PROBLEM_JSON);
        assert_eq!(body["type"], "/problems/validation_failed");
        assert_eq!(body["code"], "validation_failed");
        assert_eq!(body["errors"][1]["pointer"], "/answer");
        assert!(body["request_id"].as_str().unwrap().starts_with("req_"));
    }

    #[tokio::test]
    async fn an_internal_problem_says_nothing_about_its_cause() {
        let cause = std::io::Error::other("/var/lib/secret-path is gone");

        let (response, body) = written(Problem::internal(cause)).await;

        assert_eq!(response.status(), 500);
        assert!(!body.to_string().contains("secret-path"), "{body}");
    }

    #[tokio::test]
    async fn a_401_names_the_scheme_and_a_429_the_seconds_to_wait() {
        let (unauthorized, _) = written(Problem::new(Code::Unauthorized)).await;
        let (limited, body) = written(Problem::rate_limited(7)).await;

        assert_eq!(unauthorized.headers()["www-authenticate"], "Bearer realm=\"api\"");
        assert_eq!(limited.headers()["retry-after"], "7");
        assert_eq!(body["detail"], "Too many requests. Try again in 7 seconds.");
    }
}
