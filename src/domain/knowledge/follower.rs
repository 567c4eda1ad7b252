//! The indexes follow the store: keywords and vectors alike, each with a cursor of its own.
//!
//! An index may be deleted while the server is stopped: it is rebuilt from the tables, and readiness says so
//! meanwhile. It keeps its own cursor into the change log, so a crash between a commit of the store and one of the
//! index costs nothing but the repetition of a batch. What fails is tried again and told by
//! [`IndexState::Failing`]; an index that keeps failing is made anew, unless the disk is full: then that would lose
//! it for nothing. The log is forgotten as far as every index has passed it.
//!
//! [`Follower`] is the same for all; a [`Followed`] says what a row of the log means to its index
//! (`follower/keywords.rs`, `follower/vectors.rs`).

mod entries;
mod keywords;
mod vectors;

pub use self::keywords::{IndexFollower, Keywords};
pub use self::vectors::{VectorFollower, VectorsFollowed};
use super::indexing::IndexChange;
use super::{KnowledgeError, store};
use crate::ground::limits::{FREE_DISK_BYTES_MIN, INDEX_BATCH_CHANGES_MAX, INDEX_WAIT_MS};
use crate::ground::scope::AgencyScope;
use crate::ground::time::Timestamp;
use crate::store::{Db, DbError, ReadTx, directory};
use futures_util::future::BoxFuture;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tracing::info;

const WORK: &str = "index_follower";
/// After so many failures in a row, and again after as many more, the index is made anew.
const FAILURES_BEFORE_REBUILD: u32 = 5;
/// The passed part of the log is forgotten when it has more rows than this,
const PASSED_CHANGES_MAX: u64 = 1_000;
/// and otherwise after this pause.
const PRUNE_PAUSE_MS: i64 = 5 * 60_000;

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// Not compared with the tables yet.
    Opening,
    /// Contains every change up to this one.
    Following { cursor: u64 },
    /// Being made again, from the tables or from a log that is still whole; what is not in it yet is not found.
    Rebuilding { done: u64, total: u64 },
    /// Cannot be brought up to date; it is tried again every few seconds.
    Failing { since: Timestamp, why: FailingWhy },
}

/// Why the index cannot follow, in words that tell nothing of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailingWhy {
    DiskFull,
    Engine,
    Tables,
    Panic,
}

impl fmt::Display for FailingWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FailingWhy::DiskFull => "the disk is full",
            FailingWhy::Engine => "its files are damaged or refused",
            FailingWhy::Tables => "the tables cannot be read",
            FailingWhy::Panic => "the program failed over an entry",
        })
    }
}

/// An index, and what the change log means to it.
pub trait Followed: Send + Sync + 'static {
    type Change: Send + 'static;

    /// As it stands in the log of the process: "keyword index".
    fn name(&self) -> &'static str;

    /// The last change that it contains; None when it must be made anew first.
    fn cursor(&self) -> Option<u64>;

    /// What a row of the change log asks of the index, by what the tables hold now.
    fn to_changes(tx: &ReadTx<'_>, row: IndexChange) -> Result<Vec<Self::Change>, DbError>;

    /// Makes the changes and moves the cursor, both or neither.
    fn apply(&self, changes: Vec<Self::Change>, cursor: u64) -> BoxFuture<'_, Result<(), KnowledgeError>>;

    /// Throws everything away.
    fn clear(&self) -> BoxFuture<'_, Result<(), KnowledgeError>>;

    /// How many entries a rebuild puts in.
    fn count_all(tx: &ReadTx<'_>) -> Result<u64, DbError>;

    /// The next page of what a rebuild puts in, and where it ends; None at the end.
    fn page_of_all(tx: &ReadTx<'_>, after: &str) -> Result<Option<Page<Self::Change>>, DbError>;
}

/// Some changes, and the key after which the next ones begin.
pub type Page<C> = (Vec<C>, String);

/// Somebody who follows the log.
pub trait HasCursor: Send + Sync {
    /// What it needs nothing of any more: the log may be forgotten up to here.
    fn passed(&self) -> u64;
}

/// Keeps an index up to date with the tables.
pub struct Follower<E: Followed> {
    db: Db,
    engine: E,
    /// Who else follows the same log.
    beside: Vec<Arc<dyn HasCursor>>,
    state: watch::Sender<IndexState>,
    /// The lane and an operator's rebuild take turns.
    turn: Mutex<Turn>,
}

impl<E: Followed> HasCursor for Follower<E> {
    fn passed(&self) -> u64 {
        // Whoever begins anew reads the tables, not the log.
        self.engine.cursor().unwrap_or(u64::MAX)
    }
}

/// What one turn leaves to the next.
#[derive(Debug, Default)]
struct Turn {
    /// Of the index itself, in a row, on a disk that is not full.
    failures: u32,
    pruned_at: Option<Timestamp>,
    pruned_to: u64,
}

/// Where the change log begins and ends.
#[derive(Debug, Clone, Copy)]
struct Log {
    /// None when it has no rows.
    oldest: Option<u64>,
    /// The newest ever made, also when its row is gone.
    newest: u64,
    now: Timestamp,
}

impl Log {
    fn read(tx: &ReadTx<'_>) -> Result<Self, DbError> {
        let scope = AgencyScope::from_system(WORK);
        let (oldest, newest) = (store::oldest_change_seq(tx, &scope)?, store::last_change_seq(tx, &scope)?);
        Ok(Self { oldest, newest, now: tx.now() })
    }

    /// Whether every change after `cursor` is still there. A cursor ahead of the log belongs to another
    /// database (a copy was restored); one before its first row is that of an older folder beside a newer log.
    fn follows_on(&self, cursor: u64) -> bool {
        let first = self.oldest.unwrap_or(self.newest.saturating_add(1));
        cursor <= self.newest && cursor.saturating_add(1) >= first
    }
}

impl<E: Followed> Follower<E> {
    fn of(db: Db, engine: E) -> Self {
        let state = watch::Sender::new(IndexState::Opening);
        Self { db, engine, beside: Vec::new(), state, turn: Mutex::default() }
    }

    /// Forgets nothing of the log that one of these still needs.
    pub fn beside(self, others: Vec<Arc<dyn HasCursor>>) -> Self {
        Self { beside: others, ..self }
    }

    pub fn state(&self) -> IndexState {
        *self.state.borrow()
    }

    /// As it stands in the log of the process.
    pub fn name(&self) -> &'static str {
        self.engine.name()
    }

    fn cursor(&self) -> u64 {
        self.engine.cursor().unwrap_or(0)
    }

    /// What every index has passed.
    fn passed_by_all(&self) -> u64 {
        self.beside.iter().map(|other| other.passed()).fold(self.cursor(), u64::min)
    }

    /// Applies everything that was logged until now; makes the index anew when the log cannot lead it there, or
    /// when it has failed several times in a row.
    pub async fn catch_up(&self) -> Result<(), KnowledgeError> {
        let mut turn = self.turn.lock().await;
        let must_rebuild = turn.failures >= FAILURES_BEFORE_REBUILD && !self.is_disk_low();
        let done = self.follow(must_rebuild).await;
        self.note_outcome(&mut turn, must_rebuild, &done).await;
        done
    }

    async fn follow(&self, must_rebuild: bool) -> Result<(), KnowledgeError> {
        let log = self.db.read(Log::read).await?;
        let is_whole = self.engine.cursor().is_some_and(|cursor| log.follows_on(cursor));
        if must_rebuild || !is_whole {
            return self.rebuild().await;
        }
        while self.apply_next_batch(log.newest).await? {}
        Ok(())
    }

    async fn note_outcome(&self, turn: &mut Turn, was_rebuild: bool, done: &Result<(), KnowledgeError>) {
        let Err(error) = done else {
            turn.failures = 0;
            return;
        };
        let why = match error {
            KnowledgeError::Index(_) if is_disk_full(error) || self.is_disk_low() => FailingWhy::DiskFull,
            KnowledgeError::Index(_) => FailingWhy::Engine,
            _ => FailingWhy::Tables,
        };
        if why == FailingWhy::Engine {
            turn.failures = if was_rebuild { 1 } else { turn.failures.saturating_add(1) };
        }
        self.set_failing(why).await;
    }

    /// The engine loses the cause when one of its own threads ends, so the disk is asked too.
    fn is_disk_low(&self) -> bool {
        let root = self.db.path().parent().unwrap_or(self.db.path());
        directory::free_bytes(root).is_some_and(|free| free < FREE_DISK_BYTES_MIN)
    }

    /// Says that [`Follower::catch_up`] has panicked, which only its caller can notice.
    pub async fn note_panic(&self) {
        self.set_failing(FailingWhy::Panic).await;
    }

    async fn set_failing(&self, why: FailingWhy) {
        let since = match self.state() {
            IndexState::Failing { since, .. } => since,
            _ => match self.db.read(|tx| -> Result<_, DbError> { Ok(tx.now()) }).await {
                Ok(now) => now,
                // Then the probe of the database says it.
                Err(_) => return,
            },
        };
        self.state.send_replace(IndexState::Failing { since, why });
    }

    /// Throws the index away and makes it again from the tables.
    pub async fn rebuild_from_scratch(&self) -> Result<(), KnowledgeError> {
        let mut turn = self.turn.lock().await;
        let done = self.rebuild().await;
        self.note_outcome(&mut turn, true, &done).await;
        done
    }

    /// Waits until the index contains the change `seq`, at most 5 s; false when it does not by then.
    pub async fn wait_for(&self, seq: u64) -> bool {
        let mut states = self.state.subscribe();
        let reached =
            states.wait_for(|state| matches!(state, IndexState::Following { cursor } if *cursor >= seq));
        matches!(tokio::time::timeout(Duration::from_millis(INDEX_WAIT_MS), reached).await, Ok(Ok(_)))
    }

    /// Forgets the part of the log that every index has passed, in batches until nothing of it is left.
    pub async fn prune_log(&self) -> Result<usize, KnowledgeError> {
        let passed = self.passed_by_all();
        let mut pruned = 0;
        loop {
            let scope = AgencyScope::from_system(WORK);
            let batch = self
                .db
                .write(scope.actor().clone(), move |tx| store::prune_changes(tx, &scope, passed))
                .await?;
            if batch == 0 {
                return Ok(pruned);
            }
            pruned += batch;
        }
    }

    /// Like [`Follower::prune_log`], when enough was passed or some time has gone by; cheap otherwise.
    pub async fn prune_log_when_due(&self) -> Result<(), KnowledgeError> {
        let mut turn = self.turn.lock().await;
        let cursor = self.passed_by_all();
        if cursor == turn.pruned_to {
            return Ok(());
        }
        let log = self.db.read(Log::read).await?;
        let passed = log.oldest.map_or(0, |oldest| cursor.saturating_add(1).saturating_sub(oldest));
        let since = *turn.pruned_at.get_or_insert(log.now);
        if passed > PASSED_CHANGES_MAX || log.now.ms_since(since) >= PRUNE_PAUSE_MS {
            self.prune_log().await?;
            turn.pruned_at = Some(log.now);
            turn.pruned_to = cursor;
        }
        Ok(())
    }

    /// Applies one batch; false when nothing was left. `newest` is what there was to reach at the beginning.
    async fn apply_next_batch(&self, newest: u64) -> Result<bool, KnowledgeError> {
        let cursor = self.cursor();
        let batch = self
            .db
            .read(move |tx| -> Result<_, DbError> {
                let scope = AgencyScope::from_system(WORK);
                let rows = store::list_changes(tx, &scope, cursor, INDEX_BATCH_CHANGES_MAX)?;
                let Some(last) = rows.last().map(|row| row.seq) else { return Ok(None) };
                let mut changes = Vec::new();
                for row in rows {
                    changes.extend(E::to_changes(tx, row)?);
                }
                Ok(Some((changes, last)))
            })
            .await?;
        let Some((changes, last)) = batch else {
            self.state.send_replace(IndexState::Following { cursor });
            return Ok(false);
        };
        self.engine.apply(changes, last).await?;
        // Whoever was behind is not complete before nothing is left.
        self.state.send_modify(|state| {
            *state = match state {
                IndexState::Following { .. } => IndexState::Following { cursor: last },
                _ => IndexState::Rebuilding { done: last, total: newest.max(last) },
            };
        });
        Ok(true)
    }

    async fn rebuild(&self) -> Result<(), KnowledgeError> {
        let scope = AgencyScope::from_system(WORK);
        let (newest, total) = self
            .db
            .read(move |tx| -> Result<_, DbError> {
                Ok((store::last_change_seq(tx, &scope)?, E::count_all(tx)?))
            })
            .await?;
        let name = self.engine.name();
        info!(total, "Rebuilding the {name} from the tables");
        self.state.send_replace(IndexState::Rebuilding { done: 0, total });
        self.engine.clear().await?;
        let mut after = String::new();
        let mut done = 0;
        loop {
            let from = after.clone();
            let page = self.db.read(move |tx| E::page_of_all(tx, &from)).await?;
            let Some((changes, last)) = page else { break };
            done += changes.len() as u64;
            after = last;
            // The cursor stays at 0 until the end: a crash in between starts over.
            self.engine.apply(changes, 0).await?;
            self.state.send_replace(IndexState::Rebuilding { done, total: total.max(done) });
        }
        self.engine.apply(Vec::new(), newest).await?;
        info!(entries = done, "Rebuilt the {name}");
        self.state.send_replace(IndexState::Following { cursor: newest });
        while self.apply_next_batch(newest).await? {}
        Ok(())
    }
}

/// Whether the error, or one that caused it, is that of a full disk.
fn is_disk_full(error: &(dyn Error + 'static)) -> bool {
    // The engine wraps some of its causes as text only.
    let told = io::Error::from(rustix::io::Errno::NOSPC).to_string();
    let mut next = Some(error);
    while let Some(cause) = next {
        let shared = cause.downcast_ref::<Arc<io::Error>>().map(AsRef::as_ref);
        let kind = cause.downcast_ref::<io::Error>().or(shared).map(io::Error::kind);
        let is_full = matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded));
        if is_full || cause.to_string().contains(&told) {
            return true;
        }
        next = cause.source();
    }
    false
}
