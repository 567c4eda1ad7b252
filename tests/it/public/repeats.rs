//! The same request, sent again.

use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Answer, TestApp, Visitor};
use futures_util::future::join_all;
use serde_json::json;

// CHT-1
#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_makes_no_second_turn() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut visitor = app.visitor(&bakery);

    let first = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);
    let again = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);
    visitor.session = Some(again.session.clone());
    let second = Answer::of(&visitor.send_as("r-2", SUNDAY_QUESTION).await);
    let second_again = Answer::of(&visitor.send_as("r-2", SUNDAY_QUESTION).await);

    assert_eq!((&first.message_id, &first.citations), (&again.message_id, &again.citations));
    assert_eq!((&second.message_id, &second.citations), (&second_again.message_id, &second_again.citations));
    assert_ne!(first.message_id, second.message_id);
    assert_eq!(first.conversation_id, second.conversation_id);
    assert_eq!(app.count("select count(*) as n from messages").await, 4);
    app.finish().await;
}

// CHT-1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_parallel_requests_with_one_id_are_one_turn_with_and_without_a_session() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;

    let first = all_the_same(&app.visitor(&bakery), "r-1").await;
    let second = all_the_same(&app.visitor(&bakery).with_session(&first.session), "r-2").await;

    assert_eq!(first.conversation_id, second.conversation_id);
    assert_eq!(app.count("select count(*) as n from turns").await, 2);
    assert_eq!(app.count("select count(*) as n from messages").await, 4);
    assert_eq!(app.count("select count(*) as n from conversations").await, 1);
    app.finish().await;
}

/// Sends one message twenty times at once and checks that all got the same answer.
async fn all_the_same(visitor: &Visitor, request_id: &str) -> Answer {
    let sent = join_all((0..20).map(|_| visitor.send_as(request_id, SUNDAY_QUESTION))).await;
    let answers: Vec<Answer> = sent.iter().map(Answer::of).collect();
    for answer in &answers {
        assert_eq!(answer.message_id, answers[0].message_id);
        assert_eq!(answer.response, answers[0].response);
    }
    answers[0].clone()
}

// CHT-1
#[tokio::test]
async fn first_messages_of_different_visitors_with_one_id_are_apart() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let on = |origin: &str| app.visitor(&bakery).on(origin);

    let one = Answer::of(&on("https://one.test").send_as("r-1", "Hello").await);
    let other_page = Answer::of(&on("https://two.test").send_as("r-1", "Hello").await);
    let other_words = Answer::of(&on("https://one.test").send_as("r-1", "Good day").await);

    assert_ne!(one.conversation_id, other_page.conversation_id);
    assert_ne!(one.conversation_id, other_words.conversation_id);
    app.finish().await;
}

#[tokio::test]
async fn a_request_id_out_of_bounds_is_refused_and_the_same_one_of_another_client_means_nothing() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);

    for request_id in [String::new(), "r".repeat(101)] {
        let body = json!({ "message": "Hello", "request_id": request_id });
        assert_eq!(app.visitor(&bakery).post(body).await.expect(422).pointers(), ["/request_id"]);
    }
    let one = Answer::of(&app.visitor(&bakery).send_as("r-1", "Hello").await);
    let other = Answer::of(&app.visitor(&garage).send_as("r-1", "Hello").await);

    assert_ne!(one.message_id, other.message_id);
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_request_id_with_other_words_is_refused_instead_of_answering_a_question_that_was_not_asked() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let first = app.ask(&bakery, "Hello").await;
    let visitor = app.visitor(&bakery).with_session(&first.session);

    let asked = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);
    let sentence =
        visitor.send_as("r-1", "Do you deliver?").await.expect_problem(422, "idempotency_key_reused");
    let again = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);

    assert!(sentence.contains("`request_id`"), "{sentence}");
    assert_eq!(again.message_id, asked.message_id);
    assert_eq!(app.count("select count(*) as n from messages").await, 4);
    app.finish().await;
}
