//! Taking a snapshot of a node that goes on working.
//!
//! 1. No file of a client is deleted for a moment: in it the moment of the database is fixed, and every file that it
//!    names and the repository lacks gets a second name in a staging folder. 2. The database is copied there as it
//!    was at that moment. 3. What is new is sealed into the repository. 4. The snapshot is written.

use super::copy::Moment;
use super::progress::Progress;
use super::repository::{Repository, make_folder};
use super::snapshot::{DATABASE, FileEntry, Snapshot};
use super::{BackupError, require_space};
use crate::ground::crypto::Sha256Stream;
use crate::ground::ids::{BlobId, ClientId, SnapshotId};
use crate::store::blob::Blobs;
use crate::store::clock::{Clock, IdSource};
use crate::store::directory::Layout;
use crate::store::error::DbError;
use crate::store::fault;
use crate::store::tx::ReadTx;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Small, since a write changes a few pages here and there.
const DATABASE_CHUNK_BYTES: usize = 64 << 10;
/// Files never change, so larger pieces cost nothing.
const FILE_CHUNK_BYTES: usize = 1 << 20;
/// The folder in `backups/` in which a snapshot is prepared.
const STAGING: &str = "staging";

/// A file that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBlob {
    pub client_id: ClientId,
    pub id: BlobId,
    pub size_bytes: u64,
}

/// Every file that the database names at the moment of this transaction.
pub type ListBlobs = fn(&ReadTx<'_>) -> Result<Vec<NamedBlob>, DbError>;

/// The node of which a snapshot is taken, by the process that holds its directory.
pub struct Source<'a> {
    pub layout: &'a Layout,
    pub blobs: &'a Blobs,
    pub list_blobs: ListBlobs,
    pub clock: &'a dyn Clock,
    pub ids: &'a IdSource,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub snapshot_id: SnapshotId,
    pub taken_at: String,
    pub files: usize,
    pub bytes_total: u64,
    /// What the repository has grown by.
    pub bytes_new: u64,
    /// Files that the database names and that are not in the directory: the node is damaged.
    pub missing: Vec<String>,
}

/// A file that is to be in the snapshot.
enum Planned {
    /// As in a former snapshot.
    Known(FileEntry),
    New {
        path: String,
        from: PathBuf,
        chunk_bytes: usize,
    },
}

/// Takes the snapshot. Blocks until it is done, which may be long.
pub fn take(repository: &Repository, source: &Source<'_>, progress: &Progress) -> Result<Taken, BackupError> {
    let _alone = only_one(source.layout)?;
    let staging = Staging::make(source.layout)?;
    let database_bytes = fs::metadata(source.layout.database()).map_or(0, |meta| meta.len());
    require_space(&source.layout.root, database_bytes)?;

    let known = known_files(repository)?;
    let taken_at = source.clock.now();
    let mut missing = Vec::new();
    let (moment, mut planned) = fix_moment(repository, source, &known, &staging, &mut missing)?;
    let copied_bytes = moment.size_bytes()?;
    progress.begin(copied_bytes.saturating_mul(2) + new_bytes(&planned));
    let copy = staging.0.join(DATABASE);
    moment.copy(&copy, progress)?;
    drop(moment);
    fault::point("backup.after_copy");

    plan_folder(source.layout, "keys", &known, &mut planned)?;
    plan_folder(source.layout, "models", &known, &mut planned)?;
    planned.push(Planned::New {
        path: DATABASE.to_owned(),
        from: copy.clone(),
        chunk_bytes: DATABASE_CHUNK_BYTES,
    });
    require_space(repository.root(), new_bytes_in(repository, &planned, &copy)?)?;

    let mut snapshot = Snapshot {
        id: source.ids.new_id(taken_at),
        taken_at_ms: taken_at.as_ms(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        files: Vec::with_capacity(planned.len()),
        missing,
    };
    let mut bytes_new = 0;
    for file in planned {
        let (entry, bytes) = store_file(repository, source.ids, file, progress)?;
        snapshot.files.push(entry);
        bytes_new += bytes;
    }
    bytes_new += repository.commit(&snapshot, source.ids)?;
    Ok(Taken {
        taken_at: taken_at.to_rfc3339(),
        files: snapshot.files.len(),
        bytes_total: snapshot.size_bytes(),
        bytes_new,
        missing: snapshot.missing,
        snapshot_id: snapshot.id,
    })
}

/// Refuses a target that a backup of the node would contain, or that would be lost with it.
pub fn check_target(layout: &Layout, target: &Path) -> Result<(), BackupError> {
    let data = fs::canonicalize(&layout.root).unwrap_or_else(|_| layout.root.clone());
    let mut existing = target.to_owned();
    let mut rest = PathBuf::new();
    while !existing.exists() {
        let Some(name) = existing.file_name().map(PathBuf::from) else { break };
        rest = if rest.as_os_str().is_empty() { name } else { name.join(&rest) };
        if !existing.pop() {
            break;
        }
    }
    let real = fs::canonicalize(&existing).unwrap_or(existing).join(rest);
    if real.starts_with(&data) { Err(BackupError::InsideData { path: target.to_owned() }) } else { Ok(()) }
}

/// The moment of the database, and the files that it names.
fn fix_moment(
    repository: &Repository,
    source: &Source<'_>,
    known: &HashMap<String, FileEntry>,
    staging: &Staging,
    missing: &mut Vec<String>,
) -> Result<(Moment, Vec<Planned>), BackupError> {
    // Whoever deletes a document removes its row first and its file then: while no file can go, what the rows of this
    // moment name is there.
    let _no_deletions = source.blobs.hold_deletions();
    let (moment, named) = Moment::open(&source.layout.database(), source.clock.now(), source.list_blobs)?;
    let mut planned = Vec::with_capacity(named.len());
    for blob in named {
        let path = format!("blobs/{}/{}", blob.client_id, blob.id);
        let is_stored = |entry: &&FileEntry| {
            entry.size_bytes == blob.size_bytes && entry.chunks.iter().all(|name| repository.has_chunk(name))
        };
        // A blob never changes under its name.
        if let Some(entry) = known.get(&path).filter(is_stored) {
            planned.push(Planned::Known(entry.clone()));
            continue;
        }
        let from = staging.0.join(blob.id.to_string());
        match link_or_copy(&source.blobs.path(&blob.client_id, &blob.id), &from) {
            Ok(()) => planned.push(Planned::New { path, from, chunk_bytes: FILE_CHUNK_BYTES }),
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push(path),
            Err(error) => return Err(BackupError::io("keep", &from, error)),
        }
    }
    Ok((moment, planned))
}

/// A second name for the file; a copy where the disk knows none.
fn link_or_copy(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => fs::copy(from, to).map(|_| ()),
        linked => linked,
    }
}

/// The files of a folder that are written whole and then named.
fn plan_folder(
    layout: &Layout,
    folder: &str,
    known: &HashMap<String, FileEntry>,
    planned: &mut Vec<Planned>,
) -> Result<(), BackupError> {
    let root = layout.root.join(folder);
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let listing = fs::read_dir(&folder).map_err(|error| BackupError::io("list", &folder, error))?;
        for entry in listing.filter_map(Result::ok) {
            let (from, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            // What is being brought in, and what a death left of it.
            if name.starts_with("incoming-") || name.ends_with(".part") {
                continue;
            }
            let meta = entry.metadata().map_err(|error| BackupError::io("read", &from, error))?;
            if meta.is_dir() {
                folders.push(from);
                continue;
            }
            let path = from.strip_prefix(&layout.root).unwrap_or(&from).to_string_lossy().into_owned();
            let is_same_model =
                |known: &&FileEntry| known.path.starts_with("models/") && known.size_bytes == meta.len();
            // A model is checked against its published hash when it is brought in, and never changes then.
            planned.push(match known.get(&path).filter(is_same_model) {
                Some(entry) => Planned::Known(entry.clone()),
                None => Planned::New { path, from, chunk_bytes: FILE_CHUNK_BYTES },
            });
        }
    }
    Ok(())
}

/// The files of the newest snapshot. One that cannot be read is no reason not to make another.
fn known_files(repository: &Repository) -> Result<HashMap<String, FileEntry>, BackupError> {
    let ids = repository.snapshot_ids()?;
    let newest = ids.last().and_then(|id| repository.snapshot(id).ok());
    let files = newest.map(|snapshot| snapshot.files).unwrap_or_default();
    Ok(files
        .into_iter()
        .filter(|file| file.chunks.iter().all(|name| repository.has_chunk(name)))
        .map(|file| (file.path.clone(), file))
        .collect())
}

fn new_bytes(planned: &[Planned]) -> u64 {
    let size = |file: &Planned| match file {
        Planned::Known(_) => 0,
        Planned::New { from, .. } => fs::metadata(from).map_or(0, |meta| meta.len()),
    };
    planned.iter().map(size).sum()
}

/// What the repository will grow by: of the database only the chunks that it lacks.
fn new_bytes_in(repository: &Repository, planned: &[Planned], database: &Path) -> Result<u64, BackupError> {
    let others = new_bytes(planned);
    let mut all = 0;
    let mut lacking = 0;
    each_chunk(database, DATABASE_CHUNK_BYTES, |bytes| {
        all += bytes.len() as u64;
        if !repository.has_chunk(&repository.chunk_name(bytes)) {
            lacking += bytes.len() as u64;
        }
        Ok(())
    })?;
    Ok(others.saturating_sub(all) + lacking)
}

fn store_file(
    repository: &Repository,
    ids: &IdSource,
    file: Planned,
    progress: &Progress,
) -> Result<(FileEntry, u64), BackupError> {
    let (path, from, chunk_bytes) = match file {
        Planned::Known(entry) => return Ok((entry, 0)),
        Planned::New { path, from, chunk_bytes } => (path, from, chunk_bytes),
    };
    let mut hash = Sha256Stream::default();
    let mut entry = FileEntry { path, size_bytes: 0, sha256: String::new(), chunks: Vec::new() };
    let mut written = 0;
    each_chunk(&from, chunk_bytes, |bytes| {
        let name = repository.chunk_name(bytes);
        written += repository.add_chunk(&name, bytes, ids)?;
        hash.update(bytes);
        entry.size_bytes += bytes.len() as u64;
        entry.chunks.push(name);
        progress.add(bytes.len() as u64);
        fault::point("backup.while_storing");
        Ok(())
    })?;
    entry.sha256 = hash.finish_hex();
    Ok((entry, written))
}

fn each_chunk(
    path: &Path,
    chunk_bytes: usize,
    mut take: impl FnMut(&[u8]) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let mut file = File::open(path).map_err(|error| BackupError::io("open", path, error))?;
    let mut buffer = Vec::with_capacity(chunk_bytes);
    loop {
        buffer.clear();
        let read = (&mut file).take(chunk_bytes as u64).read_to_end(&mut buffer);
        if read.map_err(|error| BackupError::io("read", path, error))? == 0 {
            return Ok(());
        }
        take(&buffer)?;
    }
}

/// Where a snapshot is prepared; gone when it is dropped.
struct Staging(PathBuf);

impl Staging {
    fn make(layout: &Layout) -> Result<Self, BackupError> {
        let path = layout.backups().join(STAGING);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(BackupError::io("remove", &path, error));
            }
            _ => make_folder(&path)?,
        }
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // A leftover is removed before the next backup.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One backup of a node at a time, wherever it goes.
fn only_one(layout: &Layout) -> Result<File, BackupError> {
    let path = layout.run().join("backup.lock");
    let file = File::create(&path).map_err(|error| BackupError::io("make", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Running),
        Err(TryLockError::Error(error)) => Err(BackupError::io("lock", &path, error)),
    }
}
