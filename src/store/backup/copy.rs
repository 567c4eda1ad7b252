//! A copy of the database at one moment, while others write.
//!
//! The moment is fixed by a read transaction, so the pages of the copy and what is read beside it belong together.
//! Pages keep their places (unlike in a vacuumed copy), so that what has not changed gives the same chunks again.

use super::BackupError;
use super::progress::Progress;
use crate::ground::time::Timestamp;
use crate::store::connection;
use crate::store::error::DbError;
use crate::store::tx::ReadTx;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Pages per step: the source is not locked in between.
const PAGES_PER_STEP: i32 = 512;

/// A moment of the database, held until it is dropped. Others go on writing; their pages stay in the write-ahead log.
pub(super) struct Moment(Connection);

impl Moment {
    /// Fixes the moment, and reads in it.
    pub(super) fn open<T>(
        database: &Path,
        now: Timestamp,
        read: impl FnOnce(&ReadTx<'_>) -> Result<T, DbError>,
    ) -> Result<(Self, T), BackupError> {
        let connection = connection::open_reader(database)?;
        connection.execute_batch("begin deferred").map_err(DbError::from)?;
        // The transaction begins with the first statement that reads.
        connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(())).map_err(DbError::from)?;
        let found = read(&ReadTx::new(&connection, now))?;
        Ok((Self(connection), found))
    }

    /// How large the copy will be.
    pub(super) fn size_bytes(&self) -> Result<u64, BackupError> {
        let number =
            |pragma: &str| self.0.query_row(&format!("pragma {pragma}"), [], |row| row.get::<_, i64>(0));
        let pages = number("page_count").map_err(DbError::from)?;
        let page_bytes = number("page_size").map_err(DbError::from)?;
        Ok(u64::try_from(pages.saturating_mul(page_bytes)).unwrap_or(0))
    }

    /// Writes the copy into a new file.
    pub(super) fn copy(&self, target: &Path, progress: &Progress) -> Result<(), BackupError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = Connection::open_with_flags(target, flags).map_err(DbError::from)?;
        // It is read once and thrown away: nothing is lost with it.
        copy.execute_batch("pragma journal_mode = off; pragma synchronous = off").map_err(DbError::from)?;
        let size = self.size_bytes()?;
        let backup = Backup::new(&self.0, &mut copy).map_err(DbError::from)?;
        let mut shown = 0;
        loop {
            match backup.step(PAGES_PER_STEP).map_err(DbError::from)? {
                StepResult::Done => break,
                StepResult::More => {}
                // Nobody else knows the copy, and readers of the source do not wait for writers.
                _ => return Err(DbError::Busy.into()),
            }
            let at = backup.progress();
            let (left, all) = (at.remaining.unsigned_abs(), at.pagecount.unsigned_abs().max(1));
            let now = size / u64::from(all) * u64::from(all.saturating_sub(left));
            progress.add(now.saturating_sub(shown));
            shown = shown.max(now);
        }
        progress.add(size.saturating_sub(shown));
        Ok(())
    }
}
