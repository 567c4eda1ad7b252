//! Drafts of FAQs, proposed from what visitors asked in vain.

use crate::support::{Client, TestApp};
use serde_json::{Value, json};
use snip::ground::scope::Actor;
use snip::store::DbError;

const QUESTION: &str = "Do you repair  clocks?";
const SPELLINGS: [&str; 3] = [QUESTION, "do you repair clocks", "DO YOU REPAIR CLOCKS?!"];

/// Three visitors ask the same, each in a conversation of their own.
async fn ask_three_times(app: &TestApp, client: &Client) {
    for spelling in SPELLINGS {
        app.ask(client, spelling).await;
    }
}

async fn drafts(app: &TestApp, client: &Client) -> Vec<Value> {
    let page = app.api_key(client).get("/api/faqs?status=draft").await.expect(200).json();
    page["items"].as_array().cloned().expect("a list")
}

/// Runs every job that has ended once more, as if its end had not been written.
async fn replay(app: &TestApp) {
    let requeued = app.env.db.write(Actor::System("test"), |tx| -> Result<(), DbError> {
        let now = snip::params! { ":now" => tx.now() };
        tx.execute(
            "update jobs set state = 'queued', attempts = 0, finished_at = null, updated_at = :now,
                 version = version + 1
             where state = 'done'",
            now,
        )?;
        Ok(())
    });
    requeued.await.unwrap();
    app.settle().await;
}

// KNO-9
#[tokio::test]
async fn what_three_conversations_ask_in_vain_becomes_one_draft_that_answers_once_it_is_ready() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    ask_three_times(&app, &bakery).await;
    app.settle().await;
    let found = drafts(&app, &bakery).await;
    app.ask(&bakery, QUESTION).await;
    app.settle().await;

    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["question"], "Do you repair clocks?");
    assert_eq!((&found[0]["answer"], &found[0]["enabled"]), (&json!(""), &json!(false)));
    assert_eq!(drafts(&app, &bakery).await.len(), 1);
    assert_eq!(app.count("select count(*) as n from knowledge_gap_askers").await, 0, "nobody needs them now");
    let path = format!("/api/faqs/{}", found[0]["id"].as_str().unwrap());
    api.patch(&path, json!({ "answer": "Yes, on Mondays.", "status": "ready" })).await.expect(200);
    app.settle().await;
    assert_eq!(app.ask(&bakery, QUESTION).await.response, "Yes, on Mondays.");
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn two_conversations_are_too_few_however_often_each_asks() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    for _ in 0..2 {
        let mut visitor = app.visitor(&bakery);
        for spelling in SPELLINGS {
            visitor.say(spelling).await;
        }
    }

    app.settle().await;

    assert_eq!(drafts(&app, &bakery).await, [json!(null); 0]);
    assert_eq!(app.count("select times_asked as n from knowledge_gaps").await, 6);
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn questions_of_several_clients_are_never_counted_together() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    app.ask(&bakery, QUESTION).await;
    app.ask(&bakery, QUESTION).await;

    app.ask(&garage, QUESTION).await;
    app.settle().await;
    let of_none = (drafts(&app, &bakery).await.len(), drafts(&app, &garage).await.len());
    app.ask(&bakery, QUESTION).await;
    app.settle().await;

    assert_eq!(of_none, (0, 0));
    assert_eq!((drafts(&app, &bakery).await.len(), drafts(&app, &garage).await.len()), (1, 0));
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn a_draft_that_its_owner_deletes_does_not_come_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    ask_three_times(&app, &bakery).await;
    app.settle().await;
    let path = format!("/api/faqs/{}", drafts(&app, &bakery).await[0]["id"].as_str().unwrap());
    app.api_key(&bakery).delete(&path).await.expect(204);

    ask_three_times(&app, &bakery).await;
    replay(&app).await;

    assert!(drafts(&app, &bakery).await.is_empty());
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn nothing_is_proposed_where_an_faq_asks_it_already_or_the_gap_was_dismissed() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    // Switched off, so that the question goes unanswered.
    let faq = json!({ "question": "Clocks?", "phrasings": ["do you repair clocks!"], "answer": "Yes.", "enabled": false });
    app.api_key(&bakery).post("/api/faqs", faq).await.expect(201);
    app.ask(&garage, QUESTION).await;
    let gaps = app.api_key(&garage).list_all("/api/gaps").await;
    let path = format!("/api/gaps/{}", gaps[0]["id"].as_str().unwrap());
    app.api_key(&garage).patch(&path, json!({ "status": "dismissed" })).await.expect(200);

    ask_three_times(&app, &bakery).await;
    ask_three_times(&app, &garage).await;
    app.settle().await;

    assert_eq!((drafts(&app, &bakery).await.len(), drafts(&app, &garage).await.len()), (0, 0));
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn a_question_with_an_address_or_a_telephone_number_is_never_proposed() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;

    for question in ["Is anna@example.test your boss?", "Can you call me at 0664 123 45 67?"] {
        for _ in 0..4 {
            app.ask(&bakery, question).await;
        }
    }
    app.settle().await;

    assert_eq!(app.api_key(&bakery).list_all("/api/gaps").await.len(), 2);
    assert!(drafts(&app, &bakery).await.is_empty());
    assert_eq!(app.count("select count(*) as n from audit_log where action = 'faq.proposed'").await, 0);
    app.finish().await;
}

// KNO-9, APP-12
#[tokio::test]
async fn a_stop_before_the_draft_only_delays_it_and_a_job_that_runs_twice_proposes_once() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    ask_three_times(&app, &bakery).await;
    assert!(drafts(&app, &bakery).await.is_empty(), "no job has run yet");

    let app = TestApp::reopen(app.stop().await).await;
    app.settle().await;
    replay(&app).await;
    replay(&app).await;

    assert_eq!(drafts(&app, &bakery).await.len(), 1);
    assert_eq!(app.count("select count(*) as n from audit_log where action = 'faq.proposed'").await, 1);
    app.finish().await;
}
