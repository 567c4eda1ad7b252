//! Bringing the schema up to date, forward only, with a copy of the database before.

use super::connection::{self, APPLICATION_ID};
use super::error::DbError;
use crate::ground::crypto::{hex, sha256};
use crate::ground::limits::SNAPSHOTS_KEPT;
use crate::ground::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::fs::{DirEntry, File};
use std::path::{Path, PathBuf};
use tracing::info;

/// The statements of every migration, by file name: `NNNN_verb_noun.sql`.
#[derive(rust_embed::RustEmbed)]
#[folder = "migrations/sqlite"]
#[include = "*.sql"]
struct Files;

#[derive(Debug, Clone)]
pub(super) struct Migration {
    pub(super) version: u32,
    pub(super) name: String,
    pub(super) sql: String,
}

/// What the start found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    pub from: u32,
    pub to: u32,
    pub snapshot: Option<PathBuf>,
}

/// The schema version that this program knows.
pub fn newest_version() -> Result<u32, DbError> {
    Ok(migrations()?.last().map_or(0, |migration| migration.version))
}

/// Applies what is missing. Refuses, before it changes anything, a database of another program, one with a
/// newer schema, and one whose applied migrations differ from ours.
pub(super) fn run(
    connection: &mut Connection,
    path: &Path,
    snapshots: &Path,
    now: Timestamp,
) -> Result<Migrated, DbError> {
    apply_list(connection, &migrations()?, path, snapshots, now)
}

/// [`run`] with this list of migrations.
pub(super) fn apply_list(
    connection: &mut Connection,
    migrations: &[Migration],
    path: &Path,
    snapshots: &Path,
    now: Timestamp,
) -> Result<Migrated, DbError> {
    let known = migrations.last().map_or(0, |migration| migration.version);
    let found = schema_version(connection)?;
    check_owner(connection, path, found)?;
    if found > known {
        return Err(DbError::NewerSchema { found, known });
    }
    check_applied(connection, migrations, found)?;
    connection::adopt(connection)?;

    let pending: Vec<&Migration> = migrations.iter().filter(|migration| migration.version > found).collect();
    let snapshot = if found > 0 && !pending.is_empty() {
        Some(take_snapshot(connection, snapshots, found, now)?)
    } else {
        None
    };
    apply(connection, &pending, now)?;
    Ok(Migrated { from: found, to: known, snapshot })
}

pub(super) fn migrations() -> Result<Vec<Migration>, DbError> {
    let mut migrations = Vec::new();
    for file in Files::iter() {
        let digits = file.split('_').next().unwrap_or_default();
        let version = digits.parse().map_err(|_| DbError::ChangedMigration { name: file.to_string() })?;
        let Some(content) = Files::get(&file) else { continue };
        let sql = String::from_utf8_lossy(&content.data).into_owned();
        migrations.push(Migration { version, name: file.to_string(), sql });
    }
    migrations.sort_by_key(|migration| migration.version);
    Ok(migrations)
}

fn schema_version(connection: &Connection) -> Result<u32, DbError> {
    Ok(connection.query_row("pragma user_version", [], |row| row.get(0))?)
}

fn check_owner(connection: &Connection, path: &Path, found: u32) -> Result<(), DbError> {
    let application: i64 = connection.query_row("pragma application_id", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("select count(*) from sqlite_master", [], |row| row.get(0))?;
    let is_empty = tables == 0 && found == 0;
    if is_empty || application == APPLICATION_ID {
        Ok(())
    } else {
        Err(DbError::ForeignDatabase { path: path.to_owned() })
    }
}

fn check_applied(connection: &Connection, migrations: &[Migration], found: u32) -> Result<(), DbError> {
    for migration in migrations.iter().filter(|migration| migration.version <= found) {
        let checksum: Option<String> = connection
            .query_row(
                "select checksum from schema_migrations where version = ?1",
                [migration.version],
                |row| row.get(0),
            )
            .optional()?;
        if checksum.as_deref() != Some(&checksum_of(migration)) {
            return Err(DbError::ChangedMigration { name: migration.name.clone() });
        }
    }
    Ok(())
}

/// Applies all of them in one transaction: an upgrade happens whole or not at all, so that after a failed one
/// the former program finds the schema that it knows.
fn apply(connection: &mut Connection, pending: &[&Migration], now: Timestamp) -> Result<(), DbError> {
    let Some(newest) = pending.last() else { return Ok(()) };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(
        "create table if not exists schema_migrations (
             version integer primary key, name text not null, checksum text not null, created_at integer not null
         ) strict;",
    )?;
    for migration in pending {
        transaction.execute_batch(&migration.sql)?;
        transaction.execute(
            "insert into schema_migrations (version, name, checksum, created_at) values (?1, ?2, ?3, ?4)",
            (migration.version, &migration.name, checksum_of(migration), now.as_ms()),
        )?;
        info!("Applying migration `{}`", migration.name);
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest.version)?;
    super::fault::point("migrate.before_commit");
    transaction.commit()?;
    Ok(())
}

fn checksum_of(migration: &Migration) -> String {
    hex(&sha256(migration.sql.as_bytes()))
}

/// A whole copy beside the database, named after the schema it holds. The oldest beyond five are removed.
fn take_snapshot(
    connection: &Connection,
    folder: &Path,
    found: u32,
    now: Timestamp,
) -> Result<PathBuf, DbError> {
    std::fs::create_dir_all(folder).map_err(|error| DbError::io("make the folder for backups", error))?;
    let target = folder.join(format!("before-upgrade-from-{found:04}-{}.db", now.as_ms()));
    remove_partial_snapshots(folder)?;
    // Under another name until it is whole: a disk that fills up must not leave half a copy that looks right.
    let partial = target.with_extension("part");
    let copied = connection.execute("vacuum into ?1", [partial.to_string_lossy()]);
    if let Err(error) = copied {
        // What cannot be removed now is removed before the next copy.
        let _ = std::fs::remove_file(&partial);
        return Err(error.into());
    }
    // SQLite leaves the copy to the system's cache; the upgrade may not begin before it is on disk.
    sync(&partial)?;
    std::fs::rename(&partial, &target).map_err(|error| DbError::io("name the copy", error))?;
    sync(folder)?;
    info!("Copied the database to `{}` before the upgrade", target.display());
    remove_old_snapshots(folder)?;
    Ok(target)
}

/// Waits until the file or folder is on disk.
fn sync(path: &Path) -> Result<(), DbError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| DbError::io("bring the copy to disk", error))
}

/// Our files in the folder for backups with this ending.
fn snapshots_ending(folder: &Path, ending: &str) -> Result<Vec<DirEntry>, DbError> {
    let listing = std::fs::read_dir(folder).map_err(|error| DbError::io("list the backups", error))?;
    let is_ours = |entry: &DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("before-upgrade-") && name.ends_with(ending)
    };
    Ok(listing.filter_map(Result::ok).filter(is_ours).collect())
}

/// Removes what a process that was killed left of its copy.
fn remove_partial_snapshots(folder: &Path) -> Result<(), DbError> {
    for entry in snapshots_ending(folder, ".part")? {
        std::fs::remove_file(entry.path()).map_err(|error| DbError::io("remove half a copy", error))?;
    }
    Ok(())
}

fn remove_old_snapshots(folder: &Path) -> Result<(), DbError> {
    let mut copies: Vec<(std::time::SystemTime, PathBuf)> = snapshots_ending(folder, ".db")?
        .into_iter()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    copies.sort();
    let surplus = copies.len().saturating_sub(SNAPSHOTS_KEPT);
    for (_, path) in copies.into_iter().take(surplus) {
        std::fs::remove_file(&path).map_err(|error| DbError::io("remove an old backup", error))?;
    }
    Ok(())
}
