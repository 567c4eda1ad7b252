//! White label: nothing that a visitor or a client's person sees names the product or a provider (APP-10).

use super::assert_none;
use super::node::{Answer, Node, Tenant};
use axum::http::Method;
use snip::config::Settings;
use snip::http::access::Access;
use snip::http::problem_codes::CODES;

const BRAND: &str = "Zebra";

/// The makers of what the program may speak to or is made of.
const PROVIDERS: &[&str] =
    &["openai", "anthropic", "twilio", "stripe", "resend.com", "elevenlabs", "tantivy", "sqlite"];

/// Where the product is named in this text; `snippet` is a word of its own, and the prefixes of keys stay.
fn traces_in(text: &str) -> Vec<String> {
    let text = text
        .to_lowercase()
        .replace("snippet", "")
        .replace("snip_sk_", "")
        .replace("snip_ak_", "")
        .replace("snip_id_", "");
    let around = |at: usize, word: &str| {
        let start = text[..at].char_indices().rev().nth(20).map_or(0, |(start, _)| start);
        let end = text[at..].char_indices().nth(word.len() + 20).map_or(text.len(), |(end, _)| at + end);
        format!("…{}…", &text[start..end].escape_debug())
    };
    let words = PROVIDERS.iter().chain(&["snip"]);
    words
        .flat_map(|word| text.match_indices(word).map(|(at, _)| around(at, word)).collect::<Vec<_>>())
        .collect()
}

fn note(broken: &mut Vec<String>, what: &str, answer: &Answer) {
    let mut text = answer.text();
    for (name, value) in &answer.headers {
        text.push_str(&format!("\n{name}: {}", value.to_str().unwrap_or_default()));
    }
    broken.extend(traces_in(&text).into_iter().map(|trace| format!("{what}: {trace}")));
}

async fn zebra() -> (Node, Tenant) {
    let mut settings = Settings::default();
    settings.brand.product_name = BRAND.to_owned();
    settings.brand.agency_name = BRAND.to_owned();
    let node = Node::with(settings).await;
    let tenant = node.tenant("alder").await;
    (node, tenant)
}

#[tokio::test]
async fn no_answer_names_the_product() {
    let (node, tenant) = zebra().await;
    let mut broken = Vec::new();

    // The figures are for operators.
    for row in node.rows.clone().into_iter().filter(|row| row.access != Access::Metrics) {
        let what = format!("{} {}", row.method, row.path);
        note(&mut broken, &what, &node.ask_row(&row, &tenant, Some(&tenant.key)).await);
        note(&mut broken, &format!("{what} without a key"), &node.ask_row(&row, &tenant, None).await);
        let uri = node.uri_of(&row, &tenant).await;
        let page = [("accept", "text/html"), ("x-api-key", "wrong")];
        note(&mut broken, &format!("{what} as a page"), &node.ask(&row.method, &uri, &page, None).await);
        note(
            &mut broken,
            &format!("{what}, a preflight"),
            &node.ask(&Method::OPTIONS, &uri, &[], None).await,
        );
    }

    assert_none(&broken, "APP-10");
    node.stop().await;
}

#[tokio::test]
async fn no_problem_names_the_product() {
    let (node, _) = zebra().await;
    let mut broken = Vec::new();

    for code in CODES {
        let answer = node.get(&format!("/problems/{}", code.name()), &[]).await;
        assert_eq!(answer.status, 200, "{}", code.name());
        note(&mut broken, code.name(), &answer);
    }
    for uri in ["/nowhere", "/setup/x", "/passages/x", "/api/widget/config/x", "/demo/x/", "/widget/none.js"]
    {
        note(&mut broken, uri, &node.get(uri, &[]).await);
        note(&mut broken, uri, &node.get(uri, &[("accept", "text/html")]).await);
    }

    assert_none(&broken, "APP-10");
    node.stop().await;
}

#[test]
fn no_file_that_browsers_get_names_the_product() {
    let mut broken = Vec::new();

    let is_for_browsers = |path: &str| {
        let is_demo = path.starts_with("assets/demo/") && !path.ends_with(".jsonl");
        path.starts_with("assets/dist/") || path.starts_with("assets/locales/") || is_demo
    };
    for file in super::tree::texts(is_for_browsers) {
        let traces = traces_in(&file.text).into_iter();
        broken.extend(traces.map(|trace| format!("{}: {trace}", file.path)));
    }

    assert_none(&broken, "APP-10");
}

#[tokio::test]
async fn the_agencys_name_stands_where_a_client_has_set_none() {
    let (node, tenant) = zebra().await;

    let config = node.get(&format!("/api/widget/config/{}", tenant.id), &[]).await.json();
    let form = node.get(&format!("/setup/{}", node.setup_token().await), &[]).await.text();

    assert_eq!(config["name"], BRAND);
    assert!(form.contains(BRAND), "{form}");
    node.stop().await;
}
