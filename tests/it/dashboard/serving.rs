//! Clients that the agency looks after, and those that nobody pays for (ACC-8).

use crate::support::events::EventStream;
use crate::support::{Browser, Client, Reply, TestApp};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;

async fn set(app: &TestApp, ada: &Browser, client: &Client, change: Value) -> Value {
    let changed = ada.patch(&format!("/api/clients/{}", client.id), change).await.expect(200).json();
    app.settle().await;
    changed
}

// ACC-8
#[tokio::test]
async fn people_of_a_managed_client_see_results_and_change_nothing_of_the_assistant() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::AccountManager, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let base = format!("/api/clients/{}", client.id);
    app.ready_faq(&client, "Do you deliver?", "Yes, on Mondays.").await;
    let answer = app.ask(&client, "Do you deliver?").await;

    assert_eq!(eve.membership().await["service"], "self_serve");
    eve.get(&format!("{base}/faqs")).await.expect(200);
    set(&app, &ada, &client, json!({ "service": "managed" })).await;

    for open in ["", "/overview", "/members", "/conversations"] {
        eve.get(&format!("{base}{open}")).await.expect(200);
    }
    let thread = format!("{base}/conversations/{}", answer.conversation_id);
    eve.get(&thread).await.expect(200);
    let why = format!("{thread}/messages/{}/explanation", answer.message_id);
    let refused = eve.get(&why).await.expect_problem(403, "forbidden");
    assert!(
        refused.contains("The agency manages this account"),
        "it shows the agency's own knowledge: {refused}"
    );
    for closed in ["/faqs", "/documents", "/gaps", "/config", "/instructions", "/embed-snippet", "/keys"] {
        let refused = eve.get(&format!("{base}{closed}")).await.expect_problem(403, "forbidden");
        assert!(refused.contains("The agency manages this account"), "{closed}: {refused}");
    }
    let faq = json!({ "question": "Open?", "answer": "At nine." });
    eve.post(&format!("{base}/faqs"), faq.clone()).await.expect_problem(403, "forbidden");
    eve.post(&format!("{base}/test-chat"), json!({ "message": "Hello" })).await.expect(403);
    let held = eve.membership().await["permissions"].clone();
    assert_eq!(
        held,
        json!([
            "results:read",
            "members:read",
            "members:write",
            "conversations:read",
            "conversations:write",
            "client:own"
        ])
    );

    ada.post(&format!("{base}/faqs"), faq.clone()).await.expect(201);
    set(&app, &ada, &client, json!({ "service": "self_serve" })).await;
    eve.post(&format!("{base}/faqs"), faq).await.expect(201);
    app.settle().await;
    app.finish().await;
}

// ACC-8, DSH-6
#[tokio::test]
async fn an_open_stream_tells_no_more_of_documents_once_the_agency_manages_the_client() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::AccountManager, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let path = format!("/api/clients/{}/events", client.id);
    let mut stream = EventStream::open(eve.request(Method::GET, &path)).await;

    app.upload(&client, "hours.md", "# Hours\n\nThe bakery opens at nine.\n").await;
    assert_eq!(stream.next().await.expect("an event").name, "document");
    app.settle().await;
    while stream.next().await.expect("an event").data["status"] != "ready" {}
    set(&app, &ada, &client, json!({ "service": "managed" })).await;
    let text = "# Prices\n\nBread costs four euros.\n";
    let form = reqwest::multipart::Form::new()
        .part("file", reqwest::multipart::Part::text(text).file_name("prices.md"));
    let upload = format!("/api/clients/{}/documents", client.id);
    Reply::of(ada.request(Method::POST, &upload).multipart(form)).await.expect(202);
    app.clock.advance_ms(1_000);
    app.ask(&client, "When does the bakery open?").await;

    assert_eq!(stream.next().await.expect("an event").name, "conversation");
    app.settle().await;
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn keys_of_a_managed_client_read_results_only() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let program = app.api_key(&client);

    set(&app, &ada, &client, json!({ "service": "managed" })).await;

    program.get("/api/conversations").await.expect(200);
    program.get("/api/usage").await.expect(200);
    for closed in ["/api/documents", "/api/faqs", "/api/config"] {
        let refused = program.get(closed).await.expect_problem(403, "forbidden");
        assert!(refused.contains("The agency manages this account"), "{refused}");
    }
    let search = program.post("/api/search", json!({ "query": "bread" })).await;
    search.expect_problem(403, "forbidden");
    let signed_in = app.site.post("/api/sign-in/key", json!({ "api_key": client.key })).await;
    let by_key = Browser::of(&app.site, &signed_in);
    assert_eq!(
        by_key.membership().await["permissions"],
        json!(["conversations:read", "conversations:write"])
    );
    let faqs = format!("/api/clients/{}/faqs", client.id);
    by_key.get(&faqs).await.expect_problem(403, "forbidden");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn the_owner_of_a_managed_client_still_says_who_sees_its_results() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let members = format!("/api/clients/{}/members", client.id);

    set(&app, &ada, &client, json!({ "service": "managed" })).await;
    let invited = json!({ "email": "jo@bakery.test", "role": "manager" });
    eve.post(&members, invited).await.expect(201);
    app.settle().await;

    assert!(app.mail_to("jo@bakery.test").subject.contains("invites you"));
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn how_a_client_is_served_is_the_agencys_to_say_and_stands_in_the_log() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let path = format!("/api/clients/{}", client.id);

    eve.patch(&path, json!({ "purpose": "demo" })).await.expect_problem(403, "forbidden");
    ada.patch(&path, json!({ "service": "half" })).await.expect(422);
    let changed = set(&app, &ada, &client, json!({ "service": "managed", "purpose": "test" })).await;

    assert_eq!((&changed["service"], &changed["purpose"]), (&json!("managed"), &json!("test")));
    let log = ada.get("/api/audit?action=client.changed").await.expect(200).json();
    assert_eq!(log["items"][0]["fields"], json!(["service", "purpose"]));
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_demo_answers_so_many_questions_a_day_and_no_more() {
    let app = TestApp::start_with(|settings| settings.limits.capped_answers_per_day = 2).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    app.ready_faq(&client, "Do you deliver?", "Yes, on Mondays.").await;
    set(&app, &ada, &client, json!({ "purpose": "demo" })).await;
    let visitor = app.visitor(&client);
    let path = format!("/api/clients/{}", client.id);

    let first = visitor.send_as("r-1", "Do you deliver?").await.expect(200);
    let test = Reply::of(
        ada.request(Method::POST, &format!("{path}/test-chat")).json(&json!({ "message": "Hello" })),
    );
    test.await.expect(200);
    app.settle().await;
    let refused = visitor.send("And on Sundays?").await.expect_problem(403, "quota_reached");
    let again = visitor.send_as("r-1", "Do you deliver?").await.expect(200);
    let caps = ada.get(&path).await.json()["caps"].clone();

    assert!(refused.contains("2 questions a day"), "{refused}");
    assert_eq!(again.json()["message_id"], first.json()["message_id"], "what was answered can be had again");
    assert_eq!((&caps["answers_per_day"], &caps["answers_today"]), (&json!(2), &json!(2)));
    app.clock.advance_ms(24 * 3_600_000);
    visitor.send("Do you deliver?").await.expect(200);
    set(&app, &ada, &client, json!({ "purpose": "live" })).await;
    for _ in 0..3 {
        visitor.send("Do you deliver?").await.expect(200);
    }
    assert_eq!(ada.get(&path).await.json()["caps"], Value::Null);
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn what_was_deleted_still_counts_and_what_is_refused_leaves_nothing() {
    let app = TestApp::start_with(|settings| settings.limits.capped_answers_per_day = 2).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    app.ready_faq(&client, "Do you deliver?", "Yes, on Mondays.").await;
    let base = format!("/api/clients/{}", client.id);

    let first = app.ask(&client, "Do you deliver?").await;
    set(&app, &ada, &client, json!({ "purpose": "demo" })).await;
    let second = app.ask(&client, "Do you deliver?").await;
    for asked in [&first, &second] {
        ada.delete(&format!("{base}/conversations/{}", asked.conversation_id)).await.expect(204);
    }
    let refused = app.visitor(&client).send("Do you deliver?").await;
    let test = ada.post(&format!("{base}/test-chat"), json!({ "message": "Hello" })).await;

    refused.expect_problem(403, "quota_reached");
    test.expect_problem(403, "quota_reached");
    assert_eq!(
        ada.get(&base).await.json()["caps"]["answers_today"],
        2,
        "also what was asked before it was a demo"
    );
    assert_eq!(app.count("select count(*) as n from conversations").await, 0);
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn two_hundred_questions_at_once_get_a_demo_no_more_answers_than_its_cap() {
    let app = TestApp::start_with(|settings| settings.limits.capped_answers_per_day = 20).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    app.ready_faq(&client, "Do you deliver?", "Yes, on Mondays.").await;
    set(&app, &ada, &client, json!({ "purpose": "test" })).await;

    let asked = (0..200).map(|_| {
        let visitor = app.visitor(&client);
        async move { visitor.send("Do you deliver?").await.status }
    });
    let mut answered = 0;
    for status in join_all(asked).await {
        match status {
            200 => answered += 1,
            403 | 503 => {}
            other => panic!("{other}"),
        }
    }

    assert_eq!(answered, 20);
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_demo_holds_so_many_documents_and_no_more() {
    let app = TestApp::start_with(|settings| settings.limits.capped_documents = 1).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let (demo, real) = (app.client("Bakery").await, app.client("Bikes").await);
    set(&app, &ada, &demo, json!({ "purpose": "demo" })).await;

    app.ready_document(&demo, "hours.md", "# Hours\n\nWe open at nine.\n").await;
    let refused = app.api_key(&demo).upload("more.md", "# More\n\nWe close at six.\n").await;
    app.ready_document(&real, "hours.md", "# Hours\n\nWe open at nine.\n").await;
    app.ready_document(&real, "more.md", "# More\n\nWe close at six.\n").await;

    refused.expect_problem(403, "quota_reached");
    app.finish().await;
}

// ACC-21
#[tokio::test]
async fn a_client_that_nobody_pays_for_has_so_many_seats_and_invited_ones_count() {
    let app = TestApp::start_with(|settings| settings.limits.capped_members = 2).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    let members = format!("/api/clients/{}/members", client.id);
    let invite = |name: &str| json!({ "email": format!("{name}@bakery.test"), "role": "member" });
    set(&app, &ada, &client, json!({ "purpose": "demo" })).await;

    let first = ada.post(&members, invite("eve")).await.expect(201).json();
    ada.post(&members, invite("jo")).await.expect(201);
    let refused = ada.post(&members, invite("kim")).await.expect_problem(403, "quota_reached");
    ada.delete(&format!("{members}/{}", first["id"].as_str().unwrap())).await.expect(204);
    ada.post(&members, invite("kim")).await.expect(201);
    set(&app, &ada, &client, json!({ "purpose": "live" })).await;
    ada.post(&members, invite("lee")).await.expect(201);
    app.settle().await;

    assert!(refused.contains("2 members"), "{refused}");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn nothing_leaves_for_a_test_client_and_what_would_have_is_shown() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let body = json!({
        "name": "Bakery", "email": "info@bakery.test", "owner_email": "eve@bakery.test",
        "purpose": "test", "mail_key": true,
    });

    let made = ada.post("/api/clients", body).await.expect(201).json();
    app.settle().await;
    let id = made["client"]["id"].as_str().unwrap().to_owned();
    let simulated = ada.get("/api/mails?state=simulated").await.expect(200).json();
    let suppressed = ada.get("/api/mails?state=suppressed").await.expect(200).json();
    let key_mail = ada.get(&format!("/api/clients/{id}/key-mail")).await.expect(200).json();

    let sent: Vec<String> = app.mails().into_iter().map(|mail| mail.to).collect();
    assert!(!sent.iter().any(|to| to.ends_with("@bakery.test")), "{sent:?}");
    let items = simulated["items"].as_array().unwrap();
    let purposes: Vec<_> = items.iter().map(|it| it["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes, ["key_claim", "invitation"]);
    assert_eq!((&items[0]["to"], &items[0]["state"]), (&json!("info@bakery.test"), &json!("simulated")));
    let is_of_ada = |it: &Value| it["to"] == "ada@north.test";
    assert!(suppressed["items"].as_array().unwrap().iter().all(is_of_ada), "{suppressed}");
    let letter = ada.get(&format!("/api/mails/{}", items[1]["id"].as_str().unwrap())).await.json();
    assert!(letter["text"].as_str().unwrap().contains("Bakery"), "the letter can be read: {letter}");
    assert_eq!(key_mail["state"], "simulated");

    let client = Client { id: id.clone(), key: String::new() };
    set(&app, &ada, &client, json!({ "purpose": "live" })).await;
    ada.post(&format!("/api/clients/{id}/key-mail"), json!({})).await.expect(202);
    app.settle().await;
    assert!(app.mail_to("info@bakery.test").link().contains("/app/#/key/"), "a real client gets it");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn who_tries_a_demo_signs_in_by_mail_like_everybody() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    set(&app, &ada, &client, json!({ "purpose": "demo" })).await;

    let code = app.sign_in_mail("eve@bakery.test").await.code();
    Browser::of(&app.site, &app.site.enter_code("eve@bakery.test", &code).await);
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn demos_and_tests_are_absent_from_the_agencys_figures() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let figures = async || ada.get("/api/agency/figures").await.expect(200).json();
    let (real, demo) = (app.client("Bikes").await, app.client("Bakery").await);
    let left = app.client("Books").await;
    set(&app, &ada, &left, json!({ "purpose": "test" })).await;
    ada.post(&format!("/api/clients/{}/suspend", left.id), json!({})).await.expect(200);
    set(&app, &ada, &demo, json!({ "purpose": "demo" })).await;
    for client in [&real, &demo] {
        app.ready_faq(client, "Do you deliver?", "Yes, on Mondays.").await;
        app.ask(client, "Do you deliver?").await;
        app.ask(client, "Is the moon made of cheese?").await;
    }
    let path = format!("/api/clients/{}/test-chat", real.id);
    Reply::of(ada.request(Method::POST, &path).json(&json!({ "message": "Hello" }))).await.expect(200);
    app.settle().await;

    let counted = figures().await;

    assert_eq!(counted["clients"], json!({ "live": 1, "demo": 1, "test": 0, "suspended": 0 }));
    assert_eq!((&counted["conversations_30d"], &counted["messages_30d"]), (&json!(2), &json!(2)));
    assert_eq!(counted["unanswered_open"], 1);
    app.clock.advance_ms(31 * 24 * 3_600_000);
    let code = app.sign_in_mail("ada@north.test").await.code();
    let ada = Browser::of(&app.site, &app.site.enter_code("ada@north.test", &code).await);
    let later = ada.get("/api/agency/figures").await.expect(200).json();
    assert_eq!((&later["messages_30d"], &later["unanswered_open"]), (&json!(0), &json!(1)));
    app.finish().await;
}

// ACC-8, ACC-1
#[tokio::test]
async fn staff_of_assigned_clients_get_the_figures_of_those() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let (bikes, bakery) = (app.client("Bikes").await, app.client("Bakery").await);
    for client in [&bikes, &bakery] {
        app.ask(client, "Do you deliver?").await;
    }
    app.person("kim@north.test", Role::ContentSpecialist, None).await;
    let staff = ada.get("/api/members").await.expect(200).json();
    let staff = staff["items"].as_array().unwrap();
    let of_kim = staff.iter().find(|it| it["email"] == "kim@north.test").unwrap()["id"].as_str().unwrap();
    let only = json!({ "client_ids": [bikes.id] });
    ada.patch(&format!("/api/members/{of_kim}"), only).await.expect(200);
    let code = app.sign_in_mail("kim@north.test").await.code();
    let kim = Browser::of(&app.site, &app.site.enter_code("kim@north.test", &code).await);

    let of_all = ada.get("/api/agency/figures").await.json();
    let of_some = kim.get("/api/agency/figures").await.expect(200).json();

    assert_eq!((&of_all["clients"]["live"], &of_all["messages_30d"]), (&json!(2), &json!(2)));
    assert_eq!((&of_some["clients"]["live"], &of_some["messages_30d"]), (&json!(1), &json!(1)));
    app.finish().await;
}
