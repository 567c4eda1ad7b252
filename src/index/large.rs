//! An index of their own for large clients: one table per space, searched approximately.
//!
//! A scan of every vector grows with the client; beyond some ten thousand vectors a table with an index over
//! clusters answers sooner (decision 0010). A table holds one space and nothing else, so that no search can touch
//! another client, and a client goes with its table.
//!
//! The tables follow the change log with one cursor, which stands in a manifest beside them: it is written after
//! the tables, so that a crash between the two costs a repeated batch. A table that the manifest does not name is
//! half-made and thrown away; a manifest that cannot be read means that everything is. What serves no space here is
//! served by the exact scan, so nothing is lost by it but time.
//!
//! [`VectorTables`] is the engine; `lance.rs` is the one in use.

mod manifest;
#[cfg(test)]
mod tests;

use self::manifest::Manifest;
use super::IndexError;
use super::flat::rank;
use super::vector::{
    StoredVector, VectorChange, VectorHit, VectorIndex, VectorKind, VectorPlace, VectorSource, VectorSpace,
};
use crate::ground::ids::ClientId;
use crate::ground::limits::{INDEX_HITS_MAX, VECTORS_PER_ADD};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A table is compacted and its index brought up to date when this share of its vectors came since.
const UNINDEXED_PER_MILLE_MAX: u64 = 50;
/// And at least so many.
const UNINDEXED_MIN: u64 = 1_000;

/// Tables of vectors on disk, each with an approximate index. Names are made here and are safe as file names.
pub trait VectorTables: Send + Sync {
    /// An empty table, in place of one that has this name.
    fn create<'a>(&'a self, name: &'a str, dimensions: usize) -> BoxFuture<'a, Result<(), IndexError>>;

    fn add<'a>(&'a self, name: &'a str, rows: &'a [StoredVector]) -> BoxFuture<'a, Result<(), IndexError>>;

    fn delete<'a>(&'a self, name: &'a str, keys: &'a [String]) -> BoxFuture<'a, Result<(), IndexError>>;

    /// Makes the index over all rows, or brings it up to date, and compacts the files. Takes long; searches and
    /// changes go on meanwhile.
    fn build_index<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>>;

    /// Removes what former versions of the files still hold. Nobody may write meanwhile.
    fn forget_former<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>>;

    /// The nearest rows of this kind; an entry may come with several parts.
    fn search<'a>(
        &'a self,
        name: &'a str,
        query: &'a [f32],
        kind: VectorKind,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<VectorHit>, IndexError>>;

    /// Nothing happens when there is none.
    fn drop_table<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>>;

    /// Lets go of all open tables: their folder is emptied next.
    fn close_all(&self);
}

/// Which tables are worth the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tending {
    /// Searches have become slower.
    MuchChanged,
    /// At quiet times: so that nothing deleted stays in the files.
    Changed,
}

/// A space that has a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Served {
    vectors: u64,
    /// Came or went since the index was made.
    unindexed: u64,
}

#[derive(Default)]
struct State {
    /// None before the first [`VectorIndex::start_over`].
    cursor: Option<u64>,
    served: BTreeMap<VectorSpace, Served>,
    /// Spaces whose tables have failed a search: they are not asked again, and are made anew.
    distrusted: BTreeSet<VectorSpace>,
    filling: Option<Filling>,
}

/// A space whose table is being made.
struct Filling {
    space: VectorSpace,
    vectors: u64,
    /// Entries that a change has brought up to date already; what is read of them may be older.
    touched: HashSet<String>,
}

/// What a batch asks of one table.
#[derive(Default)]
struct TableChanges {
    entries: BTreeMap<String, Vec<StoredVector>>,
}

/// The tables of all large clients.
pub struct LargeIndex {
    dir: PathBuf,
    tables: Arc<dyn VectorTables>,
    source: Arc<dyn VectorSource>,
    state: Mutex<State>,
    /// Whoever changes tables or the manifest.
    writing: tokio::sync::Mutex<()>,
}

impl LargeIndex {
    /// Reads the manifest in `dir`. What it does not name is thrown away with the next
    /// [`VectorIndex::start_over`] or [`LargeIndex::adopt`].
    pub fn open(dir: &Path, tables: Arc<dyn VectorTables>, source: Arc<dyn VectorSource>) -> Self {
        let state = match Manifest::read(dir) {
            Some(manifest) => {
                manifest.remove_strangers(dir);
                State {
                    cursor: Some(manifest.cursor),
                    served: manifest.served().collect(),
                    ..State::default()
                }
            }
            None => State::default(),
        };
        let writing = tokio::sync::Mutex::default();
        Self { dir: dir.to_owned(), tables, source, state: Mutex::new(state), writing }
    }

    /// Whether this space is searched here.
    pub fn serves(&self, space: &VectorSpace) -> bool {
        lock(&self.state).served.contains_key(space)
    }

    /// The spaces that have a table.
    pub fn spaces(&self) -> Vec<VectorSpace> {
        lock(&self.state).served.keys().cloned().collect()
    }

    /// Makes a table for the space out of the tables of the store. It is searched once it is complete; changes
    /// that come meanwhile are in it. False when the space is empty or went away.
    pub async fn adopt(&self, space: &VectorSpace) -> Result<bool, IndexError> {
        if self.serves(space) {
            return Ok(true);
        }
        let filled = self.fill(space).await;
        let filled = match filled {
            Ok(true) => self.tables.build_index(&table_name(space)).await.map(|()| true),
            other => other,
        };
        let _writing = self.writing.lock().await;
        let filling = lock(&self.state).filling.take().filter(|filling| filling.space == *space);
        match (filled, filling) {
            (Ok(true), Some(filling)) => {
                let served = Served { vectors: filling.vectors, unindexed: filling.touched.len() as u64 };
                lock(&self.state).served.insert(space.clone(), served);
                self.write_manifest()?;
                Ok(true)
            }
            (Err(error), _) => {
                self.tables.drop_table(&table_name(space)).await?;
                Err(error)
            }
            _ => {
                self.tables.drop_table(&table_name(space)).await?;
                Ok(false)
            }
        }
    }

    /// Puts the space's vectors into a new table, in batches between which changes have their turn.
    async fn fill(&self, space: &VectorSpace) -> Result<bool, IndexError> {
        let name = table_name(space);
        let mut after = VectorPlace::default();
        let mut is_created = false;
        loop {
            let _writing = self.writing.lock().await;
            if !is_created {
                let filling = Filling { space: space.clone(), vectors: 0, touched: HashSet::new() };
                lock(&self.state).filling = Some(filling);
            }
            let (batch, is_end) = self.read_batch(space, &mut after).await?;
            let rows = match &lock(&self.state).filling {
                // What a change has brought up to date is newer than what was read.
                Some(filling) => {
                    batch.into_iter().filter(|row| !filling.touched.contains(&row.key)).collect()
                }
                None => return Ok(false),
            };
            let rows: Vec<StoredVector> = rows;
            if !is_created {
                let Some(first) = rows.first() else { return Ok(false) };
                self.tables.create(&name, first.halves.len()).await?;
                is_created = true;
            }
            if !rows.is_empty() {
                self.tables.add(&name, &rows).await?;
            }
            if let Some(filling) = &mut lock(&self.state).filling {
                filling.vectors += rows.len() as u64;
            }
            if is_end {
                return Ok(true);
            }
        }
    }

    /// About [`VECTORS_PER_ADD`] vectors, and whether they were the last.
    async fn read_batch(
        &self,
        space: &VectorSpace,
        after: &mut VectorPlace,
    ) -> Result<(Vec<StoredVector>, bool), IndexError> {
        let mut batch = Vec::new();
        while batch.len() < VECTORS_PER_ADD {
            let page = self.source.page(space, after).await?;
            let Some(last) = page.last() else { return Ok((batch, true)) };
            *after = VectorPlace { key: last.key.clone(), part: last.part };
            batch.extend(page);
        }
        Ok((batch, false))
    }

    /// Asks the space's table no more; the next [`LargeIndex::tend`] throws it away.
    pub fn distrust(&self, space: &VectorSpace) {
        let mut state = lock(&self.state);
        if state.served.remove(space).is_some() {
            state.distrusted.insert(space.clone());
        }
    }

    async fn drop_distrusted(&self) -> Result<(), IndexError> {
        let _writing = self.writing.lock().await;
        let distrusted = std::mem::take(&mut lock(&self.state).distrusted);
        if !distrusted.is_empty() {
            self.write_manifest()?;
        }
        for space in distrusted {
            self.tables.drop_table(&table_name(&space)).await?;
        }
        Ok(())
    }

    /// Takes the space's table away; the space is scanned from then on.
    pub async fn forget(&self, space: &VectorSpace) -> Result<(), IndexError> {
        let _writing = self.writing.lock().await;
        self.forget_in_turn(space).await
    }

    async fn forget_in_turn(&self, space: &VectorSpace) -> Result<(), IndexError> {
        let was_served = {
            let mut state = lock(&self.state);
            if state.filling.as_ref().is_some_and(|filling| filling.space == *space) {
                state.filling = None;
            }
            state.served.remove(space).is_some()
        };
        if was_served {
            self.write_manifest()?;
            self.tables.drop_table(&table_name(space)).await?;
        }
        Ok(())
    }

    /// Brings indexes up to date of which much has changed, or anything, and removes what was deleted from the
    /// files. Takes long.
    pub async fn tend(&self, which: Tending) -> Result<(), IndexError> {
        self.drop_distrusted().await?;
        let is_due = |it: &Served| match which {
            Tending::Changed => it.unindexed > 0,
            Tending::MuchChanged => {
                it.unindexed >= UNINDEXED_MIN && it.unindexed * 1_000 >= it.vectors * UNINDEXED_PER_MILLE_MAX
            }
        };
        let due: Vec<VectorSpace> = lock(&self.state)
            .served
            .iter()
            .filter(|(_, it)| is_due(it))
            .map(|(space, _)| space.clone())
            .collect();
        for space in due {
            let before = lock(&self.state).served.get(&space).map_or(0, |it| it.unindexed);
            self.tables.build_index(&table_name(&space)).await?;
            let _writing = self.writing.lock().await;
            match lock(&self.state).served.get_mut(&space) {
                Some(served) => served.unindexed = served.unindexed.saturating_sub(before),
                None => continue,
            }
            self.tables.forget_former(&table_name(&space)).await?;
            self.write_manifest()?;
        }
        Ok(())
    }

    fn write_manifest(&self) -> Result<(), IndexError> {
        let manifest = {
            let state = lock(&self.state);
            let Some(cursor) = state.cursor else { return Ok(()) };
            Manifest::new(cursor, &state.served)
        };
        manifest.write(&self.dir).map_err(|source| IndexError::Folder { dir: self.dir.clone(), source })
    }

    /// What the changes ask of each table that there is.
    fn changes_by_table(&self, changes: Vec<VectorChange>) -> BTreeMap<VectorSpace, TableChanges> {
        let mut by_table: BTreeMap<VectorSpace, TableChanges> = BTreeMap::new();
        let state = lock(&self.state);
        let known = || state.served.keys().chain(state.filling.iter().map(|filling| &filling.space));
        for change in changes {
            match change {
                VectorChange::Put { space, key, vectors } if known().any(|it| *it == space) => {
                    by_table.entry(space).or_default().entries.insert(key, vectors);
                }
                VectorChange::Put { .. } => {}
                VectorChange::Delete { client_id, key } => {
                    for space in known().filter(|space| space.client_id == client_id) {
                        by_table.entry(space.clone()).or_default().entries.insert(key.clone(), Vec::new());
                    }
                }
            }
        }
        by_table
    }

    async fn apply_in_turn(&self, changes: Vec<VectorChange>, cursor: u64) -> Result<(), IndexError> {
        let _writing = self.writing.lock().await;
        for (space, TableChanges { entries }) in self.changes_by_table(changes) {
            let name = table_name(&space);
            let keys: Vec<String> = entries.keys().cloned().collect();
            let rows: Vec<StoredVector> = entries.into_values().flatten().collect();
            self.tables.delete(&name, &keys).await?;
            if !rows.is_empty() {
                self.tables.add(&name, &rows).await?;
            }
            let mut state = lock(&self.state);
            if let Some(filling) = state.filling.as_mut().filter(|filling| filling.space == space) {
                filling.touched.extend(keys);
                filling.vectors += rows.len() as u64;
            } else if let Some(served) = state.served.get_mut(&space) {
                served.vectors += rows.len() as u64;
                served.unindexed += keys.len().max(rows.len()) as u64;
            }
        }
        let has_tables = {
            let mut state = lock(&self.state);
            state.cursor = Some(cursor);
            !state.served.is_empty()
        };
        // Without tables there is nothing that a start could find wanting.
        if has_tables { self.write_manifest() } else { Ok(()) }
    }

    async fn start_over_in_turn(&self, cursor: u64) -> Result<(), IndexError> {
        let _writing = self.writing.lock().await;
        self.tables.close_all();
        *lock(&self.state) = State { cursor: Some(cursor), ..State::default() };
        manifest::empty(&self.dir).map_err(|source| IndexError::Folder { dir: self.dir.clone(), source })
    }

    async fn search_tables(
        &self,
        space: &VectorSpace,
        query: &[f32],
        kinds: &[VectorKind],
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let limit = limit.min(INDEX_HITS_MAX);
        if !self.serves(space) || limit == 0 {
            return Ok(Vec::new());
        }
        let name = table_name(space);
        let searches = kinds.iter().map(|kind| self.tables.search(&name, query, *kind, limit));
        let found = futures_util::future::try_join_all(searches).await?;
        Ok(rank(found.into_iter().flatten().collect(), limit))
    }
}

impl VectorIndex for LargeIndex {
    fn cursor(&self) -> Option<u64> {
        lock(&self.state).cursor
    }

    fn apply(&self, changes: Vec<VectorChange>, cursor: u64) -> BoxFuture<'_, Result<(), IndexError>> {
        self.apply_in_turn(changes, cursor).boxed()
    }

    fn remove_client<'a>(&'a self, client_id: &'a ClientId) -> BoxFuture<'a, Result<(), IndexError>> {
        async move {
            let _writing = self.writing.lock().await;
            let own: Vec<VectorSpace> = {
                let state = lock(&self.state);
                let filling = state.filling.iter().map(|filling| &filling.space);
                let spaces = state.served.keys().chain(filling);
                spaces.filter(|space| space.client_id == *client_id).cloned().collect()
            };
            for space in own {
                self.forget_in_turn(&space).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn start_over(&self, cursor: u64) -> BoxFuture<'_, Result<(), IndexError>> {
        self.start_over_in_turn(cursor).boxed()
    }

    fn search<'a>(
        &'a self,
        space: &'a VectorSpace,
        query: &'a [f32],
        kinds: &'a [VectorKind],
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<VectorHit>, IndexError>> {
        self.search_tables(space, query, kinds, limit).boxed()
    }
}

/// Ids are letters, digits and one underscore.
fn table_name(space: &VectorSpace) -> String {
    format!("{}-{}", space.client_id, space.generation_id)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
