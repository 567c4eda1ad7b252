//! Knowledge: what the assistant may answer from.
//!
//! A document goes `queued → extracting → embedding → ready` or `failed`: uploaded to a blob ([`documents`]),
//! read by a child process ([`parser`]) into an immutable version of plain text with its structure, cut into chunks
//! that know their exact span ([`chunking`]), written with one change-log row per chunk ([`indexing`]), and
//! searchable once the index has followed that log ([`follower`]). With a model, [`embedding`] gives every chunk
//! and FAQ vectors, which [`meaning`] compares with a question. [`retrieval`] checks every candidate
//! against the tables, so that a delete holds at once whatever the index still contains.
//!
//! Start reading at [`jobs`], which shows the whole way in one function.

pub mod chunking;
mod cutting;
pub mod document_settings;
pub mod documents;
mod embedding;
pub mod erasing;
pub mod extraction;
pub mod faqs;
pub mod follower;
pub mod fusion;
pub mod generations;
pub mod indexing;
pub mod jobs;
pub mod markdown;
mod markdown_html;
pub mod meaning;
pub mod parser;
pub mod passage_text;
pub mod plain_text;
pub(in crate::domain) mod readers;
pub mod recutting;
pub mod retrieval;
pub mod selection;
pub mod source;
mod store;
pub mod vectors;
pub mod windows;

use crate::domain::clients::ClientError;
use crate::ground::scope::ClientScope;
use crate::store::idempotency::KeyReused;
use crate::store::{DbError, ReadTx};

#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    #[error("There is no document with this id. It may have been deleted.")]
    DocumentNotFound,
    #[error("This document was read already. Delete it and upload its file again if it is to be read anew.")]
    AlreadyRead,
    #[error("Nothing has been read out of this document. Look at its state.")]
    NoText,
    #[error("There is no FAQ with this id. It may have been deleted.")]
    FaqNotFound,
    #[error("A client can have {limit} documents. Delete one that is no longer needed, then upload again.")]
    TooManyDocuments { limit: u32 },
    #[error("A client can have {limit} FAQs. Delete one that is no longer needed, then add this one again.")]
    TooManyFaqs { limit: u32 },
    #[error("This draft has no answer yet. Give it one, then make it ready.")]
    DraftWithoutAnswer,
    #[error("A draft is not used in answers. Make it ready, then it can be enabled.")]
    DraftEnabled,
    #[error("Some rows cannot be done, so nothing was changed.")]
    Rows(Vec<faqs::bulk::RowProblem>),
    #[error("This was changed by somebody else in the meantime. Load it again and repeat the change.")]
    StaleVersion { current: u32 },
    #[error(transparent)]
    Client(ClientError),
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error("the index could not be searched")]
    Index(#[source] crate::index::IndexError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What a client has stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoredCounts {
    pub documents: u32,
    pub document_bytes: u64,
    pub chunks: u32,
    pub faqs: u32,
}

/// How much this client has stored.
pub fn count(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<StoredCounts, DbError> {
    store::count_stored(tx, scope)
}

/// A client's documents by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocumentCounts {
    pub ready: u32,
    /// On their way.
    pub processing: u32,
    pub failed: u32,
    pub faqs_in_use: u32,
}

/// How many documents stand where, and how many FAQs are in use.
pub fn count_by_status(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<DocumentCounts, DbError> {
    store::count_by_status(tx, scope)
}
