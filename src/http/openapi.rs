//! The OpenAPI 3.1 document, derived from the rows: nothing in it is written by hand but the introduction.
//!
//! Schemas stand in `components` and are referred to. What is read and what is written may differ under one
//! name (a default makes a field optional in a request only); the written form is then called `…View`.

use super::access::Access;
use super::body::BodySpec;
use super::limits::Limit;
use super::problem::{PROBLEM_JSON, ProblemView};
use super::problem_codes::{CODES, Code};
use super::reply::ReplySpec;
use super::route::{Parts, Route, Schemas, property_names};
use axum::http::Method;
use schemars::Schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const INTRODUCTION: &str = "Every failure is `application/problem+json` (RFC 9457) with a stable `code` and a \
    `request_id`. Lists are paged by cursor. Times are RFC 3339 in UTC. Creating requests take an \
    `Idempotency-Key`; edits take the `ETag` of what was read as `If-Match`. `RateLimit-*` headers say what is left. \
    What a key opens at `/api/…` is also at `/api/clients/{client}/…` for whoever is signed in, and for keys of the \
    agency, which need no cookie and no `X-CSRF-Token`.";

const SCHEMAS: &str = "#/components/schemas/";

/// The document of these rows, without the hidden ones.
pub fn document(rows: &[Route]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<Value> = Vec::new();
    for row in rows.iter().filter(|row| !row.hidden) {
        let parts = row.parts(&mut schemas);
        let path = paths.entry(row.path.replace("{*", "{")).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(row.method.as_str().to_ascii_lowercase(), operation(row, parts));
        }
        let tag = json!({ "name": row.operation.tag });
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let definitions = definitions(schemas, &mut paths);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "API", "version": env!("CARGO_PKG_VERSION"), "description": INTRODUCTION },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": { "schemas": definitions, "securitySchemes": security_schemes() },
    })
}

fn operation(row: &Route, parts: Parts) -> Value {
    let responses = responses(row, &parts);
    let mut operation = json!({
        "operationId": row.operation.id,
        "tags": [row.operation.tag],
        "summary": row.operation.summary,
        "parameters": parameters(row, &parts),
    });
    if let Some(object) = operation.as_object_mut() {
        if let Some(description) = access_sentence(row) {
            object.insert("description".to_owned(), description.into());
        }
        if let Some(BodySpec { content_type, schema }) = parts.body {
            let content = Map::from_iter([(content_type.to_owned(), json!({ "schema": schema }))]);
            object.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        object.insert("responses".to_owned(), responses);
        object.insert("security".to_owned(), security(row.access));
    }
    operation
}

fn parameters(row: &Route, parts: &Parts) -> Vec<Value> {
    let mut parameters = parameters_of(&parts.path, "path");
    parameters.extend(parameters_of(&parts.query, "query"));
    if row.access.is_by_session() && row.method != Method::GET {
        let says = "The `csrf_token` of the session.";
        let schema = json!({ "type": "string" });
        parameters.push(json!({
            "name": "X-CSRF-Token", "in": "header", "required": true, "description": says, "schema": schema,
        }));
    }
    let mut header = |name: &str, says: &str, schema: Value| {
        parameters.push(json!({ "name": name, "in": "header", "description": says, "schema": schema }));
    };
    if row.taken.if_match {
        let says = "The `ETag` of what was read; an edit of an older version is refused.";
        header("If-Match", says, json!({ "type": "string", "examples": ["\"7\""] }));
    }
    if row.taken.idempotency_key {
        let says = "Makes a repeated request answer as the first one did, for a day.";
        header("Idempotency-Key", says, json!({ "type": "string", "minLength": 1, "maxLength": 255 }));
    }
    parameters
}

fn parameters_of(schema: &Schema, place: &str) -> Vec<Value> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| place == "path" || required.is_some_and(|names| names.contains(&name.into()));
    let parameter = |name: String| {
        let mut property =
            schema.pointer(&format!("/properties/{name}")).cloned().unwrap_or(Value::Bool(true));
        let description = property.as_object_mut().and_then(|property| property.remove("description"));
        let mut parameter =
            json!({ "name": name, "in": place, "required": is_required(&name), "schema": property });
        if let (Some(object), Some(description)) = (parameter.as_object_mut(), description) {
            object.insert("description".to_owned(), description);
        }
        parameter
    };
    property_names(schema).into_iter().map(parameter).collect()
}

fn responses(row: &Route, parts: &Parts) -> Value {
    let mut responses = Map::new();
    responses.insert(parts.reply.status.to_string(), reply(&parts.reply));
    if row.method == Method::GET && parts.reply.headers.iter().any(|(name, _)| *name == "ETag") {
        let description = "What was read before is still the present state (`If-None-Match`).";
        responses.insert("304".to_owned(), json!({ "description": description }));
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in CODES.iter().filter(|code| can_answer(row, parts, **code)) {
        by_status.entry(code.row().status).or_default().push(*code);
    }
    for (status, codes) in by_status {
        responses.insert(status.to_string(), problem_response(&codes));
    }
    if let Some((status, says)) = parts.reply.otherwise {
        add_otherwise(responses.entry(status.to_string()).or_insert_with(|| json!({})), says, &parts.reply);
    }
    let schema = json!({ "$ref": format!("{SCHEMAS}Problem") });
    let content = json!({ PROBLEM_JSON: { "schema": schema } });
    responses
        .insert("default".to_owned(), json!({ "description": "Any other failure.", "content": content }));
    Value::Object(responses)
}

/// Adds the reply's contents to what else may be answered with this status.
fn add_otherwise(response: &mut Value, says: &str, spec: &ReplySpec) {
    let Some(object) = response.as_object_mut() else { return };
    let others = object
        .get("description")
        .and_then(Value::as_str)
        .map_or_else(String::new, |words| format!(" {words}"));
    object.insert("description".to_owned(), format!("{says}{others}").into());
    let mut contents = reply(spec).get("content").cloned().unwrap_or_else(|| json!({}));
    if let (Some(all), Some(problems)) =
        (contents.as_object_mut(), object.get("content").and_then(Value::as_object))
    {
        all.extend(problems.clone());
    }
    object.insert("content".to_owned(), contents);
}

/// Whether a row may answer with this code: its own problems, and those that follow from its parts.
fn can_answer(row: &Route, parts: &Parts, code: Code) -> bool {
    let has_query = !row.query_names.is_empty();
    let has_body = parts.body.is_some();
    let has_path = !property_names(&parts.path).is_empty();
    let by_key = matches!(row.access, Access::Key(_));
    let by_session = row.access.is_by_session();
    let by_member = matches!(row.access, Access::Member { .. });
    let follows = match code {
        Code::InvalidRequest | Code::Internal | Code::Timeout => true,
        Code::ValidationFailed => has_body || has_query || by_key || by_session,
        Code::PayloadTooLarge | Code::UnsupportedMediaType | Code::RequestTimeout => has_body,
        Code::NotFound => has_path,
        Code::Unauthorized => by_key || row.access == Access::Metrics,
        Code::SessionMissing => by_session,
        Code::CsrfRefused => by_session && row.method != Method::GET,
        Code::Forbidden => by_key || (by_session && row.access != Access::Session),
        Code::ClientInactive => by_key || by_member,
        Code::SetupLinkInvalid => row.access == Access::Setup,
        Code::RateLimited => row.limit != Limit::Health || by_key,
        _ => false,
    };
    follows || row.problems.contains(&code)
}

fn problem_response(codes: &[Code]) -> Value {
    let words: Vec<_> = codes.iter().map(|code| format!("`{}`: {}.", code.name(), code.title())).collect();
    let examples = codes.iter().map(|code| {
        let row = code.row();
        let example = json!({
            "type": format!("/problems/{}", row.name),
            "title": row.title,
            "status": row.status,
            "code": row.name,
            "request_id": "req_01jd3v5s8e4w6x7y9zabcdefgh",
        });
        (row.name.to_owned(), json!({ "value": example }))
    });
    let examples: Map<_, _> = examples.collect();
    let schema = json!({ "$ref": format!("{SCHEMAS}Problem") });
    let mut response = json!({
        "description": words.join(" "),
        "content": { PROBLEM_JSON: { "schema": schema, "examples": examples } },
    });
    if let (Some(object), Some(headers)) = (response.as_object_mut(), problem_headers(codes)) {
        object.insert("headers".to_owned(), headers);
    }
    response
}

fn problem_headers(codes: &[Code]) -> Option<Value> {
    let text = json!({ "type": "string" });
    if codes.contains(&Code::RateLimited) {
        let says = "Seconds until another try is worth it.";
        return Some(json!({ "Retry-After": { "description": says, "schema": { "type": "integer" } } }));
    }
    let says = "The scheme that would be accepted.";
    let header = json!({ "WWW-Authenticate": { "description": says, "schema": text } });
    codes.contains(&Code::Unauthorized).then_some(header)
}

/// The contents of a reply by their type.
fn contents(spec: &ReplySpec) -> Map<String, Value> {
    let content = spec.contents.iter().map(|(content_type, schema)| {
        let text = || json!({ "type": "string" });
        let schema = schema.as_ref().map_or_else(text, |schema| schema.as_value().clone());
        ((*content_type).to_owned(), json!({ "schema": schema }))
    });
    content.collect()
}

fn reply(spec: &ReplySpec) -> Value {
    let content = contents(spec);
    let headers = spec.headers.iter().map(|(name, says)| {
        ((*name).to_owned(), json!({ "description": says, "schema": { "type": "string" } }))
    });
    let headers: Map<_, _> = headers.collect();
    let mut reply = json!({ "description": spec.description });
    if let Some(object) = reply.as_object_mut() {
        for (name, part) in [("headers", headers), ("content", content)] {
            if !part.is_empty() {
                object.insert(name.to_owned(), Value::Object(part));
            }
        }
    }
    reply
}

fn access_sentence(row: &Route) -> Option<String> {
    match row.access {
        Access::Key(scope) => Some(match row.needs_too {
            Some(second) => format!("Needs an API key with the scopes `{scope}` and `{second}`."),
            None => format!("Needs an API key with the scope `{scope}`."),
        }),
        Access::Agency(permission) => {
            Some(format!("Needs a session of the agency's staff with the permission `{permission}`."))
        }
        Access::Member { permission, .. } => {
            Some(format!("Needs a session with the permission `{permission}` in this client."))
        }
        Access::Session => Some("Needs a session.".to_owned()),
        Access::Public { .. } | Access::Setup | Access::Metrics => None,
    }
}

fn security(access: Access) -> Value {
    match access {
        Access::Public { .. } => json!([]),
        Access::Key(_) => json!([{ "apiKey": [] }, { "bearer": [] }]),
        Access::Session => json!([{ "session": [] }]),
        Access::Agency(_) | Access::Member { .. } => {
            json!([{ "session": [] }, { "apiKey": [] }, { "bearer": [] }])
        }
        Access::Setup | Access::Metrics => json!([{ "bearer": [] }]),
    }
}

fn security_schemes() -> Value {
    json!({
        "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-session",
            "description": "The cookie of a session; writes carry its `csrf_token` as `X-CSRF-Token`.",
        },
        "bearer": { "type": "http", "scheme": "bearer", "description": "The same key as a bearer token." },
    })
}

/// All schemas by name; the replies of `paths` are pointed to the names that they have here.
fn definitions(mut schemas: Schemas, paths: &mut Map<String, Value>) -> Map<String, Value> {
    // Every response refers to it.
    schemas.replies.subschema_for::<ProblemView<'static>>();
    let mut read = schemas.requests.take_definitions(true);
    let mut written = schemas.replies.take_definitions(true);
    if let Some(code) = written.get_mut("Problem").and_then(|schema| schema.pointer_mut("/properties/code")) {
        let names: Vec<_> = CODES.iter().map(|code| code.name()).collect();
        *code = json!({ "type": "string", "enum": names, "description": "The stable name to branch on." });
    }
    // A type that refers to a renamed one differs from its read form only then, so this runs until all do.
    let mut renames: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let differs =
            |(name, schema): &(&String, &Value)| read.get(*name).is_some_and(|other| other != *schema);
        let fresh: Vec<_> = written.iter().filter(differs).map(|(name, _)| name.clone()).collect();
        if fresh.is_empty() {
            break;
        }
        for name in fresh {
            let new_name = free_name(&name, &read, &written);
            if let Some(schema) = written.shift_remove(&name) {
                written.insert(new_name.clone(), schema);
            }
            renames.insert(format!("{SCHEMAS}{name}"), format!("{SCHEMAS}{new_name}"));
        }
        written.values_mut().for_each(|schema| point_to(schema, &renames));
    }
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|path| path.values_mut()) {
        if let Some(responses) = operation.get_mut("responses") {
            point_to(responses, &renames);
        }
    }
    read.append(&mut written);
    read.sort_keys();
    read
}

fn free_name(name: &str, read: &Map<String, Value>, written: &Map<String, Value>) -> String {
    let mut candidate = format!("{name}View");
    while read.contains_key(&candidate) || written.contains_key(&candidate) {
        candidate.push_str("View");
    }
    candidate
}

/// Points every `$ref` in `value` to the new name of its target.
fn point_to(value: &mut Value, renames: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, part) in object.iter_mut() {
                match part {
                    Value::String(target) if key == "$ref" => {
                        if let Some(new_name) = renames.get(target) {
                            target.clone_from(new_name);
                        }
                    }
                    _ => point_to(part, renames),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| point_to(part, renames)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
#[path = "tests/openapi.rs"]
mod tests;
