//! The headers of every answer (ACC-10).

use super::assert_none;
use super::node::{Answer, Node};
use axum::http::Method;
use snip::http::Route;

/// What every answer carries, and a part that its value must hold.
const EVERYWHERE: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "default-src 'none'"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("content-security-policy", "base-uri 'none'"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("permissions-policy", "camera=()"),
    ("x-request-id", "req_"),
    ("cross-origin-resource-policy", ""),
];

/// What no policy of ours allows.
const NEVER_IN_POLICY: &[&str] = &["unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "https:"];

const ORIGIN: (&str, &str) = ("origin", "https://shop.example");

fn faults_of(answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, part) in EVERYWHERE {
        if !answer.header(name).contains(part) || answer.header(name).is_empty() {
            faults.push(format!("`{name}: {}` lacks `{part}`", answer.header(name)));
        }
        if answer.headers.get_all(*name).iter().count() > 1 {
            faults.push(format!("`{name}` stands twice"));
        }
    }
    let policy = answer.header("content-security-policy");
    let loosened = NEVER_IN_POLICY.iter().filter(|loose| policy.contains(**loose));
    faults.extend(loosened.map(|loose| format!("the policy allows `{loose}`")));
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        let wanted = ["session=", "; Path=/;", "; HttpOnly", "; SameSite=Lax"];
        faults.extend(
            wanted.iter().filter(|part| !cookie.contains(**part)).map(|it| format!("a cookie lacks `{it}`")),
        );
    }
    if answer.headers.contains_key("server") || answer.headers.contains_key("x-powered-by") {
        faults.push("it names its software".to_owned());
    }
    if answer.headers.contains_key("access-control-allow-credentials") {
        faults.push("other sites may send credentials".to_owned());
    }
    faults
}

fn note(broken: &mut Vec<String>, what: &str, answer: &Answer) {
    broken.extend(faults_of(answer).into_iter().map(|fault| format!("{what} ({}): {fault}", answer.status)));
}

/// Every kind of answer that a row can be made to give from outside.
async fn answers_of(node: &Node, row: &Route, uri: &str, key: &str) -> Vec<(String, Answer)> {
    let with_key = [ORIGIN, ("x-api-key", key)];
    let page = [ORIGIN, ("x-api-key", "wrong"), ("accept", "text/html")];
    let asked = [
        ("with a key", row.method.clone(), &with_key[..]),
        ("without a key", row.method.clone(), &with_key[..1]),
        ("as a page", row.method.clone(), &page[..]),
        ("by another method", Method::TRACE, &with_key[..]),
        ("as a preflight", Method::OPTIONS, &with_key[..1]),
        ("head only", Method::HEAD, &with_key[..]),
    ];
    let mut answers = Vec::new();
    for (how, method, headers) in asked {
        let answer = node.ask(&method, uri, headers, None).await;
        answers.push((format!("{} {} {how}", row.method, row.path), answer));
    }
    answers
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in node.rows.clone() {
        let uri = node.uri_of(&row, &tenant).await;
        let good = node.ask_row(&row, &tenant, Some(&tenant.key)).await;
        note(&mut broken, &format!("{} {}", row.method, row.path), &good);
        for (what, answer) in answers_of(&node, &row, &uri, &tenant.key).await {
            note(&mut broken, &what, &answer);
        }
    }
    let nowhere = ["/", "/nowhere", "/api/nowhere", "/api/documents/%00", "/widget/../x", "//"];
    for uri in nowhere {
        note(&mut broken, uri, &node.get(uri, &[]).await);
    }
    let long = format!("/{}", "a".repeat(20_000));
    note(&mut broken, "a long address", &node.get(&long, &[]).await);

    assert_none(&broken, "ACC-10");
    node.stop().await;
}

#[tokio::test]
async fn one_page_stands_in_a_frame_and_only_in_our_own() {
    let node = Node::start().await;

    let page = node.ask(&Method::GET, "/app", &[], None).await;
    let preview = node.ask(&Method::GET, "/app/preview.html", &[], None).await;

    assert!(page.header("content-security-policy").contains("frame-src 'self'"));
    assert!(page.header("content-security-policy").contains("require-trusted-types-for 'script'"));
    assert_eq!(preview.header("x-frame-options"), "SAMEORIGIN");
    let policy = preview.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(!NEVER_IN_POLICY.iter().any(|loose| policy.contains(loose)), "{policy}");
    node.stop().await;
}

#[tokio::test]
async fn only_the_widgets_rows_may_be_read_by_other_sites() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in node.rows.clone() {
        let uri = node.uri_of(&row, &tenant).await;
        let others_are_open = node.rows.iter().any(|other| other.path == row.path && other.cross_origin);
        for (what, answer) in answers_of(&node, &row, &uri, &tenant.key).await {
            let allowed = answer.header("access-control-allow-origin");
            let is_open = !allowed.is_empty()
                || answer.headers.keys().any(|it| it.as_str().starts_with("access-control-"));
            let may = row.cross_origin || others_are_open;
            if is_open != may || (is_open && allowed != "*") {
                broken.push(format!("{what}: open to `{allowed}`, the row says {may}"));
            }
        }
    }

    assert_none(&broken, "ACC-10: other sites read the widget's rows and nothing else");
    node.stop().await;
}

#[tokio::test]
async fn strict_transport_stands_only_where_the_site_is_https() {
    let mut settings = snip::config::Settings::default();
    settings.http.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    let node = Node::with(settings).await;

    let plain = node.get("/healthz", &[]).await;
    let proxied = node.get("/healthz", &[("x-forwarded-proto", "https")]).await;

    assert_eq!(plain.header("strict-transport-security"), "");
    assert!(proxied.header("strict-transport-security").starts_with("max-age="), "behind TLS");
    node.stop().await;
}

// ACC-3
#[tokio::test]
async fn only_signing_in_up_and_out_and_the_first_run_set_a_cookie() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let may = ["signInWithKey", "acceptInvitation", "acceptSignUp", "signOut", "finishSetup"];
    let mut broken = Vec::new();

    for row in node.rows.clone() {
        let answer = node.ask_row(&row, &tenant, Some(&tenant.key)).await;
        if answer.headers.contains_key("set-cookie") != may.contains(&row.operation.id) {
            broken.push(format!("{} {}: {}", row.method, row.path, answer.status));
        }
    }

    assert_none(&broken, "ACC-3");
    node.stop().await;
}
