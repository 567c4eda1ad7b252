//! What is kept of a visit, as the client decides.

use crate::support::{Answer, Client, Reply, TestApp};
use serde_json::{Value, json};

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1";

async fn visit(app: &TestApp, client: &Client, fields: Value) -> Value {
    let request = app.visitor(client).chat_request(fields).header("user-agent", PHONE);
    let answer = Answer::of(&Reply::of(request).await);
    let listed = app.api_key(client).list_all("/api/conversations").await;
    let of_answer = listed.into_iter().find(|it| it["id"] == json!(answer.conversation_id));
    of_answer.expect("the conversation is listed")["visit"].clone()
}

// CHT-2
#[tokio::test]
async fn page_referrer_language_and_device_are_kept_without_their_queries() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let fields = json!({
        "message": "Hello",
        "page_url": "https://bakery.test/cakes?email=ann@example.test#order",
        "referrer": "https://search.test/?q=cakes+for+ann",
        "language": "de-AT",
    });

    let kept = visit(&app, &bakery, fields).await;

    let wanted = json!({
        "page_url": "https://bakery.test/cakes",
        "referrer": "https://search.test/",
        "language": "de-AT",
        "device": "phone",
    });
    assert_eq!(kept, wanted);
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn a_client_that_keeps_no_such_details_has_none() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    assert_eq!(api.get("/api/config").await.json()["keep_visit_details"], true);
    api.patch("/api/config", json!({ "keep_visit_details": false })).await.expect(200);

    let kept = visit(&app, &bakery, json!({ "message": "Hello", "page_url": "https://bakery.test/" })).await;

    assert_eq!(kept, Value::Null);
    assert_eq!(app.count("select count(*) as n from conversation_visits").await, 0);
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn details_that_cannot_be_read_never_cost_a_visitor_their_answer() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let long = format!("https://bakery.test/{}", "x".repeat(5_000));

    for page_url in ["", "javascript:alert(1)", "\u{0}", long.as_str()] {
        let fields =
            json!({ "message": "Hello", "page_url": page_url, "referrer": page_url, "language": "<b>" });
        visit(&app, &bakery, fields).await;
    }
    app.finish().await;
}
