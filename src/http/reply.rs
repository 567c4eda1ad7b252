//! Answers as handlers give them; each type says its status and its schema, so that the OpenAPI document and
//! the answer cannot differ.
//!
//! | type | status |
//! |---|---|
//! | [`Json`] | 200 |
//! | [`JsonWithStatus`] | 200, or 503 from a probe |
//! | [`Created`] | 201 with `Location` |
//! | [`Accepted`] | 202 |
//! | [`AcceptedOrKnown`] | 202, or 200 for what was there already |
//! | [`Download`] | 200, a file that the browser saves |
//! | [`NoContent`] | 204 |
//! | [`Html`], [`File`] | 200, pages and files |
//! | [`Events`], [`JsonOrEvents`] | 200, a stream |
//! | [`Versioned`] | as the reply inside, with an `ETag` |
//!
//! A GET whose `If-None-Match` fits the `ETag` becomes a 304 in the frame.

use super::body::Json;
use super::problem::Problem;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// How an answer is described in the OpenAPI document.
pub struct ReplySpec {
    pub status: u16,
    pub description: &'static str,
    /// Content types, with a schema where there is one.
    pub contents: Vec<(&'static str, Option<Schema>)>,
    /// Header names with what they say.
    pub headers: Vec<(&'static str, &'static str)>,
    /// A further status with the same contents, and what it says.
    pub otherwise: Option<(u16, &'static str)>,
}

impl ReplySpec {
    pub(super) fn new(status: u16, description: &'static str) -> Self {
        Self { status, description, contents: Vec::new(), headers: Vec::new(), otherwise: None }
    }

    pub(super) fn content(mut self, content_type: &'static str, schema: Option<Schema>) -> Self {
        self.contents.push((content_type, schema));
        self
    }

    pub(super) fn header(mut self, name: &'static str, says: &'static str) -> Self {
        self.headers.push((name, says));
        self
    }
}

/// A successful answer.
pub trait Reply: Send + Sized + 'static {
    fn into_response(self) -> Result<Response, Problem>;

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec;

    /// This answer with one more header.
    fn with_header(self, name: HeaderName, value: HeaderValue) -> WithHeader<Self> {
        WithHeader { reply: self, name, value }
    }

    /// This answer with the entity tag of a row's version.
    fn versioned(self, version: i64) -> Versioned<Self> {
        Versioned { version, reply: self }
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Json<T> {
    fn into_response(self) -> Result<Response, Problem> {
        json(StatusCode::OK, &self.0)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        ReplySpec::new(200, "Done.").content(JSON, Some(generator.subschema_for::<T>()))
    }
}

/// 200, or 503 where a probe is to be told that the node cannot serve.
#[derive(Debug)]
pub struct JsonWithStatus<T> {
    is_ready: bool,
    body: T,
}

impl<T> JsonWithStatus<T> {
    pub const fn ready_if(is_ready: bool, body: T) -> Self {
        Self { is_ready, body }
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for JsonWithStatus<T> {
    fn into_response(self) -> Result<Response, Problem> {
        json(if self.is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &self.body)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        let mut spec = ReplySpec::new(200, "All is well.");
        spec.otherwise = Some((503, "All is not well; the body says what."));
        spec.content(JSON, Some(generator.subschema_for::<T>()))
    }
}

/// 201: something new stands at `location`.
#[derive(Debug)]
pub struct Created<T> {
    /// Path of the new object: `/api/faqs/faq_01j…`.
    pub location: String,
    pub body: T,
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Created<T> {
    fn into_response(self) -> Result<Response, Problem> {
        let mut response = json(StatusCode::CREATED, &self.body)?;
        response.headers_mut().insert(LOCATION, header_value(&self.location)?);
        Ok(response)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        let spec = ReplySpec::new(201, "Created.").header("Location", "Path of the new object.");
        spec.content(JSON, Some(generator.subschema_for::<T>()))
    }
}

/// 202: taken on, and done later.
#[derive(Debug)]
pub struct Accepted<T>(pub T);

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Accepted<T> {
    fn into_response(self) -> Result<Response, Problem> {
        json(StatusCode::ACCEPTED, &self.0)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        let spec = ReplySpec::new(202, "Taken on; the work goes on after the answer.");
        spec.content(JSON, Some(generator.subschema_for::<T>()))
    }
}

/// 202, or 200 where nothing had to be done because it was there already.
#[derive(Debug)]
pub enum AcceptedOrKnown<T> {
    Accepted(T),
    Known(T),
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for AcceptedOrKnown<T> {
    fn into_response(self) -> Result<Response, Problem> {
        match self {
            Self::Accepted(body) => json(StatusCode::ACCEPTED, &body),
            Self::Known(body) => json(StatusCode::OK, &body),
        }
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        let mut spec = ReplySpec::new(202, "Taken on; the work goes on after the answer.");
        spec.otherwise = Some((200, "It was there already; nothing was done."));
        spec.content(JSON, Some(generator.subschema_for::<T>()))
    }
}

/// A file of a person's own, sent piece by piece. Browsers save it and never show it, whatever it claims to be.
pub struct Download {
    pub file_name: String,
    pub size_bytes: u64,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Reply for Download {
    fn into_response(self) -> Result<Response, Problem> {
        let mut response = attachment(&self.file_name, "application/octet-stream", self.bytes)?;
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(self.size_bytes));
        Ok(response)
    }

    fn describe(_: &mut SchemaGenerator) -> ReplySpec {
        let spec = ReplySpec::new(200, "The file as it was uploaded.");
        spec.header("Content-Disposition", "The file's name.").content("application/octet-stream", None)
    }
}

/// A file that browsers save and never show, whatever it claims to be.
pub(super) fn attachment(
    file_name: &str,
    content_type: &'static str,
    bytes: BoxStream<'static, std::io::Result<Bytes>>,
) -> Result<Response, Problem> {
    let mut response = with_type(content_type, Body::from_stream(bytes));
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let disposition = format!("attachment; filename*=UTF-8''{}", percent_encoded(file_name));
    headers.insert(CONTENT_DISPOSITION, header_value(&disposition)?);
    Ok(response)
}

/// As RFC 8187 wants names in headers.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// 204.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl Reply for NoContent {
    fn into_response(self) -> Result<Response, Problem> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    fn describe(_: &mut SchemaGenerator) -> ReplySpec {
        ReplySpec::new(204, "Done; there is nothing to say.")
    }
}

/// A page. Text from people must be escaped by whoever renders it.
#[derive(Debug)]
pub struct Html(pub String);

impl Reply for Html {
    fn into_response(self) -> Result<Response, Problem> {
        Ok(with_type("text/html; charset=utf-8", Body::from(self.0)))
    }

    fn describe(_: &mut SchemaGenerator) -> ReplySpec {
        ReplySpec::new(200, "A page.").content("text/html", None)
    }
}

/// Bytes with their content type, and how long they may be cached (`no-store` when None).
#[derive(Debug)]
pub struct File {
    pub content_type: &'static str,
    pub bytes: Bytes,
    pub cache_control: Option<&'static str>,
}

impl Reply for File {
    fn into_response(self) -> Result<Response, Problem> {
        let mut response = with_type(self.content_type, Body::from(self.bytes));
        if let Some(value) = self.cache_control {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(value));
        }
        Ok(response)
    }

    fn describe(_: &mut SchemaGenerator) -> ReplySpec {
        ReplySpec::new(200, "A file.").content("*/*", None)
    }
}

/// `text/event-stream`. The stream yields whole frames (`id: …\ndata: …\n\n`) and ends by itself: the frame puts
/// no time limit on it.
pub struct Events(BoxStream<'static, Bytes>);

impl Events {
    pub fn new(frames: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        Self(frames.boxed())
    }
}

impl Reply for Events {
    fn into_response(self) -> Result<Response, Problem> {
        let frames = self.0.map(Ok::<_, std::convert::Infallible>);
        let mut response = with_type(EVENTS, Body::from_stream(frames));
        // Proxies of the nginx family would hold the stream back otherwise.
        response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
        Ok(response)
    }

    fn describe(_: &mut SchemaGenerator) -> ReplySpec {
        ReplySpec::new(200, "A stream of events.").content(EVENTS, None)
    }
}

/// One answer, or a stream where the caller asks for one (`meta.accepts_events`).
pub enum JsonOrEvents<T> {
    Json(T),
    Events(Events),
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for JsonOrEvents<T> {
    fn into_response(self) -> Result<Response, Problem> {
        match self {
            JsonOrEvents::Json(value) => json(StatusCode::OK, &value),
            JsonOrEvents::Events(events) => events.into_response(),
        }
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        let spec = ReplySpec::new(200, "The answer; as a stream with `Accept: text/event-stream`.");
        spec.content(JSON, Some(generator.subschema_for::<T>())).content(EVENTS, None)
    }
}

/// An answer with the entity tag of its version; edits send it back as `If-Match`.
#[derive(Debug)]
pub struct Versioned<R> {
    pub version: i64,
    pub reply: R,
}

impl<R: Reply> Reply for Versioned<R> {
    fn into_response(self) -> Result<Response, Problem> {
        let mut response = self.reply.into_response()?;
        response.headers_mut().insert(ETAG, header_value(&format!("\"{}\"", self.version))?);
        Ok(response)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        R::describe(generator).header("ETag", "The version; send it back as `If-Match` with an edit.")
    }
}

/// An answer with one more header; made by [`Reply::with_header`].
#[derive(Debug)]
pub struct WithHeader<R> {
    reply: R,
    name: HeaderName,
    value: HeaderValue,
}

impl<R: Reply> Reply for WithHeader<R> {
    fn into_response(self) -> Result<Response, Problem> {
        let mut response = self.reply.into_response()?;
        response.headers_mut().append(self.name, self.value);
        Ok(response)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        R::describe(generator)
    }
}

/// A response that the frame's own handlers wrote whole; for rows that the OpenAPI document leaves out.
pub(super) struct Written(pub Response);

impl Reply for Written {
    fn into_response(self) -> Result<Response, Problem> {
        Ok(self.0)
    }

    fn describe(_: &mut SchemaGenerator) -> ReplySpec {
        ReplySpec::new(200, "A file.").content("*/*", None)
    }
}

fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(Problem::internal)?;
    let mut response = with_type(JSON, Body::from(bytes));
    *response.status_mut() = status;
    Ok(response)
}

fn with_type(content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn header_value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(Problem::internal)
}
