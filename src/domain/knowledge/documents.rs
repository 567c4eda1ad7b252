//! Documents: uploaded sources, their state, and their removal.

use super::store;
use super::{KnowledgeError, indexing};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{BlobId, ClientId, DocumentId, Id as _, VersionId};
use crate::ground::limits::{DOCUMENTS_PER_CLIENT_MAX, FILE_NAME_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::blob::WrittenBlob;
use crate::store::events::{self, Event};
use crate::store::{Page, PageRequest, ReadTx, WriteTx, jobs};
use crate::text_enum;

pub type FileName = BoundedText<1, FILE_NAME_CHARS_MAX>;

text_enum! {
    /// Where a document stands on its way into answers.
    pub enum DocumentStatus {
        Queued = "queued",
        Extracting = "extracting",
        /// Its passages are being put into the index.
        Embedding = "embedding",
        Ready = "ready",
        /// It could not be read; `error` says why and what to do.
        Failed = "failed",
    }
}

/// An uploaded source of knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: DocumentId,
    pub client_id: ClientId,
    pub file_name: FileName,
    pub title: String,
    pub media_type: String,
    pub size_bytes: u64,
    pub content_hash: String,
    pub blob_id: BlobId,
    pub status: DocumentStatus,
    pub progress_percent: u32,
    pub error: Option<String>,
    pub live_version_id: Option<VersionId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: u32,
}

impl Document {
    /// Whether it is still to become ready or failed.
    pub const fn is_on_its_way(&self) -> bool {
        matches!(self.status, DocumentStatus::Queued | DocumentStatus::Extracting | DocumentStatus::Embedding)
    }
}

/// Something happened to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentEvent {
    Uploaded,
    Ready,
    Failed,
    Deleted,
}

impl DocumentEvent {
    pub const fn kind(self) -> &'static str {
        match self {
            DocumentEvent::Uploaded => "document.uploaded",
            DocumentEvent::Ready => "document.ready",
            DocumentEvent::Failed => "document.failed",
            DocumentEvent::Deleted => "document.deleted",
        }
    }

    pub(super) fn emit(
        self,
        tx: &WriteTx<'_>,
        scope: &ClientScope,
        id: &DocumentId,
    ) -> Result<(), KnowledgeError> {
        let event = Event {
            kind: self.kind(),
            client_id: Some(scope.client_id().clone()),
            subject_id: Some(id.to_string()),
        };
        Ok(events::emit(tx, &event)?)
    }
}

/// A file that is on disk and waits for its row.
#[derive(Debug, Clone)]
pub struct Upload {
    pub file_name: FileName,
    pub media_type: String,
    pub blob: WrittenBlob,
}

/// Takes the file in: its row, and the job that reads it, in one transaction.
pub fn create(tx: &WriteTx<'_>, scope: &ClientScope, upload: &Upload) -> Result<Document, KnowledgeError> {
    if store::count_documents(tx, scope)? >= DOCUMENTS_PER_CLIENT_MAX {
        return Err(KnowledgeError::TooManyDocuments { limit: DOCUMENTS_PER_CLIENT_MAX });
    }
    let document = Document {
        id: tx.new_id(),
        client_id: scope.client_id().clone(),
        file_name: upload.file_name.clone(),
        title: upload.file_name.as_str().to_owned(),
        media_type: upload.media_type.clone(),
        size_bytes: upload.blob.size_bytes,
        content_hash: upload.blob.sha256_hex.clone(),
        blob_id: upload.blob.id.clone(),
        status: DocumentStatus::Queued,
        progress_percent: 0,
        error: None,
        live_version_id: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    store::insert_document(tx, &document)?;
    DocumentEvent::Uploaded.emit(tx, scope, &document.id)?;
    audit::record(
        tx,
        &Deed {
            action: "document.uploaded",
            client_id: Some(scope.client_id()),
            subject_id: document.id.as_str(),
            fields: &["file_name", "size_bytes"],
            values_after: Some(serde_json::json!({
                "file_name": document.file_name, "size_bytes": document.size_bytes,
            })),
        },
    )?;
    Ok(document)
}

pub fn get(tx: &ReadTx<'_>, scope: &ClientScope, id: &DocumentId) -> Result<Document, KnowledgeError> {
    store::find_document(tx, scope, id)?.ok_or(KnowledgeError::DocumentNotFound)
}

/// The client's documents, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Page<Document>, KnowledgeError> {
    let documents = store::list_documents(tx, scope, page)?;
    Ok(page.page(documents, |document| (document.created_at, document.id.to_string()))?)
}

/// Removes the document with its text, its passages and its citations. Nothing of it can be retrieved after
/// the commit: every candidate of the index is checked against these rows. Returns the blob to be removed.
pub fn delete(tx: &WriteTx<'_>, scope: &ClientScope, id: &DocumentId) -> Result<BlobId, KnowledgeError> {
    let document = get(tx, scope, id)?;
    indexing::record_document_removal(tx, scope, id)?;
    jobs::cancel_queued(tx, super::jobs::INGEST_DOCUMENT, id.as_str())?;
    store::delete_document(tx, scope, id)?;
    DocumentEvent::Deleted.emit(tx, scope, id)?;
    audit::record(
        tx,
        &Deed {
            action: "document.deleted",
            client_id: Some(scope.client_id()),
            subject_id: id.as_str(),
            fields: &[],
            values_after: None,
        },
    )?;
    Ok(document.blob_id)
}
