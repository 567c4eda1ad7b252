//! Members: invitations, roles, owners, staff with assigned clients.

use crate::support::{Browser, TestApp};
use serde_json::{Value, json};
use snip::domain::people::Role;
use snip::ground::limits::SENT_PER_IDENTIFIER_PER_MINUTE;
use snip::ground::time::{DAY_MS, MINUTE_MS};

async fn member_id(browser: &Browser, path: &str, email: &str) -> String {
    let list = browser.get(path).await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    let member =
        items.iter().find(|item| item["email"] == email).unwrap_or_else(|| panic!("{email} in {list}"));
    member["id"].as_str().unwrap().to_owned()
}

async fn accept(app: &TestApp, token: &str) -> crate::support::Reply {
    app.site.post(&format!("/api/invitations/{token}"), json!({ "name": "Eve" })).await
}

// ACC-21
#[tokio::test]
async fn an_invitation_is_read_without_being_used_and_accepted_once() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let path = format!("/api/clients/{}/members", client.id);
    let new = json!({ "email": "eve@bakery.test", "role": "manager", "message": "Welcome <b>!" });
    let invited = ada.post(&path, new.clone()).await.expect(201).json();
    ada.post(&path, new).await.expect_problem(409, "wrong_state");
    app.settle().await;
    let mail = app.mail_to("eve@bakery.test");

    let mut shown = Value::Null;
    for _ in 0..3 {
        shown = app.site.get(&format!("/api/invitations/{}", mail.token())).await.expect(200).json();
    }
    let accepted = accept(&app, &mail.token()).await;
    let eve = Browser::of(&app.site, &accepted);

    assert_eq!((&invited["state"], &invited["name"]), (&json!("invited"), &json!(null)));
    assert_eq!(
        (&shown["organisation"], &shown["role"], &shown["inviter"]),
        (&json!("Bakery"), &json!("manager"), &json!("ada"))
    );
    assert_eq!(mail.subject, "ada invites you to Bakery");
    assert!(mail.html.contains("Welcome &lt;b&gt;!"), "{}", mail.html);
    assert_eq!(eve.membership().await["role"], "manager");
    accept(&app, &mail.token()).await.expect_problem(401, "link_invalid");
    assert_eq!(
        app.count("select count(*) as n from membership_invitations where email_key = 'eve@bakery.test'")
            .await,
        0
    );
    app.finish().await;
}

// ACC-21
#[tokio::test]
async fn an_invitation_ends_after_seven_days_when_it_is_sent_again_and_when_it_is_taken_back() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let invite = async |email: &str| {
        let invited =
            ada.post("/api/members", json!({ "email": email, "role": "admin" })).await.expect(201).json();
        app.settle().await;
        (invited["id"].as_str().unwrap().to_owned(), app.mail_to(email).token())
    };

    let (again, former) = invite("bob@north.test").await;
    ada.post(&format!("/api/members/{again}/resend"), json!({})).await.expect(202);
    app.settle().await;
    let newer = app.mail_to("bob@north.test").token();
    let (taken_back, token) = invite("cid@north.test").await;
    ada.delete(&format!("/api/members/{taken_back}")).await.expect(204);
    accept(&app, &former).await.expect_problem(401, "link_invalid");
    accept(&app, &token).await.expect_problem(401, "link_invalid");
    accept(&app, &newer).await.expect(200);
    let (_, late) = invite("dan@north.test").await;
    app.clock.advance_ms(7 * DAY_MS);

    accept(&app, &late).await.expect_problem(401, "link_invalid");
    app.finish().await;
}

// ACC-3, ACC-21
#[tokio::test]
async fn an_invitation_that_was_passed_on_opens_nobody_elses_login() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let path = format!("/api/clients/{}/members", client.id);
    eve.post(&path, json!({ "email": "ada@north.test", "role": "member" })).await.expect(201);
    app.settle().await;
    let token = app.mail_to("ada@north.test").token();
    let accept_path = format!("/api/invitations/{token}");

    accept(&app, &token).await.expect_problem(401, "session_missing");
    eve.post(&accept_path, json!({ "name": "Eve" })).await.expect_problem(401, "session_missing");
    let joined = Browser::of(&app.site, &ada.post(&accept_path, json!({ "name": "x" })).await);

    let session = joined.get("/api/session").await.expect(200).json();
    assert_eq!(session["person"]["name"], "ada", "they keep their name");
    assert_eq!(session["memberships"].as_array().unwrap().len(), 2);
    app.finish().await;
}

// ACC-9
#[tokio::test]
async fn the_clients_owner_is_told_who_was_removed_and_the_removed_are_out_at_once() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let manager = app.person("max@bakery.test", Role::Manager, Some(&client)).await;
    let fay = app.person("fay@bakery.test", Role::Member, Some(&client)).await;
    let path = format!("/api/clients/{}/members", client.id);
    let id = member_id(&manager, &path, "fay@bakery.test").await;

    manager.delete(&format!("{path}/{id}")).await.expect(204);
    fay.get("/api/session").await.expect_problem(401, "session_missing");
    app.settle().await;

    let mails: Vec<_> =
        app.mails().into_iter().filter(|mail| mail.subject.contains("no longer a member")).collect();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("eve@bakery.test", "fay is no longer a member of Bakery")
    );
    app.finish().await;
}

// ACC-5
#[tokio::test]
async fn nobody_fills_a_mailbox_with_invitations() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let new = json!({ "email": "eve@north.test", "role": "admin" });
    let id = ada.post("/api/members", new).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let again = format!("/api/members/{id}/resend");

    for _ in 1..SENT_PER_IDENTIFIER_PER_MINUTE {
        ada.post(&again, json!({})).await.expect(202);
    }
    let refused = ada.post(&again, json!({})).await;
    assert!(refused.header("retry-after").parse::<u32>().unwrap() <= 60, "{refused:?}");
    refused.expect_problem(429, "rate_limited");
    app.clock.advance_ms(MINUTE_MS);
    ada.post(&again, json!({})).await.expect(202);
    app.settle().await;
    app.finish().await;
}

// ACC-1
#[tokio::test]
async fn nobody_grants_or_takes_what_they_do_not_hold() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let owner = app.person("ada@north.test", Role::Owner, None).await;
    let admin = app.person("bob@north.test", Role::Admin, None).await;
    let account_manager = app.person("cid@north.test", Role::AccountManager, None).await;
    app.person("dan@bakery.test", Role::Owner, Some(&client)).await;
    let manager = app.person("eve@bakery.test", Role::Manager, Some(&client)).await;
    let member = app.person("fay@bakery.test", Role::Member, Some(&client)).await;
    let (staff, members) = ("/api/members".to_owned(), format!("/api/clients/{}/members", client.id));
    let new = |role: &str| json!({ "email": format!("{role}@new.test"), "role": role });

    for (who, path, role, status) in [
        (&admin, &staff, "owner", 403),
        (&account_manager, &staff, "content_specialist", 403),
        (&manager, &members, "owner", 403),
        (&member, &members, "member", 403),
        (&manager, &staff, "admin", 403),
        (&owner, &staff, "manager", 422),
        (&owner, &members, "admin", 422),
        (&admin, &staff, "admin", 201),
        (&account_manager, &members, "owner", 201),
        (&manager, &members, "manager", 201),
    ] {
        let reply = who.post(path, new(role)).await;
        assert_eq!(reply.status, status, "{role} at {path}: {}", reply.text());
    }
    let ada = member_id(&admin, &staff, "ada@north.test").await;
    let dan = member_id(&manager, &members, "dan@bakery.test").await;
    let fay = member_id(&manager, &members, "fay@bakery.test").await;
    admin.patch(&format!("{staff}/{ada}"), json!({ "role": "admin" })).await.expect_problem(403, "forbidden");
    admin.delete(&format!("{staff}/{ada}")).await.expect_problem(403, "forbidden");
    manager
        .patch(&format!("{members}/{dan}"), json!({ "state": "off" }))
        .await
        .expect_problem(403, "forbidden");
    manager
        .patch(&format!("{members}/{fay}"), json!({ "role": "owner" }))
        .await
        .expect_problem(403, "forbidden");
    manager.patch(&format!("{members}/{fay}"), json!({ "role": "manager" })).await.expect(200);
    app.settle().await;
    app.finish().await;
}

// ACC-1
#[tokio::test]
async fn the_last_owner_stays_until_there_is_another() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.person("bob@north.test", Role::Admin, None).await;
    let own = member_id(&ada, "/api/members", "ada@north.test").await;
    let bob = member_id(&ada, "/api/members", "bob@north.test").await;

    for body in [json!({ "role": "admin" }), json!({ "state": "off" })] {
        ada.patch(&format!("/api/members/{own}"), body).await.expect_problem(409, "wrong_state");
    }
    ada.delete(&format!("/api/members/{own}")).await.expect_problem(409, "wrong_state");
    ada.patch(&format!("/api/members/{own}"), json!({ "client_ids": [] })).await.expect(422);
    ada.patch(&format!("/api/members/{bob}"), json!({ "role": "owner" })).await.expect(200);
    ada.patch(&format!("/api/members/{own}"), json!({ "role": "admin" })).await.expect(200);

    assert_eq!(app.count("select count(*) as n from memberships where role = 'owner'").await, 1);
    app.finish().await;
}

// ACC-1
#[tokio::test]
async fn handing_ownership_over_is_an_act_of_its_own_that_ends_both_sessions() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let bob = app.person("bob@north.test", Role::ContentSpecialist, None).await;
    let id = member_id(&ada, "/api/members", "bob@north.test").await;

    let handed = ada.post(&format!("/api/members/{id}/ownership"), json!({})).await.expect(200).json();

    assert_eq!(handed["role"], "owner");
    for former in [&ada, &bob] {
        former.get("/api/session").await.expect_problem(401, "session_missing");
    }
    let deeds = "select count(*) as n from audit_log where action = 'ownership.transferred' and actor_kind = 'person'";
    assert_eq!(app.count(deeds).await, 1);
    assert_eq!(app.count("select count(*) as n from memberships where role = 'owner'").await, 1);
    let code = app.sign_in_mail("ada@north.test").await.code();
    let ada = Browser::of(&app.site, &app.site.enter_code("ada@north.test", &code).await);
    assert_eq!(ada.membership().await["role"], "admin");
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn a_change_of_rights_ends_sessions_at_once_and_codes_open_nothing_any_more() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let bob = app.person("bob@north.test", Role::Admin, None).await;
    let id = member_id(&ada, "/api/members", "bob@north.test").await;
    let code = app.sign_in_mail("bob@north.test").await.code();

    ada.patch(&format!("/api/members/{id}"), json!({ "state": "off" })).await.expect(200);

    bob.get("/api/session").await.expect_problem(401, "session_missing");
    app.site.enter_code("bob@north.test", &code).await.expect_problem(401, "code_invalid");
    let mails = app.mails().len();
    app.site.ask_to_sign_in("bob@north.test").await.expect(202);
    app.settle().await;
    assert_eq!(app.mails().len(), mails, "whoever is off gets no code");
    app.finish().await;
}

// ACC-1
#[tokio::test]
async fn limited_staff_sees_assigned_clients_and_nothing_of_the_node() {
    let app = TestApp::start().await;
    let (bakery, bikes) = (app.client("Bakery").await, app.client("Bikes").await);
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let new = json!({ "email": "bob@north.test", "role": "account_manager", "client_ids": [bakery.id] });
    ada.post("/api/members", new).await.expect(201);
    app.settle().await;
    let bob = Browser::of(&app.site, &accept(&app, &app.mail_to("bob@north.test").token()).await);

    let list = bob.get("/api/clients").await.expect(200).json();
    let names: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["Bakery"]);
    bob.get(&format!("/api/clients/{}/documents", bakery.id)).await.expect(200);
    for path in ["", "/documents", "/members", "/keys", "/overview"] {
        bob.get(&format!("/api/clients/{}{path}", bikes.id)).await.expect_problem(404, "not_found");
    }
    for path in ["/api/members", "/api/mails", "/api/jobs", "/api/audit"] {
        bob.get(path).await.expect_problem(403, "forbidden");
    }
    bob.post("/api/clients", json!({ "name": "New", "email": "a@new.test" }))
        .await
        .expect_problem(403, "forbidden");
    let id = member_id(&ada, "/api/members", "bob@north.test").await;
    let all =
        ada.patch(&format!("/api/members/{id}"), json!({ "client_ids": null })).await.expect(200).json();
    assert_eq!(all["client_ids"], json!(null));
    app.finish().await;
}

// ACC-1
#[tokio::test]
async fn one_person_has_places_in_several_clients_with_one_login() {
    let app = TestApp::start().await;
    let (bakery, bikes, other) =
        (app.client("Bakery").await, app.client("Bikes").await, app.client("Other").await);
    app.person("eve@both.test", Role::Owner, Some(&bakery)).await;
    let eve = app.person("eve@both.test", Role::Member, Some(&bikes)).await;

    let session = eve.get("/api/session").await.expect(200).json();
    let roles: Vec<(&Value, &Value)> = session["memberships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["client_name"], &it["role"]))
        .collect();

    assert_eq!(roles, [(&json!("Bakery"), &json!("owner")), (&json!("Bikes"), &json!("member"))]);
    assert_eq!(app.count("select count(*) as n from people").await, 1);
    eve.get(&format!("/api/clients/{}/keys", bakery.id)).await.expect(200);
    eve.get(&format!("/api/clients/{}/keys", bikes.id)).await.expect_problem(403, "forbidden");
    eve.get(&format!("/api/clients/{}/keys", other.id)).await.expect_problem(404, "not_found");
    app.finish().await;
}
