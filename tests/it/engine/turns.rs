//! Turns that a crash left without an answer.

use crate::support::events::names_of;
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Answer, Client, TestApp};
use snip::engine::schedules::{SCHEDULES, tick};
use snip::ground::scope::Actor;
use snip::ground::time::MINUTE_MS;
use snip::store::DbError;

/// Leaves the only turn as a process leaves it that dies between the message and its answer, and starts again.
async fn die_before_the_answer(app: TestApp, state: &'static str) -> TestApp {
    let forgotten = app.env.db.write(Actor::System("test"), move |tx| -> Result<(), DbError> {
        let values = snip::params! { ":now" => tx.now(), ":state" => state };
        tx.execute(
            "update turns set state = :state, assistant_message_id = null, answered_by = null, ending = null,
                 updated_at = :now, version = version + 1",
            values,
        )?;
        tx.execute("delete from messages where role = 'assistant'", &[])?;
        Ok(())
    });
    forgotten.await.unwrap();
    TestApp::reopen(app.stop().await).await
}

async fn abandon_what_is_stale(app: &TestApp) {
    app.clock.advance_ms(11 * MINUTE_MS);
    app.env.db.write(Actor::System("test"), |tx| tick(tx, SCHEDULES)).await.unwrap();
    app.settle().await;
}

async fn one_turn() -> (TestApp, Client, Answer) {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let answer = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
    (app, bakery, answer)
}

// CHT-1
#[tokio::test]
async fn a_stale_turn_is_given_up_in_every_state_and_taken_up_again_by_the_same_request() {
    for state in ["accepted", "held", "generating"] {
        let (app, bakery, former) = one_turn().await;
        let app = die_before_the_answer(app, state).await;

        abandon_what_is_stale(&app).await;

        assert_eq!(
            app.count("select count(*) as n from turns where state = 'abandoned'").await,
            1,
            "{state}"
        );
        let again = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
        assert!(again.response.contains(SUNDAY_ANSWER), "{again:?}");
        assert_eq!(again.conversation_id, former.conversation_id);
        assert_eq!(again.message_id, former.message_id, "the answer keeps the id that it was promised");
        assert_eq!(app.count("select count(*) as n from messages").await, 2);
        app.finish().await;
    }
}

// CHT-1
#[tokio::test]
async fn a_turn_without_an_answer_is_answered_when_the_widget_repeats_it_at_once() {
    for state in ["accepted", "held", "generating", "failed"] {
        let (app, bakery, _) = one_turn().await;
        let app = die_before_the_answer(app, state).await;

        let again = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);

        assert!(again.response.contains(SUNDAY_ANSWER), "{state}: {again:?}");
        assert_eq!(app.count("select count(*) as n from turns").await, 1);
        assert_eq!(app.count("select count(*) as n from messages").await, 2);
        app.finish().await;
    }
}

// CHT-1
#[tokio::test]
async fn a_stream_that_a_crash_cut_says_so_until_the_widget_repeats_the_request() {
    let (app, bakery, former) = one_turn().await;
    let app = die_before_the_answer(app, "generating").await;
    let visitor = app.visitor(&bakery).with_session(&former.session);
    let last = format!("{}:3", former.message_id);

    let cut = visitor.follow(&former.message_id, Some(&last)).await.rest().await;
    let again = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
    let whole = visitor.follow(&former.message_id, None).await.rest().await;

    assert_eq!(names_of(&cut), ["meta", "error"]);
    assert_eq!(cut[1].data["code"], "interrupted");
    assert_eq!(again.message_id, former.message_id);
    assert_eq!(names_of(&whole), ["meta", "delta", "citations", "done"]);
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_turn_that_is_being_answered_is_left_alone() {
    let (app, bakery, _) = one_turn().await;
    let app = die_before_the_answer(app, "generating").await;

    app.clock.advance_ms(4 * MINUTE_MS);
    app.env.db.write(Actor::System("test"), |tx| tick(tx, SCHEDULES)).await.unwrap();
    app.settle().await;

    assert_eq!(app.count("select count(*) as n from turns where state = 'generating'").await, 1);
    app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await.expect(200);
    app.finish().await;
}
