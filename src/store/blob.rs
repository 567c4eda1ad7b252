//! Files of clients: `blobs/{client}/{blob}`. Written whole and synced before a row may name them.

use super::error::DbError;
use super::fault;
use crate::ground::crypto::Sha256Stream;
use crate::ground::ids::{BlobId, ClientId, Id as _};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{RwLock, RwLockWriteGuard};

/// The folder of all blobs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
    /// Shared by who deletes, taken alone by who must not lose a file for a moment.
    deletions: Arc<RwLock<()>>,
}

/// As long as it stands, no file is deleted.
#[derive(Debug)]
pub struct NoDeletions<'a> {
    _guard: RwLockWriteGuard<'a, ()>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenBlob {
    pub id: BlobId,
    pub size_bytes: u64,
    pub sha256_hex: String,
}

/// A file being written. Dropped without [`BlobWriter::finish`], it leaves nothing behind.
pub struct BlobWriter {
    file: tokio::fs::File,
    temporary: TemporaryFile,
    folder: PathBuf,
    id: BlobId,
    hash: Sha256Stream,
    size_bytes: u64,
}

/// Removes its file when dropped, unless it was renamed.
struct TemporaryFile(Option<PathBuf>);

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // A leftover is swept by the housekeeping job.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Blobs {
    pub fn new(root: PathBuf) -> Self {
        Self { root, deletions: Arc::default() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the file stands, if it is there.
    pub fn path(&self, client_id: &ClientId, id: &BlobId) -> PathBuf {
        self.root.join(client_id.as_str()).join(id.as_str())
    }

    /// Waits until no deletion is under way, and lets none begin while the answer stands. For threads that may
    /// block; briefly, since whoever deletes a document waits.
    pub fn hold_deletions(&self) -> NoDeletions<'_> {
        NoDeletions { _guard: self.deletions.blocking_write() }
    }

    /// Begins a file of this client under a temporary name.
    pub async fn create(&self, client_id: &ClientId, id: BlobId) -> Result<BlobWriter, DbError> {
        let folder = self.root.join(client_id.as_str());
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|error| DbError::io("make a client's folder", error))?;
        let path = folder.join(format!("{id}.part"));
        let file = tokio::fs::File::create_new(&path)
            .await
            .map_err(|error| DbError::io("create an upload", error))?;
        let temporary = TemporaryFile(Some(path));
        Ok(BlobWriter { file, temporary, folder, id, hash: Sha256Stream::default(), size_bytes: 0 })
    }

    /// The whole content. Callers have checked the size.
    pub async fn read(&self, client_id: &ClientId, id: &BlobId) -> Result<Vec<u8>, DbError> {
        let path = self.root.join(client_id.as_str()).join(id.as_str());
        tokio::fs::read(&path).await.map_err(|error| DbError::io(format!("read the blob `{id}`"), error))
    }

    /// The file, open for reading.
    pub async fn open(&self, client_id: &ClientId, id: &BlobId) -> Result<std::fs::File, DbError> {
        let path = self.root.join(client_id.as_str()).join(id.as_str());
        let file = tokio::fs::File::open(&path).await;
        let file = file.map_err(|error| DbError::io(format!("open the blob `{id}`"), error))?;
        Ok(file.into_std().await)
    }

    /// Removes the file; one that is gone already is fine.
    pub async fn delete(&self, client_id: &ClientId, id: &BlobId) -> Result<(), DbError> {
        let _shared = self.deletions.read().await;
        match tokio::fs::remove_file(self.path(client_id, id)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(DbError::io(format!("delete the blob `{id}`"), error))
            }
            _ => Ok(()),
        }
    }

    /// Removes every file of the client, and its folder; one that is gone already is fine.
    pub async fn delete_all(&self, client_id: &ClientId) -> Result<(), DbError> {
        let _shared = self.deletions.read().await;
        match tokio::fs::remove_dir_all(self.root.join(client_id.as_str())).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(DbError::io("delete a client's files", error))
            }
            _ => Ok(()),
        }
    }

    /// Removes files older than `age_min` that no row names: what a crash between file and row left behind.
    /// Returns how many; none while deletions are held, for the next sweep finds them too.
    pub fn sweep(&self, named: &HashSet<String>, age_min: std::time::Duration) -> Result<usize, DbError> {
        let Ok(_shared) = self.deletions.try_read() else { return Ok(0) };
        let listing = match std::fs::read_dir(&self.root) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(DbError::io("list the blobs", error)),
        };
        let mut removed = 0;
        for folder in listing.filter_map(Result::ok) {
            let Ok(files) = std::fs::read_dir(folder.path()) else { continue };
            for file in files.filter_map(Result::ok) {
                let is_named = named.contains(&*file.file_name().to_string_lossy());
                let age =
                    file.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
                if !is_named && age.is_some_and(|age| age >= age_min) {
                    match std::fs::remove_file(file.path()) {
                        Ok(()) => removed += 1,
                        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                        Err(error) => return Err(DbError::io("remove a leftover", error)),
                    }
                }
            }
        }
        Ok(removed)
    }
}

impl BlobWriter {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), DbError> {
        self.file.write_all(bytes).await.map_err(|error| DbError::io("write an upload", error))?;
        self.hash.update(bytes);
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    pub const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Syncs the file, gives it its name and syncs the folder: from here on it survives a power cut.
    pub async fn finish(mut self) -> Result<WrittenBlob, DbError> {
        self.file.flush().await.map_err(|error| DbError::io("write an upload", error))?;
        self.file.sync_all().await.map_err(|error| DbError::io("sync an upload", error))?;
        fault::point("blob.before_rename");
        let target = self.folder.join(self.id.as_str());
        if let Some(path) = &self.temporary.0 {
            tokio::fs::rename(path, &target).await.map_err(|error| DbError::io("name an upload", error))?;
            self.temporary.0 = None;
        }
        sync_folder(&self.folder).await?;
        if let Some(root) = self.folder.parent() {
            // The client's folder may be new, and a folder's name is an entry of its parent.
            sync_folder(root).await?;
        }
        fault::point("blob.after_rename");
        Ok(WrittenBlob { id: self.id, size_bytes: self.size_bytes, sha256_hex: self.hash.finish_hex() })
    }
}

async fn sync_folder(path: &Path) -> Result<(), DbError> {
    let folder = tokio::fs::File::open(path).await;
    let folder = folder.map_err(|error| DbError::io("open a folder of blobs", error))?;
    folder.sync_all().await.map_err(|error| DbError::io("sync a folder of blobs", error))
}
