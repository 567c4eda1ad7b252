//! One turn after the other: answers, citations, sessions.

use crate::support::texts::{BAKERY, FOREIGN_QUESTION, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Answer, TestApp};
use serde_json::json;
use snip::ground::scope::Actor;
use snip::ground::time::DAY_MS;
use snip::store::DbError;
use std::sync::mpsc;
use std::time::Duration;

// CHT-1, CHT-4
#[tokio::test]
async fn an_answer_quotes_the_document_letter_for_letter() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let document = app.ready_document(&bakery, "hours.md", BAKERY).await;

    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;

    assert_eq!(answer.answered_by, "extractive");
    assert!(answer.response.contains(SUNDAY_ANSWER), "{answer:?}");
    assert!(!answer.citations.is_empty());
    for citation in &answer.citations {
        assert_eq!(citation.document_id.as_deref(), Some(document.as_str()));
        assert_eq!((citation.title.as_str(), citation.page), ("Larkspur Bakery", None));
        assert!(citation.url.starts_with(&app.site.base), "{}", citation.url);
        assert!(answer.response.contains(&citation.quote), "{answer:?}");
        assert!(BAKERY.contains(&citation.quote), "{}", citation.quote);
        let page = app.site.get(&citation.path()).await.expect(200).text();
        assert!(page.contains(&citation.quote), "{page}");
    }
    app.finish().await;
}

// CHT-4
#[tokio::test]
async fn a_question_that_is_an_faq_gets_its_answer_word_for_word() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let words = "Yes: gift cards from 10 € are sold at the counter.\n\nThey never expire.";
    let id = app.ready_faq(&bakery, "Do you sell gift cards?", words).await;

    let answer = app.ask(&bakery, "do you sell gift cards").await;

    assert_eq!((answer.response.as_str(), answer.answered_by.as_str()), (words, "faq"));
    let citation = &answer.citations[0];
    assert_eq!((&citation.faq_id, &citation.document_id), (&Some(id), &None));
    assert_eq!((citation.title.as_str(), citation.quote.as_str()), ("Do you sell gift cards?", words));
    app.site.get(&citation.path()).await.expect(200);
    app.finish().await;
}

// CHT-4
#[tokio::test]
async fn an_faq_that_is_off_or_changed_is_not_used_as_it_was() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    let path = format!("/api/faqs/{id}");
    let question = "Do you sell gift cards?";
    let former = app.ask(&bakery, question).await;

    api.patch(&path, json!({ "answer": "Only in December." })).await.expect(200);
    let changed = app.ask(&bakery, question).await;
    api.patch(&path, json!({ "enabled": false })).await.expect(200);
    let off = app.ask(&bakery, question).await;

    assert_eq!(former.response, "Yes, at the counter.");
    assert_eq!(changed.response, "Only in December.", "also before the index has followed");
    assert_eq!(off.answered_by, "none");
    app.site.get(&former.citations[0].path()).await.expect(404);
    app.finish().await;
}

// CHT-5, APP-5
#[tokio::test]
async fn a_question_without_an_answer_is_answered_honestly_and_cites_nothing() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;

    for question in [FOREIGN_QUESTION, "?!", "\u{1F600}", "the of and"] {
        let answer = app.ask(&bakery, question).await;

        assert_eq!(answer.answered_by, "none", "{question}: {answer:?}");
        assert!(answer.response.starts_with("I could not find an answer"), "{answer:?}");
        assert!(answer.citations.is_empty());
    }
    app.finish().await;
}

// CHT-5
#[tokio::test]
async fn a_client_that_knows_nothing_yet_says_so() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;

    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;

    assert_eq!(answer.answered_by, "none");
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn messages_of_one_session_are_one_conversation() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut visitor = app.visitor(&bakery).on("https://bakery.test");

    let first = visitor.say(SUNDAY_QUESTION).await;
    let second = visitor.say("What does delivery cost?").await;
    let stranger = app.ask(&bakery, SUNDAY_QUESTION).await;

    assert_eq!(first.conversation_id, second.conversation_id);
    assert_ne!(first.message_id, second.message_id);
    assert_ne!(stranger.conversation_id, first.conversation_id);
    let path = format!("/api/conversations/{}/messages", first.conversation_id);
    assert_eq!(app.api_key(&bakery).list_all(&path).await.len(), 4);
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn a_session_opens_nothing_of_another_client_and_ends_after_thirty_days_of_silence() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let session = app.ask(&bakery, SUNDAY_QUESTION).await.session;
    let mut returning = app.visitor(&bakery).with_session(&session);

    let stranger = app.visitor(&garage).with_session(&session);
    stranger.send("Hello").await.expect_problem(403, "session_invalid");
    let made_up = app.visitor(&bakery).with_session("session_1.2.3.4");
    made_up.send("Hello").await.expect_problem(403, "session_invalid");

    app.clock.advance_ms(29 * DAY_MS);
    returning.say("Hello again").await;
    app.clock.advance_ms(29 * DAY_MS);
    let renewed = returning.say("And again").await;
    app.clock.advance_ms(30 * DAY_MS);
    let too_late = returning.send("Am I late?").await;

    let words = too_late.expect_problem(403, "session_invalid");
    assert!(words.contains("without `session`"), "{words}");
    let threads = app.api_key(&bakery).list_all("/api/conversations").await;
    assert_eq!((threads.len(), &threads[0]["id"]), (1, &json!(renewed.conversation_id)));
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_message_has_1_to_4000_characters_however_many_bytes_they_take() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let visitor = app.visitor(&bakery);

    let empty = visitor.send("").await.expect(422);
    let long = visitor.send(&"x".repeat(4_001)).await.expect(422);
    let emoji = visitor.send(&"\u{1F600}".repeat(4_001)).await.expect(422);

    for refused in [&empty, &long, &emoji] {
        assert_eq!(refused.pointers(), ["/message"], "{}", refused.text());
    }
    assert!(long.text().contains("4000") || long.text().contains("4,000"), "{}", long.text());
    assert_eq!(app.count("select count(*) as n from messages").await, 0);
    visitor.send(&"x".repeat(4_000)).await.expect(200);
    visitor.send(&"\u{1F600}".repeat(4_000)).await.expect(200);
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn fields_that_a_newer_or_older_widget_sends_are_ignored() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let visitor = app.visitor(&bakery);

    let extended = visitor.post(json!({ "message": "Hello", "page_title": "Home", "v": 9 })).await;
    let emptied = visitor.post(json!({ "message": "Hello", "session": "", "request_id": null })).await;

    Answer::of(&extended);
    Answer::of(&emptied);
    app.finish().await;
}

// CHT-1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_who_leaves_while_the_answer_is_made_finds_it_later() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let visitor = app.visitor(&bakery);
    let (release, held) = mpsc::channel::<()>();

    // The message cannot be stored before the visitor has left.
    let busy = app.env.db.write(Actor::System("test"), move |_| -> Result<(), DbError> {
        let _ = held.recv_timeout(Duration::from_secs(5));
        Ok(())
    });
    let leave = async {
        let request = visitor.chat_request(json!({ "message": SUNDAY_QUESTION, "request_id": "r-1" }));
        let left = request.timeout(Duration::from_millis(400)).send().await.is_err();
        release.send(()).expect("the writer waits");
        left
    };
    let (written, left) = tokio::join!(busy, leave);

    written.expect("the writer goes on");
    assert!(left, "the answer came too early for this test");
    let settled = async {
        while app.count("select count(*) as n from turns where state = 'settled'").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), settled).await.expect("the turn is settled");
    let found = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);
    assert!(found.response.contains(SUNDAY_ANSWER), "{found:?}");
    assert_eq!(app.count("select count(*) as n from messages").await, 2);
    app.finish().await;
}
