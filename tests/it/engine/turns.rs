//! Turns that a crash left without an answer.

use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Answer, Client, TestApp};
use snip::engine::schedules::{SCHEDULES, tick};
use snip::ground::scope::Actor;
use snip::ground::time::MINUTE_MS;
use snip::store::DbError;

/// Leaves the only turn as a process leaves it that dies between the message and its answer.
async fn forget_the_answer(app: &TestApp) {
    let forgotten = app.env.db.write(Actor::System("test"), |tx| -> Result<(), DbError> {
        let now = snip::params! { ":now" => tx.now() };
        tx.execute(
            "update turns set state = 'accepted', assistant_message_id = null, answered_by = null,
                 updated_at = :now, version = version + 1",
            now,
        )?;
        tx.execute("delete from messages where role = 'assistant'", &[])?;
        Ok(())
    });
    forgotten.await.unwrap();
}

async fn abandon_what_is_stale(app: &TestApp) {
    app.clock.advance_ms(11 * MINUTE_MS);
    app.env.db.write(Actor::System("test"), |tx| tick(tx, SCHEDULES)).await.unwrap();
    app.settle().await;
}

async fn one_turn(app: &TestApp) -> (Client, Answer) {
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let answer = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
    (bakery, answer)
}

// CHT-1
#[tokio::test]
async fn a_stale_turn_is_given_up_and_taken_up_again_by_the_same_request() {
    let app = TestApp::start().await;
    let (bakery, former) = one_turn(&app).await;
    forget_the_answer(&app).await;

    abandon_what_is_stale(&app).await;

    assert_eq!(app.count("select count(*) as n from turns where state = 'abandoned'").await, 1);
    let again = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
    assert!(again.response.contains(SUNDAY_ANSWER), "{again:?}");
    assert_eq!(again.conversation_id, former.conversation_id);
    assert_eq!(app.count("select count(*) as n from messages").await, 2);
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_turn_without_an_answer_is_answered_when_the_widget_repeats_it_at_once() {
    let app = TestApp::start().await;
    let (bakery, _) = one_turn(&app).await;
    forget_the_answer(&app).await;

    let again = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);

    assert!(again.response.contains(SUNDAY_ANSWER), "{again:?}");
    assert_eq!(app.count("select count(*) as n from turns").await, 1);
    assert_eq!(app.count("select count(*) as n from messages").await, 2);
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_turn_that_is_being_answered_is_left_alone() {
    let app = TestApp::start().await;
    let (bakery, _) = one_turn(&app).await;
    forget_the_answer(&app).await;

    app.clock.advance_ms(4 * MINUTE_MS);
    app.env.db.write(Actor::System("test"), |tx| tick(tx, SCHEDULES)).await.unwrap();
    app.settle().await;

    assert_eq!(app.count("select count(*) as n from turns where state = 'accepted'").await, 1);
    app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await.expect(200);
    app.finish().await;
}
