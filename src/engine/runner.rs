//! Leases due jobs and runs them.
//!
//! A job's work and its end commit together where the work is one transaction; otherwise the lease carries a
//! fencing number, is renewed while the work runs, and the end is refused to whoever lost it. Shutdown gives
//! running work a few seconds, then puts it back without counting the attempt.

use super::registry::{self, JobSpec, Work};
use super::tasks::Tasks;
use crate::domain::Environment;
use crate::ground::limits::{
    JOB_BACKOFF_FIRST_MS, JOB_BACKOFF_MAX_MS, JOB_GRACE_MS, LANE_POLL_MS, LEASE_RENEW_MS,
};
use crate::ground::scope::Actor;
use crate::store::error::Chain;
use crate::store::jobs::{self, Job, JobError, Lane};
use crate::store::{DbError, Signal};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tracing::{error, info, warn};

const ACTOR: Actor = Actor::System("jobs");

/// Starts `workers` workers for each lane, and takes back what a killed process left behind.
pub fn start(tasks: &Tasks, env: &Environment, workers: usize) {
    let (db, started_at) = (env.db.clone(), env.clock.now());
    tasks.spawn("take_back", async move {
        match db.write(ACTOR, move |tx| jobs::take_back_from_former_process(tx, started_at)).await {
            Ok(0) => {}
            Ok(taken) => info!(taken, "Took jobs back that were running when the server was killed"),
            // Their leases run out by themselves.
            Err(error) => warn!("Jobs of the former process could not be taken back: {}", Chain(&error)),
        }
    });
    for lane in Lane::ALL {
        for _ in 0..workers {
            let (env, stop) = (env.clone(), tasks.clone());
            tasks.spawn("worker", async move { work_until_stopped(*lane, env, stop).await });
        }
    }
}

async fn work_until_stopped(lane: Lane, env: Environment, tasks: Tasks) {
    let mut signals = env.db.subscribe(Signal::Jobs);
    while !tasks.is_stopping() {
        signals.mark_unchanged();
        match run_next(lane, &env, &tasks).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => error!("The lane `{lane}` could not take a job: {}", Chain(&error)),
        }
        tokio::select! {
            _ = signals.changed() => {}
            () = tokio::time::sleep(Duration::from_millis(LANE_POLL_MS)) => {}
            () = tasks.stopping() => return,
        }
    }
}

/// Runs the next due job of the lane; false when there is none.
pub async fn run_next(lane: Lane, env: &Environment, tasks: &Tasks) -> Result<bool, DbError> {
    // Looking costs a read; only a due job costs a write.
    if !env.db.read(move |tx| jobs::has_work(tx, lane)).await? {
        return Ok(false);
    }
    let leased = env.db.write(ACTOR, move |tx| jobs::lease_due(tx, lane)).await?;
    let Some(job) = leased else { return give_up_exhausted(lane, env).await };
    let Some(spec) = registry::find(&job.kind) else {
        error!(job.id = %job.id, "No work is known for the job kind `{}`", job.kind);
        give_up(None, env, job, "this program knows no such job".to_owned()).await?;
        return Ok(true);
    };
    let result = match spec.work {
        Work::Tx(_) => run_in_transaction(spec, env, job.clone()).await,
        Work::Io(_) => run_under_lease(spec, env, job.clone(), tasks).await,
    };
    match result {
        Ok(Ended::Completed | Ended::PutBack) => {}
        Err(error) => note_failure(spec, env, job, error).await?,
    }
    Ok(true)
}

enum Ended {
    Completed,
    PutBack,
}

async fn run_in_transaction(spec: &'static JobSpec, env: &Environment, job: Job) -> Result<Ended, JobError> {
    let Work::Tx(work) = spec.work else { return Ok(Ended::PutBack) };
    let run = env.db.write(ACTOR, move |tx| -> Result<(), JobError> {
        work(tx, &job)?;
        if jobs::complete(tx, &job)? { Ok(()) } else { Err(lease_lost()) }
    });
    unpanicked(run).await.map(|()| Ended::Completed)
}

async fn run_under_lease(
    spec: &'static JobSpec,
    env: &Environment,
    job: Job,
    tasks: &Tasks,
) -> Result<Ended, JobError> {
    let Work::Io(work) = spec.work else { return Ok(Ended::PutBack) };
    let grace = async {
        tasks.stopping().await;
        tokio::time::sleep(Duration::from_millis(JOB_GRACE_MS)).await;
    };
    tokio::select! {
        result = unpanicked(work(env.clone(), job.clone())) => {
            result?;
            let is_ours = env.db.write(ACTOR, move |tx| jobs::complete(tx, &job)).await?;
            if is_ours { Ok(Ended::Completed) } else { Err(lease_lost()) }
        }
        () = keep_lease(env, &job) => Err(lease_lost()),
        () = grace => {
            info!(job.id = %job.id, "Put a running job back for after the restart");
            env.db.write(ACTOR, move |tx| jobs::release(tx, &job)).await?;
            Ok(Ended::PutBack)
        }
    }
}

/// Renews the lease; returns only when it was lost.
async fn keep_lease(env: &Environment, job: &Job) {
    loop {
        tokio::time::sleep(Duration::from_millis(LEASE_RENEW_MS)).await;
        let renewed = job.clone();
        match env.db.write(ACTOR, move |tx| jobs::renew(tx, &renewed)).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => warn!(job.id = %job.id, "A lease could not be renewed: {}", Chain(&error)),
        }
    }
}

/// A panic of a job is a failed attempt, never the end of its worker.
async fn unpanicked<T>(work: impl Future<Output = Result<T, JobError>>) -> Result<T, JobError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(_) => Err(JobError::Retry("the work panicked; the log says where".to_owned())),
    }
}

fn lease_lost() -> JobError {
    JobError::Retry("the lease was lost to another worker".to_owned())
}

async fn note_failure(
    spec: &'static JobSpec,
    env: &Environment,
    job: Job,
    failure: JobError,
) -> Result<(), DbError> {
    if let JobError::NotYet { why, pause_ms } = failure {
        info!(job.id = %job.id, job.kind = spec.kind, pause_ms, "A job waits: {why}");
        env.db.write(ACTOR, move |tx| jobs::wait(tx, &job, tx.now().plus_ms(pause_ms), &why)).await?;
        return Ok(());
    }
    let is_final = matches!(failure, JobError::Permanent(_)) || job.is_last_attempt();
    let message = failure.to_string();
    if is_final {
        error!(job.id = %job.id, job.kind = spec.kind, attempts = job.attempts, "Gave a job up: {message}");
        return give_up(Some(spec), env, job, message).await;
    }
    let pause_ms = backoff_ms(job.attempts);
    warn!(job.id = %job.id, job.kind = spec.kind, attempts = job.attempts, pause_ms, "A job failed: {message}");
    env.db
        .write(ACTOR, move |tx| jobs::retry(tx, &job, tx.now().plus_ms(pause_ms), &message))
        .await
        .map(|_is_ours| ())
}

/// `spec` is None when this program knows no such job.
async fn give_up(
    spec: Option<&'static JobSpec>,
    env: &Environment,
    job: Job,
    message: String,
) -> Result<(), DbError> {
    env.db
        .write(ACTOR, move |tx| -> Result<(), DbError> {
            let is_ours = jobs::give_up(tx, &job, &message)?;
            match spec.and_then(|spec| spec.given_up) {
                Some(work) if is_ours => {
                    work(tx, &job).map_err(|error| crate::store::Bug::invariant(error.to_string()).into())
                }
                _ => Ok(()),
            }
        })
        .await
}

/// Ends a job whose worker died on its last attempt.
async fn give_up_exhausted(lane: Lane, env: &Environment) -> Result<bool, DbError> {
    let Some(job) = env.db.read(move |tx| jobs::find_exhausted(tx, lane)).await? else { return Ok(false) };
    let why = "the worker was lost on the last attempt".to_owned();
    error!(job.id = %job.id, job.kind = %job.kind, "Gave a job up: {why}");
    give_up(registry::find(&job.kind), env, job, why).await?;
    Ok(true)
}

/// Twice as long after each attempt: 2 s, 4 s, 8 s … up to half an hour.
fn backoff_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(20);
    JOB_BACKOFF_FIRST_MS.saturating_mul(1 << doublings).min(JOB_BACKOFF_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_an_hour() {
        let pauses: Vec<i64> = [0, 1, 2, 3, 11, 200].into_iter().map(backoff_ms).collect();
        assert_eq!(pauses, [2_000, 2_000, 4_000, 8_000, 1_800_000, 1_800_000]);
    }
}
