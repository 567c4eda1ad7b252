//! Request bodies as handlers ask for them: [`NoBody`], [`Json`], [`Form`], and [`super::upload::Upload`].
//!
//! A body that cannot be read is a 400, one that reads but does not fit the type a 422 with an RFC 6901 pointer
//! to the field. Types behind a key refuse unknown fields (`#[serde(deny_unknown_fields)]`); the policy test
//! over the rows checks that. Public types ignore them, since older widgets stay cached.

use super::problem::Problem;
use super::problem_codes::Code;
use crate::ground::limits::JSON_BODY_BYTES_MAX;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use std::time::Duration;

/// How a body is described in the OpenAPI document.
pub struct BodySpec {
    pub content_type: &'static str,
    pub schema: Schema,
}

/// A request body as a handler asks for it.
pub trait RequestBody: Sized + Send + 'static {
    /// Reads the body; `patience` bounds the wait for each part of it.
    fn read(request: Request, patience: Duration) -> impl Future<Output = Result<Self, Problem>> + Send;

    /// None for a request without a body.
    fn describe(generator: &mut SchemaGenerator) -> Option<BodySpec>;
}

/// A request without a body; one that is sent all the same is not read.
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

impl RequestBody for NoBody {
    async fn read(_: Request, _: Duration) -> Result<Self, Problem> {
        Ok(NoBody)
    }

    fn describe(_: &mut SchemaGenerator) -> Option<BodySpec> {
        None
    }
}

/// `application/json`, at most [`JSON_BODY_BYTES_MAX`]. As an answer it is a 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> RequestBody for Json<T> {
    async fn read(request: Request, patience: Duration) -> Result<Self, Problem> {
        let essence = content_type(request.headers());
        // RFC 6839: `+json` is JSON with further meaning.
        if essence != "application/json" && !essence.ends_with("+json") {
            return Err(wrong_content_type("application/json"));
        }
        parse_json(&collect(request, patience, JSON_BODY_BYTES_MAX).await?).map(Json)
    }

    fn describe(generator: &mut SchemaGenerator) -> Option<BodySpec> {
        Some(BodySpec { content_type: "application/json", schema: generator.subschema_for::<T>() })
    }
}

/// `application/x-www-form-urlencoded`: what a page's form posts without a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> RequestBody for Form<T> {
    async fn read(request: Request, patience: Duration) -> Result<Self, Problem> {
        if content_type(request.headers()) != "application/x-www-form-urlencoded" {
            return Err(wrong_content_type("application/x-www-form-urlencoded"));
        }
        let bytes = collect(request, patience, JSON_BODY_BYTES_MAX).await?;
        // A form has the grammar of a query, and one that fits into no address is none of ours.
        let uri = std::str::from_utf8(&bytes).ok().and_then(|text| format!("/?{text}").parse().ok());
        let Some(uri) = uri else { return Err(Problem::new(Code::InvalidRequest)) };
        super::parameters::read_query(&uri, None).map(Form)
    }

    fn describe(generator: &mut SchemaGenerator) -> Option<BodySpec> {
        Some(BodySpec {
            content_type: "application/x-www-form-urlencoded",
            schema: generator.subschema_for::<T>(),
        })
    }
}

/// The content type without its parameters, in lower case; empty when there is none.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

pub(super) fn wrong_content_type(expected: &'static str) -> Problem {
    Problem::with_detail(Code::UnsupportedMediaType, format!("Send the body as `Content-Type: {expected}`."))
}

pub(super) fn too_large(bytes_max: u64) -> Problem {
    Problem::with_detail(Code::PayloadTooLarge, format!("The body may have at most {bytes_max} bytes."))
}

/// The length that the request announces, where it does.
pub(super) fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The whole body; 413 over this many bytes.
pub(super) async fn collect(
    request: Request,
    patience: Duration,
    bytes_max: usize,
) -> Result<Bytes, Problem> {
    let refusal = || too_large(bytes_max as u64);
    if announced_length(request.headers()).is_some_and(|length| length > bytes_max as u64) {
        return Err(refusal());
    }
    let body: Limited<Body> = Limited::new(request.into_body(), bytes_max);
    match tokio::time::timeout(patience, body.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(refusal()),
        Ok(Err(error)) => Err(Problem::new(Code::InvalidRequest).caused_by(error)),
        Err(_) => Err(Problem::new(Code::RequestTimeout)),
    }
}

/// Reads JSON into `T`, with a pointer to the first field that is wrong.
///
/// The value must be an object. Serde would also take a list for a struct, by position, which no schema of ours
/// says.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::field("", "expected an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| json_problem(&error))?;
    reader.end().map_err(|error| syntax_problem(&error))?;
    Ok(value)
}

fn json_problem(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if !error.inner().is_data() {
        return syntax_problem(error.inner());
    }
    let message = error.inner().to_string();
    // The position is of use to nobody who has a pointer.
    let message = message.split(" at line ").next().unwrap_or_default();
    let (pointer, detail) = explain(pointer_of(error.path()), message);
    Problem::field(pointer, detail)
}

fn syntax_problem(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail = format!("The body is not JSON from line {line}, column {column} on. Send one JSON value.");
    Problem::with_detail(Code::InvalidRequest, detail)
}

/// The RFC 6901 pointer of a path into a value.
pub(super) fn pointer_of(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => escaped(&pointer, key),
        Segment::Enum { variant } => escaped(&pointer, variant),
        Segment::Unknown => pointer,
    })
}

/// `pointer` with one more step, escaped by RFC 6901 section 3.
pub(super) fn escaped(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Serde reports a missing or doubled field at its parent; the name stands in the message. Returns the pointer
/// to the field itself, and the message in our words.
pub(super) fn explain(pointer: String, message: &str) -> (String, String) {
    let named = |prefix: &str| message.strip_prefix(prefix)?.split('`').next();
    let at = |name: &str| {
        let step = escaped("", name);
        if pointer.ends_with(&step) { pointer.clone() } else { format!("{pointer}{step}") }
    };
    if let Some(name) = named("missing field `") {
        return (at(name), "is missing".to_owned());
    }
    if let Some(name) = named("duplicate field `") {
        return (at(name), "is given twice".to_owned());
    }
    if let Some(name) = named("unknown field `") {
        let known = message.split_once(", ").map_or("", |(_, rest)| rest);
        return (at(name), format!("is not a field of this request; {known}"));
    }
    // The name of a Rust type says nothing to the caller.
    let message = message
        .split_once("expected struct ")
        .map_or_else(|| message.to_owned(), |(before, _)| format!("{before}expected an object"));
    (pointer, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its parsing matters")]
        name: String,
        #[expect(dead_code, reason = "only its parsing matters")]
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its parsing matters")]
        #[serde(rename = "a/b")]
        count: u8,
    }

    #[test]
    fn a_wrong_field_is_pointed_to() {
        for (json, pointer, detail) in [
            (r#"{"name":5}"#, "/name", "invalid type: integer `5`, expected a string"),
            (r#"{}"#, "/name", "is missing"),
            (
                r#"{"name":"a","nmae":1}"#,
                "/nmae",
                "is not a field of this request; expected `name` or `inner`",
            ),
            (r#"{"name":"a","name":"b"}"#, "/name", "is given twice"),
            (r#"{"name":"a","inner":[{"a/b":1},{}]}"#, "/inner/1/a~1b", "is missing"),
            (
                r#"{"name":"a","inner":[{"a/b":300}]}"#,
                "/inner/0/a~1b",
                "invalid value: integer `300`, expected u8",
            ),
            (r#"{"name":"a","inner":[5]}"#, "/inner/0", "invalid type: integer `5`, expected an object"),
            ("[]", "", "expected an object"),
            ("5", "", "invalid type: integer `5`, expected an object"),
        ] {
            let problem = parse_json::<Outer>(json.as_bytes()).unwrap_err();

            assert_eq!(problem.code(), Code::ValidationFailed, "{json}");
            assert_eq!(problem.errors()[0].pointer, pointer, "{json}");
            assert_eq!(problem.errors()[0].detail, detail, "{json}");
        }
    }

    #[test]
    fn what_is_not_json_is_a_400_with_the_place() {
        for json in ["", "{", "{\"name\":\"a\"} x", "{'a'}"] {
            let problem = parse_json::<Outer>(json.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), Code::InvalidRequest, "{json}");
            assert!(problem.detail().unwrap().contains("line 1"), "{json}: {problem:?}");
        }
    }
}
