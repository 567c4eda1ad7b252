//! The folder in which backups are: its files, its lock, and what makes them durable.
//!
//! ```text
//! repository.json   format, id, and what tells its key from others
//! lock              held by the process that works on it
//! chunks/ab/ab…     sealed pieces of files, named by a keyed hash of what they hold
//! incoming/         pieces of a backup that is being made; whatever stands here later is thrown away
//! snapshots/snap_…  sealed lists of files and their pieces
//! ```
//! A chunk gets its name in `chunks/` only after its bytes are on disk, and a snapshot only after all its chunks
//! are: at any moment every snapshot that has a name is whole.

use super::key::{RecoveryKey, Sealed};
use super::snapshot::{FORMAT, Snapshot};
use super::{BackupError, bring_to_disk};
use crate::ground::crypto::hex;
use crate::ground::ids::{Id as _, SnapshotId};
use crate::store::clock::IdSource;
use crate::store::fault;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

const ABOUT: &str = "repository.json";

/// How a repository is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Beside other readers.
    Read,
    /// Alone.
    Write,
}

/// A repository that is open and locked.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    key: RecoveryKey,
    /// The operating system frees it when the process ends, however it ends.
    _lock: File,
}

/// A snapshot in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotLine {
    pub id: SnapshotId,
    pub taken_at: String,
    pub program: String,
    pub files: usize,
    pub size_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct About {
    format: u32,
    id: String,
    key_check: String,
}

impl Repository {
    /// Opens a repository that is there.
    pub fn open(root: &Path, key: RecoveryKey, access: Access) -> Result<Self, BackupError> {
        let path = root.join(ABOUT);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Err(BackupError::NotARepository { path: root.to_owned() });
            }
            Err(error) => return Err(BackupError::io("read", &path, error)),
        };
        let about: About = serde_json::from_slice(&text).map_err(|_| {
            BackupError::damaged(format!("`{}` is no description of backups", path.display()))
        })?;
        if about.format > FORMAT {
            return Err(BackupError::NewerFormat {
                path: root.to_owned(),
                found: about.format,
                known: FORMAT,
            });
        }
        if !key.is_of(&about.id, &about.key_check) {
            return Err(BackupError::WrongKey { path: root.to_owned() });
        }
        let lock = lock(root, access)?;
        let repository = Self { root: root.to_owned(), key, _lock: lock };
        if access == Access::Write {
            repository.throw_away_incoming()?;
        }
        Ok(repository)
    }

    /// Opens the repository for a new snapshot, and makes it when the folder is new or empty.
    pub fn open_or_make(root: &Path, key: RecoveryKey, ids: &IdSource) -> Result<Self, BackupError> {
        if !root.join(ABOUT).exists() {
            make(root, &key, ids)?;
        }
        Self::open(root, key, Access::Write)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The ids of all snapshots, oldest first.
    pub fn snapshot_ids(&self) -> Result<Vec<SnapshotId>, BackupError> {
        let folder = self.root.join("snapshots");
        let listing = fs::read_dir(&folder).map_err(|error| BackupError::io("list", &folder, error))?;
        let mut ids: Vec<SnapshotId> = listing
            .filter_map(Result::ok)
            .filter_map(|entry| SnapshotId::parse(&entry.file_name().to_string_lossy()).ok())
            .collect();
        ids.sort();
        Ok(ids)
    }

    pub fn snapshot(&self, id: &SnapshotId) -> Result<Snapshot, BackupError> {
        let path = self.root.join("snapshots").join(id.as_str());
        let sealed = match fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(BackupError::NoSuchSnapshot { path: self.root.clone(), id: id.to_string() });
            }
            Err(error) => return Err(BackupError::io("read", &path, error)),
        };
        let plain = self.key.open(Sealed::Snapshot, id.as_str(), &sealed);
        let snapshot = plain.and_then(|plain| serde_json::from_slice::<Snapshot>(&plain).ok());
        snapshot.ok_or_else(|| BackupError::damaged(format!("the snapshot `{id}` was changed")))
    }

    /// The snapshot of this id, or the newest.
    pub fn find_snapshot(&self, id: Option<&SnapshotId>) -> Result<Snapshot, BackupError> {
        match id {
            Some(id) => self.snapshot(id),
            None => match self.snapshot_ids()?.last() {
                Some(newest) => self.snapshot(newest),
                None => Err(BackupError::Empty { path: self.root.clone() }),
            },
        }
    }

    /// All snapshots, oldest first.
    pub fn list(&self) -> Result<Vec<SnapshotLine>, BackupError> {
        let line = |id: &SnapshotId| -> Result<SnapshotLine, BackupError> {
            let snapshot = self.snapshot(id)?;
            Ok(SnapshotLine {
                taken_at: snapshot.taken_at().to_rfc3339(),
                files: snapshot.files.len(),
                size_bytes: snapshot.size_bytes(),
                program: snapshot.program,
                id: snapshot.id,
            })
        };
        self.snapshot_ids()?.iter().map(line).collect()
    }

    pub(super) fn chunk_name(&self, bytes: &[u8]) -> String {
        self.key.chunk_name(bytes)
    }

    pub(super) fn has_chunk(&self, name: &str) -> bool {
        self.chunk_path(name).exists() || self.incoming().join(name).exists()
    }

    /// Puts a chunk among the incoming ones; returns how many bytes were written, 0 when it is there already.
    pub(super) fn add_chunk(&self, name: &str, bytes: &[u8], ids: &IdSource) -> Result<u64, BackupError> {
        if self.has_chunk(name) {
            return Ok(0);
        }
        let sealed = self.key.seal(Sealed::Chunk, name, ids.new_key(), bytes)?;
        let path = self.incoming().join(name);
        write_new(&path, &sealed)?;
        Ok(sealed.len() as u64)
    }

    /// What a chunk holds: exactly what was put in under this name.
    pub(super) fn chunk(&self, name: &str) -> Result<Vec<u8>, BackupError> {
        let path = self.chunk_path(name);
        let sealed = match fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(BackupError::damaged(format!("`{}` is missing", path.display())));
            }
            Err(error) => return Err(BackupError::io("read", &path, error)),
        };
        let plain = self.key.open(Sealed::Chunk, name, &sealed);
        plain.filter(|plain| self.key.chunk_name(plain) == name).ok_or_else(|| {
            BackupError::damaged(format!(
                "`{}` was changed; remove that file, and the next backup writes it anew if the node still has it",
                path.display()
            ))
        })
    }

    /// Gives the incoming chunks their names, then writes the snapshot: from here on it is one.
    pub(super) fn commit(&self, snapshot: &Snapshot, ids: &IdSource) -> Result<u64, BackupError> {
        let plain = serde_json::to_vec(snapshot)
            .map_err(|error| BackupError::io("write", &self.root, std::io::Error::other(error)))?;
        let sealed = self.key.seal(Sealed::Snapshot, snapshot.id.as_str(), ids.new_key(), &plain)?;
        let incoming = self.incoming();
        let partial = incoming.join(snapshot.id.as_str());
        write_new(&partial, &sealed)?;
        bring_to_disk(&self.root)?;
        fault::point("backup.before_chunks");
        let listing = fs::read_dir(&incoming).map_err(|error| BackupError::io("list", &incoming, error))?;
        for entry in listing.filter_map(Result::ok).filter(|entry| entry.path() != partial) {
            let target = self.chunk_path(&entry.file_name().to_string_lossy());
            if let Some(folder) = target.parent() {
                make_folder(folder)?;
            }
            rename(&entry.path(), &target)?;
        }
        bring_to_disk(&self.root)?;
        fault::point("backup.before_snapshot");
        rename(&partial, &self.root.join("snapshots").join(snapshot.id.as_str()))?;
        bring_to_disk(&self.root)?;
        fault::point("backup.after_snapshot");
        Ok(sealed.len() as u64)
    }

    pub(super) fn chunks_folder(&self) -> PathBuf {
        self.root.join("chunks")
    }

    pub(super) fn throw_away_incoming(&self) -> Result<(), BackupError> {
        let incoming = self.incoming();
        match fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(BackupError::io("remove", &incoming, error));
            }
            _ => {}
        }
        make_folder(&incoming)
    }

    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    fn chunk_path(&self, name: &str) -> PathBuf {
        self.chunks_folder().join(name.get(..2).unwrap_or(name)).join(name)
    }
}

/// Makes the folders first and the description last: a folder without it is no repository yet.
fn make(root: &Path, key: &RecoveryKey, ids: &IdSource) -> Result<(), BackupError> {
    match fs::read_dir(root) {
        Ok(listing) => {
            let ours = ["lock", "chunks", "incoming", "snapshots", "lost+found"];
            let is_foreign = |entry: fs::DirEntry| !ours.contains(&&*entry.file_name().to_string_lossy());
            if listing.filter_map(Result::ok).any(is_foreign) {
                return Err(BackupError::ForeignFolder { path: root.to_owned() });
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Not the folders above: a disk that is not mounted must not fill the one that is.
            fs::DirBuilder::new().mode(0o700).create(root).map_err(|error| match error.kind() {
                ErrorKind::NotFound => {
                    BackupError::NoParent { path: root.parent().unwrap_or(root).to_owned() }
                }
                _ => BackupError::io("make", root, error),
            })?;
        }
        Err(error) => return Err(BackupError::io("list", root, error)),
    }
    let _lock = lock(root, Access::Write)?;
    for folder in ["chunks", "incoming", "snapshots"] {
        make_folder(&root.join(folder))?;
    }
    let id = hex(&ids.new_key());
    let about = About { format: FORMAT, key_check: key.check_of(&id), id };
    let text = serde_json::to_vec_pretty(&about)
        .map_err(|error| BackupError::io("write", root, std::io::Error::other(error)))?;
    let partial = root.join("incoming").join(ABOUT);
    // A leftover of a death at this place.
    let _ = fs::remove_file(&partial);
    write_new(&partial, &text)?;
    File::open(&partial)
        .and_then(|file| file.sync_all())
        .map_err(|error| BackupError::io("bring to disk", &partial, error))?;
    rename(&partial, &root.join(ABOUT))?;
    File::open(root)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| BackupError::io("bring to disk", root, error))
}

fn lock(root: &Path, access: Access) -> Result<File, BackupError> {
    let path = root.join("lock");
    let file = match access {
        Access::Write => {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path)
        }
        // Also on a disk that is mounted read-only.
        Access::Read => File::open(&path),
    };
    let file = file.map_err(|error| BackupError::io("open", &path, error))?;
    let locked = match access {
        Access::Write => file.try_lock(),
        Access::Read => file.try_lock_shared(),
    };
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Locked { path: root.to_owned() }),
        Err(TryLockError::Error(error)) => Err(BackupError::io("lock", &path, error)),
    }
}

pub(super) fn make_folder(path: &Path) -> Result<(), BackupError> {
    if path.is_dir() {
        return Ok(());
    }
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| BackupError::io("make", path, error))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| BackupError::io("make", path, error))?;
    file.write_all(bytes).map_err(|error| BackupError::io("write", path, error))
}

fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(|error| BackupError::io("name", to, error))
}
