//! Nobody is sent to where a request says: there is no open redirect.

use super::assert_none;
use super::node::{Answer, Node};
use axum::http::Method;

/// Where someone would want a visitor to end.
const ELSEWHERE: &str = "https://evil.example";
const NAMES: &[&str] = &["next", "url", "to", "return_to", "redirect", "redirect_uri", "continue", "site"];

fn leads_elsewhere(answer: &Answer) -> bool {
    let location = answer.header("location");
    let is_own = location.is_empty()
        || (location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"));
    !is_own || answer.headers.contains_key("refresh") || location.contains("evil.example")
}

// ACC-10
#[tokio::test]
async fn no_row_sends_anybody_to_an_address_that_the_request_named() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let query: String = NAMES.iter().map(|name| format!("{name}={ELSEWHERE}&")).collect();
    let mut broken = Vec::new();

    for row in node.rows.clone() {
        let uri = node.uri_of(&row, &tenant).await;
        let payload = node.payload_of(&row, &tenant);
        let mark = if uri.contains('?') { '&' } else { '?' };
        for asked in [uri.clone(), format!("{uri}{mark}{query}")] {
            let headers = node.credentials(&row, &tenant.key).await;
            let mut headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            headers.push(("referer", ELSEWHERE));
            headers.push(("x-forwarded-host", "evil.example"));
            let answer = node.ask(&row.method, &asked, &headers, payload.as_ref()).await;
            if leads_elsewhere(&answer) {
                broken.push(format!("{} {asked}: {:?}", row.method, answer.header("location")));
            }
            if (300..400).contains(&answer.status) && answer.status != 304 {
                broken.push(format!("{} {asked}: {}, and no row redirects", row.method, answer.status));
            }
        }
    }

    assert_none(&broken, "ACC-10: no open redirect");
    node.stop().await;
}

// ACC-10
#[tokio::test]
async fn an_address_that_looks_like_another_host_is_not_there() {
    let node = Node::start().await;
    let mut broken = Vec::new();

    for path in [
        "/%2F%2Fevil.example",
        "/%5Cevil.example",
        "/app/%2F%2Fevil.example",
        "/app//evil.example/",
        "/app/https:%2F%2Fevil.example",
        "/.//evil.example",
        "/setup//evil.example",
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = node.ask(&method, path, &[], None).await;
            if !(400..500).contains(&answer.status) || leads_elsewhere(&answer) {
                broken.push(format!("{method} {path}: {} {:?}", answer.status, answer.header("location")));
            }
        }
    }

    assert_none(&broken, "ACC-10: no open redirect");
    node.stop().await;
}
