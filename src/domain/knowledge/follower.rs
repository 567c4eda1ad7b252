//! The keyword index follows the store.
//!
//! The index may be deleted while the server is stopped: it is rebuilt from the tables, and readiness says so meanwhile. It
//! keeps its own cursor into the change log, so a crash between a commit of the store and one of the index
//! costs nothing but the repetition of a batch. What fails is tried again and told by [`IndexState::Failing`];
//! an index that keeps failing is made anew, unless the disk is full: then that would lose it for nothing.

mod entries;

use self::entries::{rebuild_page, to_change};
use super::indexing::ChangeKind;
use super::{KnowledgeError, store};
use crate::ground::limits::{FREE_DISK_BYTES_MIN, INDEX_BATCH_CHANGES_MAX, INDEX_WAIT_MS};
use crate::ground::scope::AgencyScope;
use crate::ground::time::Timestamp;
use crate::index::{IndexError, TextChange, TextIndex};
use crate::store::{Db, DbError, ReadTx, directory, fault};
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

/// Keeps a [`TextIndex`] up to date with the tables.
pub struct IndexFollower {
    db: Db,
    index: Arc<dyn TextIndex>,
    state: watch::Sender<IndexState>,
    /// The lane and an operator's rebuild take turns.
    turn: Mutex<Turn>,
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

impl IndexFollower {
    pub fn new(db: Db, index: Arc<dyn TextIndex>) -> Self {
        Self { db, index, state: watch::Sender::new(IndexState::Opening), turn: Mutex::default() }
    }

    pub fn state(&self) -> IndexState {
        *self.state.borrow()
    }

    pub fn index(&self) -> Arc<dyn TextIndex> {
        Arc::clone(&self.index)
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
        if must_rebuild || !log.follows_on(self.index.cursor()) {
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

    /// Says that [`IndexFollower::catch_up`] has panicked, which only its caller can notice.
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

    /// Forgets the part of the log that the index has passed, in batches until nothing of it is left.
    pub async fn prune_log(&self) -> Result<usize, KnowledgeError> {
        let passed = self.index.cursor();
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

    /// Like [`IndexFollower::prune_log`], when enough was passed or some time has gone by; cheap otherwise.
    pub async fn prune_log_when_due(&self) -> Result<(), KnowledgeError> {
        let mut turn = self.turn.lock().await;
        let cursor = self.index.cursor();
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
        let cursor = self.index.cursor();
        let batch = self
            .db
            .read(move |tx| -> Result<_, DbError> {
                let scope = AgencyScope::from_system(WORK);
                let changes = store::list_changes(tx, &scope, cursor, INDEX_BATCH_CHANGES_MAX)?;
                let Some(last) = changes.last().map(|change| change.seq) else { return Ok(None) };
                let applied = changes
                    .into_iter()
                    .map(|change| match change.change {
                        ChangeKind::Put => to_change(tx, change.client_id, change.kind, change.subject_id),
                        ChangeKind::Delete => {
                            Ok(TextChange::Delete { client_id: change.client_id, key: change.subject_id })
                        }
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(Some((applied, last)))
            })
            .await?;
        let Some((changes, last)) = batch else {
            self.state.send_replace(IndexState::Following { cursor });
            return Ok(false);
        };
        self.apply(changes, last).await?;
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
                Ok((store::last_change_seq(tx, &scope)?, store::count_live_subjects(tx, &scope)?))
            })
            .await?;
        info!(total, "Rebuilding the keyword index from the tables");
        self.state.send_replace(IndexState::Rebuilding { done: 0, total });
        let index = Arc::clone(&self.index);
        blocking(move || index.clear()).await?;
        let mut after = String::new();
        let mut done = 0;
        loop {
            let from = after.clone();
            let page = self.db.read(move |tx| rebuild_page(tx, &from)).await?;
            let Some((changes, last)) = page else { break };
            done += changes.len() as u64;
            after = last;
            // The cursor stays at 0 until the end: a crash in between starts over.
            self.apply(changes, 0).await?;
            self.state.send_replace(IndexState::Rebuilding { done, total: total.max(done) });
        }
        self.apply(Vec::new(), newest).await?;
        info!(entries = done, "Rebuilt the keyword index");
        self.state.send_replace(IndexState::Following { cursor: newest });
        while self.apply_next_batch(newest).await? {}
        Ok(())
    }

    async fn apply(&self, changes: Vec<TextChange>, cursor: u64) -> Result<(), KnowledgeError> {
        let index = Arc::clone(&self.index);
        blocking(move || {
            fault::point("index.before_apply");
            let applied = index.apply(&changes, cursor);
            fault::point("index.after_apply");
            applied
        })
        .await
    }
}

/// A panic of the engine, which damaged files can cause, is a failure of it like any other.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(KnowledgeError::Index),
        Err(error) if error.is_panic() => Err(KnowledgeError::Index(IndexError::Engine {
            doing: "go on: it panicked",
            source: Box::new(error),
        })),
        Err(_) => Err(DbError::Closed.into()),
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
