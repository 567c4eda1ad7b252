//! Sessions: what guards them, and how they end.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::json;
use snip::domain::people::Role;
use snip::http::access::Access;
use snip::http::routes::routes;

// ACC-10
#[tokio::test]
async fn every_write_with_a_cookie_wants_our_own_origin_and_the_token_of_the_session() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let bob = app.person("bob@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    let base = app.site.base.clone();
    let mut writes = 0;

    for row in routes().into_iter().filter(|row| row.access.is_by_session() && row.method != Method::GET) {
        writes += 1;
        let path =
            row.path.replace("{client}", &client.id).replace("{id}", "member_01jd3v5s8e4w6x7y9zabcdefgh");
        let guises: [(Option<&str>, Option<&str>); 6] = [
            (None, Some(&ada.csrf_token)),
            (Some("https://evil.test"), Some(&ada.csrf_token)),
            (Some("null"), Some(&ada.csrf_token)),
            (Some(&base), None),
            (Some(&base), Some("")),
            (Some(&base), Some(&bob.csrf_token)),
        ];
        for (origin, token) in guises {
            let mut request = app.site.request(row.method.clone(), &path).header("cookie", &ada.cookie);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            if let Some(token) = token {
                request = request.header("x-csrf-token", token);
            }
            let reply = Reply::of(request).await;
            assert_eq!(
                reply.status,
                403,
                "{} {path} from {origin:?} with {token:?}: {}",
                row.method,
                reply.text()
            );
            assert_eq!(reply.json()["code"], "csrf_refused");
        }
    }

    assert!(writes > 20, "writes were found: {writes}");
    ada.get("/api/session").await.expect(200);
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn sessions_are_listed_and_each_can_be_ended_by_its_owner_only() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let bob = app.person("bob@north.test", Role::Admin, None).await;
    let code = app.sign_in_mail("ada@north.test").await.code();
    let request = app.site.request(Method::POST, "/api/sign-in/code").header("origin", &app.site.base);
    let request = request
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    Reply::of(request.json(&json!({ "email": "ada@north.test", "code": code }))).await.expect(200);

    let list = ada.get("/api/sessions").await.expect(200).json();
    let lines = list["items"].as_array().unwrap();
    let newest = lines[0]["id"].as_str().unwrap();
    let foreign = bob.delete(&format!("/api/sessions/{newest}")).await;
    let ended = ada.delete(&format!("/api/sessions/{newest}")).await;
    let left = ada.get("/api/sessions").await.json()["items"].as_array().unwrap().len();

    assert_eq!(
        (lines.len(), &lines[0]["is_current"], &lines[1]["is_current"]),
        (2, &json!(false), &json!(true))
    );
    assert_eq!(lines[0]["device"], "Firefox on Linux");
    foreign.expect_problem(404, "not_found");
    ended.expect(204);
    assert_eq!(left, 1);
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_too() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;

    let out = ada.delete("/api/session").await.expect(204);

    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    ada.get("/api/session").await.expect_problem(401, "session_missing");
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn a_person_changes_their_name_alone() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;

    ada.patch("/api/person", json!({ "name": " Ada Lovelace " })).await.expect(200);
    let wrong = ada.patch("/api/person", json!({ "name": "", "email": "eve@evil.test" })).await;

    assert_eq!(ada.get("/api/session").await.json()["person"]["name"], "Ada Lovelace");
    wrong.expect(422);
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn a_new_address_is_confirmed_by_its_code_and_the_old_one_is_told() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let former = app.sign_in_mail("ada@north.test").await;
    let (ask, confirm) = ("/api/person/email", "/api/person/email/confirm");

    ada.post(ask, json!({ "email": "Ada@new.test" })).await.expect(202);
    app.settle().await;
    let first = app.mail_to("ada@new.test").code();
    app.clock.advance_ms(1);
    ada.post(ask, json!({ "email": "Ada@new.test" })).await.expect(202);
    app.settle().await;
    let code = app.mail_to("ada@new.test").code();
    ada.post(confirm, json!({ "code": first })).await.expect(422);
    assert_eq!(ada.get("/api/session").await.json()["person"]["email"], "ada@north.test", "not yet");
    let changed = ada.post(confirm, json!({ "code": code })).await.expect(200).json();
    ada.post(confirm, json!({ "code": code })).await.expect(422);
    app.settle().await;

    assert_eq!(changed["email"], "Ada@new.test");
    let told = app.mail_to("ada@north.test");
    assert!(told.subject.contains("was changed"), "{told:?}");
    assert!(!format!("{told:?}").contains("new.test"), "it does not say where to: {told:?}");
    app.site.enter_code("ada@north.test", &former.code()).await.expect_problem(401, "code_invalid");
    let mails = app.mails().len();
    app.site.ask_to_sign_in("ada@north.test").await.expect(202);
    app.settle().await;
    assert_eq!(app.mails().len(), mails, "the old address opens nothing");
    let newer = app.sign_in_mail("ada@new.test").await.code();
    app.site.enter_code("ada@new.test", &newer).await.expect(200);
    app.finish().await;
}

// ACC-3, ACC-4
#[tokio::test]
async fn a_code_for_a_new_address_is_compared_five_times_and_ends_after_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let ask = async || {
        ada.post("/api/person/email", json!({ "email": "ada@new.test" })).await.expect(202);
        app.settle().await;
        app.mail_to("ada@new.test").code()
    };
    let confirm = async |code: &str| ada.post("/api/person/email/confirm", json!({ "code": code })).await;

    let code = ask().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        confirm(wrong).await.expect(422);
    }
    confirm(&code).await.expect(422);
    app.clock.advance_ms(15 * 60_000);
    let late = ask().await;
    app.clock.advance_ms(15 * 60_000);
    confirm(&late).await.expect(422);

    assert_eq!(ada.get("/api/session").await.json()["person"]["email"], "ada@north.test");
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn an_address_that_somebody_has_is_told_to_who_reads_it_only() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.person("bob@north.test", Role::Admin, None).await;

    let taken = ada.post("/api/person/email", json!({ "email": "BOB@north.test" })).await.expect(202);
    let free = ada.post("/api/person/email", json!({ "email": "new@north.test" })).await.expect(202);
    ada.post("/api/person/email", json!({ "email": "bob@north.test" })).await.expect(202);
    app.settle().await;
    let code = app.mail_to("bob@north.test").code();

    assert_eq!(taken.text(), free.text());
    ada.post("/api/person/email/confirm", json!({ "code": code })).await.expect_problem(409, "wrong_state");
    app.finish().await;
}

// ACC-2
#[tokio::test]
async fn a_row_behind_a_session_takes_no_key_and_no_row_behind_a_key_takes_a_session() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let api = app.api_key(&client);

    for row in routes().into_iter().filter(|row| row.method == Method::GET) {
        let path = row.path.replace("{client}", &client.id).replace("{id}", "x").replace("{message_id}", "x");
        if row.access.is_by_session() {
            api.get(&path).await.expect_problem(401, "session_missing");
        } else if matches!(row.access, Access::Key(_)) {
            ada.get(&path).await.expect_problem(401, "unauthorized");
        }
    }
    app.finish().await;
}
