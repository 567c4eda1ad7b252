//! Keys with which programs act for the agency (ACC-8: clients are created by an admin API key).

use crate::support::{Api, Browser, Client, Reply, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;

const PATH: &str = "/api/agency/keys";

async fn key(ada: &Browser, permissions: Value) -> (String, Api) {
    let body = json!({ "name": "Onboarding", "permissions": permissions });
    let made = ada.post(PATH, body).await.expect(201).json();
    let text = made["api_key"].as_str().unwrap().to_owned();
    assert!(text.starts_with("snip_ak_"), "scanners of leaked secrets can find it");
    (made["id"].as_str().unwrap().to_owned(), Api { site: ada.site.clone(), key: text })
}

// ACC-8
#[tokio::test]
async fn a_program_with_a_key_of_the_agency_creates_clients_and_gets_their_first_key() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    // Whoever invites an owner holds what owners do.
    let elsewhere = app.client("Elsewhere").await;
    let owner = app.person("jo@elsewhere.test", Role::Owner, Some(&elsewhere)).await;
    let mut held = owner.membership().await["permissions"].as_array().unwrap().clone();
    held.extend([json!("clients:read"), json!("clients:write")]);
    let (_, program) = key(&ada, json!(held)).await;

    let body = json!({ "name": "Bakery", "email": "info@bakery.test", "owner_email": "eve@bakery.test" });
    let made = program.post("/api/clients", body).await.expect(201).json();
    app.settle().await;
    let id = made["client"]["id"].as_str().unwrap().to_owned();
    let first = Client { id: id.clone(), key: made["api_key"].as_str().unwrap().to_owned() };
    app.api_key(&first).get("/api/usage").await.expect(200);
    let changed = program.patch(&format!("/api/clients/{id}"), json!({ "purpose": "demo" })).await;
    let bearer = app.site.request(Method::GET, "/api/clients").bearer_auth(&program.key);
    let list = Reply::of(bearer).await.expect(200).json();

    assert_eq!(changed.expect(200).json()["purpose"], "demo");
    assert_eq!(list["items"][0]["name"], "Bakery");
    assert!(app.mail_to("eve@bakery.test").subject.contains("Bakery"));
    let deed =
        "select count(*) as n from audit_log where action = 'client.created' and actor_kind = 'api_key'";
    assert_eq!(app.count(deed).await, 1, "the log names the key");
    app.finish().await;
}

// ACC-8, ACC-2
#[tokio::test]
async fn a_key_of_the_agency_does_what_it_names_and_nothing_else() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let (_, reader) = key(&ada, json!(["clients:read", "knowledge:read"])).await;
    let base = format!("/api/clients/{}", client.id);

    reader.get("/api/clients").await.expect(200);
    reader.get(&format!("{base}/faqs")).await.expect(200);
    let body = json!({ "name": "Bikes", "email": "info@bikes.test" });
    reader.post("/api/clients", body).await.expect_problem(403, "forbidden");
    let faq = json!({ "question": "Open?", "answer": "At nine." });
    reader.post(&format!("{base}/faqs"), faq).await.expect_problem(403, "forbidden");
    for closed in ["/api/jobs", "/api/audit", PATH, "/api/members"] {
        reader.get(closed).await.expect_problem(403, "forbidden");
    }
    reader.get("/api/session").await.expect_problem(401, "session_missing");
    reader.get("/api/faqs").await.expect_problem(401, "unauthorized");
    reader
        .get(&format!("/api/clients/client_{}/faqs", "0".repeat(26)))
        .await
        .expect_problem(404, "not_found");
    app.finish().await;
}

// ACC-8, ACC-1
#[tokio::test]
async fn nobody_makes_a_key_that_may_do_more_than_they() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let kim = app.person("kim@north.test", Role::AccountManager, None).await;
    let with = |permissions: Value| json!({ "name": "Onboarding", "permissions": permissions });

    ada.post(PATH, with(json!(["agency:own"]))).await.expect_problem(403, "forbidden");
    ada.post(PATH, with(json!([]))).await.expect_problem(422, "validation_failed");
    ada.post(PATH, with(json!(["everything"]))).await.expect_problem(422, "validation_failed");
    let days = json!({ "name": "x", "permissions": ["clients:read"], "expires_in_days": 0 });
    ada.post(PATH, days).await.expect_problem(422, "validation_failed");
    kim.post(PATH, with(json!(["clients:read"]))).await.expect_problem(403, "forbidden");
    ada.post(PATH, with(json!(["agency_keys:write"]))).await.expect_problem(422, "validation_failed");
    let owner = app.person("jo@north.test", Role::Owner, None).await;
    owner.post(PATH, with(json!(["agency:own"]))).await.expect_problem(422, "validation_failed");
    owner.post(PATH, with(json!(["staff:write"]))).await.expect_problem(422, "validation_failed");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_key_of_the_agency_is_listed_without_its_text_and_ends_when_revoked_or_expired() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let (id, program) = key(&ada, json!(["clients:read"])).await;
    let short = json!({ "name": "Week", "permissions": ["clients:read"], "expires_in_days": 7 });
    let short = ada.post(PATH, short).await.expect(201).json();
    let short = Api { site: app.site.clone(), key: short["api_key"].as_str().unwrap().to_owned() };

    program.get("/api/clients").await.expect(200);
    short.get("/api/clients").await.expect(200);
    let list = ada.get(PATH).await.expect(200);
    ada.delete(&format!("{PATH}/{id}")).await.expect(204);
    program.get("/api/clients").await.expect_problem(401, "unauthorized");
    ada.delete(&format!("{PATH}/{id}")).await.expect_problem(404, "not_found");
    app.clock.advance_ms(7 * 24 * 3_600_000);
    short.get("/api/clients").await.expect_problem(401, "unauthorized");

    assert!(!list.text().contains(&program.key));
    let items = list.json();
    let of_program = items["items"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    assert_eq!((&of_program["created_by"], &of_program["name"]), (&json!("ada"), &json!("Onboarding")));
    assert!(of_program["last_used_at"].is_string());
    app.finish().await;
}

// ACC-8, ACC-11
#[tokio::test]
async fn guessing_keys_of_the_agency_is_slowed_down() {
    let app = TestApp::start().await;
    let guess = Api { site: app.site.clone(), key: format!("snip_ak_{}", "A".repeat(43)) };

    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(guess.get("/api/clients").await.status);
    }

    assert_eq!(statuses.first(), Some(&401));
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    app.finish().await;
}

/// The id of this person's place in the agency.
async fn place_of(jo: &Browser, email: &str) -> String {
    let staff = jo.get("/api/members").await.expect(200).json();
    let found = staff["items"].as_array().unwrap().iter().find(|it| it["email"] == email).cloned();
    format!("/api/members/{}", found.unwrap()["id"].as_str().unwrap())
}

// ACC-8, ACC-1
#[tokio::test]
async fn a_key_does_no_more_than_its_maker_may_do_now() {
    let app = TestApp::start().await;
    let jo = app.person("jo@north.test", Role::Owner, None).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let (bikes, bakery) = (app.client("Bikes").await, app.client("Bakery").await);
    let (_, program) = key(&ada, json!(["clients:read", "knowledge:read", "jobs:read"])).await;
    let place = place_of(&jo, "ada@north.test").await;
    let faqs = |client: &Client| format!("/api/clients/{}/faqs", client.id);

    program.get("/api/jobs").await.expect(200);
    program.get(&faqs(&bikes)).await.expect(200);
    let less = json!({ "role": "content_specialist", "client_ids": [bakery.id] });
    jo.patch(&place, less).await.expect(200);
    program.get("/api/jobs").await.expect_problem(403, "forbidden");
    program.get(&faqs(&bakery)).await.expect(200);
    program.get(&faqs(&bikes)).await.expect_problem(404, "not_found");
    let listed = program.get("/api/clients").await.expect(200).json();
    jo.patch(&place, json!({ "state": "off" })).await.expect(200);
    program.get(&faqs(&bakery)).await.expect_problem(401, "unauthorized");
    jo.patch(&place, json!({ "state": "active" })).await.expect(200);
    program.get(&faqs(&bakery)).await.expect(200);
    let shown = jo.get(PATH).await.expect(200).json();
    jo.delete(&place).await.expect(204);
    program.get(&faqs(&bakery)).await.expect_problem(401, "unauthorized");
    app.person("ada@north.test", Role::Admin, None).await;
    program.get(&faqs(&bakery)).await.expect_problem(401, "unauthorized");

    assert_eq!(
        shown["items"][0]["permissions"],
        json!(["clients:read", "knowledge:read"]),
        "what is left of it"
    );
    assert_eq!(jo.get(PATH).await.json()["items"], json!([]), "it does not come back with its maker");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["name"], "Bakery");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_key_mail_is_sent_by_those_alone_who_may_make_keys() {
    let app = TestApp::start().await;
    let jo = app.person("jo@north.test", Role::Owner, None).await;
    let client = app.client("Bakery").await;
    let path = format!("/api/clients/{}/key-mail", client.id);
    let (_, narrow) = key(&jo, json!(["clients:write"])).await;
    let (_, wide) = key(&jo, json!(["clients:write", "keys:write"])).await;

    narrow.post(&path, json!({})).await.expect_problem(403, "forbidden");
    wide.post(&path, json!({})).await.expect(202);
    app.settle().await;
    app.finish().await;
}
