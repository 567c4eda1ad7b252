//! Forgetting what has served its time: a bounded number of rows each hour.

use crate::domain::access::setup;
use crate::ground::limits::{EVENTS_KEPT_MS, FINISHED_JOBS_KEPT_MS, IDEMPOTENCY_KEPT_MS, SETUP_LINK_MS};
use crate::store::jobs::{Job, JobError};
use crate::store::{WriteTx, events, idempotency, jobs};
use tracing::info;

pub const HOUSEKEEPING: &str = "engine.housekeeping";

pub fn run(tx: &WriteTx<'_>, _job: &Job) -> Result<(), JobError> {
    let now = tx.now();
    let removed_jobs = jobs::prune(tx, now.plus_ms(-FINISHED_JOBS_KEPT_MS))?;
    let removed_events = events::prune(tx, now.plus_ms(-EVENTS_KEPT_MS))?;
    let removed_keys = idempotency::prune(tx, now.plus_ms(-IDEMPOTENCY_KEPT_MS))?;
    setup::prune(tx, now.plus_ms(-SETUP_LINK_MS))?;
    if removed_jobs + removed_events + removed_keys > 0 {
        info!(removed_jobs, removed_events, removed_keys, "Forgot old rows");
    }
    Ok(())
}
