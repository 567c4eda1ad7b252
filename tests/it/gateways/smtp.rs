//! Mail by SMTP, as a mail server sees it.

use crate::support::TestApp;
use crate::support::mailbox;
use crate::support::vendors::smtp::{FakeSmtp, Turn};
use serde_json::{Value, json};
use snip::config::{MailEncryption, MailProvider};
use snip::domain::people::Role;
use snip::ground::limits::MAIL_BACKOFF_MAX_MS;
use snip::ground::secret::Secret;
use snip::ground::time::HOUR_MS;

const ADA: &str = "ada@north.test";

async fn start(server: &FakeSmtp, encryption: MailEncryption) -> TestApp {
    let address = server.address;
    let app = TestApp::start_with(|settings| {
        settings.mail.provider = MailProvider::Smtp;
        settings.mail.from = "hello@north.test".to_owned();
        settings.mail.smtp_host = address.ip().to_string();
        settings.mail.smtp_port = address.port();
        settings.mail.smtp_encryption = encryption;
        settings.mail.smtp_username = "north".to_owned();
        settings.mail.smtp_password = Secret::new("s3cret".to_owned());
    })
    .await;
    app.person(ADA, Role::Owner, None).await;
    app.settle().await;
    app
}

fn server() -> FakeSmtp {
    FakeSmtp::start(Some(("north", "s3cret")))
}

/// The newest mail in the agency's list.
async fn newest(app: &TestApp) -> Value {
    let watcher = app.person("watch@north.test", Role::Owner, None).await;
    let list = watcher.get("/api/mails").await.expect(200).json();
    let mails = list["items"].as_array().unwrap();
    mails.iter().find(|mail| mail["purpose"] == "sign_in").expect("the mail is listed").clone()
}

// ACC-3
#[tokio::test]
async fn a_mail_is_handed_to_the_server_whole_after_signing_in_there() {
    let server = server();
    let app = start(&server, MailEncryption::None).await;

    app.site.ask_to_sign_in(ADA).await.expect(202);
    app.settle().await;

    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].from.as_str(), taken[0].to.as_str()), ("hello@north.test", ADA));
    let mail = mailbox::parse(&taken[0].source);
    app.site.enter_code(ADA, &mail.code()).await.expect(200);
    let hello = server.lines().into_iter().find(|line| line.starts_with("EHLO")).unwrap();
    assert_eq!(hello, "EHLO [127.0.0.1]", "the machine's name stays here");
    assert_eq!(newest(&app).await["state"], "sent");
    assert!(app.mails().is_empty(), "no copy with a code stays in the folder");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_server_that_is_down_for_hours_gets_the_mail_once_when_it_is_back() {
    let server = server();
    let app = start(&server, MailEncryption::None).await;
    let ada = app.person("bob@north.test", Role::Owner, None).await;
    app.settle().await;
    server.script([Turn::NotNow, Turn::Later, Turn::NotNow, Turn::NotNow, Turn::NotNow, Turn::Later]);

    ada.post("/api/members", json!({ "email": "eve@north.test", "role": "admin" })).await.expect(201);
    app.settle().await;
    let list = ada.get("/api/mails").await.expect(200).json();
    let waiting = list["items"][0].clone();
    for _ in 0..6 {
        assert!(server.taken().is_empty());
        app.clock.advance_ms(MAIL_BACKOFF_MAX_MS);
        app.settle().await;
    }

    assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("queued"), &json!(1)));
    let why = waiting["last_error"].as_str().unwrap();
    assert!(why.contains("421") && !why.contains('@'), "{why}");
    assert_eq!(server.taken().len(), 1);
    app.clock.advance_ms(HOUR_MS);
    app.settle().await;
    assert_eq!(server.taken().len(), 1, "once");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_a_dead_letter_without_the_servers_words() {
    let server = server();
    let app = start(&server, MailEncryption::None).await;
    server.script([Turn::NoSuchMailbox]);

    app.site.ask_to_sign_in(ADA).await.expect(202);
    app.settle().await;

    let mail = newest(&app).await;
    assert_eq!((&mail["state"], &mail["attempts"]), (&json!("failed"), &json!(1)), "{mail}");
    let why = mail["last_error"].as_str().unwrap();
    assert!(why.contains("550") && !why.contains("ada"), "{why}");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_server_that_leaves_before_it_answers_gets_the_same_mail_again_under_the_same_id() {
    let server = server();
    let app = start(&server, MailEncryption::None).await;
    server.script([Turn::TakeAndLeave]);

    app.site.ask_to_sign_in(ADA).await.expect(202);
    app.settle().await;
    let unsure = app.count("select count(*) as n from outbox where state = 'ambiguous'").await;
    app.clock.advance_ms(30_000);
    app.settle().await;

    assert_eq!(unsure, 1);
    let ids: Vec<String> = server
        .taken()
        .iter()
        .map(|taken| taken.source.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "whoever has it already can tell");
    app.finish().await;
}

// ACC-15
#[tokio::test]
async fn a_server_without_the_encryption_that_was_asked_for_hears_neither_password_nor_mail() {
    let server = server();
    let app = start(&server, MailEncryption::Starttls).await;

    app.site.ask_to_sign_in(ADA).await.expect(202);
    app.settle().await;

    let lines = server.lines();
    assert!(lines.iter().all(|line| line.starts_with("EHLO") || line.starts_with("QUIT")), "{lines:?}");
    let mail = newest(&app).await;
    assert_eq!(mail["state"], "queued", "{mail}");
    assert!(mail["last_error"].as_str().unwrap().contains("STARTTLS"), "{mail}");
    app.finish().await;
}

// CON-1
#[tokio::test]
async fn a_wrong_password_waits_to_be_set_right_and_stands_nowhere() {
    let server = FakeSmtp::start(Some(("north", "another")));
    let app = start(&server, MailEncryption::None).await;

    app.site.ask_to_sign_in(ADA).await.expect(202);
    app.settle().await;

    let mail = newest(&app).await;
    assert_eq!(mail["state"], "queued", "{mail}");
    let why = mail["last_error"].as_str().unwrap();
    assert!(why.contains("535") && !why.contains("s3cret"), "{why}");
    assert!(!format!("{:?}", app.env.mail).contains("s3cret"), "the password is masked");
    app.finish().await;
}
