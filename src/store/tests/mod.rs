//! The store's promises, shown. [`TestStore`] is a store in a folder of its own, with a clock that stands still.

mod blobs;
mod concurrency;
mod data_directory;
mod disk_full;
mod guards;
mod idempotency;
mod inbox;
mod jobs;
mod migrations;
mod mount;
mod outbox;
mod pages;
mod transactions;

use super::events::{Event, Reactions};
use super::jobs::{Lane, NewJob};
use super::{Db, DbError, DbOptions, IdSource, ManualClock, ReadTx, WriteTx};
use crate::ground::ids::ClientId;
use crate::ground::limits::WRITE_DEADLINE_MS;
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use crate::params;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const ACTOR: Actor = Actor::System("a test");
const START: Timestamp = Timestamp::from_ms(1_795_000_000_000);

/// A store in a temporary folder.
struct TestStore {
    db: Db,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl TestStore {
    fn new() -> Self {
        Self::with_deadline(WRITE_DEADLINE_MS)
    }

    /// Transactions are undone after `deadline_ms`.
    fn with_deadline(deadline_ms: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let options = options(folder.path(), Arc::clone(&clock));
        let (db, _) = Db::open_with_deadline(options, deadline_ms).unwrap();
        Self { db, clock, folder }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&WriteTx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.db.write(ACTOR, work).await.unwrap()
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.db.read(work).await.unwrap()
    }

    async fn count(&self, table: &'static str) -> u32 {
        self.read(move |tx| count(tx, table)).await
    }

    /// A client to hang rows on.
    async fn client(&self) -> ClientId {
        self.write(|tx| {
            let id: ClientId = tx.new_id();
            tx.execute(
                "insert into clients (id, name, email, status, created_at, updated_at, version)
                 values (:id, 'Bakery', 'hello@example.com', 'active', :now, :now, 1)",
                params! { ":id" => id, ":now" => tx.now() },
            )?;
            Ok(id)
        })
        .await
    }

    /// A connection beside the store's own, for what no room may do.
    fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.db.path()).unwrap()
    }
}

/// How a store in this folder is opened, with seeded ids and [`ToyReactions`].
fn options(folder: &Path, clock: Arc<ManualClock>) -> DbOptions {
    DbOptions {
        path: folder.join("snip.db"),
        snapshots: folder.join("backups"),
        clock,
        ids: Arc::new(IdSource::seeded(7)),
        reactions: Arc::new(ToyReactions),
    }
}

/// `toy.wound_up` makes a job `toy.unwind`; all else makes none.
struct ToyReactions;

impl Reactions for ToyReactions {
    fn jobs_for(&self, event: &Event) -> Vec<NewJob> {
        if event.kind == "toy.wound_up" { vec![job("toy.unwind", "once")] } else { Vec::new() }
    }
}

fn job(kind: &'static str, dedupe_key: &str) -> NewJob {
    NewJob {
        kind,
        lane: Lane::Default,
        client_id: None,
        subject_id: None,
        dedupe_key: dedupe_key.to_owned(),
        run_at: None,
    }
}

fn event(kind: &'static str) -> Event {
    Event { kind, client_id: None, subject_id: None }
}

fn count(tx: &ReadTx<'_>, table: &str) -> Result<u32, DbError> {
    tx.get(&format!("select count(*) as number from {table}"), params! {}, |row| row.get("number"))
}

/// A row of the simplest table.
fn put(tx: &WriteTx<'_>, name: &str) -> Result<(), DbError> {
    tx.execute(
        "insert into schedule_cursors (name, last_slot, created_at, updated_at, version)
         values (:name, 0, :now, :now, 1)",
        params! { ":name" => name, ":now" => tx.now() },
    )?;
    Ok(())
}
