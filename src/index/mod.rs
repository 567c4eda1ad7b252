//! FLOOR 1: derived data that answers "which entries fit these words", rebuildable from the store.
//!
//! An entry is one searchable piece of a client's knowledge: a chunk of a document, or a FAQ. The index
//! promises that a query touches its client's entries only, that no score depends on another client, and that
//! what `apply` has returned from is what every later search sees. It holds nothing of its own: it may be
//! deleted at any time, and says with its cursor how far it has followed the store's log of changes.
//!
//! It does not cut texts into words (`ground::text` does), does not know SQL, and does not decide whether an
//! entry may still be shown: callers check every hit against the store.
//!
//! Start reading at [`TextIndex`]; `bm25.rs` is the score, `tantivy/` the engine. `embed/` turns texts into
//! vectors.

pub mod bm25;
pub mod embed;
pub mod flat;
pub mod halves;
#[cfg(feature = "lance")]
pub mod lance;
pub mod large;
mod tantivy;
pub mod vector;

use std::io;
use std::path::PathBuf;

use crate::ground::ids::ClientId;
use crate::ground::limits;

pub use self::tantivy::{FreshReason, Opened, TantivyIndex, TextIndexOptions};

/// What an entry is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Chunk,
    Faq,
}

/// One line of the change log, as the keyword index takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextChange {
    /// Adds the entry, in place of one that the client has under the same key.
    /// The terms are tokens as the tokenizer made them, with repetitions and in any order.
    Put {
        client_id: ClientId,
        kind: EntryKind,
        /// The id of the chunk or FAQ.
        key: String,
        title_terms: Vec<String>,
        heading_terms: Vec<String>,
        body_terms: Vec<String>,
    },
    /// Takes the entry away; nothing happens when there is none.
    Delete { client_id: ClientId, key: String },
}

/// A term of a query and how much it counts; 1.0 is an ordinary word. Weights that are not above zero and
/// finite leave the term out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedTerm<'a> {
    pub term: &'a str,
    pub weight: f32,
}

impl<'a> From<&'a str> for WeightedTerm<'a> {
    fn from(term: &'a str) -> Self {
        Self { term, weight: 1.0 }
    }
}

/// An entry that holds at least one of the terms asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TextHit {
    pub key: String,
    pub kind: EntryKind,
    /// BM25, above zero. Comparable within one client and one state of its entries only.
    pub score: f32,
}

/// What the client's live entries add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientStatistics {
    pub entries: u64,
    /// Sum of the lengths of the entries, each as the score sees it (see [`bm25`]): titles and headings
    /// count several times, long texts are rounded down by at most 12 %.
    pub terms: u64,
}

/// Keyword search over entries. All methods block on files: call them on a blocking thread.
pub trait TextIndex: Send + Sync {
    /// Sequence number of the last change that the committed index contains; 0 when it is empty.
    fn cursor(&self) -> u64;

    /// Makes the changes in their order and moves the cursor, in one commit: all or nothing. Every search
    /// that begins after the return sees them. Applying a batch again is harmless; a cursor behind the
    /// committed one is refused. Batches of [`limits::INDEX_BATCH_CHANGES_MAX`] keep memory bounded.
    fn apply(&self, changes: &[TextChange], cursor: u64) -> Result<(), IndexError>;

    /// Takes away every entry of the client and moves the cursor, as [`TextIndex::apply`] does.
    fn remove_client(&self, client_id: &ClientId, cursor: u64) -> Result<(), IndexError>;

    /// Throws the whole index away and starts over with cursor 0, also when its files are damaged.
    fn clear(&self) -> Result<(), IndexError>;

    /// The client's best entries, best first, equal scores by key. At most `limit` and at most
    /// [`limits::INDEX_HITS_MAX`]. Repeated terms add their weights; the order of terms does not matter.
    /// Of a longer query, the first [`limits::INDEX_QUERY_TERMS_MAX`] different terms stand for it.
    fn search(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        kind: Option<EntryKind>,
        limit: usize,
    ) -> Result<Vec<TextHit>, IndexError>;

    /// The scores that [`TextIndex::search`] would give these entries, in the order of `keys`; 0.0 for an
    /// entry that holds none of the terms or is not there. For candidates that another search has found.
    fn scores_of(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        keys: &[&str],
    ) -> Result<Vec<f32>, IndexError>;

    /// For each term the number of the client's live entries that hold it in title, headings or body.
    fn document_frequencies(&self, client_id: &ClientId, terms: &[&str]) -> Result<Vec<u64>, IndexError>;

    /// Exact for the live entries: what was deleted or replaced no longer counts.
    fn statistics(&self, client_id: &ClientId) -> Result<ClientStatistics, IndexError>;
}

/// Why the keyword index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("another process has the keyword index in `{}` open; stop that process first", dir.display())]
    InUse { dir: PathBuf },
    #[error("cannot write the keyword index in `{}`; check the folder's owner and the free space", dir.display())]
    Folder {
        dir: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "the keyword index needs at least {} bytes to write with, and was given {given}",
        limits::INDEX_WRITER_BYTES_MIN
    )]
    WriterBytes { given: usize },
    #[error("the keyword index stands at change {committed} and cannot go back to {asked}; clear it first")]
    CursorBehind { committed: u64, asked: u64 },
    #[error("the vector index failed to {doing}")]
    Vectors {
        doing: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the keyword index failed to {doing}")]
    Engine {
        doing: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
