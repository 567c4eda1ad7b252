//! The manifest beside the tables: how far they have followed the log, and which of them are complete.

use super::{Served, table_name};
use crate::ground::ids::{ClientId, GenerationId};
use crate::index::vector::VectorSpace;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use tracing::warn;

/// Raised when tables are laid out otherwise: those of another layout are thrown away.
const LAYOUT: u32 = 1;
const FILE: &str = "manifest.json";
const TEMPORARY: &str = "manifest.json.new";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    layout: u32,
    pub cursor: u64,
    tables: Vec<TableEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TableEntry {
    client_id: ClientId,
    generation_id: GenerationId,
    vectors: u64,
    unindexed: u64,
}

impl Manifest {
    pub(super) fn new(cursor: u64, served: &BTreeMap<VectorSpace, Served>) -> Self {
        let entry = |(space, served): (&VectorSpace, &Served)| TableEntry {
            client_id: space.client_id.clone(),
            generation_id: space.generation_id.clone(),
            vectors: served.vectors,
            unindexed: served.unindexed,
        };
        Self { layout: LAYOUT, cursor, tables: served.iter().map(entry).collect() }
    }

    pub(super) fn served(&self) -> impl Iterator<Item = (VectorSpace, Served)> + '_ {
        self.tables
            .iter()
            .map(|entry| (entry.space(), Served { vectors: entry.vectors, unindexed: entry.unindexed }))
    }

    /// None when there is none that this version has written whole, or a table that it names is missing.
    pub(super) fn read(dir: &Path) -> Option<Self> {
        let bytes = fs::read(dir.join(FILE)).ok()?;
        let manifest = match serde_json::from_slice::<Self>(&bytes) {
            Ok(manifest) => manifest,
            Err(error) => {
                warn!("The manifest of the vector tables is damaged, they are made anew: {error}");
                return None;
            }
        };
        let names: HashSet<String> = entries(dir).collect();
        let is_whole = manifest.tables.iter().all(|entry| {
            let name = table_name(&entry.space());
            names.iter().any(|file| is_of_table(file, &name))
        });
        (manifest.layout == LAYOUT && is_whole).then_some(manifest)
    }

    /// In place of the former one, whole or not at all.
    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        let temporary = dir.join(TEMPORARY);
        let mut file = File::create(&temporary)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(&temporary, dir.join(FILE))?;
        File::open(dir)?.sync_all()
    }

    /// Removes tables that a crash has left half-made.
    pub(super) fn remove_strangers(&self, dir: &Path) {
        let known: Vec<String> = self.tables.iter().map(|entry| table_name(&entry.space())).collect();
        for file in entries(dir) {
            let is_known = file == FILE || known.iter().any(|name| is_of_table(&file, name));
            if !is_known && let Err(error) = remove(&dir.join(&file)) {
                warn!("A leftover of the vector tables could not be removed: {error}");
            }
        }
    }
}

impl TableEntry {
    fn space(&self) -> VectorSpace {
        VectorSpace { client_id: self.client_id.clone(), generation_id: self.generation_id.clone() }
    }
}

/// Empties the folder, or makes it.
pub(super) fn empty(dir: &Path) -> io::Result<()> {
    // The manifest first: tables without one are thrown away, one without its tables is refused.
    match fs::remove_file(dir.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound && dir.is_dir() => return Err(error),
        _ => {}
    }
    if dir.is_file() {
        fs::remove_file(dir)?;
    }
    for file in entries(dir) {
        remove(&dir.join(file))?;
    }
    fs::create_dir_all(dir)
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn entries(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// The engine keeps each table in a folder that is named after it, with an ending.
fn is_of_table(file: &str, name: &str) -> bool {
    file.strip_prefix(name).is_some_and(|ending| ending.is_empty() || ending.starts_with(['.', '-']))
}
