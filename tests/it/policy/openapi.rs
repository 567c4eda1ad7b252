//! The description of the interface: complete, sound, reviewed (API-1).

use super::assert_none;
use serde_json::{Map, Value};
use snip::http::openapi::document;
use snip::http::problem_codes::CODES;
use snip::http::routes::routes;
use std::collections::BTreeSet;
use std::process::Command;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];
const PROBLEM: &str = "application/problem+json";

/// Each operation with its name, `GET /api/faqs`.
fn operations(document: &Value) -> Vec<(String, Map<String, Value>)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{path}: {method}");
            found.push((format!("{} {path}", method.to_uppercase()), operation.as_object().unwrap().clone()));
        }
    }
    found
}

#[test]
fn the_description_is_the_reviewed_one() {
    insta::with_settings!(
        { snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true },
        { insta::assert_json_snapshot!("openapi", document(&routes())); }
    );
}

#[test]
fn the_command_prints_the_same_description() {
    let output = Command::new(env!("CARGO_BIN_EXE_snip")).arg("openapi").env_clear().output().unwrap();

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(printed == document(&routes()), "`snip openapi` prints what `/api/openapi.json` serves");
}

#[test]
fn every_route_that_is_not_hidden_is_described_and_nothing_else() {
    let described: BTreeSet<String> =
        operations(&document(&routes())).into_iter().map(|(name, _)| name).collect();
    let shown = routes().into_iter().filter(|row| !row.hidden);

    let rows: BTreeSet<String> =
        shown.map(|row| format!("{} {}", row.method, row.path.replace("{*", "{"))).collect();

    assert_eq!(described, rows);
}

#[test]
fn every_operation_is_named_explained_and_says_how_it_fails() {
    let document = document(&routes());
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    let mut broken = Vec::new();

    for (name, operation) in operations(&document) {
        let text = |key: &str| operation.get(key).and_then(Value::as_str).unwrap_or_default();
        if !text("summary").ends_with('.') || text("summary").len() < 10 {
            broken.push(format!("{name}: the summary is no sentence: {:?}", text("summary")));
        }
        if text("operationId").is_empty() || !ids.insert(text("operationId").to_owned()) {
            broken.push(format!("{name}: the operation id {:?} is missing or taken", text("operationId")));
        }
        let own_tags = operation["tags"].as_array().unwrap();
        if own_tags.len() != 1 || !own_tags.iter().all(|tag| tags.contains(&tag)) {
            broken.push(format!("{name}: one declared tag, not {own_tags:?}"));
        }
        if operation.get("security").is_none() {
            broken.push(format!("{name}: says nothing of credentials"));
        }
        broken.extend(faults_of_responses(&operation).into_iter().map(|fault| format!("{name}: {fault}")));
        broken.extend(faults_of_path(&name, &operation));
    }

    assert_none(&broken, "API-1");
}

fn faults_of_responses(operation: &Map<String, Value>) -> Vec<String> {
    let mut faults = Vec::new();
    let responses = operation["responses"].as_object().unwrap();
    let is_problem = |status: &str| status.starts_with('4') || status.starts_with('5');
    if !responses.keys().any(|status| is_problem(status)) {
        faults.push("no problem response".to_owned());
    }
    if !responses.keys().any(|status| status.starts_with('2')) {
        faults.push("no good response".to_owned());
    }
    for (status, response) in responses.iter().filter(|(status, _)| is_problem(status)) {
        let examples = response["content"][PROBLEM]["examples"].as_object();
        let Some(examples) = examples.filter(|examples| !examples.is_empty()) else {
            faults.push(format!("{status} has no example of its problem"));
            continue;
        };
        for (code, example) in examples {
            if example["value"]["status"].to_string() != *status || example["value"]["code"] != **code {
                faults.push(format!("{status}: the example `{code}` says otherwise"));
            }
        }
    }
    faults
}

/// Each `{name}` of the path is a parameter, and each path parameter stands in the path.
fn faults_of_path(name: &str, operation: &Map<String, Value>) -> Option<String> {
    let in_path: BTreeSet<&str> = name.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    let parameters = operation["parameters"].as_array().unwrap().iter();
    let declared: BTreeSet<&str> =
        parameters.filter(|it| it["in"] == "path").filter_map(|it| it["name"].as_str()).collect();
    (in_path != declared).then(|| format!("{name}: the path names {in_path:?}, the parameters {declared:?}"))
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document(&routes());
    let mut targets = BTreeSet::new();
    collect_references(&document, &mut targets);

    let lost: Vec<String> =
        targets.iter().filter(|it| document.pointer(it.trim_start_matches('#')).is_none()).cloned().collect();
    let schemas = document["components"]["schemas"].as_object().unwrap().keys();
    let unused: Vec<String> = schemas
        .map(|name| format!("#/components/schemas/{name}"))
        .filter(|it| !targets.contains(it))
        .collect();

    assert_none(&lost, "references that lead nowhere");
    assert_none(&unused, "schemas that nothing refers to");
}

fn collect_references(value: &Value, targets: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, part) in object {
                match part {
                    Value::String(target) if key == "$ref" => drop(targets.insert(target.clone())),
                    _ => collect_references(part, targets),
                }
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect_references(part, targets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_description_lists_every_problem_code() {
    let document = document(&routes());
    let listed = document.pointer("/components/schemas/Problem/properties/code/enum").unwrap();
    let codes: Vec<&str> = CODES.iter().map(|code| code.name()).collect();

    assert_eq!(listed, &serde_json::json!(codes));
}
