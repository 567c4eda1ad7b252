//! The mail from which a client makes its key: whether it arrived, whether it was used, and once more (ACC-8).

use crate::support::{Browser, Reply, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};
use snip::domain::people::Role;

struct Made {
    app: TestApp,
    ada: Browser,
    id: String,
}

async fn mailed() -> Made {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::AccountManager, None).await;
    let body = json!({ "name": "Bakery", "email": "info@bakery.test", "mail_key": true });
    let made = ada.post("/api/clients", body).await.expect(201).json();
    app.settle().await;
    let id = made["client"]["id"].as_str().unwrap().to_owned();
    Made { app, ada, id }
}

impl Made {
    async fn state(&self) -> Value {
        self.ada.get(&format!("/api/clients/{}/key-mail", self.id)).await.expect(200).json()
    }

    fn claim_path(&self) -> String {
        format!("/api/key-claims/{}", self.app.mail_to("info@bakery.test").token())
    }
}

// ACC-8
#[tokio::test]
async fn a_client_makes_its_key_from_the_mailed_link_once() {
    let made = mailed().await;
    let (path, app) = (made.claim_path(), &made.app);
    let before = made.state().await;

    let shown = Reply::of(app.site.request(reqwest::Method::GET, &path)).await.expect(200).json();
    let claimed = app.site.post(&path, json!({})).await.expect(201).json();
    let after = made.state().await;

    assert!(!app.mail_to("info@bakery.test").text.contains("snip_sk_"), "no key is in a mail");
    assert_eq!((&shown["client_name"], &shown["email"]), (&json!("Bakery"), &json!("info@bakery.test")));
    assert_eq!((&before["state"], &before["claimed_at"]), (&json!("sent"), &Value::Null));
    assert!(after["claimed_at"].is_string(), "{after}");
    let usage = app
        .site
        .request(reqwest::Method::GET, "/api/usage")
        .header("x-api-key", claimed["api_key"].as_str().unwrap());
    Reply::of(usage).await.expect(200);
    app.site.post(&path, json!({})).await.expect_problem(401, "link_invalid");
    Reply::of(app.site.request(reqwest::Method::GET, &path)).await.expect_problem(401, "link_invalid");
    let deeds =
        "select count(*) as n from audit_log where action in ('key_claim.mailed', 'key_claim.claimed')";
    assert_eq!(app.count(deeds).await, 2);
    made.app.finish().await;
}

// ACC-8
#[tokio::test]
async fn fifty_who_hold_the_link_make_one_key() {
    let made = mailed().await;
    let path = made.claim_path();

    let tries = (0..50).map(|_| {
        let (site, path) = (made.app.site.clone(), path.clone());
        async move { site.post(&path, json!({})).await.status }
    });
    let mut made_keys = 0;
    for status in join_all(tries).await {
        match status {
            201 => made_keys += 1,
            other => assert_eq!(other, 401),
        }
    }

    assert_eq!(made_keys, 1);
    assert_eq!(made.app.count("select count(*) as n from api_keys where name = 'claimed'").await, 1);
    made.app.finish().await;
}

// ACC-8
#[tokio::test]
async fn sending_again_voids_the_former_link_also_after_it_was_used() {
    let made = mailed().await;
    let former = made.claim_path();
    let again = format!("/api/clients/{}/key-mail", made.id);
    let moved = json!({ "email": "new@bakery.test" });
    made.ada.patch(&format!("/api/clients/{}", made.id), moved).await.expect(200);
    assert_eq!(made.state().await["to"], "info@bakery.test", "where it went");
    let back = json!({ "email": "info@bakery.test" });
    made.ada.patch(&format!("/api/clients/{}", made.id), back).await.expect(200);

    made.ada.post(&again, json!({})).await.expect(202);
    made.app.settle().await;
    let newer = made.claim_path();
    made.app.site.post(&former, json!({})).await.expect_problem(401, "link_invalid");
    made.app.site.post(&newer, json!({})).await.expect(201);
    let sent = made.ada.post(&again, json!({})).await.expect(202).json();
    made.app.settle().await;

    assert_ne!(former, newer);
    assert_eq!((&sent["state"], &sent["claimed_at"]), (&json!("queued"), &Value::Null));
    made.app.site.post(&newer, json!({})).await.expect_problem(401, "link_invalid");
    made.app.site.post(&made.claim_path(), json!({})).await.expect(201);
    made.app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_link_ends_after_a_week_and_while_the_client_is_suspended() {
    let made = mailed().await;
    let (path, id) = (made.claim_path(), made.id.clone());
    let again = format!("/api/clients/{id}/key-mail");

    made.ada.post(&format!("/api/clients/{id}/suspend"), json!({})).await.expect(200);
    made.app.site.post(&path, json!({})).await.expect_problem(401, "link_invalid");
    made.ada.post(&again, json!({})).await.expect_problem(409, "wrong_state");
    made.ada.post(&format!("/api/clients/{id}/resume"), json!({})).await.expect(200);
    Reply::of(made.app.site.request(reqwest::Method::GET, &path)).await.expect(200);
    made.app.clock.advance_ms(7 * 24 * 3_600_000 + 1);

    made.app.site.post(&path, json!({})).await.expect_problem(401, "link_invalid");
    made.app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_link_that_was_tampered_with_or_sent_by_another_site_makes_nothing() {
    let made = mailed().await;
    let path = made.claim_path();
    let (head, tag) = path.rsplit_once('.').unwrap();
    let other = made.app.client("Bikes").await;

    for forged in [
        format!("{head}.{}", "A".repeat(tag.len())),
        format!("/api/key-claims/{}.{tag}", other.id),
        format!("{head}."),
        "/api/key-claims/nothing".to_owned(),
    ] {
        made.app.site.post(&forged, json!({})).await.expect_problem(401, "link_invalid");
    }
    let foreign = made
        .app
        .site
        .request(reqwest::Method::POST, &path)
        .header("origin", "https://elsewhere.example")
        .json(&json!({}));
    Reply::of(foreign).await.expect_problem(403, "csrf_refused");

    assert_eq!(made.app.count("select count(*) as n from api_keys where name = 'claimed'").await, 0);
    made.app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_client_without_such_a_mail_says_so_and_only_the_agency_sees_it() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let path = format!("/api/clients/{}/key-mail", client.id);

    let state = ada.get(&path).await.expect(200).json();

    assert_eq!((&state["state"], &state["mail_id"]), (&json!("none"), &Value::Null));
    assert_eq!(state["to"], "owner@example.test");
    eve.get(&path).await.expect_problem(403, "forbidden");
    eve.post(&path, json!({})).await.expect_problem(403, "forbidden");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_link_opens_nothing_once_the_client_has_another_address() {
    let made = mailed().await;
    let path = made.claim_path();
    let client = format!("/api/clients/{}", made.id);

    made.ada.patch(&client, json!({ "email": "new@bakery.test" })).await.expect(200);
    made.app.site.post(&path, json!({})).await.expect_problem(401, "link_invalid");
    made.ada.patch(&client, json!({ "email": "Info@bakery.test" })).await.expect(200);

    made.app.site.post(&path, json!({})).await.expect(201);
    made.app.finish().await;
}

// ACC-8, ACC-3
#[tokio::test]
async fn a_mail_that_was_sent_again_from_the_list_is_the_one_that_is_followed() {
    let made = mailed().await;
    let first = made.state().await;
    let mail = first["mail_id"].as_str().unwrap();

    made.app.clock.advance_ms(1_000);
    let jo = made.app.person("jo@north.test", Role::Owner, None).await;
    jo.post(&format!("/api/mails/{mail}/resend"), json!({})).await.expect(202);
    let second = made.state().await;

    assert_ne!(first["mail_id"], second["mail_id"]);
    assert_eq!(second["state"], "queued");
    made.app.settle().await;
    assert_eq!(made.state().await["state"], "sent");
    made.app.finish().await;
}
