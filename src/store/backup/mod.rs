//! Backups: encrypted, incremental snapshots of a node in a folder of their own, and the way back.
//!
//! A **repository** is a folder with chunks (pieces of files, named by a keyed hash of what they hold, so that what
//! has not changed is stored once) and snapshots (which chunks make up the node at one moment). [`take::take`] makes
//! a snapshot of a node that goes on working, [`restore::restore`] writes one into a folder and checks every byte.
//!
//! Promised: a snapshot is one moment of the database and exactly the files that this moment names; whoever stops a
//! backup at any moment leaves a repository that is whole; nobody reads or changes anything without the recovery key
//! and goes unnoticed. Not promised: that somebody who may write in the repository does not delete it.
//!
//! Start reading at [`repository`], then [`take`].

mod copy;
pub mod key;
pub mod progress;
pub mod repository;
pub mod restore;
pub mod retention;
pub mod snapshot;
pub mod take;

use super::directory::DirectoryError;
use super::error::DbError;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why a backup was not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("`{}` lies in the data directory; a backup belongs on another disk, or at least into another folder", path.display())]
    InsideData { path: PathBuf },
    #[error("`{}` is not there; mount the disk, or make the folder in which the backups shall be", path.display())]
    NoParent { path: PathBuf },
    #[error("there are no backups in `{}`", path.display())]
    NotARepository { path: PathBuf },
    #[error("`{}` holds other files; give an empty or a new folder for the backups", path.display())]
    ForeignFolder { path: PathBuf },
    #[error("the backups in `{}` were made with another recovery key", path.display())]
    WrongKey { path: PathBuf },
    #[error("the text is not a recovery key; it begins with `snip_rk_` and has 51 characters")]
    NotAKey,
    #[error("the backups in `{}` have format {found}, but this version of the program knows only {known}; use the newer program", path.display())]
    NewerFormat { path: PathBuf, found: u32, known: u32 },
    #[error("another process works on the backups in `{}`; wait until it has finished", path.display())]
    Locked { path: PathBuf },
    #[error("another backup of this node is being made; wait until it has finished")]
    Running,
    #[error(
        "there is not enough space in `{}`: {needed_mb} MB are needed, {free_mb} MB are free; \
         free some, keep fewer backups, or use another disk",
        path.display()
    )]
    NoSpace { path: PathBuf, needed_mb: u64, free_mb: u64 },
    #[error("`{}` could not be written, for the disk is full ({free_mb} MB free); free some space, or use another disk", path.display())]
    DiskFull { path: PathBuf, free_mb: u64 },
    #[error("there is no snapshot `{id}` in `{}`; `snip backup list` names them", path.display())]
    NoSuchSnapshot { path: PathBuf, id: String },
    #[error("there is no snapshot in `{}` yet", path.display())]
    Empty { path: PathBuf },
    #[error("the backup is damaged: {what}")]
    Damaged { what: String },
    #[error("could not {what}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl BackupError {
    /// What could not be done with this file.
    fn io(doing: &str, path: &Path, source: std::io::Error) -> Self {
        if source.kind() == ErrorKind::StorageFull || source.kind() == ErrorKind::QuotaExceeded {
            let free_mb = super::directory::free_bytes(path.parent().unwrap_or(path)).unwrap_or(0) >> 20;
            return Self::DiskFull { path: path.to_owned(), free_mb };
        }
        Self::Io { what: format!("{doing} `{}`", path.display()), source }
    }

    fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

/// Brings everything that was written on this folder's disk to it: one call instead of one for each file and folder.
fn bring_to_disk(folder: &Path) -> Result<(), BackupError> {
    let synced = File::open(folder).and_then(|folder| Ok(rustix::fs::syncfs(folder)?));
    synced.map_err(|error| BackupError::io("bring to disk", folder, error))
}

/// Refuses to begin what would not fit; a reserve stays free.
fn require_space(path: &Path, needed: u64) -> Result<(), BackupError> {
    const RESERVE_BYTES: u64 = 16 << 20;
    let needed = needed.saturating_add(RESERVE_BYTES);
    match super::directory::free_bytes(path) {
        Some(free) if free < needed => Err(BackupError::NoSpace {
            path: path.to_owned(),
            needed_mb: needed.div_ceil(1 << 20),
            free_mb: free >> 20,
        }),
        // A system that does not say how much is free tells it when the disk is full.
        _ => Ok(()),
    }
}
