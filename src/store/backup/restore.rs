//! Writing a snapshot into a folder, and checking it there.

use super::progress::Progress;
use super::repository::{Repository, make_folder};
use super::snapshot::{DATABASE, FileEntry, Snapshot};
use super::{BackupError, bring_to_disk, require_space};
use crate::ground::crypto::Sha256Stream;
use crate::store::fault;
use crate::store::inspect::inspect;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Writes every file of the snapshot below `root`, a folder that is ours and new or empty, and brings it to disk. When
/// it returns Ok, each file is what it was, and SQLite finds nothing wrong with the database.
pub fn restore(
    repository: &Repository,
    snapshot: &Snapshot,
    root: &Path,
    progress: &Progress,
) -> Result<(), BackupError> {
    make_folder(root)?;
    require_space(root, snapshot.size_bytes())?;
    progress.begin(snapshot.size_bytes());
    for file in &snapshot.files {
        restore_file(repository, file, root, progress)?;
        fault::point("restore.while_writing");
    }
    bring_to_disk(root)?;
    check_database(&root.join(DATABASE))
}

fn restore_file(
    repository: &Repository,
    entry: &FileEntry,
    root: &Path,
    progress: &Progress,
) -> Result<(), BackupError> {
    if !entry.has_legal_path() {
        return Err(BackupError::damaged(format!("it has a file `{}`", entry.path)));
    }
    let path = root.join(&entry.path);
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let failed = |error| BackupError::io("write", &path, error);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    let mut hash = Sha256Stream::default();
    let mut size_bytes = 0;
    for name in &entry.chunks {
        let bytes = repository.chunk(name)?;
        hash.update(&bytes);
        size_bytes += bytes.len() as u64;
        file.write_all(&bytes).map_err(failed)?;
        progress.add(bytes.len() as u64);
    }
    if size_bytes != entry.size_bytes || hash.finish_hex() != entry.sha256 {
        return Err(BackupError::damaged(format!("`{}` is not what it was", entry.path)));
    }
    Ok(())
}

fn check_database(path: &Path) -> Result<(), BackupError> {
    let found = inspect(path)?;
    if !found.damage.is_empty() {
        return Err(BackupError::damaged(format!("its database: {}", found.damage.join("; "))));
    }
    if found.dangling_rows > 0 {
        let rows = found.dangling_rows;
        return Err(BackupError::damaged(format!(
            "{rows} rows of its database point to rows that are not there"
        )));
    }
    Ok(())
}
