//! Jobs: given to one worker at a time, and events that cause them. APP-12.

use super::{ACTOR, TestStore, event, job};
use crate::ground::limits::{JOB_ATTEMPTS_MAX, LEASE_MS};
use crate::ground::time::{DAY_MS, HOUR_MS};
use crate::params;
use crate::store::events;
use crate::store::jobs::{self, Job, JobCounts, JobState, Lane, NewJob};
use crate::store::{DbError, Signal};

impl TestStore {
    async fn enqueue(&self, job: NewJob) -> bool {
        self.write(move |tx| jobs::enqueue(tx, &job)).await.is_some()
    }

    async fn lease(&self) -> Option<Job> {
        self.write(|tx| jobs::lease_due(tx, Lane::Default)).await
    }

    async fn complete(&self, job: &Job) -> bool {
        let job = job.clone();
        self.write(move |tx| jobs::complete(tx, &job)).await
    }

    async fn retry_in(&self, job: &Job, pause_ms: i64) -> bool {
        let job = job.clone();
        self.write(move |tx| jobs::retry(tx, &job, tx.now().plus_ms(pause_ms), "the disk was busy")).await
    }

    async fn job_state(&self, dedupe_key: &'static str) -> JobState {
        self.read(move |tx| {
            let sql = "select state from jobs where dedupe_key = :key";
            tx.get(sql, params! { ":key" => dedupe_key }, |row| row.get("state"))
        })
        .await
    }
}

#[tokio::test]
async fn a_second_enqueue_under_one_key_does_nothing_and_rings_no_bell() {
    let store = TestStore::new();
    let mut bell = store.db.subscribe(Signal::Jobs);

    assert!(store.enqueue(job("count", "a")).await);
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();
    assert!(!store.enqueue(job("count", "a")).await);

    assert!(!bell.has_changed().unwrap());
    assert!(store.enqueue(job("weigh", "a")).await);
    assert_eq!(store.count("jobs").await, 2);
}

#[tokio::test]
async fn jobs_come_in_the_order_in_which_they_are_due_and_only_from_their_lane() {
    let store = TestStore::new();
    let at = |ms| Some(super::START.plus_ms(ms));
    store.enqueue(NewJob { run_at: at(2), ..job("count", "third") }).await;
    store.enqueue(NewJob { run_at: at(1), ..job("count", "first") }).await;
    store.enqueue(NewJob { run_at: at(1), ..job("count", "second") }).await;
    store.enqueue(NewJob { run_at: at(0), lane: Lane::Ingest, ..job("read", "elsewhere") }).await;
    store.enqueue(NewJob { run_at: at(3), ..job("count", "not yet") }).await;

    store.clock.advance_ms(2);
    let mut order = Vec::new();
    while let Some(job) = store.lease().await {
        order.push(job.dedupe_key);
    }

    assert_eq!(order, ["first", "second", "third"]);
}

#[tokio::test]
async fn a_job_is_leased_to_one_worker_and_completed_once() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;

    let leased = store.lease().await.unwrap();

    assert_eq!(store.lease().await, None);
    assert!(store.complete(&leased).await);
    assert!(!store.complete(&leased).await);
    assert_eq!(store.job_state("a").await, JobState::Done);
}

#[tokio::test]
async fn a_lost_lease_is_given_out_again_and_its_former_holder_has_no_say() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;
    let former = store.lease().await.unwrap();

    store.clock.advance_ms(LEASE_MS);
    assert_eq!(store.lease().await, None, "the lease lasts to its last millisecond");
    store.clock.advance_ms(1);
    let present = store.lease().await.unwrap();

    assert!(present.fence > former.fence);
    assert_eq!((present.attempts, present.last_error.as_deref()), (2, Some("the worker was lost")));
    assert!(!store.complete(&former).await);
    assert!(!store.retry_in(&former, 0).await);
    let job = former.clone();
    assert!(!store.write(move |tx| jobs::renew(tx, &job)).await);
    let job = former.clone();
    assert!(!store.write(move |tx| jobs::give_up(tx, &job, "too late")).await);
    assert!(store.complete(&present).await);
}

#[tokio::test]
async fn a_renewed_lease_lasts_longer() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;
    let leased = store.lease().await.unwrap();

    store.clock.advance_ms(LEASE_MS - 1);
    let job = leased.clone();
    assert!(store.write(move |tx| jobs::renew(tx, &job)).await);
    store.clock.advance_ms(LEASE_MS - 1);

    assert_eq!(store.lease().await, None);
    assert!(store.complete(&leased).await);
}

#[tokio::test]
async fn a_late_worker_may_complete_what_nobody_took_over() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;
    let leased = store.lease().await.unwrap();

    store.clock.advance_ms(LEASE_MS + 1);
    store.write(|tx| jobs::lease_due(tx, Lane::Ingest)).await;

    assert_eq!(store.job_state("a").await, JobState::Queued);
    assert!(store.complete(&leased).await);
}

#[tokio::test]
async fn a_retry_waits_for_its_time_and_counts_the_attempt() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;
    let first = store.lease().await.unwrap();

    assert!(store.retry_in(&first, 5_000).await);
    store.clock.advance_ms(4_999);
    assert_eq!(store.lease().await, None);
    store.clock.advance_ms(1);
    let second = store.lease().await.unwrap();

    assert_eq!((second.attempts, second.last_error.as_deref()), (2, Some("the disk was busy")));
}

// APP-12: at shutdown leases are released.
#[tokio::test]
async fn a_release_does_not_count_the_attempt() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;

    for _ in 0..JOB_ATTEMPTS_MAX * 2 {
        let leased = store.lease().await.unwrap();
        assert_eq!(leased.attempts, 1);
        assert!(store.write(move |tx| jobs::release(tx, &leased)).await);
    }
}

#[tokio::test]
async fn a_job_whose_worker_died_on_every_attempt_is_found_as_exhausted() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;
    for attempt in 1..=JOB_ATTEMPTS_MAX {
        let leased = store.lease().await.unwrap();
        assert_eq!(leased.is_last_attempt(), attempt == JOB_ATTEMPTS_MAX);
        store.clock.advance_ms(LEASE_MS + 1);
    }

    assert!(store.read(|tx| jobs::has_work(tx, Lane::Default)).await);
    assert_eq!(store.lease().await, None);
    let exhausted = store.read(|tx| jobs::find_exhausted(tx, Lane::Default)).await.unwrap();
    assert!(store.write(move |tx| jobs::give_up(tx, &exhausted, "five workers died")).await);

    assert_eq!(store.job_state("a").await, JobState::Failed);
    assert!(!store.read(|tx| jobs::has_work(tx, Lane::Default)).await);
}

#[tokio::test]
async fn cancelling_takes_what_has_not_begun() {
    let store = TestStore::new();
    for key in ["begun", "waiting", "other"] {
        let subject = if key == "other" { "doc_2" } else { "doc_1" };
        store.enqueue(NewJob { subject_id: Some(subject.to_owned()), ..job("read", key) }).await;
    }
    let begun = store.lease().await.unwrap();

    let cancelled = store.write(|tx| jobs::cancel_queued(tx, "read", "doc_1")).await;

    assert_eq!((begun.dedupe_key.as_str(), cancelled), ("begun", 1));
    assert_eq!(store.job_state("waiting").await, JobState::Cancelled);
    assert!(store.complete(&begun).await);
    assert_eq!(store.lease().await.unwrap().dedupe_key, "other");
}

#[tokio::test]
async fn pruning_forgets_what_ended_long_ago_well_or_not_and_keeps_what_must_be_done() {
    let store = TestStore::new();
    for key in ["done", "failed", "queued"] {
        store.enqueue(job("count", key)).await;
    }
    let done = store.lease().await.unwrap();
    store.complete(&done).await;
    let failed = store.lease().await.unwrap();
    store.write(move |tx| jobs::give_up(tx, &failed, "no")).await;

    let too_early = store.write(|tx| jobs::prune(tx, tx.now())).await;
    let removed = store.write(|tx| jobs::prune(tx, tx.now().plus_ms(1))).await;

    assert_eq!((too_early, removed), (0, 2));
    let counts = store.read(jobs::counts).await;
    let expected = JobCounts { queued: 1, leased: 0, failed: 0, oldest_due_at: Some(super::START) };
    assert_eq!(counts, expected);
    assert!(store.enqueue(job("count", "done")).await, "a forgotten key is free again");
}

#[tokio::test]
async fn a_failed_job_counts_for_a_day() {
    let store = TestStore::new();
    store.enqueue(job("count", "failed")).await;
    let failed = store.lease().await.unwrap();
    store.write(move |tx| jobs::give_up(tx, &failed, "no")).await;

    store.clock.advance_ms(24 * 3_600_000 - 1);
    let within = store.read(jobs::counts).await.failed;
    store.clock.advance_ms(1);
    let after = store.read(jobs::counts).await.failed;

    assert_eq!((within, after), (1, 0));
}

#[tokio::test]
async fn a_lease_of_a_clock_that_was_ahead_is_taken_as_lost() {
    let store = TestStore::new();
    store.enqueue(job("count", "a")).await;
    store.clock.advance_ms(DAY_MS);
    let former = store.lease().await.unwrap();

    store.clock.advance_ms(-DAY_MS);
    assert!(store.read(|tx| jobs::has_work(tx, Lane::Default)).await);
    let present = store.lease().await.unwrap();

    assert!(present.fence > former.fence);
    assert!(!store.complete(&former).await);
    assert!(store.complete(&present).await);
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_put_off_keeps_its_pause_but_counted_from_now() {
    let store = TestStore::new();
    store.clock.advance_ms(DAY_MS);
    store.enqueue(job("count", "at once")).await;
    store.enqueue(job("count", "after a pause")).await;
    let leased = store.lease().await.unwrap();
    store.retry_in(&leased, 2_000).await;
    store.clock.advance_ms(-DAY_MS);
    let in_an_hour = Some(super::START.plus_ms(HOUR_MS));
    store.enqueue(NewJob { run_at: in_an_hour, ..job("count", "in an hour") }).await;

    let taken = store.write(jobs::take_back_from_the_future).await;
    let again = store.write(jobs::take_back_from_the_future).await;

    assert_eq!((taken, again), (2, 0));
    let first = store.lease().await.unwrap();
    assert_ne!(first.id, leased.id, "the pause is kept");
    assert_eq!(store.lease().await, None);
    store.clock.advance_ms(2_000);
    assert_eq!(store.lease().await.unwrap().id, leased.id);
    assert_eq!(store.lease().await, None, "what was rightly put off stays so");
}

#[tokio::test]
async fn what_is_asked_often_is_found_by_an_index() {
    let store = TestStore::new();
    let plan = |sql: &str| -> String {
        let connection = store.raw();
        let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        lines.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    };

    for (sql, index) in [
        (
            "update jobs set state = 'cancelled' where kind = 'a' and subject_id = 'b' and state = 'queued'",
            "jobs_subject_idx",
        ),
        ("select blob_id from documents where blob_id > 'a' order by blob_id limit 9", "documents_blob_idx"),
        (
            "update turns set state = 'abandoned' where state in ('accepted', 'held', 'generating') and updated_at < 5",
            "turns_open_idx",
        ),
    ] {
        let plan = plan(sql);
        assert!(
            plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
            "{sql}: {plan}"
        );
    }
}

#[tokio::test]
async fn an_event_and_the_jobs_it_causes_are_committed_together() {
    let store = TestStore::new();

    store.write(|tx| events::emit(tx, &event("toy.wound_up"))).await;
    store.write(|tx| events::emit(tx, &event("toy.wound_up"))).await;
    store.write(|tx| events::emit(tx, &event("toy.dropped"))).await;

    assert_eq!(store.count("events").await, 3);
    assert_eq!(store.lease().await.unwrap().kind, "toy.unwind");
    assert_eq!(store.lease().await, None);
}

#[tokio::test]
async fn an_undone_decision_leaves_neither_event_nor_job() {
    let store = TestStore::new();

    let undone = store.db.write(ACTOR, |tx| -> Result<(), DbError> {
        events::emit(tx, &event("toy.wound_up"))?;
        Err(DbError::Closed)
    });
    undone.await.unwrap_err();

    assert_eq!((store.count("events").await, store.count("jobs").await), (0, 0));
}
