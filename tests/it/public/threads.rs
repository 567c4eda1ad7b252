//! A visitor's own thread: after a reload, in several tabs, on several devices, under a name.

use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Client, TestApp, Visitor};
use serde_json::{Value, json};
use snip::ground::crypto::{hex, hmac_sha256};

/// The fields with which the client's website names a user.
pub async fn identity(app: &TestApp, client: &Client, user_id: &str) -> Value {
    let snippet = app.api_key(client).get("/api/embed-snippet").await.expect(200).json();
    let secret = snippet["identity_secret"].as_str().expect("there is a secret").to_owned();
    let proof = hex(&hmac_sha256(secret.as_bytes(), user_id.as_bytes()));
    json!({ "user_id": user_id, "hmac": proof, "name": "Ann", "email": "ann@example.test" })
}

/// Names the visitor and goes on in the session that comes of it.
async fn named(app: &TestApp, client: &Client, visitor: &Visitor, user_id: &str) -> (Visitor, Value) {
    let fields = identity(app, client, user_id).await;
    let identified = visitor.identify(fields).await.expect(200).json();
    (visitor.clone().with_session(identified["session"].as_str().expect("a session")), identified)
}

fn texts(history: &Value) -> Vec<&str> {
    history["items"].as_array().expect("items").iter().filter_map(|item| item["text"].as_str()).collect()
}

// CHT-2
#[tokio::test]
async fn a_reload_and_a_second_tab_find_the_same_thread() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut tab = app.visitor(&bakery).on("https://bakery.test");
    let first = tab.say(SUNDAY_QUESTION).await;
    let mut other_tab = tab.clone();

    let second = other_tab.say("What does delivery cost?").await;
    let history = tab.history().await.expect(200).json();

    assert_eq!(second.conversation_id, first.conversation_id);
    assert_eq!(history["conversation_id"], json!(first.conversation_id));
    assert_eq!(
        texts(&history),
        [second.response.as_str(), "What does delivery cost?", first.response.as_str(), SUNDAY_QUESTION]
    );
    let newest = &history["items"][0];
    assert_eq!(newest["citations"][0]["quote"], json!(second.citations[0].quote));
    assert_eq!((&newest["answered_by"], &newest["ending"]), (&json!("extractive"), &json!("whole")));
    assert_eq!(history["open_message_id"], Value::Null);
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn a_history_is_read_page_by_page_and_by_its_own_session_only() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut visitor = app.visitor(&bakery);
    visitor.say("Hello").await;
    visitor.say("Hello again").await;

    let path = format!("/api/chat/history?client_id={}&limit=3", bakery.id);
    let session = visitor.session.clone().expect("a session");
    let page = app.site.get(&format!("{path}&session={session}")).await.expect(200).json();
    let cursor = page["next_cursor"].as_str().expect("there is more");
    let rest = app.site.get(&format!("{path}&session={session}&cursor={cursor}")).await.expect(200).json();

    assert_eq!((texts(&page).len(), texts(&rest)), (3, vec!["Hello"]));
    app.site.get(&path).await.expect_problem(403, "session_invalid");
    app.site.get(&format!("{path}&session={session}&cursor=x")).await.expect(422);
    let stranger = app.client("Garage").await;
    app.visitor(&stranger).with_session(&session).history().await.expect_problem(403, "session_invalid");
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn a_named_visitor_keeps_the_thread_that_was_begun_without_a_name_and_finds_it_elsewhere() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut laptop = app.visitor(&bakery);
    let anonymous = laptop.say("Hello from the laptop").await;

    let (mut laptop, identified) = named(&app, &bakery, &laptop, "user-1").await;
    let (mut phone, elsewhere) = named(&app, &bakery, &app.visitor(&bakery), "user-1").await;
    let on_phone = phone.say("Hello from the phone").await;
    let on_laptop = laptop.say("Hello again").await;

    assert_eq!(identified["conversation_id"], json!(anonymous.conversation_id));
    assert_eq!(elsewhere["conversation_id"], json!(anonymous.conversation_id));
    assert_eq!(on_phone.conversation_id, anonymous.conversation_id);
    assert_eq!(on_laptop.conversation_id, anonymous.conversation_id);
    assert_eq!(texts(&phone.history().await.expect(200).json()).len(), 6);
    let listed = app.api_key(&bakery).list_all("/api/conversations").await;
    assert_eq!(listed.len(), 1);
    let visitor = json!({ "user_id": "user-1", "name": "Ann", "email": "ann@example.test" });
    assert_eq!(listed[0]["visitor"], visitor);
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn of_two_threads_of_a_visitor_the_newest_goes_on_and_both_may_be_followed() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let (mut laptop, mut phone) = (app.visitor(&bakery), app.visitor(&bakery));
    let older = laptop.say("On the laptop").await;
    app.clock.advance_ms(1_000);
    let newer = phone.say("On the phone").await;

    let (laptop, first) = named(&app, &bakery, &laptop, "user-1").await;
    let (_, second) = named(&app, &bakery, &phone, "user-1").await;
    let goes_on = laptop.clone().say("Where am I?").await;

    assert_eq!(first["conversation_id"], json!(older.conversation_id));
    assert_eq!(second["conversation_id"], json!(newer.conversation_id));
    assert_eq!(goes_on.conversation_id, newer.conversation_id);
    laptop.follow(&older.message_id, None).await.rest().await;
    laptop.follow(&newer.message_id, None).await.rest().await;
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn the_next_user_of_a_browser_sees_nothing_of_the_one_before() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut browser = app.visitor(&bakery);
    let of_ann = browser.say("I am Ann").await;
    let (ann, _) = named(&app, &bakery, &browser, "ann").await;

    let (mut bob, identified) = named(&app, &bakery, &ann, "bob").await;
    let history = bob.history().await.expect(200).json();
    let of_bob = bob.say("I am Bob").await;

    assert_eq!((&identified["conversation_id"], texts(&history).len()), (&Value::Null, 0));
    assert_ne!(of_bob.conversation_id, of_ann.conversation_id);
    assert_eq!(texts(&ann.history().await.expect(200).json()).len(), 2);
    let followed = crate::support::Reply::of(bob.events_request(&of_ann.message_id, None)).await;
    followed.expect_problem(404, "not_found");
    app.finish().await;
}

// CHT-2, CHT-10
#[tokio::test]
async fn a_name_that_the_website_did_not_prove_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let mut visitor = app.visitor(&bakery);
    visitor.say("Hello").await;
    let good = identity(&app, &bakery, "user-1").await;
    let of_another_client = identity(&app, &garage, "user-1").await;

    for hmac in ["0".repeat(64), "x".to_owned(), of_another_client["hmac"].as_str().unwrap().to_owned()] {
        let refused = visitor.identify(json!({ "user_id": "user-1", "hmac": hmac })).await;
        refused.expect_problem(403, "identity_refused");
    }
    let other_user = json!({ "user_id": "user-2", "hmac": good["hmac"] });
    visitor.identify(other_user).await.expect_problem(403, "identity_refused");
    let mut wrong = good.clone();
    wrong["email"] = json!("nobody");
    assert_eq!(visitor.identify(wrong).await.expect(422).pointers(), ["/email"]);

    assert_eq!(app.count("select count(*) as n from identified_visitors").await, 0);
    let evil = visitor.clone().on("https://evil.test");
    app.api_key(&bakery)
        .patch("/api/config", json!({ "allowed_domains": ["bakery.test"] }))
        .await
        .expect(200);
    evil.identify(good).await.expect_problem(403, "origin_refused");
    app.finish().await;
}
