use super::support::*;
use crate::ground::limits::{HEADER_BYTES_MAX, JSON_BODY_BYTES_MAX, URL_BYTES_MAX};
use crate::http::routes::routes;
use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;

fn form(fields: &[(&str, &str)]) -> String {
    let field = |(disposition, body): &(&str, &str)| {
        format!("--edge\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{body}\r\n")
    };
    fields.iter().map(field).collect::<String>() + "--edge--\r\n"
}

const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=edge");

#[tokio::test]
async fn a_typed_body_becomes_a_created_answer() {
    let headers = [JSON, with_key(WRITER), ("idempotency-key", "k-1")];

    let answer = Toy::new().ask("POST /pets", &headers, r#"{"name":"Rex"}"#).await;

    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), "/pets/k-1");
    assert_eq!(answer.json(), serde_json::json!({"name": "Rex", "legs": 0}));
}

#[tokio::test]
async fn every_way_a_body_can_be_wrong_has_its_code() {
    let toy = Toy::new();
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(JSON_BODY_BYTES_MAX));

    for (content_type, body, status, code, pointer) in [
        ("application/json", "{", 400, "invalid_request", None),
        ("application/json", "", 400, "invalid_request", None),
        ("application/json", r#"{"name":1}"#, 422, "validation_failed", Some("/name")),
        ("application/json", r#"{"name":"a","wings":2}"#, 422, "validation_failed", Some("/wings")),
        ("application/json", r#"{"legs":2}"#, 422, "validation_failed", Some("/name")),
        ("text/plain", r#"{"name":"a"}"#, 415, "unsupported_media_type", None),
        ("application/json", &large, 413, "payload_too_large", None),
        ("application/json; charset=utf-8", r#"{"name":"a"}"#, 201, "", None),
    ] {
        let headers = [("content-type", content_type), with_key(WRITER)];

        let answer = toy.ask("POST /pets", &headers, body).await;

        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
        assert_eq!(answer.json()["errors"][0]["pointer"].as_str(), pointer);
    }
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded_too() {
    let pieces = futures_util::stream::repeat(Bytes::from(vec![b' '; 64 * 1024])).take(8);
    let pieces = pieces.map(Ok::<_, std::io::Error>);

    let answer =
        Toy::new().send(request("POST /pets", &[JSON, with_key(WRITER)], Body::from_stream(pieces))).await;

    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_a_408_and_a_handler_that_does_not_answer_a_503() {
    let toy = Toy::new();
    let stalled = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());

    let body = toy.send(request("POST /pets", &[JSON, with_key(WRITER)], stalled)).await;
    let handler = toy.ask("GET /pets/503", &[], "").await;

    assert_eq!((body.status.as_u16(), body.code().as_str()), (408, "request_timeout"));
    assert_eq!((handler.status.as_u16(), handler.code().as_str()), (503, "timeout"));
}

#[tokio::test]
async fn a_file_is_read_piece_by_piece() {
    let body = form(&[("name=\"file\"; filename=\"rex.txt\"", "good dog")]);

    let answer = Toy::new().ask("POST /pets/photos", &[FORM, with_key(WRITER)], &body).await;

    assert_eq!(answer.status, 202);
    assert_eq!(answer.json(), serde_json::json!({"name": "rex.txt", "legs": 8}));
}

#[tokio::test]
async fn a_form_that_is_not_one_named_file_is_refused() {
    let toy = Toy::new();
    let file = ("name=\"file\"; filename=\"a.txt\"", "a");
    let whole = form(&[file]);

    for (content_type, body, status, why) in [
        (FORM.1, form(&[("name=\"note\"", "hi"), file]), 422, "another field first"),
        (FORM.1, form(&[file, file]), 422, "two files"),
        (FORM.1, form(&[("name=\"file\"", "a")]), 422, "no file name"),
        (FORM.1, form(&[]), 422, "no field"),
        (FORM.1, whole[..whole.len() - 12].to_owned(), 400, "cut short"),
        ("multipart/form-data", whole.clone(), 400, "no boundary"),
        ("application/json", whole.clone(), 415, "another content type"),
    ] {
        let headers = [("content-type", content_type), with_key(WRITER)];

        let answer = toy.ask("POST /pets/photos", &headers, &body).await;

        assert_eq!(answer.status, status, "{why}: {:?}", answer.json());
    }
}

#[tokio::test]
async fn a_file_that_announces_too_much_is_refused_before_it_is_read() {
    let headers = [FORM, with_key(WRITER), ("content-length", "99999999999")];

    let answer = Toy::new().ask("POST /pets/photos", &headers, "").await;

    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn addresses_and_headers_are_bounded() {
    let toy = Toy::new();
    let long = format!("GET /pets/1?q={}", "x".repeat(URL_BYTES_MAX));

    let address = toy.ask(&long, &[], "").await;
    let headers = toy.ask("GET /pets/1", &[("x-filler", &"x".repeat(HEADER_BYTES_MAX))], "").await;

    assert_eq!((address.status.as_u16(), headers.status.as_u16()), (414, 431));
}

#[tokio::test]
async fn what_no_row_knows_is_a_problem_too() {
    let toy = Toy::new();

    let nowhere = toy.ask("GET /nowhere", &[], "").await;
    let no_pet = toy.ask("GET /pets/not-a-number", &[], "").await;
    let brew = toy.ask("BREW /pets", &[], "").await;
    let options = toy.ask("OPTIONS /pets", &[], "").await;
    let host = toy.ask("GET /pets/1", &[("x-forwarded-host", "evil")], "").await;

    assert_eq!((nowhere.status.as_u16(), nowhere.code().as_str()), (404, "not_found"));
    assert_eq!((no_pet.status.as_u16(), no_pet.code().as_str()), (404, "not_found"));
    assert_eq!((brew.status.as_u16(), brew.header("allow")), (405, "POST, GET, HEAD"));
    assert_eq!(options.status, 405);
    assert_eq!(host.status, 200, "a stranger's forwarded header is not even read");
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused_behind_a_key_and_ignored_in_public() {
    let toy = Toy::new();

    let key = toy.ask("GET /pets?colour=red", &[with_key(READER)], "").await;
    let known = toy.ask("GET /pets?limit=3", &[with_key(READER)], "").await;
    let public = toy.ask("GET /pets/1?v=2", &[], "").await;

    assert_eq!(key.json()["errors"][0]["pointer"], "/colour");
    assert_eq!(known.json()[0]["legs"], 3);
    assert_eq!(public.status, 200);
}

#[tokio::test]
async fn a_failure_or_a_panic_inside_says_nothing_private_and_carries_the_request_id() {
    let toy = Toy::new();

    for path in ["GET /pets/500", "GET /pets/501"] {
        let answer = toy.ask(path, &[], "").await;

        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "internal"));
        assert!(!String::from_utf8_lossy(&answer.body).contains("private"));
        assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
    }
    assert_eq!(toy.ask("GET /pets/1", &[], "").await.status, 200, "the process goes on");
}

#[tokio::test]
async fn an_edit_with_an_older_version_is_a_409_and_with_a_broken_tag_a_400() {
    let toy = Toy::new();
    let edit = |tag: &'static str| {
        let toy = &toy;
        async move {
            let headers = [JSON, with_key(WRITER), ("if-match", tag)];
            toy.ask("PATCH /pets/1", &headers, r#"{"name":"a"}"#).await
        }
    };

    assert_eq!(edit("\"7\"").await.status, 204);
    assert_eq!(edit("\"6\"").await.code(), "stale_version");
    assert_eq!(edit("seven").await.status, 400);
}

#[tokio::test]
async fn a_get_whose_tag_still_fits_is_a_304_without_a_body() {
    let toy = Toy::new();

    let first = toy.ask("GET /pets/1", &[], "").await;
    let again = toy.ask("GET /pets/1", &[("if-none-match", first.header("etag"))], "").await;
    let changed = toy.ask("GET /pets/1", &[("if-none-match", "\"6\"")], "").await;

    assert_eq!(first.header("etag"), "\"7\"");
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let toy = Toy::new();

    let get = toy.ask("GET /pets/1", &[], "").await;
    let head = toy.ask("HEAD /pets/1", &[], "").await;

    assert_eq!((head.status, head.body.len()), (get.status, 0));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn a_caller_that_asks_for_events_gets_a_stream() {
    let headers = [JSON, ("accept", "text/event-stream")];

    let answer = Toy::new().ask("POST /chat", &headers, r#"{"name":"hi"}"#).await;

    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.body, "id: 1\ndata: hello\n\nid: 2\ndata: world\n\n");
}

#[tokio::test]
async fn metrics_are_read_with_their_token_and_count_by_route_pattern() {
    let mut all = routes();
    all.extend(rows());
    let toy = Toy::with(crate::http::HttpSettings::default(), all);
    toy.ask("GET /pets/1", &[], "").await;
    toy.ask("GET /pets/2", &[], "").await;

    let nobody = toy.ask("GET /metrics", &[], "").await;
    let operator = toy.ask("GET /metrics", &[("authorization", "Bearer metrics-token")], "").await;

    assert_eq!(nobody.status, 401);
    let line = r#"snip_http_requests_total{route="/pets/{id}",method="GET",status="2xx"} 2"#;
    assert!(String::from_utf8_lossy(&operator.body).contains(line));
}
