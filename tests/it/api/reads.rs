//! Search, conversations, usage, the snippet, and who may read them.

use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::cli::admin::{AdminAnswer, AdminCommand};
use snip::domain::clients::ClientStatus;
use snip::ground::ids::{ClientId, Id as _};
use snip::ground::time::{DAY_MS, MINUTE_MS};

#[tokio::test]
async fn search_finds_the_passage_with_its_place_in_the_document() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;

    let results = app.api_key(&bakery).search("delivery city").await;

    let best = &results[0];
    assert_eq!(best["document_id"], json!(id));
    assert!(best["text"].as_str().unwrap().contains("costs 4.50 euros"), "{best}");
    assert_eq!(best["page"], Value::Null);
    assert!(best["heading"].as_str().unwrap().contains("Delivery"), "{best}");
    assert!(best["score"].is_number());
    assert!(best["confidence"].as_f64().unwrap() > 0.3, "{best}");
    assert!(best["chunk_id"].as_str().unwrap().starts_with("chunk_"), "{best}");
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn search_is_bounded_and_refuses_what_it_does_not_know() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    for number in 0..60 {
        app.upload(&bakery, "tea.txt", &format!("Tea number {number}")).await;
    }
    app.settle().await;
    let count = async |body: Value| {
        api.post("/api/search", body).await.expect(200).json()["results"].as_array().unwrap().len()
    };

    assert_eq!(count(json!({ "query": "tea" })).await, 10);
    assert_eq!(count(json!({ "query": "tea", "k": 3 })).await, 3);
    assert_eq!(count(json!({ "query": "tea", "k": 1_000 })).await, 50);
    assert_eq!(count(json!({ "query": "??? \u{1F600}" })).await, 0);
    for (body, pointer) in [
        (json!({ "query": "" }), "/query"),
        (json!({ "query": "x".repeat(4_001) }), "/query"),
        (json!({ "query": "tea", "top": 3 }), "/top"),
        (json!({ "k": 3 }), "/query"),
    ] {
        assert_eq!(api.post("/api/search", body.clone()).await.expect(422).pointers(), [pointer], "{body}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_conversation_can_be_read_with_its_citations_by_its_own_client_only() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;
    let path = format!("/api/conversations/{}/messages", answer.conversation_id);

    let threads = app.api_key(&bakery).list_all("/api/conversations").await;
    let messages = app.api_key(&bakery).list_all(&path).await;

    assert_eq!(threads.len(), 1);
    assert_eq!((&threads[0]["channel"], &threads[0]["message_count"]), (&json!("widget"), &json!(2)));
    assert_eq!(messages.len(), 2, "newest first");
    assert_eq!((&messages[0]["role"], &messages[0]["text"]), (&json!("assistant"), &json!(answer.response)));
    assert_eq!((&messages[1]["role"], &messages[1]["text"]), (&json!("visitor"), &json!(SUNDAY_QUESTION)));
    assert!(messages[0]["citations"][0]["quote"].as_str().unwrap().contains(SUNDAY_ANSWER));
    assert!(app.api_key(&garage).list_all("/api/conversations").await.is_empty());
    app.api_key(&garage).get(&path).await.expect_problem(404, "not_found");
    app.finish().await;
}

#[tokio::test]
async fn usage_counts_what_is_stored_and_what_was_said_since_the_month_began() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;
    let mut visitor = app.visitor(&bakery);
    visitor.say(SUNDAY_QUESTION).await;
    visitor.say("And delivery?").await;

    let usage = api.get("/api/usage").await.expect(200).json();
    app.clock.advance_ms(13 * DAY_MS);
    let next_month = api.get("/api/usage").await.expect(200).json();

    assert_eq!(usage["period_started_at"], "2026-11-01T00:00:00.000Z");
    assert_eq!((&usage["documents"], &usage["faqs"]), (&json!(1), &json!(1)));
    assert_eq!(usage["document_bytes"], BAKERY.len());
    assert!(usage["chunks"].as_u64().unwrap() > 0);
    assert_eq!(usage["conversations"], 1);
    assert_eq!((&usage["visitor_messages"], &usage["assistant_messages"]), (&json!(2), &json!(2)));
    assert_eq!(next_month["period_started_at"], "2026-12-01T00:00:00.000Z");
    assert_eq!((&next_month["visitor_messages"], &next_month["documents"]), (&json!(0), &json!(1)));
    app.finish().await;
}

// CHT-30
#[tokio::test]
async fn the_snippet_names_the_client_and_the_host_it_was_asked_under() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;

    let snippet = app.api_key(&bakery).get("/api/embed-snippet").await.expect(200).json();

    let wanted = format!(
        r#"<script src="{}/widget.js" data-client-id="{}" async></script>"#,
        app.site.base, bakery.id
    );
    assert_eq!(snippet["html"], wanted);
    app.finish().await;
}

// ACC-6
#[tokio::test]
async fn a_key_is_taken_in_either_header_and_nothing_else_opens_the_door() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let with = async |name: &str, value: &str| {
        Reply::of(app.site.request(Method::GET, "/api/usage").header(name, value)).await
    };
    let mut wrong = bakery.key.clone();
    wrong.replace_range(wrong.len() - 1.., if wrong.ends_with('A') { "B" } else { "A" });

    assert!(bakery.key.starts_with("snip_"));
    with("x-api-key", &bakery.key).await.expect(200);
    with("authorization", &format!("Bearer {}", bakery.key)).await.expect(200);
    app.site.get("/api/usage").await.expect_problem(401, "unauthorized");
    with("x-api-key", &wrong).await.expect_problem(401, "unauthorized");
    with("x-api-key", "snip_sk_short").await.expect_problem(401, "unauthorized");
    app.finish().await;
}

// ACC-6
#[tokio::test]
async fn a_rotated_key_works_until_its_overlap_is_over() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let client_id = ClientId::parse(&bakery.id).unwrap();

    let command = AdminCommand::KeyRotate { client_id, overlap_minutes: 10 };
    let AdminAnswer::KeyRotated { api_key, .. } = app.operator(command).await else { panic!("no key") };
    let new = crate::support::Client { key: api_key, ..bakery.clone() };

    app.api_key(&bakery).get("/api/usage").await.expect(200);
    app.api_key(&new).get("/api/usage").await.expect(200);
    app.clock.advance_ms(10 * MINUTE_MS);
    app.api_key(&bakery).get("/api/usage").await.expect_problem(401, "unauthorized");
    app.api_key(&new).get("/api/usage").await.expect(200);
    app.finish().await;
}

#[tokio::test]
async fn a_suspended_client_is_refused_with_its_reason_until_it_is_resumed() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let set = async |status| {
        let client_id = ClientId::parse(&bakery.id).unwrap();
        app.operator(AdminCommand::ClientSetStatus { client_id, status }).await;
    };

    set(ClientStatus::Suspended).await;
    let refused = app.api_key(&bakery).get("/api/usage").await.expect_problem(403, "client_inactive");
    set(ClientStatus::Active).await;

    assert!(refused.contains("suspended"), "{refused}");
    app.api_key(&bakery).get("/api/usage").await.expect(200);
    app.finish().await;
}
