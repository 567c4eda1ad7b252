//! Forgetting what has served its time, each hour.
//!
//! Rows go in bounded transactions, so that other writes get their turn in between, until nothing is left or the
//! run's bound is reached; then the next hour goes on.

use crate::domain::Environment;
use crate::domain::access::{email_change, sending, sessions, setup, sign_in, sign_up};
use crate::domain::chat::{caps, explanation};
use crate::domain::conversations::shares;
use crate::domain::{notify, widget_builds};
use crate::ground::limits::{
    DOOR_MAILS_KEPT_MS, EVENTS_KEPT_MS, FINISHED_JOBS_KEPT_MS, IDEMPOTENCY_KEPT_MS, PRUNED_BATCHES_MAX,
    PRUNED_ROWS_MAX, SENDING_COUNTERS_KEPT_MS, SIGN_IN_ATTEMPTS_KEPT_MS,
};
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use crate::store::jobs::{Job, JobError};
use crate::store::{DbError, WriteTx, events, idempotency, jobs};
use tracing::{info, warn};

pub const HOUSEKEEPING: &str = "engine.housekeeping";
const ACTOR: Actor = Actor::System("housekeeping");

/// Removes a bounded number of rows from before a moment; returns how many.
type Prune = fn(&WriteTx<'_>, Timestamp) -> Result<usize, DbError>;

/// What is forgotten, and after how long.
const FORGOTTEN: &[(&str, Prune, i64)] = &[
    ("jobs", jobs::prune, FINISHED_JOBS_KEPT_MS),
    ("events", events::prune, EVENTS_KEPT_MS),
    ("idempotency_keys", idempotency::prune, IDEMPOTENCY_KEPT_MS),
    ("answer_days", caps::prune, caps::KEPT_MS),
    ("turn_explanations", explanation::prune, explanation::KEPT_MS),
    // A link is forgotten as soon as it has expired.
    ("setup_links", setup::prune, 0),
    ("sessions", sessions::prune, 0),
    ("conversation_shares", shares::prune, 0),
    ("email_changes", email_change::prune, SIGN_IN_ATTEMPTS_KEPT_MS),
    ("sign_in_attempts", sign_in::prune, SIGN_IN_ATTEMPTS_KEPT_MS),
    ("outbox", notify::prune_door_mails, DOOR_MAILS_KEPT_MS),
    ("sign_ups", sign_up::prune, SIGN_IN_ATTEMPTS_KEPT_MS),
    ("sending_counters", sending::prune, SENDING_COUNTERS_KEPT_MS),
    ("widget_files", widget_builds::prune, widget_builds::KEPT_MS),
];

pub async fn run(env: Environment, _job: Job) -> Result<(), JobError> {
    // Before anything is forgotten: what this program contains is served at this moment.
    keep_widget(&env).await?;
    for (table, prune, kept_ms) in FORGOTTEN {
        let removed = forget(&env, *prune, *kept_ms).await?;
        if removed > 0 {
            info!(table, removed, "Forgot old rows");
        }
        if removed >= PRUNED_BATCHES_MAX * PRUNED_ROWS_MAX as usize {
            warn!(table, "There may be more old rows than one hour's run forgets; the next run goes on");
        }
    }
    Ok(())
}

/// Notes that the widget's files in this program are served now.
pub async fn keep_widget(env: &Environment) -> Result<(), DbError> {
    let files = widget_builds::current_files();
    env.db.write(ACTOR, move |tx| widget_builds::keep(tx, &files)).await
}

async fn forget(env: &Environment, prune: Prune, kept_ms: i64) -> Result<usize, DbError> {
    let mut removed = 0;
    for _ in 0..PRUNED_BATCHES_MAX {
        let batch = env.db.write(ACTOR, move |tx| prune(tx, tx.now().plus_ms(-kept_ms))).await?;
        removed += batch;
        if batch < PRUNED_ROWS_MAX as usize {
            break;
        }
    }
    Ok(removed)
}
