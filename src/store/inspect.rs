//! Looking at a database without holding it: for `snip doctor`, also beside a running server.

use super::error::DbError;
use super::{connection, migrate};
use std::path::Path;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    pub schema: u32,
    pub known_schema: u32,
    /// What SQLite's own check says is wrong; empty when nothing is.
    pub damage: Vec<String>,
    /// Rows that point to a row that is not there.
    pub dangling_rows: u64,
}

/// Reads the whole database and checks it.
pub fn inspect(path: &Path) -> Result<Inspection, DbError> {
    let connection = connection::open_reader(path)?;
    let schema = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    let mut check = connection.prepare("pragma integrity_check(20)")?;
    let lines = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let damage = lines.into_iter().filter(|line| line != "ok").collect();
    let mut dangling = connection.prepare("pragma foreign_key_check")?;
    let dangling_rows = dangling.query_map([], |_| Ok(()))?.count() as u64;
    Ok(Inspection { schema, known_schema: migrate::newest_version()?, damage, dangling_rows })
}
