//! Too many requests.

use crate::support::{Answer, Reply, TestApp};
use reqwest::Method;
use snip::ground::time::MINUTE_MS;

// CHT-11, ACC-11
#[tokio::test]
async fn beyond_the_limit_of_an_address_the_answer_says_when_to_come_back() {
    let app = TestApp::start_with(|settings| settings.limits.chat_per_address_per_minute = 3).await;
    let bakery = app.client("Bakery").await;
    let visitor = app.visitor(&bakery);
    for left in ["2", "1", "0"] {
        assert_eq!(visitor.send("Hello").await.expect(200).header("ratelimit-remaining"), left);
    }

    let refused = visitor.send("Hello").await;

    assert_eq!(refused.header("retry-after"), "20");
    assert_eq!((refused.header("ratelimit-limit"), refused.header("ratelimit-remaining")), ("3", "0"));
    assert_eq!(refused.header("access-control-allow-origin"), "*", "the widget can read it");
    refused.expect_problem(429, "rate_limited");
    assert_eq!(app.count("select count(*) as n from messages").await, 6);

    app.clock.advance_ms(MINUTE_MS / 3);

    Answer::of(&visitor.send("Hello").await);
    visitor.send("Hello").await.expect_problem(429, "rate_limited");
    app.finish().await;
}

// CHT-11
#[tokio::test]
async fn a_client_that_is_flooded_leaves_the_others_alone() {
    let app = TestApp::start_with(|settings| settings.limits.chat_per_client_per_minute = 2).await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);

    for status in [200, 200, 429] {
        app.visitor(&bakery).send("Hello").await.expect(status);
    }

    app.visitor(&garage).send("Hello").await.expect(200);
    app.finish().await;
}

// ACC-11
#[tokio::test]
async fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
    let from = async |app: &TestApp, bakery: &crate::support::Client, address: &str| {
        let request = app.visitor(bakery).chat_request(serde_json::json!({ "message": "Hello" }));
        Reply::of(request.header("x-forwarded-for", address)).await.status
    };
    let plain = TestApp::start_with(|settings| settings.limits.chat_per_address_per_minute = 1).await;
    let proxied = TestApp::start_with(|settings| {
        settings.limits.chat_per_address_per_minute = 1;
        settings.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;

    let bakery = plain.client("Bakery").await;
    assert_eq!(from(&plain, &bakery, "192.0.2.1").await, 200);
    assert_eq!(from(&plain, &bakery, "192.0.2.2").await, 429, "anyone can write the header");

    let bakery = proxied.client("Bakery").await;
    assert_eq!(from(&proxied, &bakery, "192.0.2.1").await, 200);
    assert_eq!(from(&proxied, &bakery, "192.0.2.2").await, 200);
    assert_eq!(from(&proxied, &bakery, "198.51.100.9, 192.0.2.2").await, 429);
    plain.finish().await;
    proxied.finish().await;
}

// ACC-11
#[tokio::test]
async fn reads_with_a_key_are_counted_by_key() {
    let app = TestApp::start_with(|settings| settings.limits.api_per_key_per_minute = 2).await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let read = async |client| app.api_key(client).get("/api/usage").await.status;

    let statuses = [read(&bakery).await, read(&bakery).await, read(&bakery).await, read(&garage).await];

    assert_eq!(statuses, [200, 200, 429, 200]);
    app.finish().await;
}

// ACC-11
#[tokio::test]
async fn an_address_that_guesses_keys_is_not_listened_to_any_more() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let guess = async |key: &str| {
        Reply::of(app.site.request(Method::GET, "/api/usage").header("x-api-key", key)).await.status
    };

    let mut guesses = Vec::new();
    for number in 0..21 {
        guesses.push(guess(&format!("snip_sk_{number:043}")).await);
    }

    assert_eq!(guesses[..20], [401; 20]);
    assert_eq!(guesses[20], 429);
    assert_eq!(guess(&bakery.key).await, 429, "a hit among guesses looks like a miss");
    app.clock.advance_ms(MINUTE_MS);
    assert_eq!(guess(&bakery.key).await, 200);
    app.finish().await;
}

// ACC-11
#[tokio::test]
async fn probes_are_always_answered() {
    let app = TestApp::start_with(|settings| settings.limits.public_per_address_per_minute = 1).await;

    for _ in 0..20 {
        app.site.get("/healthz").await.expect(200);
    }

    app.finish().await;
}
