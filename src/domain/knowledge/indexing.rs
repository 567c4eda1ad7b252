//! The change log that the derived indexes follow: written in the transaction of the change itself.

use super::{KnowledgeError, embedding, generations, store};
use crate::ground::ids::{ChunkId, ClientId, DocumentId, FaqId, Id as _, VersionId};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::store::{ReadTx, Signal, WriteTx};
use crate::text_enum;

text_enum! {
    /// What an entry of the index is.
    pub enum SubjectKind {
        Chunk = "chunk",
        Faq = "faq",
    }
}

text_enum! {
    /// What the index must do with it.
    pub enum ChangeKind {
        Put = "put",
        Delete = "delete",
    }
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexChange {
    pub seq: u64,
    pub client_id: ClientId,
    pub kind: SubjectKind,
    pub subject_id: String,
    pub change: ChangeKind,
}

/// Logs that these chunks are there now.
pub(super) fn record_new_chunks(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    chunks: &[ChunkId],
) -> Result<(), KnowledgeError> {
    for chunk in chunks {
        store::insert_change(tx, scope, SubjectKind::Chunk, chunk.as_str(), ChangeKind::Put)?;
    }
    tx.signal_after_commit(Signal::Index);
    Ok(())
}

/// The number of the newest change of all: an index that has it has every change made before.
pub(super) fn newest_change(tx: &ReadTx<'_>) -> Result<u64, KnowledgeError> {
    Ok(store::last_change_seq(tx, &AgencyScope::from_system("index_wait"))?)
}

/// Logs that all chunks of this document are going.
pub(super) fn record_document_removal(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    document: &DocumentId,
) -> Result<(), KnowledgeError> {
    store::insert_removal_of_chunks(tx, scope, document)?;
    tx.signal_after_commit(Signal::Index);
    Ok(())
}

/// Logs that the version's chunks are going, but those of this chunker.
pub(super) fn record_removal_beside(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    version: &VersionId,
    chunker: u32,
) -> Result<(), KnowledgeError> {
    store::insert_removal_beside(tx, scope, version, chunker)?;
    tx.signal_after_commit(Signal::Index);
    Ok(())
}

/// Logs that these FAQs have vectors now.
pub(super) fn record_new_faq_vectors(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    faqs: &[FaqId],
) -> Result<(), KnowledgeError> {
    for faq in faqs {
        store::insert_change(tx, scope, SubjectKind::Faq, faq.as_str(), ChangeKind::Put)?;
    }
    tx.signal_after_commit(Signal::Index);
    Ok(())
}

/// Logs that this FAQ is to be found from now on, or not any more. Its vectors were made of its former words: it
/// gets new ones by a job, and is found by its words meanwhile.
pub(super) fn record_faq_change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    faq: &FaqId,
    is_searchable: bool,
) -> Result<(), KnowledgeError> {
    let change = if is_searchable { ChangeKind::Put } else { ChangeKind::Delete };
    store::delete_faq_vectors(tx, scope, faq.as_str())?;
    let seq = store::insert_change(tx, scope, SubjectKind::Faq, faq.as_str(), change)?;
    if is_searchable && generations::current(tx)?.is_any() {
        embedding::enqueue(tx, scope.client_id(), &format!("faq:{seq}"), None)?;
    }
    tx.signal_after_commit(Signal::Index);
    Ok(())
}

/// Logs every chunk and FAQ of the client once more: their words are to be read anew.
pub(super) fn record_all_again(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), KnowledgeError> {
    store::insert_changes_of_client(tx, scope)?;
    tx.signal_after_commit(Signal::Index);
    Ok(())
}
