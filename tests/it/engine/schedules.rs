//! What happens by the clock.

use crate::support::TestApp;
use snip::engine::schedules::{CatchUp, SCHEDULES, Schedule, tick};
use snip::ground::scope::Actor;
use snip::ground::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use snip::store::jobs::Lane;

async fn tick_now(app: &TestApp, table: &'static [Schedule]) {
    app.env.db.write(Actor::System("test"), move |tx| tick(tx, table)).await.unwrap();
}

async fn job_rows(app: &TestApp) -> i64 {
    app.count("select count(*) as n from jobs").await
}

const NIGHTLY: &[Schedule] = &[Schedule {
    kind: snip::engine::housekeeping::HOUSEKEEPING,
    every_ms: DAY_MS,
    catch_up: CatchUp::Each,
    lane: Lane::Default,
}];

// OPS-8
#[tokio::test]
async fn three_days_of_downtime_are_one_row_for_each_missed_slot_however_often_it_ticks() {
    let app = TestApp::start().await;
    tick_now(&app, NIGHTLY).await;
    assert_eq!(job_rows(&app).await, 1);

    app.clock.advance_ms(3 * DAY_MS);
    for _ in 0..5 {
        tick_now(&app, NIGHTLY).await;
    }
    let caught_up = job_rows(&app).await;
    app.clock.advance_ms(-2 * DAY_MS);
    tick_now(&app, NIGHTLY).await;
    app.clock.advance_ms(2 * DAY_MS);
    tick_now(&app, NIGHTLY).await;

    assert_eq!(caught_up, 4);
    assert_eq!(job_rows(&app).await, 4, "a clock that goes back and forth makes nothing twice");
    app.settle().await;
    app.finish().await;
}

// OPS-8
#[tokio::test]
async fn our_own_schedules_run_once_after_three_days_of_downtime() {
    let app = TestApp::start().await;
    let kinds = i64::try_from(SCHEDULES.len()).unwrap();
    tick_now(&app, SCHEDULES).await;
    app.settle().await;
    let done = "select count(*) as n from jobs where state = 'done'";
    assert_eq!(app.count(done).await, kinds);

    let stopped = app.stop().await;
    stopped.clock.advance_ms(3 * DAY_MS);
    let app = TestApp::reopen(stopped).await;
    for _ in 0..3 {
        tick_now(&app, SCHEDULES).await;
    }
    app.settle().await;

    assert_eq!(app.count(done).await, 2 * kinds);
    let cursors = "select count(*) as n from schedule_cursors";
    assert_eq!(app.count(cursors).await, kinds);
    app.finish().await;
}

// OPS-8
#[tokio::test]
async fn each_slot_of_an_ordinary_day_has_one_row() {
    let app = TestApp::start().await;

    for _ in 0..24 * 6 {
        tick_now(&app, SCHEDULES).await;
        app.clock.advance_ms(10 * MINUTE_MS);
    }

    let hourly = "select count(*) as n from jobs where kind = 'engine.housekeeping'";
    assert_eq!(app.count(hourly).await, DAY_MS / HOUR_MS);
    app.settle().await;
    app.finish().await;
}

// OPS-8
#[tokio::test]
async fn a_clock_that_was_once_a_year_ahead_stops_no_schedule_after_it_is_set_right() {
    let app = TestApp::start().await;
    tick_now(&app, SCHEDULES).await;
    app.settle().await;
    let kinds = i64::try_from(SCHEDULES.len()).unwrap();
    app.clock.advance_ms(365 * DAY_MS);
    tick_now(&app, SCHEDULES).await;
    let ahead = job_rows(&app).await;

    app.clock.advance_ms(-365 * DAY_MS);
    tick_now(&app, SCHEDULES).await;
    let set_right = job_rows(&app).await;
    app.clock.advance_ms(DAY_MS);
    tick_now(&app, SCHEDULES).await;
    app.settle().await;

    assert_eq!((ahead, set_right), (2 * kinds, 2 * kinds), "the slot of now was served before");
    assert_eq!(app.count("select count(*) as n from jobs where state = 'done'").await, 3 * kinds);
    app.finish().await;
}
