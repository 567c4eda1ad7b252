//! The keyword index on Tantivy: the only place that names it.
//!
//! One writer behind a lock; searches read a [`Snapshot`], which `apply` replaces as a whole, so that a search
//! never waits for a commit and never sees half of one. `layout.rs` says what stands in the files, `open.rs`
//! how they are opened and started over, `snapshot.rs` how they are read.

mod layout;
mod open;
mod snapshot;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use ::tantivy::IndexWriter;

use self::layout::{Fields, Payload};
use self::open::Engine;
pub use self::open::{FreshReason, Opened, TextIndexOptions};
use self::snapshot::Snapshot;
use super::{ClientStatistics, EntryKind, IndexError, TextChange, TextHit, TextIndex, WeightedTerm};
use crate::ground::ids::ClientId;

/// A keyword index in one folder, which it holds a lock on.
pub struct TantivyIndex {
    dir: PathBuf,
    options: TextIndexOptions,
    engine: Mutex<Engine>,
    /// A clear has failed halfway: the files may belong to nothing. Read and set with the engine locked.
    must_start_over: AtomicBool,
    snapshot: RwLock<Arc<Snapshot>>,
}

impl TantivyIndex {
    /// Opens the index in `dir`, or starts it over when it is missing, damaged or made by another version.
    /// Reads all its files once, to check them.
    pub fn open(dir: &Path, options: TextIndexOptions) -> Result<(Self, Opened), IndexError> {
        let (engine, cursor, opened) = open::open(dir, options)?;
        let snapshot = Snapshot::new(&engine, cursor);
        let index = Self {
            dir: dir.to_owned(),
            options,
            engine: Mutex::new(engine),
            must_start_over: AtomicBool::new(false),
            snapshot: RwLock::new(Arc::new(snapshot)),
        };
        Ok((index, opened))
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, engine: &Engine, cursor: u64) {
        let snapshot = Arc::new(Snapshot::new(engine, cursor));
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// Whoever panicked while holding the lock may have left a batch half written: its writer is not used again.
    fn lock_engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(|poisoned| {
            self.engine.clear_poison();
            let mut engine = poisoned.into_inner();
            engine.retire_writer();
            engine
        })
    }

    /// When it fails, the cursor is 0 all the same, the former entries are found until the process ends, and the
    /// next change tries again first.
    fn start_over(&self, engine: &mut Engine) -> Result<(), IndexError> {
        engine.retire_writer();
        let fresh = open::start_over(&self.dir, self.options);
        self.must_start_over.store(fresh.is_err(), Ordering::Relaxed);
        let done = fresh.map(|fresh| *engine = fresh);
        self.publish(engine, 0);
        done
    }

    /// Stages changes with `stage` and commits them under the cursor.
    fn change(
        &self,
        cursor: u64,
        stage: impl Fn(&IndexWriter, Fields) -> ::tantivy::Result<()>,
    ) -> Result<(), IndexError> {
        let mut engine = self.lock_engine();
        if self.must_start_over.load(Ordering::Relaxed) {
            self.start_over(&mut engine)?;
        }
        let committed = self.cursor();
        if cursor < committed {
            return Err(IndexError::CursorBehind { committed, asked: cursor });
        }
        let mut writer = engine.take_writer().map_err(|source| engine_error("open for writing", source))?;
        let payload = Payload { cursor, layout: engine.layout };
        let done = stage(&writer, engine.fields).and_then(|()| open::commit(&mut writer, payload));
        if let Err(source) = done {
            // It still holds part of the batch, which must not ride along with the next commit.
            open::retire(writer);
            return Err(engine_error("commit changes", source));
        }
        engine.put_back(writer);
        engine.reader.reload().map_err(|source| engine_error("read what it committed", source))?;
        self.publish(&engine, cursor);
        Ok(())
    }
}

impl TextIndex for TantivyIndex {
    fn cursor(&self) -> u64 {
        self.snapshot().cursor
    }

    fn apply(&self, changes: &[TextChange], cursor: u64) -> Result<(), IndexError> {
        self.change(cursor, |writer, fields| {
            for change in changes {
                let (TextChange::Put { client_id, key, .. } | TextChange::Delete { client_id, key }) = change;
                writer.delete_term(fields.entry_term(client_id, key));
                if let Some(document) = fields.document(change) {
                    writer.add_document(document)?;
                }
            }
            Ok(())
        })
    }

    fn remove_client(&self, client_id: &ClientId, cursor: u64) -> Result<(), IndexError> {
        self.change(cursor, |writer, fields| {
            writer.delete_term(fields.owner_term(client_id));
            Ok(())
        })
    }

    /// The folder is emptied rather than all entries deleted, so that this also mends damaged files.
    fn clear(&self) -> Result<(), IndexError> {
        self.start_over(&mut self.lock_engine())
    }

    fn search(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        kind: Option<EntryKind>,
        limit: usize,
    ) -> Result<Vec<TextHit>, IndexError> {
        let hits = self.snapshot().search(client_id, terms, kind, limit);
        hits.map_err(|source| engine_error("search", source))
    }

    fn scores_of(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        keys: &[&str],
    ) -> Result<Vec<f32>, IndexError> {
        let scores = self.snapshot().scores_of(client_id, terms, keys);
        scores.map_err(|source| engine_error("score entries", source))
    }

    fn document_frequencies(&self, client_id: &ClientId, terms: &[&str]) -> Result<Vec<u64>, IndexError> {
        let frequencies = self.snapshot().document_frequencies(client_id, terms);
        frequencies.map_err(|source| engine_error("count entries", source))
    }

    fn statistics(&self, client_id: &ClientId) -> Result<ClientStatistics, IndexError> {
        let statistics = self.snapshot().statistics(client_id);
        statistics.map_err(|source| engine_error("count terms", source))
    }
}

fn engine_error(doing: &'static str, source: ::tantivy::TantivyError) -> IndexError {
    IndexError::Engine { doing, source: Box::new(source) }
}
