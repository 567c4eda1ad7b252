//! Reads and writes: all or nothing, one moment, a deadline, and signals after the commit.

use super::{ACTOR, TestStore, count, put};
use crate::ground::limits::READERS;
use crate::params;
use crate::store::{DbError, Signal, WriteTx};
use std::sync::mpsc;
use std::time::Duration;
use tokio::task::JoinSet;

const ENDLESS_SELECT: &str = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers)
     select count(*) as number from numbers";

const ENDLESS_INSERT: &str = "insert into schedule_cursors (name, last_slot, created_at, updated_at, version)
     with recursive numbers (n) as (select 1 union all select n + 1 from numbers)
     select 'endless ' || n, 0, 0, 0, 1 from numbers";

#[tokio::test]
async fn an_error_undoes_the_whole_transaction_and_the_writer_lives_on() {
    let store = TestStore::new();

    let result = store.db.write(ACTOR, |tx| {
        put(tx, "first")?;
        put(tx, "first")
    });
    let result = result.await;

    assert!(matches!(result, Err(DbError::Sqlite(_))), "{result:?}");
    assert_eq!(store.count("schedule_cursors").await, 0);
    store.write(|tx| put(tx, "later")).await;
    assert_eq!(store.count("schedule_cursors").await, 1);
}

#[tokio::test]
async fn a_panic_undoes_the_transaction_reaches_the_caller_and_the_writer_lives_on() {
    let store = TestStore::new();
    let db = store.db.clone();
    let mut tasks = JoinSet::new();

    tasks.spawn(async move {
        let work = |tx: &WriteTx<'_>| -> Result<(), DbError> {
            put(tx, "first")?;
            panic!("the work fell over");
        };
        db.write(ACTOR, work).await
    });
    let ended = tasks.join_next().await.unwrap();

    assert!(ended.unwrap_err().is_panic());
    assert_eq!(store.count("schedule_cursors").await, 0);
    store.write(|tx| put(tx, "later")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_reads_of_one_transaction_see_one_moment() {
    let store = TestStore::new();
    let (counted, was_counted) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();

    let reading = store.read(move |tx| {
        let before = count(tx, "schedule_cursors")?;
        counted.send(()).unwrap();
        may_go_on.recv().unwrap();
        Ok((before, count(tx, "schedule_cursors")?))
    });
    let writing = async {
        was_counted.await.unwrap();
        store.write(|tx| put(tx, "in between")).await;
        go_on.send(()).unwrap();
    };
    let (seen, ()) = tokio::join!(reading, writing);

    assert_eq!(seen, (0, 0));
    assert_eq!(store.count("schedule_cursors").await, 1);
}

#[tokio::test]
async fn a_read_transaction_refuses_to_write() {
    let store = TestStore::new();

    let sql = "insert into agency (id, name, created_at, updated_at, version)
               values (1, 'Agency', 0, 0, 1)
               returning id";
    let refused = store.db.read(move |tx| tx.get(sql, params! {}, |row| row.get::<i64>("id"))).await;

    assert!(matches!(refused, Err(DbError::ReadOnly)), "{refused:?}");
    assert_eq!(store.count("agency").await, 0);
}

#[tokio::test]
async fn a_runaway_statement_is_interrupted_and_later_work_is_not() {
    let store = TestStore::with_deadline(100);

    let write =
        store.db.write(ACTOR, |tx| tx.get(ENDLESS_SELECT, params! {}, |row| row.get::<i64>("number"))).await;
    let read = store.db.read(|tx| tx.get(ENDLESS_SELECT, params! {}, |row| row.get::<i64>("number"))).await;

    assert!(matches!(write, Err(DbError::DeadlinePassed { .. })), "{write:?}");
    assert!(matches!(read, Err(DbError::DeadlinePassed { .. })), "{read:?}");
    store.write(|tx| put(tx, "later")).await;
    assert_eq!(store.count("schedule_cursors").await, 1);
}

#[tokio::test]
async fn work_that_swallows_a_passed_deadline_leaves_nothing_behind() {
    let store = TestStore::with_deadline(100);

    let result = store.db.write(ACTOR, |tx| {
        put(tx, "before")?;
        let interrupted = tx.execute(ENDLESS_INSERT, params! {});
        assert!(matches!(interrupted, Err(DbError::DeadlinePassed { .. })), "{interrupted:?}");
        put(tx, "after")
    });
    let result = result.await;

    assert!(matches!(result, Err(DbError::Bug(_))), "{result:?}");
    assert_eq!(store.count("schedule_cursors").await, 0);
}

#[tokio::test]
async fn signals_ring_after_the_commit_and_not_without_one() {
    let store = TestStore::new();
    let mut bell = store.db.subscribe(Signal::Jobs);
    let other_bell = store.db.subscribe(Signal::Index);
    bell.mark_unchanged();

    let undone = store.db.write(ACTOR, |tx| -> Result<(), DbError> {
        tx.signal_after_commit(Signal::Jobs);
        Err(DbError::Closed)
    });
    undone.await.unwrap_err();
    assert!(!bell.has_changed().unwrap());

    let seen_inside = bell.clone();
    let rang_early = store.write(move |tx| {
        tx.signal_after_commit(Signal::Jobs);
        Ok(seen_inside.has_changed().unwrap())
    });

    assert!(!rang_early.await);
    assert!(bell.has_changed().unwrap());
    assert!(!other_bell.has_changed().unwrap());
}

/// Both rows of a pair, with a signal.
fn put_pair(tx: &WriteTx<'_>, number: u32) -> Result<(), DbError> {
    put(tx, &format!("left {number}"))?;
    put(tx, &format!("right {number}"))?;
    tx.signal_after_commit(Signal::Jobs);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_caller_went_away_is_done_whole_and_still_rings() {
    let store = TestStore::new();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let db = store.db.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let wait = move |_: &WriteTx<'_>| -> Result<(), DbError> {
            released.lock().unwrap().recv().unwrap();
            Ok(())
        };
        db.write(ACTOR, wait).await
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    let mut bell = store.db.subscribe(Signal::Jobs);
    bell.mark_unchanged();

    let abandoned = store.db.write(ACTOR, |tx| put_pair(tx, 1));
    tokio::time::timeout(Duration::from_millis(20), abandoned).await.unwrap_err();
    release.send(()).unwrap();
    tasks.join_next().await.unwrap().unwrap().unwrap();

    store.write(|_| Ok(())).await;
    assert_eq!(store.count("schedule_cursors").await, 2);
    assert!(bell.has_changed().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_aborted_at_any_moment_are_whole_or_absent() {
    let store = TestStore::new();
    let mut tasks = JoinSet::new();

    for number in 0..200 {
        let db = store.db.clone();
        tasks.spawn(async move { db.write(ACTOR, move |tx| put_pair(tx, number)).await });
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    tasks.abort_all();
    while tasks.join_next().await.is_some() {}

    let sides = store.write(|tx| {
        let side = |name| {
            let sql = format!("select count(*) as number from schedule_cursors where name like '{name} %'");
            tx.get(&sql, params! {}, |row| row.get::<u32>("number"))
        };
        Ok((side("left")?, side("right")?))
    });
    let (left, right) = sides.await;
    assert_eq!(left, right);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_whose_callers_went_away_keep_their_place_until_they_are_done() {
    let store = TestStore::new();
    let mut releases = Vec::new();
    for _ in 0..READERS {
        let (release, released) = mpsc::channel::<()>();
        releases.push(release);
        let abandoned = store.db.read(move |_| -> Result<(), DbError> {
            released.recv().unwrap();
            Ok(())
        });
        tokio::time::timeout(Duration::from_millis(10), abandoned).await.unwrap_err();
    }

    let waiting = store.count("schedule_cursors");
    let releasing = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        for release in &releases {
            release.send(()).unwrap();
        }
    };
    let (seen, ()) = tokio::join!(waiting, releasing);

    assert_eq!(seen, 0);
}
