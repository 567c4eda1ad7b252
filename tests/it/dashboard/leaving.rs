//! A client leaves: deactivated, taken back, or erased.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;

const SESSIONS: &str = "select count(*) as n from sessions";

// ACC-9
#[tokio::test]
async fn deactivating_a_client_ends_its_sessions_and_its_mail_at_once_and_can_be_undone() {
    let app = TestApp::start().await;
    let (client, other) = (app.client("Bakery").await, app.client("Bikes").await);
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let bob = app.person("bob@bikes.test", Role::Owner, Some(&other)).await;
    let by_key = app.site.post("/api/sign-in/key", json!({ "api_key": client.key })).await.expect(200);
    app.settle().await;
    let base = format!("/api/clients/{}", client.id);
    eve.post(&format!("{base}/members"), json!({ "email": "new@bakery.test", "role": "member" }))
        .await
        .expect(201);
    let before = app.count(SESSIONS).await;

    let left = ada.post(&format!("{base}/deactivate"), json!({})).await.expect(200).json();
    let again = ada.post(&format!("{base}/deactivate"), json!({})).await.expect(200).json();
    app.settle().await;

    assert_eq!((&left["status"], &left["deactivated_at"]), (&json!("suspended"), &again["deactivated_at"]));
    assert!(left["deactivated_at"].is_string(), "{left}");
    assert_eq!(app.count(SESSIONS).await, before - 1, "the session of the key is gone");
    eve.get("/api/session").await.expect_problem(401, "session_missing");
    bob.get("/api/session").await.expect(200);
    app.api_key(&client).get("/api/documents").await.expect_problem(403, "client_inactive");
    let config = app.site.get(&format!("/api/widget/config/{}", client.id)).await;
    config.expect_problem(403, "client_inactive");
    let sent = app.mails().into_iter().filter(|mail| mail.to == "new@bakery.test").count();
    assert_eq!(sent, 0, "what was queued is not sent");
    assert_eq!(app.count("select count(*) as n from outbox where state = 'cancelled'").await, 1);
    let cookie = by_key.header("set-cookie").split(';').next().unwrap().to_owned();
    let former = app.site.request(Method::GET, "/api/session").header("cookie", cookie);
    Reply::of(former).await.expect_problem(401, "session_missing");

    let back = ada.post(&format!("{base}/resume"), json!({})).await.expect(200).json();
    app.api_key(&client).get("/api/documents").await.expect(200);
    let mail = app.sign_in_mail("eve@bakery.test").await;
    app.site.enter_code("eve@bakery.test", &mail.code()).await.expect(200);

    assert_eq!((&back["status"], &back["deactivated_at"]), (&json!("active"), &Value::Null));
    let deeds = ada_audit(&app, &client.id).await;
    assert_eq!(deeds, ["client.reactivated", "client.deactivated"]);
    app.finish().await;
}

/// What was done to the client's stand, newest first.
async fn ada_audit(app: &TestApp, client: &str) -> Vec<String> {
    let owner = app.person("audit@north.test", Role::Owner, None).await;
    let list = owner.get(&format!("/api/audit?client_id={client}")).await.expect(200).json();
    let actions = list["items"].as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap());
    actions
        .filter(|action| action.ends_with("activated") || action.contains("eras"))
        .map(str::to_owned)
        .collect()
}

// ACC-9, ACC-16
#[tokio::test]
async fn an_erased_client_leaves_no_row_no_file_and_nothing_in_the_index() {
    let app = TestApp::start().await;
    let (client, other) = (app.client("Bakery").await, app.client("Bikes").await);
    let owner = app.person("ada@north.test", Role::Owner, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    app.person("both@bakery.test", Role::Member, Some(&client)).await;
    app.person("both@bakery.test", Role::Member, Some(&other)).await;
    app.ready_document(&client, "bread.md", "The rye bread costs four euros.").await;
    app.ready_faq(&client, "Open on Sunday?", "We open at nine on Sundays.").await;
    app.ready_document(&other, "bikes.md", "A repair costs thirty euros.").await;
    app.ask(&client, "What does the rye bread cost?").await;
    let base = format!("/api/clients/{}", client.id);
    eve.get(&base).await.expect(200);

    let erase_path = format!("{base}/erase");
    let erase = async |name: &str| owner.post(&erase_path, json!({ "name": name })).await;
    erase("Bakery").await.expect_problem(409, "wrong_state");
    owner.post(&format!("{base}/deactivate"), json!({})).await.expect(200);
    erase("Bikes").await.expect_problem(422, "validation_failed");
    let begun = erase("Bakery").await.expect(202).json();
    for path in ["", "/documents", "/resume", "/erase"] {
        let method = if path.starts_with("/r") || path == "/erase" { Method::POST } else { Method::GET };
        let request = owner.request(method, &format!("{base}{path}")).json(&json!({ "name": "Bakery" }));
        Reply::of(request).await.expect_problem(404, "not_found");
    }
    let listed = owner.get("/api/clients").await.expect(200).text();
    assert!(!listed.contains(&client.id), "{listed}");
    app.settle().await;

    let rows = &begun["rows"];
    for (table, count) in
        [("documents", 1), ("faqs", 1), ("conversations", 1), ("memberships", 2), ("people", 1)]
    {
        assert_eq!(rows[table], count, "{table}: {rows}");
    }
    owner.get(&base).await.expect_problem(404, "not_found");
    for table in snip::domain::privacy::store::TABLES_OF_A_CLIENT {
        let sql: &'static str =
            format!("select count(*) as n from {table} where client_id = '{}'", client.id).leak();
        assert_eq!(app.count(sql).await, 0, "{table}");
    }
    assert!(!app.data.path().join("blobs").join(&client.id).exists());
    let named = |email: &str| -> &'static str {
        format!("select count(*) as n from people where email = '{email}'").leak()
    };
    assert_eq!(app.count(named("eve@bakery.test")).await, 0, "who had no other place is gone");
    assert_eq!(app.count(named("both@bakery.test")).await, 1, "who has one stays");
    assert_eq!(app.count("select count(*) as n from documents").await, 1, "others keep theirs");
    let kept =
        "select count(*) as n from audit_details join audit_log on audit_log.id = audit_details.audit_id
                where audit_log.action = 'client.erasure_begun'";
    assert_eq!(app.count(kept).await, 1, "the counts stay");
    assert_eq!(
        ada_audit(&app, &client.id).await,
        ["client.erased", "client.erasure_begun", "client.deactivated"]
    );
    app.finish().await;
}

// ACC-9
#[tokio::test]
async fn only_the_agencys_owner_erases() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let path = format!("/api/clients/{}/erase", client.id);

    for person in [&ada, &eve] {
        person.post(&path, json!({ "name": "Bakery" })).await.expect_problem(403, "forbidden");
    }
    eve.post(&format!("/api/clients/{}/deactivate", client.id), json!({}))
        .await
        .expect_problem(403, "forbidden");
    app.finish().await;
}
