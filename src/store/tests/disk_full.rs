//! A disk that fills up: what was acknowledged stays, what was refused left nothing, and room heals it.

use super::migrations::{newest, up_to};
use super::mount::Mount;
use super::{ACTOR, START, count, options};
use crate::ground::ids::{BlobId, ClientId};
use crate::params;
use crate::store::blob::Blobs;
use crate::store::{Db, DbError, IdSource, ManualClock, WriteTx, connection, migrate};
use std::path::Path;
use std::sync::Arc;

const ROW_CHARS: usize = 20_000;
const TRIES_MAX: u32 = 2_000;

fn open(folder: &Path) -> Result<Db, DbError> {
    Ok(Db::open(options(folder, Arc::new(ManualClock::at(START))))?.0)
}

/// Two rows that belong together.
fn put_pair(tx: &WriteTx<'_>, number: u32) -> Result<(), DbError> {
    for half in ["left", "right"] {
        let name = format!("{half} {number} {}", "x".repeat(ROW_CHARS));
        super::put(tx, &name)?;
    }
    Ok(())
}

/// Writes until the disk is full; returns how many pairs were acknowledged.
async fn fill(db: &Db) -> u32 {
    for number in 0..TRIES_MAX {
        match db.write(ACTOR, move |tx| put_pair(tx, number)).await {
            Ok(()) => {}
            Err(DbError::DiskFull) => return number,
            Err(error) => panic!("pair {number}: {error:?}"),
        }
    }
    panic!("the disk never filled");
}

#[tokio::test]
async fn a_full_disk_keeps_every_acknowledged_row_and_room_makes_writing_work_again() {
    let Some(mount) = Mount::new(4_096) else { return };
    let ballast = mount.path().join("ballast");
    std::fs::write(&ballast, vec![0; 1024 * 1024]).unwrap();
    let db = open(mount.path()).unwrap();

    let acknowledged = fill(&db).await;
    let readable = db.read(|tx| count(tx, "schedule_cursors")).await.unwrap();
    std::fs::remove_file(&ballast).unwrap();
    db.write(ACTOR, |tx| put_pair(tx, TRIES_MAX)).await.unwrap();

    assert!(acknowledged > 5, "{acknowledged}");
    assert_eq!(readable, acknowledged * 2);
    drop(db);
    let db = open(mount.path()).unwrap();
    let (rows, verdict) = db
        .read(|tx| -> Result<_, DbError> {
            let verdict =
                tx.get("pragma integrity_check", params! {}, |row| row.get::<String>("integrity_check"))?;
            Ok((count(tx, "schedule_cursors")?, verdict))
        })
        .await
        .unwrap();
    assert_eq!((rows, verdict.as_str()), ((acknowledged + 1) * 2, "ok"));
}

// APP-11: without room for the copy there is no upgrade, and no half of a copy that looks like one.
#[tokio::test]
async fn an_upgrade_without_room_for_its_copy_changes_nothing() {
    let Some(mount) = Mount::new(4_096) else { return };
    let db = open(mount.path()).unwrap();
    let acknowledged = fill(&db).await;
    let (path, backups) = (db.path().to_owned(), mount.path().join("backups"));

    let upgrade = || {
        let mut connection = connection::open_writer(&path)?;
        migrate::apply_list(&mut connection, &up_to(newest() + 1), &path, &backups, START)
    };
    let refused = upgrade();

    assert!(matches!(refused, Err(DbError::DiskFull)), "{refused:?}");
    assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 0);
    drop(db);
    let db = open(mount.path()).unwrap();
    assert_eq!(db.read(|tx| count(tx, "schedule_cursors")).await.unwrap(), acknowledged * 2);
}

#[tokio::test]
async fn a_start_on_a_full_disk_says_so() {
    let Some(mount) = Mount::new(1_024) else { return };
    std::fs::write(mount.path().join("ballast"), vec![0; 1024 * 1024]).unwrap();

    let refused = open(mount.path()).map(|_| ());

    assert!(matches!(refused, Err(DbError::DiskFull)), "{refused:?}");
}

#[tokio::test]
async fn an_upload_that_does_not_fit_is_refused_and_leaves_no_file() {
    let Some(mount) = Mount::new(2_048) else { return };
    let blobs = Blobs::new(mount.path().join("blobs"));
    let ids = IdSource::seeded(1);
    let client: ClientId = ids.new_id(START);

    let mut writer = blobs.create(&client, ids.new_id::<BlobId>(START)).await.unwrap();
    let chunk = vec![7; 256 * 1024];
    let mut result = Ok(());
    for _ in 0..16 {
        if result.is_ok() {
            result = writer.write(&chunk).await;
        }
    }
    let result = match result {
        Ok(()) => writer.finish().await.map(|_| ()),
        Err(error) => {
            drop(writer);
            Err(error)
        }
    };

    assert!(matches!(result, Err(DbError::DiskFull)), "{result:?}");
    let folder = blobs.root().join(client.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    let mut small = blobs.create(&client, ids.new_id::<BlobId>(START)).await.unwrap();
    small.write(b"it fits").await.unwrap();
    small.finish().await.unwrap();
}
