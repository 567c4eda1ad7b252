//! Mail: what it says, and that it arrives.

use crate::support::TestApp;
use serde_json::json;
use snip::domain::people::Role;
use snip::engine::outbox_worker;
use snip::ground::limits::{MAIL_ATTEMPTS_MAX, MAIL_BACKOFF_MAX_MS};
use snip::ground::time::HOUR_MS;

const STATE: &str = "select count(*) as n from outbox where state = 'queued'";

/// Lets mail fail: where its folder should be stands a file.
fn block_folder(app: &TestApp) {
    std::fs::remove_dir_all(app.data.path().join("mail")).ok();
    std::fs::write(app.data.path().join("mail"), "in the way").unwrap();
}

fn clear_folder(app: &TestApp) {
    std::fs::remove_file(app.data.path().join("mail")).unwrap();
}

// ACC-3
#[tokio::test]
async fn the_mail_to_sign_in_carries_the_agencys_name_code_and_link_and_no_word_of_the_product() {
    let app = TestApp::start_with(|settings| {
        settings.brand.agency_name = "Nörth & Co".to_owned();
        settings.mail.from = "hello@north.test".to_owned();
    })
    .await;
    app.person("ada@north.test", Role::Owner, None).await;

    let mail = app.sign_in_mail("ada@north.test").await;

    assert_eq!(mail.subject, "Sign in to Nörth & Co");
    assert!(mail.from.ends_with("<hello@north.test>"), "{}", mail.from);
    assert!(mail.text.contains(&format!("{}/app/#/sign-in/signin_", app.site.base)), "{}", mail.text);
    let (page, _) = mail.link().split_once('#').expect("what follows the page stays in the browser");
    let page = app.site.get(page.trim_start_matches(&app.site.base)).await.expect(200);
    assert!(page.text().contains("<script"), "{}", page.text());
    assert!(mail.html.contains(&mail.code()) && mail.html.contains("Nörth &amp; Co"), "{}", mail.html);
    for text in [&mail.subject, &mail.text, &mail.html, &mail.from] {
        let text = text.to_lowercase().replace("snippet", "");
        assert!(!text.contains("snip"), "{text}");
    }
    app.finish().await;
}

// DSH-3
#[tokio::test]
async fn mails_are_listed_by_how_they_stand() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.sign_in_mail("ada@north.test").await;
    let count = async |state: &str| {
        let list = ada.get(&format!("/api/mails?state={state}")).await.expect(200).json();
        list["items"].as_array().unwrap().len()
    };

    assert_eq!((count("sent").await, count("queued").await, count("failed").await), (1, 0, 0));
    ada.get("/api/mails?state=lost").await.expect(422);
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn no_row_and_no_answer_holds_a_code_or_a_link() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let mail = app.sign_in_mail("ada@north.test").await;

    let list = ada.get("/api/mails").await.expect(200).json();
    let newest = &list["items"][0];
    let whole = ada.get(&format!("/api/mails/{}", newest["id"].as_str().unwrap())).await.expect(200).json();

    assert_eq!((&newest["to"], &newest["state"]), (&json!("ada@north.test"), &json!("sent")));
    assert_eq!(newest["purpose"], "sign_in");
    assert!(whole["text"].as_str().unwrap().contains("••••••"), "{whole}");
    for text in [list.to_string(), whole.to_string()] {
        assert!(!text.contains(&mail.code()) && !text.contains(&mail.token()), "{text}");
    }
    let database = std::fs::read(app.data.path().join("snip.db")).unwrap();
    let wal = std::fs::read(app.data.path().join("snip.db-wal")).unwrap_or_default();
    let token = mail.token();
    for bytes in [database, wal] {
        assert!(
            !bytes.windows(token.len()).any(|window| window == token.as_bytes()),
            "the link stands in a row"
        );
    }
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_mail_that_cannot_be_sent_is_tried_again_and_then_sent_once() {
    let app = TestApp::start().await;
    app.person("ada@north.test", Role::Owner, None).await;
    app.settle().await;
    block_folder(&app);
    app.site.ask_to_sign_in("ada@north.test").await.expect(202);

    app.settle().await;
    assert_eq!(app.count(STATE).await, 1, "it waits");
    app.settle().await;
    assert_eq!(app.count("select max(attempts) as n from outbox").await, 1, "not before its time");
    clear_folder(&app);
    app.clock.advance_ms(30_000);
    app.settle().await;
    app.clock.advance_ms(HOUR_MS);
    app.settle().await;

    assert_eq!(app.mails().len(), 1, "the folder is new, and holds the one mail");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn what_was_tried_for_hours_is_a_dead_letter_that_can_be_sent_again() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.settle().await;
    block_folder(&app);
    ada.post("/api/members", json!({ "email": "bob@north.test", "role": "admin" })).await.expect(201);

    for _ in 0..MAIL_ATTEMPTS_MAX {
        outbox_worker::send_next(&app.env).await.unwrap();
        app.clock.advance_ms(MAIL_BACKOFF_MAX_MS);
    }
    let list = ada.get("/api/mails").await.expect(200).json();
    let dead = &list["items"][0];
    assert_eq!((&dead["state"], &dead["attempts"]), (&json!("failed"), &json!(MAIL_ATTEMPTS_MAX)), "{dead}");
    assert!(dead["last_error"].is_string(), "{dead}");
    clear_folder(&app);
    let path = format!("/api/mails/{}/resend", dead["id"].as_str().unwrap());
    ada.post(&path, json!({})).await.expect(202);
    ada.post("/api/mails/out_01jd3v5s8e4w6x7y9zabcdefgh/resend", json!({}))
        .await
        .expect_problem(404, "not_found");
    app.settle().await;

    assert_eq!(app.mails().len(), 1);
    assert_eq!(app.mail_to("bob@north.test").subject, "ada invites you to Assistant");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_mail_whose_worker_was_lost_after_sending_is_looked_up_and_not_sent_twice() {
    use snip::ground::limits::LEASE_MS;
    use snip::ground::scope::Actor;
    use snip::store::outbox::{self, OutboxChannel};

    let app = TestApp::start().await;
    app.person("ada@north.test", Role::Owner, None).await;
    app.settle().await;
    app.site.ask_to_sign_in("ada@north.test").await.expect(202);
    while snip::engine::runner::run_next(snip::store::jobs::Lane::Default, &app.env, app.tasks())
        .await
        .unwrap()
    {}
    let leased =
        app.env.db.write(Actor::System("test"), |tx| outbox::lease_due(tx, OutboxChannel::Email)).await;
    let leased = leased.unwrap().expect("the mail is due");
    let file = app.data.path().join("mail").join(format!("{}.eml", leased.id));
    std::fs::create_dir_all(app.data.path().join("mail")).unwrap();
    std::fs::write(&file, "sent by a worker that is gone").unwrap();

    app.clock.advance_ms(LEASE_MS + 1);
    app.settle().await;

    assert_eq!(std::fs::read_to_string(&file).unwrap(), "sent by a worker that is gone");
    assert_eq!(
        app.count("select count(*) as n from outbox where state = 'accepted' and attempts = 2").await,
        1
    );
    app.finish().await;
}

// ACC-6
#[tokio::test]
async fn the_clients_address_is_told_of_a_new_key_without_the_key() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;

    let path = format!("/api/clients/{}/keys", client.id);
    let made = ada.post(&path, json!({ "name": "Shop", "scopes": ["search"] })).await.expect(201).json();
    app.settle().await;

    let mail = app.mail_to("owner@example.test");
    let key = made["api_key"].as_str().unwrap();
    assert_eq!(mail.subject, "A new API key for Bakery");
    assert!(
        mail.text.contains("\"Shop\"") && mail.text.contains(made["prefix"].as_str().unwrap()),
        "{}",
        mail.text
    );
    assert!(!mail.text.contains(key) && !mail.html.contains(key));
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_mail_whose_reason_is_gone_before_it_leaves_is_suppressed_and_says_why() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.settle().await;
    block_folder(&app);
    ada.post("/api/members", json!({ "email": "bob@north.test", "role": "admin" })).await.expect(201);
    app.settle().await;
    let members = ada.get("/api/members").await.expect(200).json();
    let bob = members["items"].as_array().unwrap().iter().find(|it| it["email"] == "bob@north.test").unwrap();
    ada.delete(&format!("/api/members/{}", bob["id"].as_str().unwrap())).await.expect(204);
    clear_folder(&app);

    app.clock.advance_ms(MAIL_BACKOFF_MAX_MS);
    app.settle().await;

    let list = ada.get("/api/mails").await.expect(200).json();
    let mail = &list["items"][0];
    assert_eq!((&mail["state"], &mail["to"]), (&json!("suppressed"), &json!("bob@north.test")), "{mail}");
    assert_eq!(mail["last_error"], "its reason is gone");
    assert!(app.mails().is_empty(), "nothing left");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_mail_whose_time_passes_while_it_waits_has_failed_and_can_still_be_sent_again() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.settle().await;
    block_folder(&app);
    app.site.ask_to_sign_in("ada@north.test").await.expect(202);
    app.settle().await;

    app.clock.advance_ms(HOUR_MS);
    app.settle().await;
    let list = ada.get("/api/mails").await.expect(200).json();
    let expired = list["items"][0].clone();
    clear_folder(&app);
    ada.post(&format!("/api/mails/{}/resend", expired["id"].as_str().unwrap()), json!({})).await.expect(202);
    app.settle().await;

    assert_eq!((&expired["state"], &expired["attempts"]), (&json!("failed"), &json!(1)), "{expired}");
    let list = ada.get("/api/mails").await.expect(200).json();
    let again = &list["items"][0];
    assert_eq!(again["state"], "suppressed", "the code is no use to anybody any more: {again}");
    assert!(app.mails().is_empty());
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_mail_that_is_on_its_way_is_not_sent_again_beside() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    app.settle().await;
    block_folder(&app);
    ada.post("/api/members", json!({ "email": "bob@north.test", "role": "admin" })).await.expect(201);
    app.settle().await;
    let list = ada.get("/api/mails").await.expect(200).json();
    let waiting = list["items"][0].clone();

    let path = format!("/api/mails/{}/resend", waiting["id"].as_str().unwrap());
    ada.post(&path, json!({})).await.expect_problem(409, "wrong_state");
    clear_folder(&app);
    app.clock.advance_ms(MAIL_BACKOFF_MAX_MS);
    app.settle().await;
    ada.post(&path, json!({})).await.expect(202);
    app.settle().await;

    assert_eq!(waiting["state"], "queued");
    assert_eq!(app.mails().len(), 2, "the one that waited, and the one sent again after it had left");
    app.finish().await;
}
