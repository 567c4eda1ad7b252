//! Forgetting what has served its time, and jobs that nobody can run.

use crate::support::TestApp;
use snip::engine::housekeeping::HOUSEKEEPING;
use snip::engine::{runner, tasks::Tasks};
use snip::ground::limits::{EVENTS_KEPT_MS, JOB_ATTEMPTS_MAX, LEASE_MS, PRUNED_ROWS_MAX};
use snip::ground::scope::Actor;
use snip::store::DbError;
use snip::store::events::{self, Event};
use snip::store::jobs::{self, Lane, NewJob};

const ACTOR: Actor = Actor::System("test");

async fn enqueue(app: &TestApp, kind: &'static str, key: &'static str) {
    let job = NewJob {
        kind,
        lane: Lane::Default,
        client_id: None,
        subject_id: None,
        dedupe_key: key.to_owned(),
        run_at: None,
    };
    app.env.db.write(ACTOR, move |tx| jobs::enqueue(tx, &job)).await.unwrap();
}

async fn emit(app: &TestApp, number: u32) {
    let emitted = app.env.db.write(ACTOR, move |tx| -> Result<(), DbError> {
        let event = Event { kind: "test.happened", client_id: None, subject_id: None };
        (0..number).try_for_each(|_| events::emit(tx, &event))
    });
    emitted.await.unwrap();
}

// ACC-16
#[tokio::test]
async fn one_run_forgets_more_rows_than_one_transaction_does() {
    let app = TestApp::start().await;
    let old = PRUNED_ROWS_MAX * 2 + 5;
    emit(&app, old).await;
    app.clock.advance_ms(EVENTS_KEPT_MS + 1);
    emit(&app, 3).await;
    enqueue(&app, HOUSEKEEPING, "now").await;

    app.settle().await;

    assert_eq!(app.count("select count(*) as n from events").await, 3);
    assert_eq!(app.count("select count(*) as n from jobs where state = 'done'").await, 1);
    app.finish().await;
}

// APP-12
#[tokio::test]
async fn a_job_that_this_program_does_not_know_is_given_up_when_its_workers_were_lost() {
    let mut app = TestApp::start().await;
    app.expect_failed_jobs(1);
    enqueue(&app, "test.of_another_version", "once").await;
    for _ in 0..JOB_ATTEMPTS_MAX {
        let leased = app.env.db.write(ACTOR, |tx| jobs::lease_due(tx, Lane::Default)).await.unwrap();
        assert!(leased.is_some());
        app.clock.advance_ms(LEASE_MS + 1);
    }

    let (env, tasks) = (&app.env, Tasks::new());
    let has_ended_it = runner::run_next(Lane::Default, env, &tasks).await.unwrap();
    let has_more = runner::run_next(Lane::Default, env, &tasks).await.unwrap();

    assert_eq!((has_ended_it, has_more), (true, false));
    let failed = "select count(*) as n from jobs where state = 'failed' and kind = 'test.of_another_version'";
    assert_eq!(app.count(failed).await, 1);
    let look = env.db.read(|tx| jobs::has_work(tx, Lane::Default)).await.unwrap();
    assert!(!look, "nobody wakes for it again");
    app.finish().await;
}
