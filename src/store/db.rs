//! One writer, many readers.
//!
//! Writes stand in a fair queue and run one after the other on a thread of their own, each in one
//! `begin immediate` transaction with a deadline; reads run beside them on a small pool. When `write` returns
//! Ok, the rows are on disk (`synchronous = full`, write-ahead log); when it returns Err, nothing was changed.

use super::clock::{Clock, IdSource};
use super::connection;
use super::error::{Chain, DbError};
use super::events::Reactions;
use super::tx::{ReadTx, WriteTx};
use super::{fault, migrate};
use crate::ground::limits::{READERS, SLOW_WRITE_MS, WRITE_DEADLINE_MS, WRITE_QUEUE_MAX, WRITE_TRIES_MAX};
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tracing::warn;

/// What a committed transaction may wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// A job became due.
    Jobs,
    /// A row was added to `index_changes`.
    Index,
    /// Something came in from a vendor, or was replayed.
    Inbox,
    /// Something must go out.
    Outbox,
}

/// What a store is made with.
pub struct DbOptions {
    pub path: PathBuf,
    /// Where a copy is put before a migration.
    pub snapshots: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<IdSource>,
    pub reactions: Arc<dyn Reactions>,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    deadline_ms: u64,
    writes: mpsc::Sender<WriteWork>,
    readers: Arc<Readers>,
    permits: Arc<Semaphore>,
    bells: Arc<Bells>,
    commits: Arc<AtomicU64>,
}

/// One bell per signal.
#[derive(Default)]
struct Bells {
    jobs: watch::Sender<u64>,
    index: watch::Sender<u64>,
    inbox: watch::Sender<u64>,
    outbox: watch::Sender<u64>,
}

type WriteWork = Box<dyn FnOnce(&mut Writer) + Send>;
type Readers = Mutex<Vec<Connection>>;

struct Writer {
    connection: Connection,
    deadline_ms: u64,
    bells: Arc<Bells>,
    commits: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
    ids: Arc<IdSource>,
    reactions: Arc<dyn Reactions>,
}

impl Db {
    /// Opens or creates the database, brings its schema up to date (with a snapshot before), and starts the
    /// writer's thread. Refuses a damaged, a foreign and a newer database without changing it.
    pub fn open(options: DbOptions) -> Result<(Self, migrate::Migrated), DbError> {
        Self::open_with_deadline(options, WRITE_DEADLINE_MS)
    }

    /// Like [`Db::open`], with another deadline for one transaction.
    pub(super) fn open_with_deadline(
        options: DbOptions,
        deadline_ms: u64,
    ) -> Result<(Self, migrate::Migrated), DbError> {
        let mut connection = connection::open_writer(&options.path)?;
        let migrated = migrate::run(&mut connection, &options.path, &options.snapshots, options.clock.now())
            .map_err(|error| connection::at_path(error, &options.path))?;
        let readers =
            (0..READERS).map(|_| connection::open_reader(&options.path)).collect::<Result<Vec<_>, _>>()?;

        let (writes, mut queue) = mpsc::channel::<WriteWork>(WRITE_QUEUE_MAX);
        let bells = Arc::new(Bells::default());
        let commits = Arc::new(AtomicU64::new(0));
        let mut writer = Writer {
            connection,
            deadline_ms,
            bells: Arc::clone(&bells),
            commits: Arc::clone(&commits),
            clock: Arc::clone(&options.clock),
            ids: options.ids,
            reactions: options.reactions,
        };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                while let Some(work) = queue.blocking_recv() {
                    work(&mut writer);
                }
            })
            .map_err(|error| DbError::io("start the writer's thread", error))?;

        let inner = Inner {
            path: options.path,
            clock: options.clock,
            writes,
            readers: Arc::new(Mutex::new(readers)),
            permits: Arc::new(Semaphore::new(READERS)),
            bells,
            commits,
            deadline_ms,
        };
        Ok((Self(Arc::new(inner)), migrated))
    }

    /// Runs `work` in a read transaction: it sees one moment of the database.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let Ok(permit) = Arc::clone(&self.0.permits).acquire_owned().await else {
            return Err(DbError::Closed.into());
        };
        let readers = Arc::clone(&self.0.readers);
        let now = self.0.clock.now();
        let deadline_ms = self.0.deadline_ms;
        let done = tokio::task::spawn_blocking(move || {
            let taken = readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut connection) = taken else { return Err(DbError::Closed.into()) };
            let result =
                catch_unwind(AssertUnwindSafe(|| read_once(&mut connection, now, deadline_ms, work)));
            readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            // Given back here, not by the caller, who may have gone: a permit stands for a connection at rest.
            drop(permit);
            result.unwrap_or_else(|panic| resume_unwind(panic))
        });
        match done.await {
            Ok(result) => result,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            Err(_) => Err(DbError::Closed.into()),
        }
    }

    /// Runs `work` in the write transaction of `actor`, after all writes that came before. `work` may run
    /// again after a conflict, so it has no effect outside its transaction.
    pub async fn write<T, E>(
        &self,
        actor: Actor,
        work: impl Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let queued = self.0.writes.send(Box::new(move |writer: &mut Writer| {
            let result = catch_unwind(AssertUnwindSafe(|| writer.run(&actor, &work)));
            // The caller may have gone; the transaction stands all the same, and so do its signals.
            let _ = answer.send(result);
        }));
        if queued.await.is_err() {
            return Err(DbError::Closed.into());
        }
        match answered.await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(DbError::Closed.into()),
        }
    }

    /// Moves the write-ahead log into the database file: at a stop, so that the file stands for itself.
    pub async fn checkpoint(&self) -> Result<(), DbError> {
        let (answer, answered) = oneshot::channel();
        let queued = self.0.writes.send(Box::new(move |writer: &mut Writer| {
            let done =
                writer.connection.execute_batch("pragma wal_checkpoint(truncate)").map_err(DbError::from);
            let _ = answer.send(done);
        }));
        if queued.await.is_err() {
            return Err(DbError::Closed);
        }
        answered.await.unwrap_or(Err(DbError::Closed))
    }

    /// Changes whenever a transaction with this signal was committed.
    pub fn subscribe(&self, signal: Signal) -> watch::Receiver<u64> {
        self.0.bells.of(signal).subscribe()
    }

    /// How many transactions were committed since the store was opened: what was read at one number is still so at
    /// the same number.
    pub fn commits(&self) -> u64 {
        self.0.commits.load(Ordering::Acquire)
    }

    pub fn path(&self) -> &std::path::Path {
        &self.0.path
    }
}

impl Bells {
    const fn of(&self, signal: Signal) -> &watch::Sender<u64> {
        match signal {
            Signal::Jobs => &self.jobs,
            Signal::Index => &self.index,
            Signal::Inbox => &self.inbox,
            Signal::Outbox => &self.outbox,
        }
    }

    fn ring(&self, signals: &BTreeSet<Signal>) {
        for signal in signals {
            self.of(*signal).send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

fn read_once<T, E: From<DbError>>(
    connection: &mut Connection,
    now: Timestamp,
    deadline_ms: u64,
    work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    set_deadline(connection, deadline_ms)?;
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(DbError::from)?;
    let result = work(&ReadTx::new(&transaction, now));
    transaction.rollback().map_err(DbError::from)?;
    result
}

impl Writer {
    fn run<T, E: From<DbError>>(
        &mut self,
        actor: &Actor,
        work: &(impl Fn(&WriteTx<'_>) -> Result<T, E> + Send),
    ) -> Result<T, E> {
        let started = Instant::now();
        let mut tries = 1;
        let result = loop {
            match self.run_once(actor, work) {
                Ok(Err(error)) if matches!(error, DbError::Busy) && tries < WRITE_TRIES_MAX => tries += 1,
                Ok(Err(error)) => break Err(error.into()),
                Ok(Ok((value, signals))) => {
                    self.bells.ring(&signals);
                    break Ok(value);
                }
                Err(error) => break Err(error),
            }
        };
        let elapsed_ms = started.elapsed().as_millis();
        if elapsed_ms > u128::from(SLOW_WRITE_MS) {
            warn!(elapsed_ms, actor = actor.kind(), tries, "A write took long");
        }
        result
    }

    /// One try. The outer error is the work's own; the inner one is the store's, at begin or commit.
    fn run_once<T, E: From<DbError>>(
        &mut self,
        actor: &Actor,
        work: &(impl Fn(&WriteTx<'_>) -> Result<T, E> + Send),
    ) -> Result<Result<(T, BTreeSet<Signal>), DbError>, E> {
        set_deadline(&mut self.connection, self.deadline_ms)?;
        let transaction = match self.connection.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => return Ok(Err(error.into())),
        };
        let read = ReadTx::new(&transaction, self.clock.now());
        let tx = WriteTx::new(read, &self.ids, actor, self.reactions.as_ref());
        // Dropping the transaction undoes it: on an error here, and on a panic in `work`.
        let value = work(&tx)?;
        let signals = tx.into_signals();
        fault::point("store.before_commit");
        match transaction.commit() {
            Ok(()) => {
                self.commits.fetch_add(1, Ordering::Release);
                fault::point("store.after_commit");
                Ok(Ok((value, signals)))
            }
            Err(error) => {
                let error = DbError::from(error);
                warn!("A commit failed and was undone: {}", Chain(&error));
                Ok(Err(error))
            }
        }
    }
}

/// Interrupts whatever runs on this connection longer than the deadline from now on.
fn set_deadline(connection: &mut Connection, deadline_ms: u64) -> Result<(), DbError> {
    let deadline = Instant::now() + Duration::from_millis(deadline_ms);
    connection.progress_handler(10_000, Some(move || Instant::now() > deadline))?;
    Ok(())
}
