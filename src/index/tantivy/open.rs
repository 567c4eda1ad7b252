//! Opening the folder, and starting it over whenever it is not exactly what this version wrote.
//!
//! The index is a cache: a wrong folder costs a rebuild, never the start of the server. Only a folder that
//! another process uses, or that cannot be written, is an error.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use ::tantivy::directory::error::LockError;
use ::tantivy::directory::{Directory as _, INDEX_WRITER_LOCK, MmapDirectory};
use ::tantivy::index::SegmentComponent;
use ::tantivy::indexer::IndexWriterOptions;
use ::tantivy::merge_policy::{LogMergePolicy, NoMergePolicy};
use ::tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError};

use super::super::IndexError;
use super::engine_error;
use super::layout::{self, Fields, Layout, Payload};
use crate::ground::limits::{
    INDEX_LOCK_RETRY_MS, INDEX_LOCK_TRIES_MAX, INDEX_MERGE_ENTRIES_MAX, INDEX_MERGE_SEGMENTS_MIN,
    INDEX_MERGE_THREADS, INDEX_STORE_CACHE_BLOCKS, INDEX_WRITER_BYTES_MIN,
};

/// From this size on, segments are merged with those of their own size only, so that a stream of small commits
/// does not rewrite what is already large.
const MERGE_LAYER_ENTRIES_MIN: u32 = 1_000;
/// A segment is rewritten once this share of it is deleted.
const MERGE_DELETED_SHARE: f32 = 0.3;

/// How to open a keyword index.
#[derive(Debug, Clone, Copy)]
pub struct TextIndexOptions {
    /// Memory of the one writing thread, at least [`INDEX_WRITER_BYTES_MIN`].
    pub writer_bytes: usize,
    /// The version of the rules that made the terms. An index made by other rules is started over.
    pub analyzer_version: u32,
}

/// How the index was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// As it was left: the caller goes on from its cursor.
    Existing,
    /// Empty, with cursor 0: the caller rebuilds it.
    Fresh { reason: FreshReason },
}

/// Why an index was started over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FreshReason {
    Missing,
    OtherVersion,
    Damaged { detail: String },
}

impl fmt::Display for FreshReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FreshReason::Missing => f.write_str("there was none"),
            FreshReason::OtherVersion => f.write_str("it was made by another version"),
            FreshReason::Damaged { detail } => write!(f, "its files were damaged: {detail}"),
        }
    }
}

/// The open files, and who writes them.
pub(super) struct Engine {
    pub index: Index,
    pub fields: Fields,
    pub reader: IndexReader,
    pub layout: Layout,
    /// None after a failed commit.
    writer: Option<IndexWriter>,
    writer_bytes: usize,
}

impl Engine {
    /// The writer, taken out: whoever commits with it puts it back. One that failed is retired instead, and the
    /// next call makes a new one from the files.
    pub(super) fn take_writer(&mut self) -> ::tantivy::Result<IndexWriter> {
        match self.writer.take() {
            Some(writer) => Ok(writer),
            None => open_writer(&self.index, self.writer_bytes),
        }
    }

    pub(super) fn put_back(&mut self, writer: IndexWriter) {
        self.writer = Some(writer);
    }

    /// Ends all writing in the folder. The next [`Engine::take_writer`] begins it again.
    pub(super) fn retire_writer(&mut self) {
        if let Some(writer) = self.writer.take() {
            retire(writer);
        }
    }
}

/// The lock on the folder goes with the writer, so a merge must not outlive it. The bound on the size of merges
/// is the bound on this wait.
impl Drop for Engine {
    fn drop(&mut self) {
        self.retire_writer();
    }
}

/// Forgets what was not committed, and waits for the merge that runs.
pub(super) fn retire(writer: IndexWriter) {
    writer.set_merge_policy(Box::new(NoMergePolicy));
    // An error tells that its threads have already ended badly, which is as good.
    let _ = writer.wait_merging_threads();
}

/// Opens what is there, or starts over. The number is the cursor.
pub(super) fn open(dir: &Path, options: TextIndexOptions) -> Result<(Engine, u64, Opened), IndexError> {
    if options.writer_bytes < INDEX_WRITER_BYTES_MIN {
        return Err(IndexError::WriterBytes { given: options.writer_bytes });
    }
    refuse_if_in_use(dir)?;
    match open_existing(dir, options) {
        Ok((engine, cursor)) => Ok((engine, cursor, Opened::Existing)),
        Err(reason) => {
            let engine = start_over(dir, options)?;
            Ok((engine, 0, Opened::Fresh { reason }))
        }
    }
}

/// Empties the folder and makes an index in it that carries cursor 0 and its layout from the first moment.
pub(super) fn start_over(dir: &Path, options: TextIndexOptions) -> Result<Engine, IndexError> {
    empty_folder(dir).map_err(|source| IndexError::Folder { dir: dir.to_owned(), source })?;
    create(dir, options).map_err(|source| engine_error("start over", source))
}

/// The engine's own lock, asked before anything is judged: what another process is writing must not be taken
/// for damage and emptied.
fn refuse_if_in_use(dir: &Path) -> Result<(), IndexError> {
    let Ok(directory) = MmapDirectory::open(dir) else {
        return Ok(());
    };
    let lock = || directory.acquire_lock(&INDEX_WRITER_LOCK).map(drop);
    match with_patience(lock, |error| matches!(error, LockError::LockBusy)) {
        Err(LockError::LockBusy) => Err(IndexError::InUse { dir: dir.to_owned() }),
        Ok(()) | Err(LockError::IoError(_)) => Ok(()),
    }
}

/// Tries again while the lock is busy, for a tenth of a second. A program that this process is just starting
/// holds a copy of every lock until it has begun, so that a lock given back is not always free at once.
fn with_patience<T, E>(take: impl Fn() -> Result<T, E>, is_busy: impl Fn(&E) -> bool) -> Result<T, E> {
    for _ in 1..INDEX_LOCK_TRIES_MAX {
        match take() {
            Err(error) if is_busy(&error) => std::thread::sleep(Duration::from_millis(INDEX_LOCK_RETRY_MS)),
            result => return result,
        }
    }
    take()
}

fn open_existing(dir: &Path, options: TextIndexOptions) -> Result<(Engine, u64), FreshReason> {
    let is_empty = fs::read_dir(dir).map_or(true, |entries| {
        entries
            .filter_map(Result::ok)
            .all(|entry| entry.file_name() == INDEX_WRITER_LOCK.filepath.as_os_str())
    });
    if is_empty {
        return Err(FreshReason::Missing);
    }
    let index = Index::open_in_dir(dir).map_err(damaged)?;
    let layout = Layout::current(options.analyzer_version);
    let cursor = committed_cursor(&index, layout)?;
    let (schema, fields) = layout::schema();
    if index.schema() != schema {
        return Err(FreshReason::OtherVersion);
    }
    check_files(&index)?;
    let engine = assemble(index, fields, layout, options.writer_bytes).map_err(damaged)?;
    Ok((engine, cursor))
}

/// The cursor of the last commit, if this layout wrote it.
fn committed_cursor(index: &Index, layout: Layout) -> Result<u64, FreshReason> {
    let payload = index.load_metas().map_err(damaged)?.payload.unwrap_or_default();
    let Ok(payload) = serde_json::from_str::<Payload>(&payload) else {
        return Err(FreshReason::OtherVersion);
    };
    if payload.layout == layout { Ok(payload.cursor) } else { Err(FreshReason::OtherVersion) }
}

/// Reads every file of the committed segments against its checksum: a damaged list of postings would otherwise
/// be met in the middle of a query. The engine's own check passes over lost files, and over all that its list of
/// files does not name, which can be damaged too.
fn check_files(index: &Index) -> Result<(), FreshReason> {
    use SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
    for segment in index.searchable_segment_metas().map_err(damaged)? {
        let deletes = segment.has_deletes().then_some(Delete);
        let components = [Postings, Positions, Terms, Store, FastFields, FieldNorms].into_iter();
        for component in components.chain(deletes) {
            let file = segment.relative_path(component);
            if !index.directory().validate_checksum(&file).map_err(damaged)? {
                return Err(FreshReason::Damaged {
                    detail: format!("wrong checksum of `{}`", file.display()),
                });
            }
        }
    }
    Ok(())
}

fn damaged(error: impl fmt::Display) -> FreshReason {
    FreshReason::Damaged { detail: error.to_string() }
}

fn create(dir: &Path, options: TextIndexOptions) -> ::tantivy::Result<Engine> {
    let (schema, fields) = layout::schema();
    let index = Index::create_in_dir(dir, schema)?;
    let layout = Layout::current(options.analyzer_version);
    let mut writer = open_writer(&index, options.writer_bytes)?;
    commit(&mut writer, Payload { cursor: 0, layout })?;
    drop(writer);
    assemble(index, fields, layout, options.writer_bytes)
}

/// Writes what the writer holds, with the cursor, as one commit.
pub(super) fn commit(writer: &mut IndexWriter, payload: Payload) -> ::tantivy::Result<()> {
    let payload = serde_json::to_string(&payload)
        .map_err(|error| ::tantivy::TantivyError::InternalError(error.to_string()))?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(())
}

fn assemble(index: Index, fields: Fields, layout: Layout, writer_bytes: usize) -> ::tantivy::Result<Engine> {
    let writer = open_writer(&index, writer_bytes)?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(INDEX_STORE_CACHE_BLOCKS)
        .try_into()?;
    Ok(Engine { index, fields, reader, layout, writer: Some(writer), writer_bytes })
}

/// One thread that writes and one that merges, both bounded: what does not fit in memory becomes a segment, and
/// segments beyond the bound are not merged any more.
fn open_writer(index: &Index, writer_bytes: usize) -> ::tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(writer_bytes)
        .num_merge_threads(INDEX_MERGE_THREADS)
        .build();
    let writer = with_patience(
        || index.writer_with_options(options.clone()),
        |error| matches!(error, TantivyError::LockFailure(LockError::LockBusy, _)),
    )?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(INDEX_MERGE_SEGMENTS_MIN);
    policy.set_max_docs_before_merge(INDEX_MERGE_ENTRIES_MAX);
    policy.set_min_layer_size(MERGE_LAYER_ENTRIES_MIN);
    policy.set_del_docs_ratio_before_merge(MERGE_DELETED_SHARE);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// Leaves an empty folder in the same place. Its content is deleted, not the folder moved away: it may be a
/// mount point or a link.
fn empty_folder(dir: &Path) -> io::Result<()> {
    if dir.exists() && !dir.is_dir() {
        fs::remove_file(dir)?;
    }
    fs::create_dir_all(dir)?;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
