//! Pages of lists.

use crate::support::TestApp;
use serde_json::json;
use std::collections::BTreeSet;

// ACC-20
#[tokio::test]
async fn lists_give_50_items_by_default_100_at_most_and_every_item_once() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    for number in 0..130 {
        if number % 3 == 0 {
            app.clock.advance_ms(1);
        }
        let body = json!({ "question": format!("Question {number}?"), "answer": "Yes." });
        api.post("/api/faqs", body).await.expect(201);
    }
    let count = async |path: &str| api.get(path).await.expect(200).json()["items"].as_array().unwrap().len();

    let all = api.list_all("/api/faqs").await;

    assert_eq!(count("/api/faqs").await, 50);
    assert_eq!(count("/api/faqs?limit=7").await, 7);
    assert_eq!(count("/api/faqs?limit=0").await, 1);
    assert_eq!(count("/api/faqs?limit=4000000000").await, 100);
    assert_eq!(all.iter().map(|faq| faq["id"].to_string()).collect::<BTreeSet<_>>().len(), 130);
    assert_eq!(all[0]["question"], "Question 129?");
    assert_eq!(all[129]["question"], "Question 0?");
    app.finish().await;
}

// ACC-20
#[tokio::test]
async fn a_page_stays_where_it_was_while_items_come_and_go() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(app.ready_faq(&bakery, &format!("Question {number}?"), "Yes.").await);
    }
    let page = api.get("/api/faqs?limit=2").await.expect(200).json();

    api.delete(&format!("/api/faqs/{}", ids[4])).await.expect(204);
    app.ready_faq(&bakery, "Question 6?", "Yes.").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = api.get(&format!("/api/faqs?limit=2&cursor={cursor}")).await.expect(200).json();

    let shown: Vec<_> = next["items"].as_array().unwrap().iter().map(|faq| faq["question"].clone()).collect();
    assert_eq!(shown, ["Question 3?", "Question 2?"]);
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn wrong_cursors_limits_and_parameters_are_refused_with_a_pointer() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    for list in ["documents", "faqs", "conversations"] {
        for (query, pointer) in
            [("cursor=nonsense", "/cursor"), ("limit=many", "/limit"), ("page=2", "/page")]
        {
            let reply = api.get(&format!("/api/{list}?{query}")).await.expect(422);
            assert_eq!(reply.pointers(), [pointer], "{list} {query}");
        }
    }
    app.finish().await;
}
