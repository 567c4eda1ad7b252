//! Which websites may use a client's assistant.

use crate::support::{Answer, Client, Reply, TestApp, Visitor};
use reqwest::Method;
use serde_json::json;

/// A client whose widget may stand on `shop.test` and below `help.shop.test` only.
async fn guarded(app: &TestApp) -> Client {
    let shop = app.client("Shop").await;
    let body = json!({ "allowed_domains": ["shop.test", "*.help.shop.test"] });
    app.api_key(&shop).patch("/api/config", body).await.expect(200);
    shop
}

async fn config(app: &TestApp, client: &Client, origin: Option<&str>) -> Reply {
    let request = app.site.request(Method::GET, &format!("/api/widget/config/{}", client.id));
    Reply::of(match origin {
        Some(origin) => request.header("origin", origin),
        None => request,
    })
    .await
}

// CHT-10
#[tokio::test]
async fn other_websites_are_refused_by_chat_and_settings_alike_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let shop = guarded(&app).await;

    for origin in
        ["https://evil.test", "https://shop.test.evil.test", "https://help.shop.test", "null", "file://"]
    {
        let chat = app.visitor(&shop).on(origin).send("Hello").await;
        assert_eq!(chat.header("access-control-allow-origin"), "*", "the widget can read why");
        let sentence = chat.expect_problem(403, "origin_refused");
        assert!(sentence.contains("allowed domains"), "{origin}: {sentence}");
        config(&app, &shop, Some(origin)).await.expect_problem(403, "origin_refused");
    }
    app.visitor(&shop).send("Hello").await.expect_problem(403, "origin_refused");
    config(&app, &shop, None).await.expect_problem(403, "origin_refused");
    assert_eq!(app.count("select count(*) as n from messages").await, 0);
    app.finish().await;
}

// CHT-10
#[tokio::test]
async fn allowed_websites_and_our_own_pages_are_served() {
    let app = TestApp::start().await;
    let shop = guarded(&app).await;

    for origin in ["https://shop.test", "https://SHOP.test", "https://a.help.shop.test", &app.site.base] {
        Answer::of(&app.visitor(&shop).on(origin).send("Hello").await);
        config(&app, &shop, Some(origin)).await.expect(200);
    }
    let own_page = app.site.request(Method::GET, &format!("/api/widget/config/{}", shop.id));
    Reply::of(own_page.header("sec-fetch-site", "same-origin")).await.expect(200);
    app.finish().await;
}

// CHT-10
#[tokio::test]
async fn without_a_usable_origin_only_a_genuine_session_opens_the_door() {
    let app = TestApp::start().await;
    let shop = guarded(&app).await;
    let first = app.visitor(&shop).on("https://shop.test").say("Hello").await;

    let without = Answer::of(&app.visitor(&shop).with_session(&first.session).send("Hello").await);
    let null = Answer::of(&app.visitor(&shop).with_session(&first.session).on("null").send("Hello").await);
    let evil = app.visitor(&shop).with_session(&first.session).on("https://evil.test").send("Hello").await;

    assert_eq!(without.conversation_id, first.conversation_id);
    assert_eq!(null.conversation_id, first.conversation_id);
    evil.expect_problem(403, "origin_refused");
    app.finish().await;
}

// CHT-10
#[tokio::test]
async fn another_allowed_website_begins_a_new_session_without_an_error() {
    let app = TestApp::start().await;
    let shop = guarded(&app).await;
    let mut visitor: Visitor = app.visitor(&shop).on("https://shop.test");
    let first = visitor.say("Hello").await;

    let moved = visitor.clone().on("https://a.help.shop.test").say("Hello").await;
    let back = visitor.say("Hello").await;

    assert_ne!(moved.conversation_id, first.conversation_id);
    assert_ne!(moved.session, first.session);
    assert_eq!(back.conversation_id, first.conversation_id);
    app.finish().await;
}

// ACC-10
#[tokio::test]
async fn pages_of_other_sites_may_read_the_widgets_answers_without_credentials_and_nothing_else() {
    let app = TestApp::start().await;
    let shop = app.client("Shop").await;
    let preflight = app.site.request(Method::OPTIONS, "/api/chat").header("origin", "https://shop.test");

    let asked = Reply::of(preflight.header("access-control-request-method", "POST")).await.expect(204);
    let key_route =
        app.api_key(&shop).request(Method::GET, "/api/usage").header("origin", "https://shop.test");
    let of_key = Reply::of(key_route).await.expect(200);

    assert!(asked.header("access-control-allow-methods").contains("POST"));
    assert!(asked.header("access-control-allow-headers").contains("content-type"));
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    assert_eq!(of_key.header("access-control-allow-origin"), "");
    app.finish().await;
}

#[tokio::test]
async fn clients_that_are_unknown_or_suspended_are_named_as_such() {
    use snip::cli::admin::AdminCommand;
    use snip::domain::clients::ClientStatus;
    use snip::ground::ids::{ClientId, Id as _};
    let app = TestApp::start().await;
    let shop = app.client("Shop").await;
    let unknown = Client { id: "client_01jzzzzzzzzzzzzzzzzzzzzzzz".to_owned(), key: String::new() };
    let suspend = AdminCommand::ClientSetStatus {
        client_id: ClientId::parse(&shop.id).unwrap(),
        status: ClientStatus::Suspended,
    };

    app.operator(suspend).await;

    let sentence = app.visitor(&unknown).send("Hello").await.expect_problem(404, "not_found");
    assert!(sentence.contains("Copy the id again"), "{sentence}");
    config(&app, &unknown, None).await.expect_problem(404, "not_found");
    app.visitor(&shop).send("Hello").await.expect_problem(403, "client_inactive");
    config(&app, &shop, None).await.expect_problem(403, "client_inactive");
    let shapeless = Client { id: "bakery".to_owned(), key: String::new() };
    assert_eq!(app.visitor(&shapeless).send("Hello").await.expect(422).pointers(), ["/client_id"]);
    app.finish().await;
}
