//! Forgetting old snapshots, and checking those that stay.

use super::progress::Progress;
use super::repository::Repository;
use super::{BackupError, bring_to_disk};
use crate::ground::ids::{Id as _, SnapshotId};
use crate::store::fault;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::fs;

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    pub snapshots: usize,
    pub bytes: u64,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    pub snapshots: usize,
    pub chunks: u64,
    pub bytes: u64,
    /// What is wrong, and the snapshots that cannot be restored because of it.
    pub damage: Vec<String>,
}

impl Repository {
    /// Keeps the newest `keep` snapshots, and every chunk that they name. Stopped at any moment, it has removed
    /// nothing that a snapshot which is still there needs. `keep` of 0 is taken for 1.
    pub fn forget(&self, keep: usize) -> Result<Forgotten, BackupError> {
        let ids = self.snapshot_ids()?;
        let surplus = ids.len().saturating_sub(keep.max(1));
        let (old, kept) = ids.split_at(surplus);
        // Before anything is removed: a snapshot that cannot be read may need any chunk.
        let mut needed = HashSet::new();
        for id in kept {
            let snapshot = self.snapshot(id)?;
            needed.extend(snapshot.files.into_iter().flat_map(|file| file.chunks));
        }
        for id in old {
            let path = self.root().join("snapshots").join(id.as_str());
            fs::remove_file(&path).map_err(|error| BackupError::io("remove", &path, error))?;
            fault::point("backup.while_forgetting");
        }
        bring_to_disk(self.root())?;
        let bytes = self.remove_chunks_except(&needed)?;
        Ok(Forgotten { snapshots: old.len(), bytes })
    }

    fn remove_chunks_except(&self, needed: &HashSet<String>) -> Result<u64, BackupError> {
        let mut removed_bytes = 0;
        let root = self.chunks_folder();
        let folders = fs::read_dir(&root).map_err(|error| BackupError::io("list", &root, error))?;
        for folder in folders.filter_map(Result::ok) {
            let path = folder.path();
            let listing = fs::read_dir(&path).map_err(|error| BackupError::io("list", &path, error))?;
            for chunk in listing.filter_map(Result::ok) {
                if needed.contains(&*chunk.file_name().to_string_lossy()) {
                    continue;
                }
                let bytes = chunk.metadata().map_or(0, |meta| meta.len());
                let path = chunk.path();
                fs::remove_file(&path).map_err(|error| BackupError::io("remove", &path, error))?;
                removed_bytes += bytes;
            }
        }
        Ok(removed_bytes)
    }

    /// Reads every chunk that this snapshot names, or that any does, and compares it with its name.
    pub fn verify(&self, only: Option<&SnapshotId>, progress: &Progress) -> Result<Verified, BackupError> {
        let ids = match only {
            Some(id) => vec![id.clone()],
            None => self.snapshot_ids()?,
        };
        let mut verified = Verified { snapshots: ids.len(), ..Verified::default() };
        // Each chunk with the first snapshot that names it.
        let mut chunks: BTreeMap<String, SnapshotId> = BTreeMap::new();
        for id in ids {
            match self.snapshot(&id) {
                Ok(snapshot) => {
                    for chunk in snapshot.files.into_iter().flat_map(|file| file.chunks) {
                        chunks.entry(chunk).or_insert_with(|| id.clone());
                    }
                }
                Err(BackupError::Damaged { what }) => verified.damage.push(what),
                Err(error) => return Err(error),
            }
        }
        progress.begin(chunks.len() as u64);
        for (name, id) in chunks {
            match self.chunk(&name) {
                Ok(plain) => verified.bytes += plain.len() as u64,
                Err(BackupError::Damaged { what }) => {
                    verified.damage.push(format!("{what} (needed by {id})"))
                }
                Err(error) => return Err(error),
            }
            verified.chunks += 1;
            progress.add(1);
        }
        Ok(verified)
    }
}
