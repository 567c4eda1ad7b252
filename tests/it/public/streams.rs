//! Answers as streams: what comes, who may follow, and coming back.

use crate::support::events::{names_of, text_of};
use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Answer, Reply, TestApp};
use serde_json::json;

// CHT-1
#[tokio::test]
async fn a_stream_gives_the_same_answer_as_json_in_the_order_that_widgets_know() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let visitor = app.visitor(&bakery);

    let stream = visitor.stream(json!({ "message": SUNDAY_QUESTION, "request_id": "r-1" })).await;
    assert_eq!(stream.header("cache-control"), "no-store");
    assert_eq!(stream.header("x-accel-buffering"), "no");
    assert_eq!(stream.header("content-encoding"), "");
    let events = stream.rest().await;
    let answer = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);

    assert_eq!(names_of(&events), ["meta", "delta", "citations", "done"]);
    let [meta, .., citations, done] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(meta.data["message_id"], json!(answer.message_id));
    assert_eq!(meta.data["conversation_id"], json!(answer.conversation_id));
    assert_eq!(text_of(&events), answer.response);
    assert_eq!(citations.data["citations"][0]["quote"], json!(answer.citations[0].quote));
    assert_eq!(citations.data["citations"][0]["number"], 1);
    assert_eq!(done.data["response"], json!(answer.response));
    assert_eq!((&done.data["answered_by"], &done.data["stopped"]), (&json!("extractive"), &json!(false)));
    assert_eq!(done.id, format!("{}:{}", answer.message_id, answer.response.chars().count()));
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_stream_that_was_cut_goes_on_at_any_character_from_memory_and_from_the_tables() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_faq(&bakery, "Do you sell bread?", "Ja: Brötchen \u{1F956}, 面包 und mehr.\nTäglich.").await;
    let answer = app.ask(&bakery, "Do you sell bread?").await;
    let chars: Vec<char> = answer.response.chars().collect();

    let session = answer.session.clone();
    let check = async |app: &TestApp| {
        let visitor = app.visitor(&bakery).with_session(&session);
        for seen in 0..=chars.len() {
            let last = format!("{}:{seen}", answer.message_id);
            let events = visitor.follow(&answer.message_id, Some(&last)).await.rest().await;

            assert_eq!(text_of(&events), chars[seen..].iter().collect::<String>());
            assert_eq!(events.last().map(|event| event.name.as_str()), Some("done"));
        }
    };
    check(&app).await;
    let app = TestApp::reopen(app.stop().await).await;
    check(&app).await;
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn an_id_that_belongs_to_no_event_of_this_answer_starts_at_the_beginning() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let answer = app.ask(&bakery, "Hello").await;
    let visitor = app.visitor(&bakery).with_session(&answer.session);

    for last in ["", "x", "msg_01jd3v5s8e4w6x7y9zabcdefgh:3", ":", "9"] {
        let events = visitor.follow(&answer.message_id, Some(last)).await.rest().await;
        assert_eq!(text_of(&events), answer.response, "{last}");
    }
    let beyond = format!("{}:99999", answer.message_id);
    let events = visitor.follow(&answer.message_id, Some(&beyond)).await.rest().await;
    assert_eq!(names_of(&events), ["meta", "citations", "done"]);
    app.finish().await;
}

// CHT-10
#[tokio::test]
async fn only_the_session_of_the_conversation_follows_and_stops_an_answer_from_its_own_page() {
    let app = TestApp::start().await;
    let shop = app.client("Shop").await;
    let allowed = json!({ "allowed_domains": ["shop.test", "help.shop.test"] });
    app.api_key(&shop).patch("/api/config", allowed).await.expect(200);
    let mut owner = app.visitor(&shop).on("https://shop.test");
    let answer = owner.say("Hello").await;
    let mut stranger = app.visitor(&shop).on("https://shop.test");
    stranger.say("Good day").await;
    let ask = async |visitor: &crate::support::Visitor| {
        let followed = Reply::of(visitor.events_request(&answer.message_id, None)).await;
        (followed, visitor.stop(&answer.message_id).await)
    };

    let (followed, stopped) = ask(&owner).await;
    assert_eq!((followed.status, stopped.status), (200, 202));
    assert_eq!(stopped.json()["was_running"], false);
    let (followed, stopped) = ask(&stranger).await;
    followed.expect_problem(404, "not_found");
    stopped.expect_problem(404, "not_found");
    let (followed, stopped) = ask(&owner.clone().on("https://evil.test")).await;
    followed.expect_problem(403, "origin_refused");
    stopped.expect_problem(403, "origin_refused");
    let (followed, stopped) = ask(&owner.clone().on("https://help.shop.test")).await;
    followed.expect_problem(403, "session_invalid");
    stopped.expect_problem(403, "session_invalid");
    let (followed, stopped) = ask(&owner.clone().with_session("session_1.2.3.4")).await;
    followed.expect_problem(403, "session_invalid");
    stopped.expect_problem(403, "session_invalid");
    let without_origin = crate::support::Visitor { origin: None, ..owner.clone() };
    assert_eq!(ask(&without_origin).await.0.status, 200, "a genuine session opens the door");
    let anonymous = crate::support::Visitor { session: None, ..owner.clone() };
    ask(&anonymous).await.0.expect_problem(403, "session_invalid");
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_browser_that_cannot_send_headers_follows_by_the_address() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let answer = app.ask(&bakery, "Hello").await;

    let path = format!("/api/chat/{}/events?session={}", answer.message_id, answer.session);
    let reply = app.site.get(&path).await.expect(200);

    assert!(reply.text().contains("event: done"), "{}", reply.text());
    app.site.get("/api/chat/msg_01jd3v5s8e4w6x7y9zabcdefgh/events").await.expect_problem(404, "not_found");
    app.finish().await;
}

// CHT-11
#[tokio::test]
async fn following_and_stopping_are_limited_by_address() {
    let app = TestApp::start_with(|settings| settings.limits.public_per_address_per_minute = 2).await;
    let bakery = app.client("Bakery").await;
    let answer = app.ask(&bakery, "Hello").await;
    let visitor = app.visitor(&bakery).with_session(&answer.session);

    let statuses = [
        Reply::of(visitor.events_request(&answer.message_id, None)).await.status,
        visitor.stop(&answer.message_id).await.status,
        visitor.history().await.status,
        visitor.identify(json!({ "user_id": "u", "hmac": "x" })).await.status,
    ];

    assert_eq!(statuses, [200, 202, 429, 429]);
    app.finish().await;
}
