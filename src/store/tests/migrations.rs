//! Bringing the schema up to date: APP-11.

use super::{ACTOR, START, TestStore, options, put};
use crate::ground::crypto::{hex, sha256};
use crate::store::migrate::{self, Migration};
use crate::store::{Db, DbError, ManualClock, connection};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder with a database file.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("snip.db")
    }

    fn snapshots(&self) -> PathBuf {
        self.folder.path().join("backups")
    }

    /// Opens as the server does.
    fn open(&self) -> Result<(Db, migrate::Migrated), DbError> {
        Db::open(options(self.folder.path(), Arc::new(ManualClock::at(START))))
    }

    /// Applies these migrations and closes the file.
    fn migrate(&self, list: &[Migration]) -> Result<migrate::Migrated, DbError> {
        let mut connection = connection::open_writer(&self.path())?;
        migrate::apply_list(&mut connection, list, &self.path(), &self.snapshots(), START)
    }

    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// The hashes of the database's files; an empty log is as good as none.
    fn fingerprints(&self) -> [Option<String>; 3] {
        ["", "-wal", "-journal"].map(|ending| {
            let bytes =
                std::fs::read(self.folder.path().join(format!("snip.db{ending}"))).unwrap_or_default();
            (!bytes.is_empty()).then(|| hex(&sha256(&bytes)))
        })
    }

    fn copies(&self) -> Vec<String> {
        let Ok(listing) = std::fs::read_dir(self.snapshots()) else { return Vec::new() };
        let mut names: Vec<String> =
            listing.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// The program's own migrations and as many made-up ones as bring it to `version`.
pub(super) fn up_to(version: u32) -> Vec<Migration> {
    let mut list = migrate::migrations().unwrap();
    for version in list.last().unwrap().version + 1..=version {
        let sql = format!("create table made_up_{version} (id integer primary key) strict;");
        list.push(Migration { version, name: format!("{version:04}_create_made_up.sql"), sql });
    }
    list
}

pub(super) fn newest() -> u32 {
    migrate::newest_version().unwrap()
}

fn number(connection: &Connection, sql: &str) -> u32 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_fresh_database_gets_the_whole_schema_and_a_second_start_does_nothing() {
    let place = Place::new();

    let (_, first) = place.open().unwrap();
    let (_, second) = place.open().unwrap();

    assert_eq!((first.from, first.to, first.snapshot), (0, newest(), None));
    assert_eq!((second.from, second.to, second.snapshot), (newest(), newest(), None));
}

#[test]
fn an_empty_file_is_a_fresh_database() {
    let place = Place::new();
    std::fs::write(place.path(), b"").unwrap();

    let (_, migrated) = place.open().unwrap();

    assert_eq!((migrated.from, migrated.to), (0, newest()));
}

// APP-11
#[test]
fn a_newer_schema_is_refused_with_what_to_do_and_no_byte_is_changed() {
    let place = Place::new();
    place.migrate(&up_to(newest() + 1)).unwrap();
    let before = place.fingerprints();

    let refused = place.open().map(|_| ()).unwrap_err();

    assert!(matches!(refused, DbError::NewerSchema { found, known } if found == known + 1), "{refused:?}");
    assert!(refused.to_string().contains("start the newer program again"), "{refused}");
    assert!(refused.to_string().contains("backups/"), "{refused}");
    assert_eq!(place.fingerprints(), before);
}

#[test]
fn a_newer_database_left_by_a_crash_keeps_its_log_when_it_is_refused() {
    let place = Place::new();
    place.migrate(&up_to(newest() + 1)).unwrap();
    let crashed = place.raw();
    crashed.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    crashed.execute_batch("create table unsaved (id integer primary key) strict").unwrap();
    drop(crashed);
    let before = place.fingerprints();

    place.open().map(|_| ()).unwrap_err();

    assert!(before[1].is_some(), "there is a log");
    assert_eq!(place.fingerprints(), before);
}

#[test]
fn a_database_of_another_program_is_refused_and_no_byte_is_changed() {
    let place = Place::new();
    place.raw().execute_batch("create table theirs (id integer primary key)").unwrap();
    let before = place.fingerprints();

    let refused = place.open().map(|_| ()).unwrap_err();

    assert!(matches!(&refused, DbError::ForeignDatabase { path } if *path == place.path()), "{refused:?}");
    assert_eq!(place.fingerprints(), before);
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let place = Place::new();
    let garbage = "This is a shopping list, not a database. ".repeat(200);
    std::fs::write(place.path(), &garbage).unwrap();

    let refused = place.open().map(|_| ()).unwrap_err();

    assert!(matches!(&refused, DbError::Corrupt { path } if *path == place.path()), "{refused:?}");
    assert!(refused.to_string().contains(&place.path().display().to_string()), "{refused}");
    assert_eq!(std::fs::read(place.path()).unwrap(), garbage.as_bytes());
}

#[test]
fn a_damaged_database_is_refused_and_named() {
    let place = Place::new();
    place.migrate(&up_to(newest())).unwrap();
    let mut bytes = std::fs::read(place.path()).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(place.path(), bytes).unwrap();

    let refused = place.open().map(|_| ()).unwrap_err();

    assert!(matches!(&refused, DbError::Corrupt { path } if *path == place.path()), "{refused:?}");
}

#[test]
fn a_migration_that_was_applied_with_other_content_is_refused() {
    let place = Place::new();
    place.migrate(&up_to(newest())).unwrap();
    place.raw().execute("update schema_migrations set checksum = 'other' where version = 1", []).unwrap();
    let before = place.fingerprints();

    let refused = place.open().map(|_| ()).unwrap_err();

    assert!(
        matches!(&refused, DbError::ChangedMigration { name } if name.starts_with("0001_")),
        "{refused:?}"
    );
    assert_eq!(place.fingerprints(), before);
}

// APP-11: a snapshot comes before the migration, and is a working database.
#[tokio::test]
async fn the_copy_before_an_upgrade_holds_the_old_schema_and_every_row() {
    let place = Place::new();
    let (db, _) = place.open().unwrap();
    db.write(ACTOR, |tx| put(tx, "kept")).await.unwrap();

    let migrated = place.migrate(&up_to(newest() + 2)).unwrap();

    assert_eq!((migrated.from, migrated.to), (newest(), newest() + 2));
    let copy = Connection::open(migrated.snapshot.unwrap()).unwrap();
    assert_eq!(number(&copy, "pragma user_version"), newest());
    assert_eq!(number(&copy, "select count(*) from schedule_cursors where name = 'kept'"), 1);
    let verdict: String = copy.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

#[test]
fn half_a_copy_that_a_killed_process_left_is_removed_and_other_files_stay() {
    let place = Place::new();
    place.migrate(&up_to(newest())).unwrap();
    std::fs::create_dir_all(place.snapshots()).unwrap();
    let half = format!("before-upgrade-from-{:04}-{}.part", newest(), START.as_ms());
    for name in [half.as_str(), "before-upgrade-from-0000-1.part", "a-copy-of-mine.part"] {
        std::fs::write(place.snapshots().join(name), b"half").unwrap();
    }

    place.migrate(&up_to(newest() + 1)).unwrap();

    let whole = half.replace(".part", ".db");
    assert_eq!(place.copies(), ["a-copy-of-mine.part".to_owned(), whole]);
}

#[test]
fn the_former_program_starts_again_on_the_copy() {
    let place = Place::new();
    place.migrate(&up_to(newest())).unwrap();
    let snapshot = place.migrate(&up_to(newest() + 1)).unwrap().snapshot.unwrap();

    std::fs::copy(snapshot, place.path()).unwrap();
    let (_, migrated) = place.open().unwrap();

    assert_eq!((migrated.from, migrated.to), (newest(), newest()));
}

#[test]
fn an_upgrade_that_fails_half_way_changes_nothing() {
    let place = Place::new();
    place.migrate(&up_to(newest())).unwrap();
    let mut list = up_to(newest() + 2);
    list.last_mut().unwrap().sql =
        "create table half (id integer primary key) strict; create nonsense;".to_owned();

    let failed = place.migrate(&list);

    assert!(matches!(failed, Err(DbError::Sqlite(_))), "{failed:?}");
    assert_eq!(number(&place.raw(), "pragma user_version"), newest());
    assert_eq!(place.copies().len(), 1);
    place.open().unwrap();
}

#[test]
fn five_copies_are_kept_and_other_files_are_not_counted() {
    let place = Place::new();
    std::fs::create_dir_all(place.snapshots()).unwrap();
    std::fs::write(place.snapshots().join("a-copy-of-mine.db"), b"mine").unwrap();

    for version in newest()..newest() + 9 {
        place.migrate(&up_to(version)).unwrap();
    }

    let copies = place.copies();
    let kept: Vec<u32> = copies
        .iter()
        .filter_map(|name| name.strip_prefix("before-upgrade-from-"))
        .map(|rest| rest[..4].parse().unwrap())
        .collect();
    assert_eq!(kept, (newest() + 3..newest() + 8).collect::<Vec<_>>());
    assert!(copies.contains(&"a-copy-of-mine.db".to_owned()));
}

#[test]
fn the_store_says_which_file_it_serves() {
    let store = TestStore::new();
    assert_eq!(store.db.path(), Path::new(&store.folder.path().join("snip.db")));
}

// ACC-8, APP-11
#[test]
fn a_node_with_clients_demos_and_a_mailed_key_is_brought_to_counted_days() {
    let place = Place::new();
    let whole = migrate::migrations().unwrap();
    let former: Vec<Migration> =
        migrate::migrations().unwrap().into_iter().filter(|it| it.version <= 12).collect();
    place.migrate(&former).unwrap();
    let raw = place.raw();
    raw.execute_batch(
        "insert into clients (id, name, email, status, plan, created_at, updated_at, version)
         values ('c1', 'Bakery', 'Eve@bakery.test', 'active', 'free', 1, 1, 4),
                ('c2', 'Tallowick', 'info@tallowick.test', 'active', null, 1, 1, 1);
         insert into demo_sites (slug, client_id, created_at) values ('tallowick', 'c2', 1);
         insert into conversations (id, client_id, session_id, channel, message_count, last_message_at, created_at,
                                    updated_at, version)
         values ('v1', 'c1', 's1', 'widget', 2, 1, 1, 1, 1);
         insert into outbox (id, client_id, purpose, channel, order_key, sender_key, dedupe_key, state, not_before,
                             attempts, fence, created_at, updated_at, version)
         values ('o1', 'c1', 'key_claim', 'email', 'k', 'agency', 'k', 'accepted', 1, 1, 1, 1, 1, 3);
         insert into outbox_bodies (outbox_id, recipient, body, created_at)
         values ('o1', 'Old@bakery.test', '{}', 1);
         insert into key_claims (client_id, round, outbox_id, mailed_at, expires_at, created_at, updated_at, version)
         values ('c1', 2, 'o1', 1, 2, 1, 1, 2);",
    )
    .unwrap();
    for (id, at) in [("m1", "unixepoch('now') * 1000"), ("m2", "unixepoch('now') * 1000"), ("m3", "1")] {
        let said = format!(
            "insert into messages (id, client_id, conversation_id, role, text, created_at)
             values ('{id}', 'c1', 'v1', 'visitor', 'Hello', 1);
             insert into turns (visitor_message_id, client_id, conversation_id, dedupe_key, state, created_at,
                                updated_at, version)
             values ('{id}', 'c1', 'v1', '{id}', 'abandoned', {at}, 1, 1);"
        );
        raw.execute_batch(&said).unwrap();
    }
    drop(raw);

    place.migrate(&whole).unwrap();

    let raw = place.raw();
    let text = |sql: &str| raw.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(number(&raw, "select answers from answer_days where client_id = 'c1'"), 2, "those of today");
    assert_eq!(number(&raw, "select day_started_at % 86400000 from answer_days"), 0);
    assert_eq!(text("select sign_up_email_key from clients where id = 'c1'"), "eve@bakery.test");
    assert_eq!(text("select purpose from clients where id = 'c1'"), "live");
    assert_eq!(text("select purpose from clients where id = 'c2'"), "demo");
    assert_eq!(text("select subject_id from outbox"), "c1@2");
    assert_eq!(text("select email_key from key_claims"), "old@bakery.test", "where it went");
}
