//! What the owner of a document says about it, and how search follows.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::json;

const POLICY: &str = "# Returns\n\nA lamp can be returned within thirty days.\n";
const OLD_POLICY: &str = "# Returns\n\nA lamp could be returned within ten days.\n";

// KNO-7
#[tokio::test]
async fn the_weight_of_a_document_decides_between_passages_that_fit_equally_well() {
    let app = TestApp::start().await;
    let shop = app.client("Shop").await;
    let api = app.api_key(&shop);
    let current = app.ready_document(&shop, "current.md", POLICY).await;
    let old = app.ready_document(&shop, "old.md", OLD_POLICY).await;
    let first = async || {
        let query = json!({ "query": "When can a lamp be returned, within how many days?" });
        let found = api.post("/api/search", query).await.expect(200).json();
        found["results"][0]["document_id"].as_str().unwrap().to_owned()
    };
    let weigh = async |id: &str, weight: f64| {
        api.patch(&format!("/api/documents/{id}"), json!({ "weight": weight })).await.expect(200).json()
    };

    assert_eq!(weigh(&old, 5.0).await["weight"], 5.0);
    assert_eq!(first().await, old);

    weigh(&old, 0.1).await;
    weigh(&current, 5.0).await;
    assert_eq!(first().await, current);
    app.finish().await;
}

// KNO-7
#[tokio::test]
async fn a_search_within_a_category_finds_only_its_documents() {
    let app = TestApp::start().await;
    let shop = app.client("Shop").await;
    let api = app.api_key(&shop);
    let policy = app.ready_document(&shop, "policy.md", POLICY).await;
    app.ready_document(&shop, "old.md", OLD_POLICY).await;
    let path = format!("/api/documents/{policy}");
    let changed = api.patch(&path, json!({ "category": "Policies" })).await.expect(200).json();
    let found = async |category: &str| {
        let query = json!({ "query": "returned lamp", "category": category });
        let found = api.post("/api/search", query).await.expect(200).json();
        let results = found["results"].as_array().unwrap().clone();
        results.iter().map(|it| it["document_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!((&changed["category"], &changed["weight"]), (&json!("Policies"), &json!(1.0)));
    assert_eq!(found("Policies").await, std::slice::from_ref(&policy));
    assert!(found("Prices").await.is_empty());

    let cleared = api.patch(&path, json!({ "category": null })).await.expect(200).json();
    assert_eq!(cleared["category"], json!(null));
    assert!(found("Policies").await.is_empty());
    app.finish().await;
}

// KNO-7
#[tokio::test]
async fn a_document_shows_its_category_and_weight_by_itself_and_in_the_list() {
    let app = TestApp::start().await;
    let shop = app.client("Shop").await;
    let api = app.api_key(&shop);
    let uploaded = api.upload("policy.md", POLICY).await.expect(202).json();
    let id = uploaded["id"].as_str().unwrap();
    app.settle().await;
    let path = format!("/api/documents/{id}");

    api.patch(&path, json!({ "category": "Policies", "weight": 2.5 })).await.expect(200);
    let alone = api.get(&path).await.expect(200).json();
    let listed = api.list_all("/api/documents").await;

    assert_eq!((&uploaded["category"], &uploaded["weight"]), (&json!(null), &json!(1.0)));
    assert_eq!((&alone["category"], &alone["weight"]), (&json!("Policies"), &json!(2.5)));
    assert_eq!(listed, [alone]);
    app.finish().await;
}

// KNO-7
#[tokio::test]
async fn wrong_settings_stale_edits_and_foreign_documents_are_refused() {
    let app = TestApp::start().await;
    let (shop, garage) = (app.client("Shop").await, app.client("Garage").await);
    let api = app.api_key(&shop);
    let id = app.ready_document(&shop, "policy.md", POLICY).await;
    let path = format!("/api/documents/{id}");

    for (body, pointer) in [
        (json!({ "weight": 0.05 }), "/weight"),
        (json!({ "weight": 5.1 }), "/weight"),
        (json!({ "weight": "heavy" }), "/weight"),
        (json!({ "category": "" }), "/category"),
        (json!({ "title": "Other" }), "/title"),
    ] {
        assert_eq!(api.patch(&path, body.clone()).await.expect(422).pointers(), [pointer], "{body}");
    }
    let stale = api.request(Method::PATCH, &path).header("if-match", "\"1\"");
    Reply::of(stale.json(&json!({ "weight": 2 }))).await.expect_problem(409, "stale_version");
    app.api_key(&garage).patch(&path, json!({ "weight": 2 })).await.expect_problem(404, "not_found");
    app.finish().await;
}
