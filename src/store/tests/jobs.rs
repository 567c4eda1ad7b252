//! Jobs: given to one worker at a time, and events that cause them. APP-12.

use super::{ACTOR, TestStore, event, job};
use crate::ground::limits::{JOB_ATTEMPTS_MAX, LEASE_MS};
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
async fn pruning_forgets_what_ended_well_long_ago_and_keeps_failures() {
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

    assert_eq!((too_early, removed), (0, 1));
    let counts = store.read(jobs::counts).await;
    let expected = JobCounts { queued: 1, leased: 0, failed: 1, oldest_due_at: Some(super::START) };
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
