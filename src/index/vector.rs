//! Search by meaning: which entries have vectors near to that of a question.
//!
//! The tables hold every vector and are the authority; a [`VectorIndex`] answers from a form of them that is fast
//! to search, and follows the log of changes with a cursor of its own. It may be thrown away at any time. What it
//! finds is a proposal: callers check every hit against the tables.

use super::IndexError;
use crate::ground::ids::{ClientId, GenerationId};
use futures_util::future::BoxFuture;

/// What a vector stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VectorKind {
    /// A chunk as a whole.
    Passage,
    /// A few sentences of a chunk.
    Window,
    /// A question of an FAQ, in one of its phrasings.
    Faq,
}

impl VectorKind {
    pub const ALL: [Self; 3] = [Self::Passage, Self::Window, Self::Faq];
}

/// An entry near to the question.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorHit {
    /// The id of the chunk or FAQ.
    pub key: String,
    pub kind: VectorKind,
    /// Which window or phrasing it was.
    pub part: u32,
    /// The cosine: 1 for the same direction, 0 for nothing in common.
    pub similarity: f32,
}

/// Whose vectors, and which of them can be compared with each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VectorSpace {
    pub client_id: ClientId,
    pub generation_id: GenerationId,
}

/// One stored vector of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVector {
    pub key: String,
    pub kind: VectorKind,
    pub part: u32,
    /// Sixteen-bit floats, see [`super::halves`].
    pub halves: Vec<u16>,
}

/// One line of the change log, as a vector index takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VectorChange {
    /// In this space the entry has these vectors now, in place of all former ones.
    Put { space: VectorSpace, key: String, vectors: Vec<StoredVector> },
    /// The entry is gone, from every space of the client.
    Delete { client_id: ClientId, key: String },
}

/// Where a page of stored vectors ends, and the next one begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VectorPlace {
    pub key: String,
    pub part: u32,
}

/// The tables, as an index reads them.
pub trait VectorSource: Send + Sync {
    /// The vectors of the space after `after`, ordered by key and part, at most
    /// [`crate::ground::limits::VECTORS_PER_PAGE`]. An empty page is the end.
    fn page<'a>(
        &'a self,
        space: &'a VectorSpace,
        after: &'a VectorPlace,
    ) -> BoxFuture<'a, Result<Vec<StoredVector>, IndexError>>;
}

/// Search over vectors, in one client's space at a time.
pub trait VectorIndex: Send + Sync {
    /// Sequence number of the last change that the index contains; None when it must be made anew first.
    fn cursor(&self) -> Option<u64>;

    /// Makes the changes in their order and moves the cursor. Every search that begins after the return sees
    /// them. Applying a batch again is harmless.
    fn apply(&self, changes: Vec<VectorChange>, cursor: u64) -> BoxFuture<'_, Result<(), IndexError>>;

    /// Takes away everything of the client, in every space.
    fn remove_client<'a>(&'a self, client_id: &'a ClientId) -> BoxFuture<'a, Result<(), IndexError>>;

    /// Throws everything away, also when it is damaged, and begins again after the change `cursor`: what came
    /// before is read from the tables when it is needed.
    fn start_over(&self, cursor: u64) -> BoxFuture<'_, Result<(), IndexError>>;

    /// The best entries of each of these kinds, best first, equal ones by key: at most `limit` of a kind, each
    /// key once per kind with its best part. Whoever asks with a vector of another length finds nothing.
    fn search<'a>(
        &'a self,
        space: &'a VectorSpace,
        query: &'a [f32],
        kinds: &'a [VectorKind],
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<VectorHit>, IndexError>>;
}
