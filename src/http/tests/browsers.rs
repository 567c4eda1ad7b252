use super::support::*;
use crate::http::HttpSettings;
use crate::http::address::TrustedProxies;
use crate::http::routes::routes;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let toy = Toy::new();

    for line in
        ["GET /pets/1", "GET /pets/404", "GET /pets/501", "GET /nowhere", "POST /pets", "OPTIONS /chat"]
    {
        let answer = toy.ask(line, &[], "").await;

        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{line}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{line}");
        assert_eq!(answer.header("cache-control"), "no-store", "{line}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{line}");
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{line}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{line}");
        assert!(!answer.header("referrer-policy").is_empty(), "{line}");
        assert!(answer.header("x-request-id").starts_with("req_"), "{line}");
        assert!(!answer.headers.contains_key("strict-transport-security"), "{line}");
    }
}

#[tokio::test]
async fn strict_transport_is_asked_for_only_where_the_site_is_https() {
    let trusted_proxies = TrustedProxies::new(vec!["198.51.100.0/24".parse().unwrap()]);
    let behind_proxy = Toy::with(HttpSettings { trusted_proxies, ..HttpSettings::default() }, rows());
    let forwarded = [("x-forwarded-proto", "https")];

    let vouched = behind_proxy.ask("GET /pets/1", &forwarded, "").await;
    let spoofed = Toy::new().ask("GET /pets/1", &forwarded, "").await;

    assert_eq!(vouched.header("strict-transport-security"), "max-age=31536000");
    assert!(!spoofed.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn pages_of_other_sites_may_read_marked_rows_only_and_never_with_cookies() {
    let toy = Toy::new();
    let origin = [("origin", "https://shop.example"), JSON];

    let pet = toy.ask("GET /pets/1", &origin, "").await;
    let missing = toy.ask("GET /pets/404", &origin, "").await;
    let refused = toy.ask("POST /chat", &origin, "{").await;
    let closed = toy.ask("GET /pets", &origin, "").await;
    let edit = toy.ask("PATCH /pets/1", &origin, "{}").await;

    for open in [&pet, &missing, &refused] {
        assert_eq!(open.header("access-control-allow-origin"), "*");
        assert_eq!(open.header("cross-origin-resource-policy"), "cross-origin");
        assert!(!open.headers.contains_key("access-control-allow-credentials"));
    }
    for closed in [&closed, &edit] {
        assert!(!closed.headers.contains_key("access-control-allow-origin"));
        assert_eq!(closed.header("cross-origin-resource-policy"), "same-origin");
    }
}

#[tokio::test]
async fn a_preflight_names_what_may_be_sent() {
    let headers = [("origin", "https://shop.example"), ("access-control-request-method", "POST")];

    let answer = Toy::new().ask("OPTIONS /chat", &headers, "").await;

    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert!(answer.header("access-control-allow-headers").contains("content-type"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn a_preflight_leaves_out_the_methods_that_are_not_cross_origin() {
    let answer = Toy::new().ask("OPTIONS /pets/1", &[("origin", "https://shop.example")], "").await;

    assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD");
}

#[tokio::test]
async fn a_host_that_is_no_host_name_is_a_400() {
    let mut request = request("GET /pets/1", &[], "");
    request.headers_mut().insert("host", "a.example/evil".parse().unwrap());

    let answer = Toy::new().send(request).await;

    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn the_description_is_served_with_a_tag_and_problems_have_their_page() {
    let toy = Toy::with(HttpSettings::default(), routes());

    let document = toy.ask("GET /api/openapi.json", &[], "").await;
    let again = toy.ask("GET /api/openapi.json", &[("if-none-match", document.header("etag"))], "").await;
    let page = toy.ask("GET /problems/origin_refused", &[], "").await;
    let unknown = toy.ask("GET /problems/%3Cscript%3E", &[], "").await;

    assert_eq!(document.json()["openapi"], "3.1.0");
    assert_eq!(again.status, 304);
    assert!(String::from_utf8_lossy(&page.body).contains("not allowed to use the assistant"));
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn nothing_that_a_visitor_may_read_names_the_product() {
    let toy = Toy::with(HttpSettings::default(), routes());

    for line in ["GET /api/openapi.json", "GET /problems/internal", "GET /nowhere", "GET /widget/none.js"] {
        let answer = toy.ask(line, &[], "").await;

        let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body)).to_lowercase();
        // A snippet is a snippet.
        let text = text.replace("snippet", "");
        assert!(!text.contains("snip"), "{line}: {text}");
    }
}

#[tokio::test]
async fn the_log_line_names_route_status_request_and_client_and_nothing_private() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    Toy::new().ask("GET /pets?limit=7", &[with_key(READER)], "a private body").await;

    let text = log.text();
    for expected in
        ["Answered GET `/pets` with 200", "request.id=req_", "duration_ms=", &client().to_string()]
    {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    for private in ["198.51.100.7", "limit=7", "a private body", READER] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

#[tokio::test]
async fn a_failure_inside_is_logged_once_with_its_chain() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    Toy::new().ask("GET /pets/500", &[], "").await;

    assert_eq!(log.text().matches("the disk said something private").count(), 1);
    assert_eq!(log.text().matches("ERROR").count(), 1);
}

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
