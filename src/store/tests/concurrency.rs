//! Many writers at once: ACC-18.

use super::{ACTOR, START, options};
use crate::params;
use crate::store::{Db, DbError, ManualClock, ReadTx, WriteTx};
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinSet;

const WRITERS: u32 = 16;
const OPERATIONS: u32 = 1_000;
const COUNTERS: u32 = 8;

/// In memory where the system has such a disk: 16,000 operations wait for a sync each, and this test is about
/// order, not about disks.
fn fast_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// What one writer did.
#[derive(Default)]
struct Tally {
    increments: u32,
    inserted: u32,
    deleted: u32,
}

// ACC-18: 16 writers × 1,000 mixed operations, no lost update, no busy error shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_writers_lose_no_update_and_see_no_busy_error() {
    let folder = fast_folder();
    let (db, _) = Db::open(options(folder.path(), Arc::new(ManualClock::at(START)))).unwrap();
    let make_counters = |tx: &WriteTx<'_>| -> Result<(), DbError> {
        (0..COUNTERS).try_for_each(|counter| super::put(tx, &format!("counter {counter}")))
    };
    db.write(ACTOR, make_counters).await.unwrap();

    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(work(db.clone(), writer));
    }
    let mut total = Tally::default();
    while let Some(done) = writers.join_next().await {
        let tally = done.unwrap().unwrap();
        total.increments += tally.increments;
        total.inserted += tally.inserted;
        total.deleted += tally.deleted;
    }

    let (sum, versions, rows) = db
        .read(|tx| -> Result<_, DbError> {
            let sums = "select sum(last_slot) as sum, sum(version - 1) as versions from schedule_cursors";
            let (sum, versions) =
                tx.get(sums, params! {}, |row| Ok((row.get::<u32>("sum")?, row.get::<u32>("versions")?)))?;
            Ok((sum, versions, super::count(tx, "events")?))
        })
        .await
        .unwrap();
    assert_eq!(total.increments, WRITERS * OPERATIONS / 4);
    assert_eq!((sum, versions), (total.increments, total.increments));
    assert_eq!(rows, total.inserted - total.deleted);
}

/// A quarter each: insert, read it back, count up, and delete or count.
async fn work(db: Db, writer: u32) -> Result<Tally, DbError> {
    let mut tally = Tally::default();
    for operation in 0..OPERATIONS {
        match operation % 4 {
            0 => {
                db.write(ACTOR, move |tx| insert(tx, writer, operation)).await?;
                tally.inserted += 1;
            }
            1 => {
                let is_there = db.read(move |tx| find(tx, writer, operation - 1)).await?;
                assert!(is_there, "writer {writer} does not see what it wrote");
            }
            2 => {
                count_up(&db, (writer + operation) % COUNTERS).await?;
                tally.increments += 1;
            }
            // Every second row stays.
            _ if operation % 8 == 3 => {
                db.write(ACTOR, move |tx| delete(tx, writer, operation - 3)).await?;
                tally.deleted += 1;
            }
            _ => {
                db.read(move |tx| super::count(tx, "schedule_cursors")).await?;
            }
        }
    }
    Ok(tally)
}

fn insert(tx: &WriteTx<'_>, writer: u32, operation: u32) -> Result<(), DbError> {
    let id = format!("{writer}/{operation}");
    tx.execute(
        "insert into events (id, kind, created_at) values (:id, 'test', :now)",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

fn delete(tx: &WriteTx<'_>, writer: u32, operation: u32) -> Result<(), DbError> {
    let id = format!("{writer}/{operation}");
    let touched = tx.execute("delete from events where id = :id", params! { ":id" => id })?;
    assert_eq!(touched, 1, "{id} is gone");
    Ok(())
}

fn find(tx: &ReadTx<'_>, writer: u32, operation: u32) -> Result<bool, DbError> {
    let id = format!("{writer}/{operation}");
    let sql = "select exists (select 1 from events where id = :id) as is_there";
    tx.get(sql, params! { ":id" => id }, |row| row.get("is_there"))
}

/// As a person's edit does: read, then write if nobody wrote in between, else once more.
async fn count_up(db: &Db, counter: u32) -> Result<(), DbError> {
    let name = format!("counter {counter}");
    loop {
        let wanted = name.clone();
        let read = move |tx: &ReadTx<'_>| {
            let sql = "select last_slot, version from schedule_cursors where name = :name";
            tx.get(sql, params! { ":name" => wanted }, |row| {
                Ok((row.get::<i64>("last_slot")?, row.get::<i64>("version")?))
            })
        };
        let (value, version) = db.read(read).await?;
        let wanted = name.clone();
        let write = move |tx: &WriteTx<'_>| {
            tx.execute(
                "update schedule_cursors
                 set last_slot = :value, updated_at = :now, version = version + 1
                 where name = :name and version = :version",
                params! { ":name" => wanted, ":value" => value + 1, ":version" => version, ":now" => tx.now() },
            )
        };
        if db.write(ACTOR, write).await? == 1 {
            return Ok(());
        }
    }
}
