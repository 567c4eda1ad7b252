//! The client's settings.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_patch_changes_the_given_settings_and_leaves_the_others() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    api.patch("/api/config", json!({ "widget_name": "Ada", "welcome": "Good day!" })).await.expect(200);

    let changed = api.patch("/api/config", json!({ "accent_color": "#AA3300" })).await.expect(200);

    let settings = changed.json();
    assert_eq!((&settings["widget_name"], &settings["welcome"]), (&json!("Ada"), &json!("Good day!")));
    assert_eq!(settings["accent_color"], "#aa3300");
    assert_eq!(changed.header("etag"), "\"3\"");
    assert_eq!(api.get("/api/config").await.expect(200).json(), settings);
    app.finish().await;
}

#[tokio::test]
async fn what_is_set_shows_in_the_widgets_settings_at_once() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let body = json!({ "widget_name": "Ada", "suggestions": ["Are you open?"], "language": "de" });

    app.api_key(&bakery).patch("/api/config", body).await.expect(200);

    let shown = app.site.get(&format!("/api/widget/config/{}", bakery.id)).await.expect(200).json();
    assert_eq!((&shown["name"], &shown["language"]), (&json!("Ada"), &json!("de")));
    assert_eq!(shown["suggestions"], json!(["Are you open?"]));
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn settings_out_of_bounds_are_refused_with_a_pointer() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    for (body, pointer) in [
        (json!({ "colour": "#112233" }), "/colour"),
        (json!({ "accent_color": "red" }), "/accent_color"),
        (json!({ "widget_name": "x".repeat(101) }), "/widget_name"),
        (json!({ "welcome": "x".repeat(1_001) }), "/welcome"),
        (json!({ "suggestions": vec!["Hello?"; 7] }), "/suggestions"),
        (json!({ "suggestions": ["Hello?", ""] }), "/suggestions/1"),
        (json!({ "allowed_domains": ["example.com", "https://example.com/"] }), "/allowed_domains/1"),
    ] {
        let reply = api.patch("/api/config", body.clone()).await.expect(422);
        assert_eq!(reply.pointers(), [pointer], "{body}");
    }
    assert_eq!(api.get("/api/config").await.json()["version"], 1, "nothing was changed");
    app.finish().await;
}

// ACC-18
#[tokio::test]
async fn a_stale_change_of_the_settings_is_a_conflict() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let change = async |name: &str| {
        let request = api.request(Method::PATCH, "/api/config").header("if-match", "\"1\"");
        Reply::of(request.json(&json!({ "widget_name": name }))).await
    };

    change("Ada").await.expect(200);
    change("Bob").await.expect_problem(409, "stale_version");

    assert_eq!(api.get("/api/config").await.json()["widget_name"], "Ada");
    app.finish().await;
}

#[tokio::test]
async fn settings_that_were_not_changed_are_not_sent_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let tag = api.get("/api/config").await.expect(200).header("etag").to_owned();

    let same =
        Reply::of(api.request(Method::GET, "/api/config").header("if-none-match", &tag)).await.expect(304);
    api.patch("/api/config", json!({ "widget_name": "Ada" })).await.expect(200);
    let changed = Reply::of(api.request(Method::GET, "/api/config").header("if-none-match", &tag)).await;

    assert!(same.bytes.is_empty());
    assert_eq!(same.header("etag"), tag);
    changed.expect(200);
    app.finish().await;
}
