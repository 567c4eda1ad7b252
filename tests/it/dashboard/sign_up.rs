//! Accounts that people open by themselves, where the agency allows it (ACC-8).

use crate::support::{Browser, Reply, TestApp};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;

const PATH: &str = "/api/sign-up";

fn asking(email: &str) -> Value {
    json!({ "email": email, "name": "Eve", "business": "Bakery" })
}

async fn open_node() -> TestApp {
    TestApp::start_with(|settings| settings.sign_up.enabled = true).await
}

async fn link(app: &TestApp, email: &str) -> String {
    app.site.post(PATH, asking(email)).await.expect(202);
    app.settle().await;
    format!("{PATH}/{}", app.mail_to(email).token())
}

// ACC-8
#[tokio::test]
async fn where_the_agency_has_not_allowed_it_no_account_can_be_opened() {
    let app = TestApp::start().await;

    let shown = Reply::of(app.site.request(Method::GET, PATH)).await.expect(200).json();
    app.site.post(PATH, asking("eve@bakery.test")).await.expect_problem(403, "forbidden");
    app.settle().await;

    assert_eq!(shown["is_open"], false);
    assert!(app.mails().is_empty());
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn an_account_is_opened_by_the_mailed_link_alone_and_its_person_owns_it() {
    let app = open_node().await;
    let path = link(&app, "eve@bakery.test").await;
    assert_eq!(app.count("select count(*) as n from clients").await, 0, "asking makes nothing");

    let shown = Reply::of(app.site.request(Method::GET, &path)).await.expect(200).json();
    let eve = Browser::of(&app.site, &app.site.post(&path, json!({})).await);
    let membership = eve.membership().await;
    let id = membership["client_id"].as_str().unwrap().to_owned();
    let client = eve.get(&format!("/api/clients/{id}")).await.expect(200).json();

    assert_eq!((&shown["business"], &shown["trial_days"]), (&json!("Bakery"), &json!(14)));
    assert_eq!((&membership["role"], &membership["client_name"]), (&json!("owner"), &json!("Bakery")));
    assert_eq!((&client["plan"], &client["caps"]["documents"]), (&json!("trial"), &json!(50)));
    app.site.post(&path, json!({})).await.expect_problem(401, "link_invalid");
    let faq = json!({ "question": "Open?", "answer": "At nine." });
    eve.post(&format!("/api/clients/{id}/faqs"), faq).await.expect(201);
    app.settle().await;
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn fifty_presses_of_the_button_open_one_account() {
    let app = open_node().await;
    let path = link(&app, "eve@bakery.test").await;

    let presses = (0..50).map(|_| {
        let (site, path) = (app.site.clone(), path.clone());
        async move { site.post(&path, json!({})).await.status }
    });
    let mut opened = 0;
    for status in join_all(presses).await {
        match status {
            200 => opened += 1,
            other => assert_eq!(other, 401),
        }
    }

    assert_eq!(opened, 1);
    assert_eq!(app.count("select count(*) as n from clients").await, 1);
    app.finish().await;
}

// ACC-8, ACC-5
#[tokio::test]
async fn who_has_an_account_is_told_so_by_mail_and_nobody_else_is() {
    let app = open_node().await;
    let client = app.client("Bikes").await;
    app.person("kim@bikes.test", Role::Owner, Some(&client)).await;

    let known = app.site.post(PATH, asking("kim@bikes.test")).await.expect(202);
    let new = app.site.post(PATH, asking("eve@bakery.test")).await.expect(202);
    app.settle().await;

    assert_eq!(known.text(), new.text());
    let mail = app.mail_to("kim@bikes.test");
    assert_eq!(mail.subject, "You have an account already");
    assert!(mail.link().ends_with("/app/#/sign-in"), "{}", mail.link());
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn an_address_gets_one_trial_however_it_is_written_and_whatever_became_of_the_account() {
    let app = open_node().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let path = link(&app, "jörg@bakery.test").await;
    let eve = Browser::of(&app.site, &app.site.post(&path, json!({})).await);
    let id = eve.membership().await["client_id"].as_str().unwrap().to_owned();
    let account = format!("/api/clients/{id}");
    ada.patch(&account, json!({ "take_on": true, "email": "info@bakery.test" })).await.expect(200);
    app.clock.advance_ms(60_000);

    app.site.post(PATH, asking("JÖRG@Bakery.test")).await.expect(202);
    app.settle().await;

    assert_eq!(app.mail_to("JÖRG@bakery.test").subject, "You have an account already");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_link_of_somebody_who_was_invited_since_says_that_they_have_an_account() {
    let app = open_node().await;
    let path = link(&app, "eve@bakery.test").await;
    let client = app.client("Bikes").await;
    app.person("eve@bakery.test", Role::Owner, Some(&client)).await;

    let told = app.site.post(&path, json!({})).await.expect_problem(409, "wrong_state");

    assert!(told.contains("This address has or had an account"), "{told}");
    app.finish().await;
}

// ACC-5
#[tokio::test]
async fn a_sign_up_mail_carries_not_a_word_of_whoever_asked() {
    let app = open_node().await;
    let words = "Win a prize at https://elsewhere.example";
    let asking = json!({ "email": "eve@bakery.test", "name": words, "business": words });

    app.site.post(PATH, asking).await.expect(202);
    app.settle().await;

    let mail = app.mail_to("eve@bakery.test");
    assert!(!mail.subject.contains("prize") && !mail.text.contains("prize"), "{}", mail.text);
    app.finish().await;
}

// ACC-5
#[tokio::test]
async fn sign_up_mails_to_everybody_stop_before_what_is_kept_for_people_who_sign_in() {
    let app = TestApp::start_with(|settings| {
        settings.sign_up.enabled = true;
        settings.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    app.person("ada@north.test", Role::Admin, None).await;
    let people = app.count("select count(*) as n from outbox").await;

    let (mut sent, mut refused) = (0, 0);
    for number in 0..200 {
        // From another network each time, to an address that was not asked for before.
        let from = format!("198.51.{number}.1");
        let asked = app.site.request(Method::POST, PATH).header("x-forwarded-for", from);
        match Reply::of(asked.json(&asking(&format!("n{number}@bakery.test")))).await.status {
            202 => sent += 1,
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    app.settle().await;

    let mails = app.count("select count(*) as n from outbox").await - people;
    assert!(refused > 0 && mails == sent, "{mails} mails, {sent} accepted, {refused} refused");
    let code = app.sign_in_mail("ada@north.test").await.code();
    Browser::of(&app.site, &app.site.enter_code("ada@north.test", &code).await);
    app.finish().await;
}

// ACC-16
#[tokio::test]
async fn mails_that_opened_a_door_are_forgotten_after_a_week() {
    let app = open_node().await;
    let client = app.client("Bikes").await;
    app.person("kim@bikes.test", Role::Owner, Some(&client)).await;
    app.site.post(PATH, asking("eve@bakery.test")).await.expect(202);
    app.site.post(PATH, asking("kim@bikes.test")).await.expect(202);
    app.settle().await;
    let of_doors =
        "select count(*) as n from outbox where purpose in ('sign_in', 'sign_up', 'sign_up_known')";
    let others = "select count(*) as n from outbox where purpose = 'invitation'";
    let (doors, kept) = (app.count(of_doors).await, app.count(others).await);

    app.clock.advance_ms(7 * 24 * 3_600_000 + 1);
    let ticked = app.env.db.write(snip::ground::scope::Actor::System("test"), |tx| {
        snip::engine::schedules::tick(tx, snip::engine::schedules::SCHEDULES)
    });
    ticked.await.unwrap();
    app.settle().await;

    assert!(doors >= 2, "{doors}");
    assert_eq!((app.count(of_doors).await, app.count(others).await), (0, kept));
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_trial_ends_by_itself_unless_the_agency_takes_the_account_on() {
    let app = open_node().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let mut accounts = Vec::new();
    for email in ["eve@bakery.test", "kim@bikes.test", "jo@books.test"] {
        let path = link(&app, email).await;
        let person = Browser::of(&app.site, &app.site.post(&path, json!({})).await);
        let id = person.membership().await["client_id"].as_str().unwrap().to_owned();
        accounts.push((person, format!("/api/clients/{id}")));
    }
    let [(_, bakery), (_, bikes), (_, books)] = &accounts[..] else { panic!("three accounts") };
    let end_trials = async || {
        let ticked = app.env.db.write(snip::ground::scope::Actor::System("test"), |tx| {
            snip::engine::schedules::tick(tx, snip::engine::schedules::SCHEDULES)
        });
        ticked.await.unwrap();
        app.settle().await;
    };

    let taken_on = ada.patch(bikes, json!({ "take_on": true })).await.expect(200).json();
    app.clock.advance_ms(14 * 24 * 3_600_000 - 1);
    end_trials().await;
    let code = app.sign_in_mail("ada@north.test").await.code();
    let ada = Browser::of(&app.site, &app.site.enter_code("ada@north.test", &code).await);
    let before = ada.get(bakery).await.json();
    app.clock.advance_ms(2 * 3_600_000);
    end_trials().await;

    assert_eq!((&taken_on["plan"], &taken_on["caps"]), (&Value::Null, &Value::Null));
    assert_eq!(before["status"], "active");
    assert_eq!(ada.get(bakery).await.json()["status"], "suspended");
    assert_eq!(ada.get(bikes).await.json()["status"], "active");
    let resumed = ada.post(&format!("{books}/resume"), json!({})).await.expect(200).json();
    app.clock.advance_ms(2 * 3_600_000);
    end_trials().await;
    assert_eq!((&resumed["status"], &resumed["plan"]), (&json!("active"), &json!("trial")));
    assert_eq!(ada.get(books).await.json()["status"], "active", "whoever was resumed stays so");
    let deeds = "select count(*) as n from audit_log where action = 'client.trial_ended'";
    assert_eq!(app.count(deeds).await, 2);
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn a_link_of_a_day_ago_or_of_another_secret_opens_nothing() {
    let app = open_node().await;
    let path = link(&app, "eve@bakery.test").await;
    let (head, tag) = path.rsplit_once('.').unwrap();

    let forged = format!("{head}.{}", "A".repeat(tag.len()));
    app.site.post(&forged, json!({})).await.expect_problem(401, "link_invalid");
    app.clock.advance_ms(24 * 3_600_000);
    app.site.post(&path, json!({})).await.expect_problem(401, "link_invalid");

    assert_eq!(app.count("select count(*) as n from clients").await, 0);
    app.finish().await;
}
