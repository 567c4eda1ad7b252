//! What a snapshot says: which files make up the node at one moment, and which chunks make up each file.
//!
//! It is one sealed message, so neither the order nor the number of the chunks can be changed unnoticed.

use crate::ground::ids::SnapshotId;
use crate::ground::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path};

/// The format of repositories and snapshots that this program writes.
pub const FORMAT: u32 = 1;
/// The database's place in a snapshot.
pub const DATABASE: &str = "snip.db";
/// The folders of the data directory that a snapshot may have files in.
const FOLDERS: [&str; 3] = ["blobs", "keys", "models"];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub id: SnapshotId,
    /// The moment that it holds.
    pub taken_at_ms: i64,
    /// The version of the program that took it.
    pub program: String,
    pub files: Vec<FileEntry>,
    /// Files that the database names and that were not there: the node was damaged before.
    pub missing: Vec<String>,
}

/// One file: where it belongs, and how it is put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Below the data directory, with `/`.
    pub path: String,
    pub size_bytes: u64,
    pub sha256: String,
    /// In order.
    pub chunks: Vec<String>,
}

impl Snapshot {
    pub const fn taken_at(&self) -> Timestamp {
        Timestamp::from_ms(self.taken_at_ms)
    }

    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }

    pub fn blobs(&self) -> usize {
        self.files.iter().filter(|file| file.path.starts_with("blobs/")).count()
    }
}

impl FileEntry {
    /// Whether it belongs where a snapshot may write: a file below one of its folders, or the database.
    pub(super) fn has_legal_path(&self) -> bool {
        let path = Path::new(&self.path);
        let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        let folder = self.path.split('/').next().unwrap_or_default();
        self.path == DATABASE || (is_plain && FOLDERS.contains(&folder) && path.components().count() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        let is_legal = |path: &str| {
            let path = path.to_owned();
            FileEntry { path, size_bytes: 0, sha256: String::new(), chunks: Vec::new() }.has_legal_path()
        };

        for path in ["snip.db", "blobs/client_1/blob_1", "keys/signing", "models/m/model.bin"] {
            assert!(is_legal(path), "{path}");
        }
        for path in ["", "blobs", "/etc/passwd", "../x", "keys/../../x", "run/lock", "index/x", "snip.db-wal"]
        {
            assert!(!is_legal(path), "{path}");
        }
    }
}
