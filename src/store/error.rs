//! What can go wrong below the rooms, in words that tell an operator what to do.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the disk is full; free some space, nothing was changed")]
    DiskFull,
    #[error(
        "the data directory cannot be written; check its owner and whether the disk is mounted read-only"
    )]
    ReadOnly,
    #[error("the database is busy; another program holds it")]
    Busy,
    #[error("the work took longer than {deadline_ms} ms and was undone")]
    DeadlinePassed { deadline_ms: u64 },
    #[error("the database file `{}` is damaged; stop the server and restore the newest copy from `backups/`, or your own backup", path.display())]
    Corrupt { path: PathBuf },
    #[error(
        "the database has schema {found}, but this version of the program knows only up to {known}; \
         start the newer program again, or restore the copy that was taken before the upgrade from `backups/`"
    )]
    NewerSchema { found: u32, known: u32 },
    #[error("migration `{name}` was applied with other content; use the program that made this database")]
    ChangedMigration { name: String },
    #[error("the file `{}` is not a database of this program", path.display())]
    ForeignDatabase { path: PathBuf },
    #[error("the store is shutting down")]
    Closed,
    #[error(transparent)]
    Bug(#[from] Bug),
    #[error("could not {what}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the database refused a statement")]
    Sqlite(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Something that cannot happen happened: logged and answered as an internal error.
#[derive(Debug, thiserror::Error)]
#[error("broken invariant: {0}")]
pub struct Bug(pub String);

impl Bug {
    pub fn invariant(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl DbError {
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        match source.raw_os_error() {
            Some(code) if code == rustix::io::Errno::NOSPC.raw_os_error() => DbError::DiskFull,
            Some(code) if code == rustix::io::Errno::DQUOT.raw_os_error() => DbError::DiskFull,
            Some(code) if code == rustix::io::Errno::ROFS.raw_os_error() => DbError::ReadOnly,
            _ => DbError::Io { what: what.into(), source },
        }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => DbError::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => DbError::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::Busy,
            Some(ErrorCode::OperationInterrupted) => {
                DbError::DeadlinePassed { deadline_ms: crate::ground::limits::WRITE_DEADLINE_MS }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                DbError::Corrupt { path: PathBuf::from("snip.db") }
            }
            _ => DbError::Sqlite(Box::new(error)),
        }
    }
}

/// An error with all its causes on one line, for the log.
pub struct Chain<'a>(pub &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
