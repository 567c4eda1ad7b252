//! Conversations that are read by a link.

use super::threads::identity;
use crate::support::http::{Reply, Site};
use crate::support::personas::Api;
use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Client, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::ground::time::HOUR_MS;

const DAY_MS: i64 = 24 * HOUR_MS;

async fn share(api: &Api, conversation: &str, fields: Value) -> Value {
    api.post(&format!("/api/conversations/{conversation}/shares"), fields).await.expect(201).json()
}

fn path_of(share: &Value) -> String {
    let url = share["url"].as_str().expect("an address");
    url[url.find("/shared/").expect("a shared page")..].to_owned()
}

async fn enter(site: &Site, path: &str, password: &str) -> Reply {
    Reply::of(site.request(Method::POST, path).form(&[("password", password)])).await
}

/// A bakery in whose conversation a visitor was answered from a document.
async fn talked(app: &TestApp) -> (Client, String) {
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut visitor = app.visitor(&bakery).on("https://bakery.test");
    let answer = visitor.say(SUNDAY_QUESTION).await;
    (bakery, answer.conversation_id)
}

// DSH-2
#[tokio::test]
async fn a_link_shows_what_was_said_until_it_was_made_and_nothing_of_whose_it_is() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut visitor = app.visitor(&bakery).on("https://bakery.test/private-page");
    let answer = visitor.say(SUNDAY_QUESTION).await;
    let known = identity(&app, &bakery, "user-4711").await;
    visitor.identify(known.clone()).await.expect(200);
    let api = app.api_key(&bakery);
    let id = &answer.conversation_id;
    let shown = api.get(&format!("/api/conversations/{id}")).await.expect(200).json();
    assert_eq!(shown["visitor"]["email"], known["email"], "the visitor is known to the client");
    api.patch(&format!("/api/conversations/{id}"), json!({ "tags": ["difficult customer"] }))
        .await
        .expect(200);
    app.clock.advance_ms(1_000);

    let made = share(&api, id, json!({ "expires_in_days": 7 })).await;
    app.clock.advance_ms(1_000);
    visitor.say("A secret that comes later").await;
    let reply = app.site.get(&path_of(&made)).await.expect(200);

    let page = reply.text();
    assert!(page.contains(SUNDAY_QUESTION), "{page}");
    assert!(page.contains("Sources: [1] "), "{page}");
    assert!(!page.contains("A secret that comes later"), "{page}");
    for private in [
        bakery.id.as_str(),
        id.as_str(),
        answer.message_id.as_str(),
        "private-page",
        "difficult customer",
        known["name"].as_str().unwrap(),
        known["email"].as_str().unwrap(),
        "user-4711",
        "bakery.test",
    ] {
        assert!(!page.contains(private), "{private} in {page}");
    }
    assert!(!page.to_lowercase().contains("snip"), "visitors read no product name: {page}");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(page.contains(r#"name="robots" content="noindex""#), "{page}");
    assert!(reply.header("content-security-policy").contains("default-src 'none'"));
    app.finish().await;
}

// DSH-2: 128 bits
#[tokio::test]
async fn a_token_has_128_bits_that_nobody_can_make_and_opens_one_conversation() {
    let app = TestApp::start().await;
    let (bakery, id) = talked(&app).await;
    let api = app.api_key(&bakery);
    let made = share(&api, &id, json!({ "expires_in_days": 7 })).await;
    let path = path_of(&made);
    let (front, tag) = path.split_once('.').unwrap();
    assert_eq!(tag.len(), 22, "16 bytes in base64");
    assert_eq!(front, format!("/shared/{}", made["id"].as_str().unwrap()));
    let other = share(&api, &id, json!({ "expires_in_days": 7 })).await;
    let (_, other_tag) = path_of(&other).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let mut flipped = tag.to_owned();
    flipped.replace_range(0..1, if tag.starts_with('A') { "B" } else { "A" });

    for wrong in [
        format!("{front}.{flipped}"),
        format!("{front}.{other_tag}"),
        format!("{front}.{}", &tag[..21]),
        format!("{front}."),
        front.to_owned(),
        "/shared/x".to_owned(),
    ] {
        app.site.get(&wrong).await.expect_problem(404, "not_found");
    }
    app.site.get(&path).await.expect(200);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_link_ends_at_its_time_when_it_is_revoked_and_with_the_conversation() {
    let app = TestApp::start().await;
    let (bakery, id) = talked(&app).await;
    let api = app.api_key(&bakery);
    let shares = format!("/api/conversations/{id}/shares");
    let (short, long) = (
        share(&api, &id, json!({ "expires_in_days": 1 })).await,
        share(&api, &id, json!({ "expires_in_days": 30 })).await,
    );
    let revoked = share(&api, &id, json!({ "expires_in_days": 30 })).await;
    api.delete(&format!("{shares}/{}", revoked["id"].as_str().unwrap())).await.expect(204);
    api.delete(&format!("{shares}/{}", revoked["id"].as_str().unwrap()))
        .await
        .expect_problem(404, "not_found");
    app.site.get(&path_of(&revoked)).await.expect_problem(404, "not_found");
    app.clock.advance_ms(DAY_MS - 1);
    app.site.get(&path_of(&short)).await.expect(200);

    app.clock.advance_ms(1);

    let ended = app.site.request(Method::GET, &path_of(&short)).header("accept", "text/html");
    let ended = Reply::of(ended).await.expect(404).text();
    assert!(ended.contains("This link has expired or was taken back."), "{ended}");
    let open = api.get(&shares).await.expect(200).json();
    let open: Vec<_> = open["items"].as_array().unwrap().iter().map(|it| (&it["id"], &it["url"])).collect();
    assert_eq!(open, [(&long["id"], &long["url"])], "the link can be copied again");
    api.delete(&format!("/api/conversations/{id}")).await.expect(204);
    app.site.get(&path_of(&long)).await.expect_problem(404, "not_found");
    app.clock.advance_ms(HOUR_MS);
    app.settle().await;
    assert_eq!(app.count("select count(*) as n from conversation_shares").await, 0);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_link_is_closed_while_the_client_is_suspended() {
    let app = TestApp::start().await;
    let (bakery, id) = talked(&app).await;
    let made = share(&app.api_key(&bakery), &id, json!({ "expires_in_days": 7 })).await;
    let owner = app.person("olive@north.test", snip::domain::people::Role::Owner, None).await;

    owner.post(&format!("/api/clients/{}/suspend", bakery.id), Value::Null).await.expect(200);
    app.site.get(&path_of(&made)).await.expect_problem(404, "not_found");
    owner.post(&format!("/api/clients/{}/resume", bakery.id), Value::Null).await.expect(200);

    app.site.get(&path_of(&made)).await.expect(200);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_password_is_asked_for_each_time_and_only_its_hash_is_kept() {
    let app = TestApp::start().await;
    let (bakery, id) = talked(&app).await;
    let api = app.api_key(&bakery);
    let made = share(&api, &id, json!({ "expires_in_days": 7, "password": "quince & ember" })).await;
    let path = path_of(&made);
    assert_eq!(made["has_password"], true);

    let asked = app.site.get(&path).await.expect(200).text();
    let wrong = enter(&app.site, &path, "quince and ember").await.expect(200).text();
    let empty = enter(&app.site, &path, "").await.expect(200).text();
    let long = enter(&app.site, &path, &"q".repeat(5_000)).await.expect(200).text();
    let right = enter(&app.site, &path, "quince & ember").await.expect(200).text();

    for closed in [&asked, &wrong, &empty, &long] {
        assert!(closed.contains(r#"type="password""#) && !closed.contains(SUNDAY_QUESTION), "{closed}");
    }
    assert!(!asked.contains("This is not the password") && wrong.contains("This is not the password"));
    assert!(right.contains(SUNDAY_QUESTION), "{right}");
    let hashed = "select count(*) as n from conversation_shares where password_hash like '$argon2id$v=19$m=19456,t=2,p=1$%'";
    assert_eq!(app.count(hashed).await, 1);
    for (password, is_taken) in
        [("7 chars", false), ("8 chars.", true), ("two\nlines of it", false), ("a\ttab in it", false)]
    {
        let fields = json!({ "expires_in_days": 7, "password": password });
        let status = api.post(&format!("/api/conversations/{id}/shares"), fields).await.status;
        assert_eq!(status, if is_taken { 201 } else { 422 }, "{password}");
    }
    app.finish().await;
}

// DSH-2, ACC-17
#[tokio::test]
async fn passwords_of_one_link_are_tried_twenty_times_a_minute_and_no_more() {
    let app = TestApp::start_with(|settings| {
        // Whoever tries from many addresses is not stopped by the limit of one.
        settings.limits.sign_in_per_address_per_minute = 1_000;
    })
    .await;
    let (bakery, id) = talked(&app).await;
    let api = app.api_key(&bakery);
    let path =
        path_of(&share(&api, &id, json!({ "expires_in_days": 7, "password": "quince & ember" })).await);

    for _ in 0..20 {
        enter(&app.site, &path, "another one").await.expect(200);
    }
    let refused = enter(&app.site, &path, "quince & ember").await;

    assert!(!refused.header("retry-after").is_empty());
    refused.expect_problem(429, "rate_limited");
    app.clock.advance_ms(60_000);
    enter(&app.site, &path, "quince & ember").await.expect(200);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_share_is_told_what_is_wrong_with_it_and_there_are_twenty_at_most() {
    let app = TestApp::start().await;
    let (bakery, id) = talked(&app).await;
    let (api, garage) = (app.api_key(&bakery), app.client("Garage").await);
    let shares = format!("/api/conversations/{id}/shares");
    for days in [json!(0), json!(366), json!(-1), json!("7")] {
        let refused = api.post(&shares, json!({ "expires_in_days": days })).await.expect(422);
        assert_eq!(refused.pointers(), ["/expires_in_days"]);
    }
    api.post(&shares, json!({})).await.expect(422);
    let foreign = app.api_key(&garage);
    foreign.post(&shares, json!({ "expires_in_days": 7 })).await.expect_problem(404, "not_found");
    foreign.get(&shares).await.expect_problem(404, "not_found");
    let mut last = Value::Null;
    for _ in 0..20 {
        last = share(&api, &id, json!({ "expires_in_days": 365 })).await;
    }

    api.post(&shares, json!({ "expires_in_days": 7 })).await.expect_problem(403, "quota_reached");

    let one = format!("{shares}/{}", last["id"].as_str().unwrap());
    foreign.delete(&one).await.expect_problem(404, "not_found");
    api.delete(&one).await.expect(204);
    share(&api, &id, json!({ "expires_in_days": 7 })).await;
    app.finish().await;
}

// DSH-2, ACC-12
#[tokio::test]
async fn markup_in_what_was_said_is_shown_as_the_text_it_is() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_faq(
        &bakery,
        "Do you sell tea?",
        "**Yes**, <img src=x onerror=alert(1)> [here](javascript:alert(2))",
    )
    .await;
    let answer = app.ask(&bakery, "Do you sell tea?").await;
    let mut visitor = app.visitor(&bakery).with_session(&answer.session);
    visitor.say("<script>alert(3)</script>").await;

    let made = share(&app.api_key(&bakery), &answer.conversation_id, json!({ "expires_in_days": 7 })).await;
    let page = app.site.get(&path_of(&made)).await.expect(200).text();

    assert!(page.contains("<strong>Yes</strong>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(3)&lt;/script&gt;"), "{page}");
    for alive in ["<script", "<img", "javascript:alert(2)\""] {
        assert!(!page.contains(alive), "{alive} in {page}");
    }
    app.finish().await;
}
