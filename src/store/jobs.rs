//! Jobs: durable rows for what must be done.
//!
//! A job is leased with a fencing number; whoever holds the newest number may finish it, so a worker that was
//! thought dead cannot complete work that another has taken over. A dedupe key makes enqueueing idempotent.

use super::db::Signal;
use super::error::DbError;
use super::lease::{Lease, Leases, shorten};
use super::page::{Page, PageRequest};
use super::tx::{ReadTx, WriteTx};
use super::value::Row;
use crate::ground::ids::{ClientId, JobId};
use crate::ground::limits::{JOB_ATTEMPTS_MAX, LEASE_MS, PRUNED_ROWS_MAX, STORE_PAUSE_MS};
use crate::ground::time::Timestamp;
use crate::{params, text_enum};

text_enum! {
    /// Where a job stands.
    pub enum JobState {
        Queued = "queued",
        Leased = "leased",
        Done = "done",
        /// Given up after its last attempt, or refused for good.
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Jobs of one lane wait for each other's workers; lanes do not.
    pub enum Lane {
        /// Short work.
        Default = "default",
        /// Reading documents.
        Ingest = "ingest",
        /// What nobody waits for: vectors for a new model, deleting what was replaced.
        Upkeep = "upkeep",
    }
}

/// A job to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub kind: &'static str,
    pub lane: Lane,
    pub client_id: Option<ClientId>,
    pub subject_id: Option<String>,
    /// Unique for this kind for as long as the row is kept: what makes a second enqueue harmless.
    pub dedupe_key: String,
    pub run_at: Option<Timestamp>,
}

/// A job that was leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub client_id: Option<ClientId>,
    pub subject_id: Option<String>,
    pub dedupe_key: String,
    pub state: JobState,
    pub attempts: u32,
    pub attempts_max: u32,
    pub fence: i64,
    pub last_error: Option<String>,
}

impl Job {
    pub const fn is_last_attempt(&self) -> bool {
        self.attempts >= self.attempts_max
    }

    fn lease(&self) -> Lease {
        Lease::new(&self.id, self.fence)
    }

    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            client_id: row.get("client_id")?,
            subject_id: row.get("subject_id")?,
            dedupe_key: row.get("dedupe_key")?,
            state: row.get("state")?,
            attempts: row.get("attempts")?,
            attempts_max: row.get("attempts_max")?,
            fence: row.get("fence")?,
            last_error: row.get("last_error")?,
        })
    }
}

const COLUMNS: &str =
    "id, kind, client_id, subject_id, dedupe_key, state, attempts, attempts_max, fence, last_error";

const LEASES: Leases =
    Leases { table: "jobs", due_column: "run_at", lost_state: JobState::Queued.as_str(), columns: COLUMNS };

/// Enqueues the job and wakes its lane after the commit. None when a job with this key is there already.
pub fn enqueue(tx: &WriteTx<'_>, job: &NewJob) -> Result<Option<JobId>, DbError> {
    let id: JobId = tx.new_id();
    let inserted = tx.find(
        "insert into jobs (id, kind, lane, client_id, subject_id, dedupe_key, state, attempts, attempts_max,
                           run_at, fence, created_at, updated_at, version)
         values (:id, :kind, :lane, :client_id, :subject_id, :dedupe_key, 'queued', 0, :attempts_max,
                 :run_at, 0, :now, :now, 1)
         on conflict (kind, dedupe_key) do nothing
         returning id",
        params! {
            ":id" => id,
            ":kind" => job.kind,
            ":lane" => job.lane,
            ":client_id" => job.client_id,
            ":subject_id" => job.subject_id,
            ":dedupe_key" => job.dedupe_key,
            ":attempts_max" => JOB_ATTEMPTS_MAX,
            ":run_at" => job.run_at.unwrap_or(tx.now()),
            ":now" => tx.now(),
        },
        |row| row.get("id"),
    )?;
    if inserted.is_some() {
        tx.signal_after_commit(Signal::Jobs);
    }
    Ok(inserted)
}

/// Whether a job of this lane is due, was lost by its worker, or has no attempt left.
pub fn has_work(tx: &ReadTx<'_>, lane: Lane) -> Result<bool, DbError> {
    tx.get(
        "select exists (select 1 from jobs where state = 'queued' and lane = :lane and run_at <= :now)
             or exists (
                 select 1 from jobs
                 where state = 'leased' and (leased_until < :now or leased_until > :longest)) as has_work",
        params! { ":lane" => lane, ":now" => tx.now(), ":longest" => tx.now().plus_ms(LEASE_MS) },
        |row| row.get("has_work"),
    )
}

/// The oldest due job of this lane, leased until `now + LEASE_MS`; callers finish, fail or release it before
/// then, or renew. A lease that ran out counts as a failed attempt and is given out again.
pub fn lease_due(tx: &WriteTx<'_>, lane: Lane) -> Result<Option<Job>, DbError> {
    LEASES.take_back_lost(tx)?;
    let due = tx.find(
        "select id, fence from jobs
         where state = 'queued' and lane = :lane and run_at <= :now and attempts < attempts_max
         order by run_at, id
         limit 1",
        params! { ":lane" => lane, ":now" => tx.now() },
        Lease::from_row,
    )?;
    let Some(due) = due else { return Ok(None) };
    LEASES.lease(tx, &due, Job::from_row)
}

/// Takes back what a process that is gone had leased when this one started at `started_at`, so that nobody
/// waits for those leases to run out; the attempts stay counted. Returns how many jobs.
// LIMIT: the data directory has one owner, so every older lease is a dead process's; with several nodes on one
// store, only those of this node's own former process.
pub fn take_back_from_former_process(tx: &WriteTx<'_>, started_at: Timestamp) -> Result<usize, DbError> {
    let taken = LEASES.take_back_leased_before(tx, started_at)?;
    if taken > 0 {
        tx.signal_after_commit(Signal::Jobs);
    }
    Ok(taken)
}

/// A queued job of this lane that has no attempt left (its worker died on the last one), if any.
pub fn find_exhausted(tx: &ReadTx<'_>, lane: Lane) -> Result<Option<Job>, DbError> {
    tx.find(
        &format!(
            "select {COLUMNS} from jobs
             where state = 'queued' and lane = :lane and attempts >= attempts_max
             order by run_at, id
             limit 1"
        ),
        params! { ":lane" => lane },
        Job::from_row,
    )
}

/// Makes the queued jobs run that a clock ahead of time put off: they were written later than now, so they keep
/// their pause, counted from now. Returns how many.
pub fn take_back_from_the_future(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    let mut taken = 0;
    for lane in Lane::ALL {
        taken += tx.execute(
            "update jobs
             set run_at = :now + max(run_at - updated_at, 0), updated_at = :now, version = version + 1
             where state = 'queued' and lane = :lane and run_at > :longest and updated_at > :longest",
            params! { ":lane" => lane, ":now" => tx.now(), ":longest" => tx.now().plus_ms(LEASE_MS) },
        )?;
    }
    Ok(taken)
}

/// Whether the lease was still ours and now lasts until `now + LEASE_MS`.
pub fn renew(tx: &WriteTx<'_>, job: &Job) -> Result<bool, DbError> {
    LEASES.renew(tx, &job.lease())
}

/// Ends the job as done. False when the lease was lost: then another worker answers for it.
pub fn complete(tx: &WriteTx<'_>, job: &Job) -> Result<bool, DbError> {
    finish(tx, job, JobState::Done, None)
}

/// Ends the job as failed, for good. False when it was no longer ours.
pub fn give_up(tx: &WriteTx<'_>, job: &Job, error: &str) -> Result<bool, DbError> {
    finish(tx, job, JobState::Failed, Some(error))
}

/// Also for a job that nobody holds, which [`find_exhausted`] found.
fn finish(tx: &WriteTx<'_>, job: &Job, state: JobState, error: Option<&str>) -> Result<bool, DbError> {
    LEASES.end_even_late(
        tx,
        &job.lease(),
        "state = :state, finished_at = :finished_at, last_error = coalesce(:error, last_error)",
        params! { ":state" => state, ":finished_at" => tx.now(), ":error" => error.map(shorten) },
    )
}

/// Puts the job back, to run again at `run_at`, with its attempt counted.
pub fn retry(tx: &WriteTx<'_>, job: &Job, run_at: Timestamp, error: &str) -> Result<bool, DbError> {
    put_back(tx, job, run_at, Some(error), job.attempts)
}

/// Puts the job back for later without counting the attempt: what it waits for is not there yet.
pub fn wait(tx: &WriteTx<'_>, job: &Job, run_at: Timestamp, why: &str) -> Result<bool, DbError> {
    put_back(tx, job, run_at, Some(why), job.attempts.saturating_sub(1))
}

/// Whether this holder may still act for the job: the lease was not given to another.
pub fn is_held(tx: &ReadTx<'_>, job: &Job) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from jobs where id = :id and fence = :fence and state = 'leased') as is_held",
        params! { ":id" => job.id, ":fence" => job.fence },
        |row| row.get("is_held"),
    )
}

/// Puts the job back at once without counting the attempt: the server is shutting down.
pub fn release(tx: &WriteTx<'_>, job: &Job) -> Result<bool, DbError> {
    put_back(tx, job, tx.now(), None, job.attempts.saturating_sub(1))
}

fn put_back(
    tx: &WriteTx<'_>,
    job: &Job,
    run_at: Timestamp,
    error: Option<&str>,
    attempts: u32,
) -> Result<bool, DbError> {
    LEASES.end(
        tx,
        &job.lease(),
        "state = 'queued', run_at = :run_at, attempts = :attempts, last_error = coalesce(:error, last_error)",
        params! { ":run_at" => run_at, ":attempts" => attempts, ":error" => error.map(shorten) },
    )
}

/// Whether a job of this kind waits or runs for the subject.
pub fn is_pending(tx: &ReadTx<'_>, kind: &str, subject_id: &str) -> Result<bool, DbError> {
    tx.get(
        "select exists (
                    select 1 from jobs
                    where kind = :kind and subject_id = :subject_id and state = 'queued')
             or exists (
                    select 1 from jobs indexed by jobs_leased_idx
                    where state = 'leased' and kind = :kind and subject_id = :subject_id) as is_pending",
        params! { ":kind" => kind, ":subject_id" => subject_id },
        |row| row.get("is_pending"),
    )
}

/// Cancels what has not begun for this subject; returns how many jobs.
pub fn cancel_queued(tx: &WriteTx<'_>, kind: &str, subject_id: &str) -> Result<usize, DbError> {
    tx.execute(
        "update jobs
         set state = 'cancelled', finished_at = :now, updated_at = :now, version = version + 1
         where kind = :kind and subject_id = :subject_id and state = 'queued'",
        params! { ":kind" => kind, ":subject_id" => subject_id, ":now" => tx.now() },
    )
}

/// Cancels every job of this kind that has not ended, also one that is leased: for a database that nobody works on.
pub fn cancel_all_open(tx: &WriteTx<'_>, kind: &str) -> Result<usize, DbError> {
    tx.execute(
        "update jobs
         set state = 'cancelled', leased_until = null, fence = fence + 1, finished_at = :now, updated_at = :now,
             version = version + 1
         where kind = :kind and state in ('queued', 'leased')",
        params! { ":kind" => kind, ":now" => tx.now() },
    )
}

/// How many jobs stand in each state that matters for health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    pub queued: u32,
    pub leased: u32,
    /// Within the last 24 hours.
    pub failed: u32,
    /// When the oldest job that could run now became due.
    pub oldest_due_at: Option<Timestamp>,
}

/// Walks what is not finished and what was finished in the last 24 hours, never the whole table: each index is
/// named, so that a plan without it is an error.
pub fn counts(tx: &ReadTx<'_>) -> Result<JobCounts, DbError> {
    const FAILED_WITHIN_MS: i64 = 24 * 3_600_000;
    tx.get(
        "select (select count(*) from jobs indexed by jobs_due_idx where state = 'queued') as queued,
                (select count(*) from jobs indexed by jobs_leased_idx where state = 'leased') as leased,
                (select count(*) from jobs indexed by jobs_finished_idx
                 where finished_at > :failed_since and state = 'failed') as failed,
                (select min(run_at) from jobs indexed by jobs_due_idx
                 where state = 'queued' and run_at <= :now) as oldest_due_at",
        params! { ":now" => tx.now(), ":failed_since" => tx.now().plus_ms(-FAILED_WITHIN_MS) },
        |row| {
            Ok(JobCounts {
                queued: row.get("queued")?,
                leased: row.get("leased")?,
                failed: row.get("failed")?,
                oldest_due_at: row.get("oldest_due_at")?,
            })
        },
    )
}

/// A job as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    pub id: JobId,
    pub kind: String,
    pub client_id: Option<ClientId>,
    pub state: JobState,
    pub attempts: u32,
    pub run_at: Timestamp,
    pub created_at: Timestamp,
    pub last_error: Option<String>,
}

const LINE_COLUMNS: &str = "id, kind, client_id, state, attempts, run_at, created_at, last_error";

fn line_from_row(row: &Row<'_>) -> Result<JobLine, DbError> {
    Ok(JobLine {
        id: row.get("id")?,
        kind: row.get("kind")?,
        client_id: row.get("client_id")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        run_at: row.get("run_at")?,
        created_at: row.get("created_at")?,
        last_error: row.get("last_error")?,
    })
}

/// The jobs, newest first; those of one state if one is named.
pub fn list(tx: &ReadTx<'_>, state: Option<JobState>, page: &PageRequest) -> Result<Page<JobLine>, DbError> {
    let lines = tx.list_page(
        &format!(
            "select {LINE_COLUMNS}
             from jobs
             where (:state is null or state = :state) and (created_at, id) < (:before_at, :before_id)
             order by created_at desc, id desc
             limit :limit"
        ),
        params! { ":state" => state },
        page,
        line_from_row,
    )?;
    page.page(lines, |line| (line.created_at, line.id.to_string()))
}

pub fn find_line(tx: &ReadTx<'_>, id: &JobId) -> Result<Option<JobLine>, DbError> {
    tx.find(
        &format!("select {LINE_COLUMNS} from jobs where id = :id"),
        params! { ":id" => id },
        line_from_row,
    )
}

/// Puts a job that was given up back, with all its attempts; false when it was not given up.
pub fn replay(tx: &WriteTx<'_>, id: &JobId) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update jobs
         set state = 'queued', attempts = 0, run_at = :now, finished_at = null, updated_at = :now,
             version = version + 1
         where id = :id and state = 'failed'",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    if touched == 1 {
        tx.signal_after_commit(Signal::Jobs);
    }
    Ok(touched == 1)
}

/// Removes the oldest jobs that ended before `kept_since`, well or not, at most [`PRUNED_ROWS_MAX`]; returns how
/// many.
pub fn prune(tx: &WriteTx<'_>, kept_since: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from jobs
         where id in (
             select id from jobs
             where finished_at < :kept_since
             order by finished_at, id
             limit :rows)",
        params! { ":kept_since" => kept_since, ":rows" => PRUNED_ROWS_MAX },
    )
}

/// Why a job's work did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// May go better later: it is tried again with growing pauses.
    #[error("{0}")]
    Retry(String),
    /// What it waits for is not there yet: it is run again after a pause, and no attempt is counted.
    #[error("{why}")]
    NotYet { why: String, pause_ms: i64 },
    /// Will not go better: the job has failed.
    #[error("{0}")]
    Permanent(String),
}

impl From<DbError> for JobError {
    /// A disk that is full or cannot be written is nobody's failed attempt: the job waits until it can.
    fn from(error: DbError) -> Self {
        let why = super::error::Chain(&error).to_string();
        match error {
            DbError::DiskFull | DbError::ReadOnly | DbError::Busy => {
                JobError::NotYet { why, pause_ms: STORE_PAUSE_MS }
            }
            _ => JobError::Retry(why),
        }
    }
}
