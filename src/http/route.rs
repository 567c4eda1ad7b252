//! A row of the route table, and the functions that write one.

use super::access::{Access, Admission, Caller, KeyScope, Rule, missing_scope};
use super::body::{BodySpec, RequestBody};
use super::endpoint::{Call, Handler, erase};
use super::limits::Limit;
use super::meta::TakenHeaders;
use super::problem::Problem;
use super::problem_codes::Code;
use super::reply::{Reply, ReplySpec};
use crate::domain::access::sessions::permission_of;
use crate::ground::ids::ClientId;
use axum::http::Method;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// How an operation stands in the OpenAPI document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// `operationId`: unique, `listFaqs`.
    pub id: &'static str,
    pub tag: &'static str,
    /// One sentence in the imperative.
    pub summary: &'static str,
}

/// Names an operation.
pub const fn operation(id: &'static str, tag: &'static str, summary: &'static str) -> Operation {
    Operation { id, tag, summary }
}

/// One row: what is called, who may, how often, and what answers.
#[derive(Clone)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub operation: Operation,
    pub access: Access,
    /// A second scope, for an answer that holds what two scopes stand for.
    pub needs_too: Option<KeyScope>,
    pub limit: Limit,
    /// Milliseconds until the answer must begin; the setting `request_timeout_ms` when None.
    pub timeout_ms: Option<u64>,
    /// Whether pages of other sites may call this: the routes of the widget.
    pub cross_origin: bool,
    /// Whether the OpenAPI document leaves it out: pages and files for people.
    pub hidden: bool,
    /// Whether the row was derived from one behind a key: see [`Route::twin`].
    pub is_twin: bool,
    pub taken: TakenHeaders,
    /// Problems of the operation itself, beside those that follow from the row.
    pub problems: Vec<Code>,
    pub(super) query_names: Vec<String>,
    pub(super) describe: fn(&mut Schemas) -> Parts,
    pub(super) handler: Handler,
}

/// The schemas of all rows. What is read and what is written are described apart: a field with a default may be
/// absent in a request and is always there in an answer.
pub(super) struct Schemas {
    pub requests: SchemaGenerator,
    pub replies: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings =
            SchemaSettings::draft2020_12().with(|it| it.definitions_path = "/components/schemas".into());
        Self {
            requests: settings.clone().for_deserialize().into_generator(),
            replies: settings.for_serialize().into_generator(),
        }
    }
}

/// The typed parts of a row as schemas.
pub(super) struct Parts {
    pub path: Schema,
    pub query: Schema,
    pub body: Option<BodySpec>,
    pub reply: ReplySpec,
}

fn describe<P: JsonSchema, Q: JsonSchema, B: RequestBody, R: Reply>(schemas: &mut Schemas) -> Parts {
    Parts {
        path: P::json_schema(&mut schemas.requests),
        query: Q::json_schema(&mut schemas.requests),
        body: B::describe(&mut schemas.requests),
        reply: R::describe(&mut schemas.replies),
    }
}

/// The names in an object's schema.
pub(super) fn property_names(schema: &Schema) -> Vec<String> {
    let properties = schema.get("properties").and_then(serde_json::Value::as_object);
    properties.map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident, $method:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<A, C, P, Q, B, R, F, Fut>(
            path: &'static str,
            operation: Operation,
            access: A,
            limit: Limit,
            handler: F,
        ) -> Route
        where
            A: Rule,
            C: Caller<A>,
            P: DeserializeOwned + JsonSchema + Send + 'static,
            Q: DeserializeOwned + JsonSchema + Send + 'static,
            B: RequestBody,
            R: Reply,
            F: Fn(Call<C, P, Q, B>) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<R, Problem>> + Send + 'static,
        {
            let row = (Method::$method, path, operation, access.access(), limit);
            Route::new(row, describe::<P, Q, B, R>, erase::<A, C, P, Q, B, R, F, Fut>(handler))
        }
    )+};
}

methods! {
    /// A row for GET, which answers HEAD too.
    get, GET;
    /// A row for POST.
    post, POST;
    /// A row for PUT.
    put, PUT;
    /// A row for PATCH.
    patch, PATCH;
    /// A row for DELETE.
    delete, DELETE;
}

impl Route {
    fn new(
        (method, path, operation, access, limit): (Method, &'static str, Operation, Access, Limit),
        describe: fn(&mut Schemas) -> Parts,
        handler: Handler,
    ) -> Self {
        let query_names = property_names(&describe(&mut Schemas::new()).query);
        Self {
            method,
            path,
            operation,
            access,
            needs_too: None,
            limit,
            timeout_ms: None,
            cross_origin: false,
            hidden: false,
            is_twin: false,
            taken: TakenHeaders::default(),
            problems: Vec::new(),
            query_names,
            describe,
            handler,
        }
    }

    /// Problems that this operation may answer with, beside those that follow from the row.
    #[must_use]
    pub fn may_answer(mut self, problems: &[Code]) -> Self {
        self.problems.extend_from_slice(problems);
        self
    }

    /// A row behind a key asks for this scope, too.
    #[must_use]
    pub const fn needs_too(mut self, scope: KeyScope) -> Self {
        self.needs_too = Some(scope);
        self
    }

    /// Whatever the caller must hold: a problem where they do not.
    pub(super) fn refuse_unless_held(&self, admission: &Admission) -> Result<(), Problem> {
        let second = self.needs_too.map(|scope| match self.access {
            Access::Key(_) => Access::Key(scope),
            _ => Access::Member { permission: permission_of(scope), key_scope: Some(scope) },
        });
        let lacking = [Some(self.access), second].into_iter().flatten();
        match lacking.filter_map(|access| missing_scope(access, admission)).next() {
            Some(problem) => Err(problem),
            None => Ok(()),
        }
    }

    /// Pages of other sites may call this, without cookies.
    #[must_use]
    pub const fn cross_origin(mut self) -> Self {
        self.cross_origin = true;
        self
    }

    /// The OpenAPI document leaves it out.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// The same row for people: below the client that the path names, behind a session with the permission that the
    /// key's scope stands for. None for rows that are not behind a key. There is one truth: handler, types and problems
    /// are the row's own, and the OpenAPI document describes it once.
    pub(super) fn twin(&self) -> Option<Self> {
        let Access::Key(scope) = self.access else { return None };
        let rest = self.path.strip_prefix("/api")?;
        let limit = match self.limit {
            Limit::KeyWrite => Limit::SessionWrite,
            _ => Limit::Session,
        };
        let id = interned(format!("{}OfClient", self.operation.id));
        Some(Self {
            path: interned(format!("/api/clients/{{client}}{rest}")),
            operation: Operation { id, ..self.operation },
            access: Access::Member { permission: permission_of(scope), key_scope: Some(scope) },
            limit,
            hidden: true,
            is_twin: true,
            ..self.clone()
        })
    }

    /// The typed parts as schemas.
    pub(super) fn parts(&self, schemas: &mut Schemas) -> Parts {
        let mut parts = (self.describe)(schemas);
        if self.is_twin {
            let client = ClientId::json_schema(&mut schemas.requests).to_value();
            let properties =
                parts.path.ensure_object().entry("properties").or_insert_with(|| serde_json::json!({}));
            if let Some(properties) = properties.as_object_mut() {
                properties.insert("client".to_owned(), client);
            }
        }
        parts
    }

    /// The answer must begin within this time instead of the usual one.
    #[must_use]
    pub const fn within_ms(mut self, timeout_ms: u64) -> Self {
        self.timeout_ms = Some(timeout_ms);
        self
    }

    /// The handler reads `meta.if_match`.
    #[must_use]
    pub fn takes_if_match(mut self) -> Self {
        self.taken.if_match = true;
        self.may_answer(&[Code::StaleVersion])
    }

    /// The handler reads `meta.idempotency_key`.
    #[must_use]
    pub fn takes_idempotency_key(mut self) -> Self {
        self.taken.idempotency_key = true;
        self.may_answer(&[Code::IdempotencyKeyReused])
    }
}

/// A text that stays for good. Made for each derived name once, so that tables that are built anew cost nothing.
fn interned(text: String) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.get(text.as_str()) {
        return same;
    }
    let kept: &'static str = Box::leak(text.into_boxed_str());
    known.insert(kept);
    kept
}

/// What is wrong with a table of rows; empty when it is sound. The policy test asserts that.
pub fn faults(rows: &[Route]) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let name = format!("{} {}", row.method, row.path);
        let others = || rows.iter().skip(index + 1);
        if others().any(|other| other.method == row.method && other.path == row.path) {
            faults.push(format!("{name} stands twice"));
        }
        if others().any(|other| other.operation.id == row.operation.id) {
            faults.push(format!("{name}: the operation id `{}` stands twice", row.operation.id));
        }
        faults.extend(faults_of(row).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    faults
}

fn faults_of(row: &Route) -> Vec<String> {
    let mut schemas = Schemas::new();
    let parts = row.parts(&mut schemas);
    let mut faults = Vec::new();
    let mut in_template = path_names(row.path);
    let mut in_type = property_names(&parts.path);
    in_template.sort_unstable();
    in_type.sort_unstable();
    if in_template != in_type {
        faults.push(format!("the path names {in_template:?}, its type {in_type:?}"));
    }
    if matches!(row.access, Access::Public { why: "" }) {
        faults.push("a public row says why".to_owned());
    }
    let is_public = matches!(row.access, Access::Public { .. });
    if row.cross_origin && !is_public {
        faults.push("only public rows may be cross-origin".to_owned());
    }
    if is_public && matches!(row.limit, Limit::Key | Limit::KeyWrite | Limit::Session | Limit::SessionWrite) {
        faults.push("a public row has no key and no session to count by".to_owned());
    }
    let names_client = path_names(row.path).iter().any(|name| name == "client");
    if matches!(row.access, Access::Member { .. }) != names_client {
        faults.push("rows for members of a client name it as `{client}`, and no others do".to_owned());
    }
    if let Some(body) = parts.body.filter(|body| !is_public && body.content_type == "application/json") {
        let definitions = schemas.requests.take_definitions(true);
        if !is_closed(&body.schema, &definitions) {
            faults.push("the body takes unknown fields; add `#[serde(deny_unknown_fields)]`".to_owned());
        }
    }
    faults
}

/// Whether an object's schema refuses unknown fields.
fn is_closed(schema: &Schema, definitions: &serde_json::Map<String, serde_json::Value>) -> bool {
    let reference = schema.get("$ref").and_then(serde_json::Value::as_str);
    let target = reference.and_then(|path| path.rsplit('/').next()).and_then(|name| definitions.get(name));
    let closed = |value: &serde_json::Value| value.get("additionalProperties") == Some(&false.into());
    target.map_or_else(|| closed(schema.as_value()), closed)
}

/// The parameter names in `/api/faqs/{id}` and `/widget/{*path}`.
fn path_names(path: &str) -> Vec<String> {
    let inner = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    inner.map(|name| name.trim_start_matches('*').to_owned()).collect()
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?} {:?}", self.method, self.path, self.access, self.limit)
    }
}

/// Rows by path, as the router dispatches them.
pub(super) fn by_path(rows: Vec<Route>) -> Vec<(&'static str, Vec<Arc<Route>>)> {
    let mut paths: Vec<(&'static str, Vec<Arc<Route>>)> = Vec::new();
    for row in rows {
        match paths.iter_mut().find(|(path, _)| *path == row.path) {
            Some((_, rows)) => rows.push(Arc::new(row)),
            None => paths.push((row.path, vec![Arc::new(row)])),
        }
    }
    paths
}
