//! What no caller meant: bodies, queries and paths that are wrong never break the server (ACC-12, API-1).

use super::assert_none;
use super::node::{BOUNDARY, Node, Payload};
use axum::http::Method;
use serde_json::Value;
use snip::http::Route;
use snip::http::access::Access;

/// Bodies of the wrong kind, shape or size, each with what it calls itself.
fn wrong_bodies() -> Vec<Payload> {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
    let deep = "[".repeat(5_000);
    let objects = format!("{}1{}", "{\"a\":".repeat(500), "}".repeat(500));
    let part = |inner: &str| format!("--{BOUNDARY}\r\n{inner}\r\n\r\nx\r\n--{BOUNDARY}--\r\n");
    let texts: Vec<(&str, String)> = vec![
        (json, String::new()),
        (json, "{".into()),
        (json, "[]".into()),
        (json, "[{}]".into()),
        (json, "null".into()),
        (json, "true".into()),
        (json, "\"text\"".into()),
        (json, "1e999".into()),
        (json, "{}".into()),
        (json, "{\"unknown_field\":1}".into()),
        (json, "{\"question\":{},\"answer\":[],\"query\":7,\"message\":null,\"enabled\":\"yes\"}".into()),
        (json, "{\"question\":\"\\u0000\",\"answer\":\"\\ud800\"}".into()),
        (json, "{\"query\":\"\",\"k\":-1}".into()),
        (json, "{\"query\":\"x\",\"k\":99999999999999999999}".into()),
        (json, deep),
        (json, objects),
        (json, format!("\"{}\"", "x".repeat(300_000))),
        ("application/json; charset=utf-16", "{}".into()),
        ("application/problem+json", "{}".into()),
        ("text/plain", "{}".into()),
        ("text/html", "<p>".into()),
        ("application/xml", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".into()),
        ("not a content type", "{}".into()),
        ("", "{}".into()),
        (form, "a=b".into()),
        (form, "agency_name=%ff&agency_name=&client_email=%00".into()),
        ("multipart/form-data", "x".into()),
        (&multipart, "x".into()),
        (&multipart, part("content-disposition: form-data")),
        (&multipart, part("content-disposition: form-data; name=\"file\"")),
        (&multipart, part("content-disposition: form-data; name=\"file\"; filename=\"\"")),
        (&multipart, part("content-disposition: form-data; name=\"other\"; filename=\"a.md\"")),
        (&multipart, part("content-disposition: form-data; name=\"file\"; filename=\"../../a.md\"")),
        (&multipart, part(&"x: y\r\n".repeat(2_000))),
    ];
    let mut bodies: Vec<Payload> = texts.into_iter().map(|(kind, text)| Payload::new(kind, text)).collect();
    bodies.push(Payload::new(json, vec![0xff, 0xfe, 0x00]));
    bodies.push(Payload::new(json, b"{\"query\":\"\xff\"}".to_vec()));
    bodies
}

/// A request of the row's own kind with this body, by whoever may call it.
async fn send(node: &Node, row: &Route, uri: &str, key: &str, payload: &Payload) -> (u16, String) {
    let headers = node.credentials(row, key).await;
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = node.ask(&row.method, uri, &headers, Some(payload)).await;
    (answer.status, answer.code())
}

/// The row as the description knows it; null when it is hidden.
fn described(row: &Route) -> Value {
    let document = snip::http::openapi::document(std::slice::from_ref(row));
    document["paths"][row.path][row.method.as_str().to_lowercase()].clone()
}

/// What is sent along where nothing is asked for is not read.
fn takes_no_body(row: &Route) -> bool {
    let mut shown = row.clone();
    shown.hidden = false;
    described(&shown)["requestBody"].is_null()
}

fn takes_json(row: &Route) -> bool {
    described(row)["requestBody"]["content"].get("application/json").is_some()
}

#[tokio::test]
async fn no_body_breaks_the_server() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in node.rows.clone().into_iter().filter(|row| row.method != Method::DELETE) {
        let uri = node.uri_of(&row, &tenant).await;
        let is_reading = row.method == Method::GET;
        let operation = described(&row);
        for payload in wrong_bodies() {
            let (status, code) = send(&node, &row, &uri, &tenant.key, &payload).await;
            let start: String = String::from_utf8_lossy(&payload.bytes).chars().take(60).collect();
            let what = format!("{} {}: {:?} {start:?}", row.method, row.path, payload.content_type);
            if status >= 500 {
                broken.push(format!("{what} got {status}"));
            }
            if !operation.is_null() && operation["responses"].get(status.to_string()).is_none() {
                broken.push(format!("{what} got {status}, which the description does not know"));
            }
            // A page for people answers a form's mistakes with the form.
            let may_be_fine = is_reading
                || takes_no_body(&row)
                || row.access == Access::Setup
                || payload.bytes.starts_with(b"{}");
            if status < 400 && !may_be_fine && !is_partly_good(&row, &payload) {
                broken.push(format!("{what} was accepted with {status}"));
            }
            if (400..500).contains(&status) && code.is_empty() {
                broken.push(format!("{what}: {status} without a problem"));
            }
        }
    }

    assert_none(&broken, "ACC-12");
    node.stop().await;
}

/// A file whose name leads elsewhere is kept under an id, and its name is shown as it came.
fn is_partly_good(row: &Route, payload: &Payload) -> bool {
    row.operation.id.starts_with("uploadDocument")
        && String::from_utf8_lossy(&payload.bytes).contains("../../a.md")
}

#[tokio::test]
async fn a_body_behind_a_key_is_an_object_of_known_fields_in_json() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();
    let wrong = [
        (Payload::new("application/json", "[]"), &[400, 422][..]),
        (Payload::new("application/json", "\"x\""), &[400, 422]),
        (Payload::new("application/json", "{\"unknown_field\":1}"), &[422]),
        (Payload::new("application/json", "{"), &[400]),
        (Payload::new("text/plain", "{}"), &[415]),
        (Payload::new("application/x-www-form-urlencoded", "a=b"), &[415]),
    ];

    let is_wanted = |row: &Route| matches!(row.access, Access::Key(_)) && takes_json(row);
    for row in node.rows.clone().into_iter().filter(is_wanted) {
        let uri = node.uri_of(&row, &tenant).await;
        for (payload, expected) in &wrong {
            let (status, _) = send(&node, &row, &uri, &tenant.key, payload).await;
            if !expected.contains(&status) {
                let text = String::from_utf8_lossy(&payload.bytes).into_owned();
                broken.push(format!("{} {}: {text} got {status}, not {expected:?}", row.method, row.path));
            }
        }
    }

    assert_none(&broken, "ACC-12: unknown fields are refused");
    node.stop().await;
}

#[tokio::test]
async fn no_path_and_no_query_breaks_the_server() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let values = ["%00", "%ff", "..%2f..%2fetc%2fpasswd", "%27%20or%201=1--", "doc_", "💾", "a%0d%0ab", "-1"];
    let queries = [
        "limit=-1",
        "limit=99999999999",
        "limit=x",
        "cursor=%ff",
        "cursor=bm90aGluZw",
        "a=b&a=c",
        "%00",
        "&&=",
    ];
    let mut broken = Vec::new();

    for row in node.rows.clone() {
        let operation = described(&row);
        let payload = node.payload_of(&row, &tenant);
        let mut uris: Vec<String> = Vec::new();
        if let Some((start, rest)) = row.path.split_once('{') {
            let end = rest.split_once('}').map_or("", |(_, end)| end).replace("{*path}", "x");
            uris.extend(values.iter().map(|value| format!("{start}{}{end}", encode(value))));
        }
        if row.method == Method::GET {
            let uri = node.uri_of(&row, &tenant).await;
            uris.extend(queries.iter().map(|query| format!("{uri}?{query}")));
        }
        for uri in uris {
            let headers = node.credentials(&row, &tenant.key).await;
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = node.ask(&row.method, &uri, &headers, payload.as_ref()).await;
            if answer.status >= 500 {
                broken.push(format!("{} {uri} got {}", row.method, answer.status));
            }
            if !operation.is_null() && operation["responses"].get(answer.status.to_string()).is_none() {
                broken.push(format!("{} {uri} got {}, not described", row.method, answer.status));
            }
            let is_wrong_object = !uri.contains('?') && answer.status < 400;
            if is_wrong_object {
                broken.push(format!("{} {uri} was found", row.method));
            }
        }
    }

    assert_none(&broken, "ACC-12");
    node.stop().await;
}

/// Addresses are ASCII; what is not is percent-encoded.
fn encode(text: &str) -> String {
    let byte = |byte: u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

#[tokio::test]
async fn a_problem_points_to_the_field_and_tells_no_internals() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let payload = Payload::new("application/json", "{\"question\":\"\",\"answer\":\"x\"}");
    let key = [("x-api-key", tenant.key.as_str())];

    let answer = node.ask(&Method::POST, "/api/faqs", &key, Some(&payload)).await;

    let problem: Value = answer.json();
    assert_eq!((answer.status, problem["code"].as_str()), (422, Some("validation_failed")), "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "/question");
    for inner in ["src/", "rusqlite", "sqlite", "panicked", "stack backtrace", "serde"] {
        assert!(!answer.text().contains(inner), "{inner}: {problem}");
    }
    node.stop().await;
}
