//! FAQs: made, changed, removed.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::json;

// KNO-9
#[tokio::test]
async fn an_faq_is_made_read_changed_and_deleted() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    let made =
        api.post("/api/faqs", json!({ "question": "Do you sell tea?", "answer": "Yes." })).await.expect(201);
    let path = made.header("location").to_owned();
    let changed = api.patch(&path, json!({ "enabled": false })).await.expect(200).json();

    assert_eq!(made.json()["enabled"], true);
    assert_eq!(changed["question"], "Do you sell tea?");
    assert_eq!((&changed["enabled"], &changed["version"]), (&json!(false), &json!(2)));
    assert_eq!(api.get(&path).await.expect(200).json(), changed);

    api.delete(&path).await.expect(204);

    api.get(&path).await.expect_problem(404, "not_found");
    api.delete(&path).await.expect_problem(404, "not_found");
    app.finish().await;
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_faq() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let send = async |answer: &str| {
        let request = api.request(Method::POST, "/api/faqs").header("idempotency-key", "k-1");
        Reply::of(request.json(&json!({ "question": "Do you sell tea?", "answer": answer }))).await
    };

    let first = send("Yes.").await.expect(201);
    let second = send("Yes.").await.expect(201);
    let other = send("No.").await;

    assert_eq!(first.json(), second.json());
    other.expect_problem(422, "idempotency_key_reused");
    assert_eq!(api.list_all("/api/faqs").await.len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn another_clients_idempotency_key_means_nothing_here() {
    let app = TestApp::start().await;
    let body = json!({ "question": "Do you sell tea?", "answer": "Yes." });
    let mut ids = Vec::new();

    for name in ["Bakery", "Garage"] {
        let client = app.client(name).await;
        let request =
            app.api_key(&client).request(Method::POST, "/api/faqs").header("idempotency-key", "k-1");
        ids.push(Reply::of(request.json(&body)).await.expect(201).json()["id"].clone());
    }

    assert_ne!(ids[0], ids[1]);
    app.finish().await;
}

// ACC-18
#[tokio::test]
async fn a_stale_edit_is_a_conflict_and_changes_nothing() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;
    let path = format!("/api/faqs/{id}");
    let seen = api.get(&path).await.expect(200).header("etag").to_owned();
    let edit = async |answer: &str, tag: &str| {
        let request = api.request(Method::PATCH, &path).header("if-match", tag);
        Reply::of(request.json(&json!({ "answer": answer }))).await
    };

    let first = edit("Yes, green and black.", &seen).await.expect(200);
    let second = edit("No.", &seen).await;

    assert_eq!(first.header("etag"), "\"2\"");
    second.expect_problem(409, "stale_version");
    assert_eq!(api.get(&path).await.json()["answer"], "Yes, green and black.");
    edit("Yes, black.", "*").await.expect(200);
    edit("No.", "not a tag").await.expect_problem(400, "invalid_request");
    app.finish().await;
}

// ACC-18
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_parallel_edits_of_one_version_exactly_one_wins() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;

    let edits = (0..20).map(|number| {
        let request = api.request(Method::PATCH, &format!("/api/faqs/{id}")).header("if-match", "\"1\"");
        Reply::of(request.json(&json!({ "answer": format!("Answer {number}.") })))
    });
    let statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.iter().map(|reply| reply.status).collect();

    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19, "{statuses:?}");
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn wrong_fields_are_refused_with_a_pointer_to_each() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let long = "x".repeat(5_001);

    for (body, pointer) in [
        (json!({ "question": "Tea?", "answer": "Yes.", "priority": 1 }), "/priority"),
        (json!({ "question": "", "answer": "Yes." }), "/question"),
        (json!({ "question": "Tea?" }), "/answer"),
        (json!({ "question": "Tea?", "answer": long }), "/answer"),
        (json!({ "question": "Tea?", "answer": 5 }), "/answer"),
    ] {
        let reply = api.post("/api/faqs", body.clone()).await.expect(422);
        assert_eq!(reply.json()["code"], "validation_failed", "{body}");
        assert_eq!(reply.pointers(), [pointer], "{body}");
    }
    assert!(api.list_all("/api/faqs").await.is_empty());
    app.finish().await;
}

// ACC-2
#[tokio::test]
async fn another_clients_faq_is_not_found_and_stays_as_it_is() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let id = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;
    let path = format!("/api/faqs/{id}");
    let stranger = app.api_key(&garage);

    stranger.get(&path).await.expect_problem(404, "not_found");
    stranger.patch(&path, json!({ "answer": "No." })).await.expect_problem(404, "not_found");
    stranger.delete(&path).await.expect_problem(404, "not_found");

    assert_eq!(app.api_key(&bakery).get(&path).await.expect(200).json()["answer"], "Yes.");
    app.finish().await;
}
