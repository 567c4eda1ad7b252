//! Backups and drills that happen by themselves.
//!
//! One job looks each hour and does nothing before its time: so that what fails is tried again soon, the settings may
//! name any number of hours, and a drill never meets a backup.

use super::backups::{self, Order, Plan};
use super::state::{BackupState, Failure};
use crate::domain::Environment;
use crate::ground::ids::{Id as _, JobId, SnapshotId};
use crate::ground::scope::Actor;
use crate::ground::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::store::audit::{self, Deed};
use crate::store::backup::BackupError;
use crate::store::backup::progress::Progress;
use crate::store::backup::repository::{Access, Repository};
use crate::store::backup::restore::restore;
use crate::store::error::{Bug, Chain};
use crate::store::jobs::{self, Job, JobError, Lane, NewJob};
use crate::store::{DbError, WriteTx};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use tracing::{error, info};

pub const BACK_UP: &str = "backup.make";
/// The subject of a job that somebody has asked for.
const WANTED: &str = "now";
/// From one drill to the next.
const DRILL_EVERY_MS: i64 = 7 * DAY_MS;
/// A job of the hour may come a little early or late.
const SLACK_MS: i64 = 10 * MINUTE_MS;

/// Has a backup made now, due or not. Asked for again before it is made, it is the same one.
pub fn request(tx: &WriteTx<'_>) -> Result<(), DbError> {
    if jobs::is_pending(tx, BACK_UP, WANTED)? {
        return Ok(());
    }
    let key: JobId = tx.new_id();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: BACK_UP,
            lane: Lane::Upkeep,
            client_id: None,
            subject_id: Some(WANTED.to_owned()),
            dedupe_key: key.to_string(),
            run_at: None,
        },
    )?;
    let (action, subject_id) = ("backup.requested", WANTED);
    audit::record(tx, &Deed { action, client_id: None, subject_id, fields: &[], values_after: None })
}

/// Makes a backup when one is due, then a drill. What fails stands in the list of jobs, in readiness and in the doctor's
/// report, and is due again in the next hour.
pub async fn back_up(env: Environment, job: Job) -> Result<(), JobError> {
    let Some(plan) = env.backups.plan.clone() else { return Ok(()) };
    let state = BackupState::read(&env.backups.layout, &plan);
    let every_ms = i64::from(plan.every_hours) * HOUR_MS;
    let is_wanted = job.subject_id.as_deref() == Some(WANTED);
    if is_wanted || state.failed.is_some() || is_due(state.made_at_ms, every_ms, env.clock.now().as_ms()) {
        let order = Order { to: plan.to.clone(), keep: Some(plan.keep), verify: false };
        backups::back_up(&env, order).await.map_err(|failure| given_up(&failure))?;
    }
    drill_when_due(&env, &plan).await
}

/// Restores the newest backup into a scratch folder, checks it and throws it away, once a week.
async fn drill_when_due(env: &Environment, plan: &Plan) -> Result<(), JobError> {
    let state = BackupState::read(&env.backups.layout, plan);
    let now_ms = env.clock.now().as_ms();
    if state.drill_failed.is_none() && !is_due(state.drilled_at_ms, DRILL_EVERY_MS, now_ms) {
        return Ok(());
    }
    let (of_env, of_plan) = (env.clone(), plan.clone());
    let drilled = tokio::task::spawn_blocking(move || try_restore(&of_env, &of_plan)).await;
    let drilled = drilled.unwrap_or_else(|_| Err(DbError::from(Bug::invariant("a drill broke off")).into()));
    let failure = drilled.as_ref().err().map(|failure| Chain(failure).to_string());
    let noted = BackupState::change(&env.backups.layout, plan, |state| match failure {
        None => (state.drilled_at_ms, state.drill_failed) = (Some(now_ms), None),
        Some(why) => state.drill_failed = Some(Failure { at_ms: now_ms, why }),
    });
    noted.map_err(|error| JobError::Permanent(error.to_string()))?;
    let snapshot_id = drilled.map_err(|failure| {
        error!("The newest backup could not be restored for a trial: {}", Chain(&failure));
        given_up(&failure)
    })?;
    info!(snapshot.id = %snapshot_id, "Restored the newest backup for a trial: it is whole");
    let record = env.db.write(Actor::System("backup"), move |tx| {
        let action = "backup.drilled";
        let subject_id = snapshot_id.as_str();
        audit::record(tx, &Deed { action, client_id: None, subject_id, fields: &[], values_after: None })
    });
    Ok(record.await?)
}

/// The job of the next hour tries again, so this one does not; unless an operator's backup is just being made.
fn given_up(failure: &BackupError) -> JobError {
    let why = Chain(failure).to_string();
    match failure {
        BackupError::Running | BackupError::Locked { .. } => JobError::NotYet { why, pause_ms: MINUTE_MS },
        _ => JobError::Permanent(why),
    }
}

fn is_due(last_ms: Option<i64>, every_ms: i64, now_ms: i64) -> bool {
    // A last time that lies ahead was written by a clock that was.
    last_ms.is_none_or(|last| last > now_ms || now_ms - last >= every_ms - SLACK_MS)
}

/// The id of the snapshot that came back whole.
fn try_restore(env: &Environment, plan: &Plan) -> Result<SnapshotId, BackupError> {
    let layout = &env.backups.layout;
    let key = backups::load_or_make_key(layout, &env.ids)?;
    let repository = Repository::open(&plan.to, key, Access::Read)?;
    let snapshot = repository.find_snapshot(None)?;
    let scratch = layout.backups().join("drill");
    // Of a drill whose process was killed.
    remove(&scratch)?;
    let restored = restore(&repository, &snapshot, &scratch, &Progress::default());
    remove(&scratch)?;
    restored.map(|()| snapshot.id)
}

fn remove(folder: &Path) -> Result<(), BackupError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(DbError::io("remove the folder of a drill", error).into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // OPS-5
    #[test]
    fn a_backup_is_due_at_first_after_its_hours_and_when_the_clock_was_ahead() {
        for (last, now, due) in [
            (None, 0, true),
            (Some(0), HOUR_MS, false),
            (Some(0), 24 * HOUR_MS - SLACK_MS - 1, false),
            (Some(0), 24 * HOUR_MS - SLACK_MS, true),
            (Some(DAY_MS), 0, true),
        ] {
            assert_eq!(is_due(last, 24 * HOUR_MS, now), due, "{last:?} {now}");
        }
    }
}
