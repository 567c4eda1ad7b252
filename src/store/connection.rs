//! Opening a connection, with the pragmas that the promises rest on asserted on every one.

use super::error::{Bug, DbError};
use crate::ground::limits::BUSY_TIMEOUT_MS;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Marks the file as ours ("Snip" in ASCII), so that another program's database is not migrated by mistake.
pub(super) const APPLICATION_ID: i64 = 0x536e_6970;

/// The connection that writes. Creates the file when it is missing, and changes nothing of a file that is
/// there, not even when it is closed: [`adopt`] comes after the file was found to be ours.
pub(super) fn open_writer(path: &Path) -> Result<Connection, DbError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| at_path(error.into(), path))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    configure(&connection, path)?;
    Ok(connection)
}

/// Turns on the write-ahead log.
pub(super) fn adopt(connection: &Connection) -> Result<(), DbError> {
    let mode: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    expect_pragma("journal_mode", mode == "wal")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

/// A connection that can only read.
pub(super) fn open_reader(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| at_path(error.into(), path))?;
    configure(&connection, path)?;
    connection.execute_batch("pragma query_only = on")?;
    Ok(connection)
}

fn configure(connection: &Connection, path: &Path) -> Result<(), DbError> {
    // The busy timeout comes first: the pragmas after it may meet a lock.
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    // Recursive triggers make the delete triggers fire for `insert or replace` too: append-only stays so.
    connection
        .execute_batch(
            "pragma foreign_keys = on;
             pragma synchronous = full;
             pragma trusted_schema = off;
             pragma recursive_triggers = on;
             pragma temp_store = memory;
             pragma cache_size = -8000;
             pragma wal_autocheckpoint = 1000;",
        )
        .map_err(|error| at_path(error.into(), path))?;
    // Without it a statement may be planned anew whenever it is bound to other values, which costs more than it runs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(256);
    add_functions(connection)?;
    let number = |name: &str| -> Result<i64, DbError> {
        Ok(connection.query_row(&format!("pragma {name}"), [], |row| row.get(0))?)
    };
    expect_pragma("foreign_keys", number("foreign_keys")? == 1)?;
    expect_pragma("synchronous", number("synchronous")? == 2)?;
    expect_pragma("recursive_triggers", number("recursive_triggers")? == 1)?;
    expect_pragma("trusted_schema", number("trusted_schema")? == 0)
}

/// `contains_words(text, words)`: whether the text has the words in whichever case, in any script. SQLite's own
/// `like` and `lower` know the case of English letters only. The words come in small letters.
fn add_functions(connection: &Connection) -> Result<(), DbError> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("contains_words", 2, flags, |call| {
        let text = call.get_raw(0).as_str_or_null()?.unwrap_or_default();
        let words = call.get_raw(1).as_str_or_null()?.unwrap_or_default();
        Ok(text.to_lowercase().contains(words))
    })?;
    Ok(())
}

fn expect_pragma(name: &str, holds: bool) -> Result<(), DbError> {
    if holds { Ok(()) } else { Err(Bug::invariant(format!("the pragma `{name}` did not take")).into()) }
}

/// Names the file in the errors that are about the file.
pub(super) fn at_path(error: DbError, path: &Path) -> DbError {
    match error {
        DbError::Corrupt { .. } => DbError::Corrupt { path: path.to_owned() },
        other => other,
    }
}
