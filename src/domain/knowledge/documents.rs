//! Documents: uploaded sources, their state, and their removal.

use super::document_settings::Weight;
use super::faqs::Category;
use super::store;
use super::{KnowledgeError, indexing};
use crate::domain::clients::{self, serving::Caps};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{BlobId, ClientId, DocumentId, Id as _, VersionId};
use crate::ground::limits::{DOCUMENTS_PER_CLIENT_MAX, FILE_NAME_CHARS_MAX};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::backup::take::NamedBlob;
use crate::store::blob::WrittenBlob;
use crate::store::events::{self, Event};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx, jobs};
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
    /// What it is about, in the client's own words.
    pub category: Option<Category>,
    pub weight: Weight,
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
    Retried,
    Cancelled,
    Deleted,
}

impl DocumentEvent {
    pub const fn kind(self) -> &'static str {
        match self {
            DocumentEvent::Uploaded => "document.uploaded",
            DocumentEvent::Ready => "document.ready",
            DocumentEvent::Failed => "document.failed",
            DocumentEvent::Retried => "document.retried",
            DocumentEvent::Cancelled => "document.cancelled",
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

/// How many documents this client can have.
fn documents_max(tx: &ReadTx<'_>, scope: &ClientScope, caps: &Caps) -> Result<u32, KnowledgeError> {
    let is_capped = clients::get(tx, scope).map_err(KnowledgeError::Client)?.is_capped();
    Ok(if is_capped { caps.documents.min(DOCUMENTS_PER_CLIENT_MAX) } else { DOCUMENTS_PER_CLIENT_MAX })
}

/// A file that is on disk and waits for its row.
#[derive(Debug, Clone)]
pub struct Upload {
    pub file_name: FileName,
    pub media_type: String,
    pub blob: WrittenBlob,
}

/// What an upload led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    New(Document),
    /// The client had a document with this content; one that had failed is read again.
    Known(Document),
}

/// Takes the file in: its row, and the job that reads it, in one transaction. Content that the client has already
/// is not taken twice.
pub fn create(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    caps: &Caps,
    upload: &Upload,
) -> Result<Taken, KnowledgeError> {
    if let Some(known) = store::find_document_by_content(tx, scope, &upload.blob.sha256_hex)? {
        let is_failed = known.status == DocumentStatus::Failed;
        return Ok(Taken::Known(if is_failed { retry(tx, scope, &known.id)? } else { known }));
    }
    let limit = documents_max(tx, scope, caps)?;
    if store::count_documents(tx, scope)? >= limit {
        return Err(KnowledgeError::TooManyDocuments { limit });
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
        category: None,
        weight: Weight::USUAL,
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
    Ok(Taken::New(document))
}

/// The documents that are on their way, and those of `known` as they stand now, each with how far it is.
pub fn list_moving(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    known: &[DocumentId],
) -> Result<Vec<(DocumentId, DocumentStatus, u32)>, DbError> {
    let mut moving = store::list_moving_documents(tx, scope)?;
    for id in known.iter().filter(|id| !moving.iter().any(|(other, _, _)| other == *id)).collect::<Vec<_>>() {
        // One that was deleted is told by the list that its page asks for.
        moving.extend(store::find_document(tx, scope, id)?.map(|it| (it.id, it.status, it.progress_percent)));
    }
    Ok(moving)
}

/// Reads a failed document again, from its file. One that is on its way stays as it is.
pub fn retry(tx: &WriteTx<'_>, scope: &ClientScope, id: &DocumentId) -> Result<Document, KnowledgeError> {
    let document = get(tx, scope, id)?;
    if document.is_on_its_way() {
        return Ok(document);
    }
    if !store::requeue_failed(tx, scope, id)? {
        return Err(KnowledgeError::AlreadyRead);
    }
    jobs::enqueue(tx, &super::jobs::ingest_again(&document))?;
    DocumentEvent::Retried.emit(tx, scope, id)?;
    record(tx, scope, id, "document.retried")?;
    get(tx, scope, id)
}

/// Stops the reading of a document; it can be retried. One that has failed already stays as it is.
pub fn cancel(tx: &WriteTx<'_>, scope: &ClientScope, id: &DocumentId) -> Result<Document, KnowledgeError> {
    let document = get(tx, scope, id)?;
    if document.status == DocumentStatus::Failed {
        return Ok(document);
    }
    if !document.is_on_its_way() {
        return Err(KnowledgeError::AlreadyRead);
    }
    jobs::cancel_queued(tx, super::jobs::INGEST_DOCUMENT, id.as_str())?;
    super::jobs::mark_failed(tx, scope, id, "Reading this document was cancelled. Retry it, or delete it.")?;
    DocumentEvent::Cancelled.emit(tx, scope, id)?;
    record(tx, scope, id, "document.cancelled")?;
    get(tx, scope, id)
}

/// The text that was read out of the document.
pub fn text(tx: &ReadTx<'_>, scope: &ClientScope, id: &DocumentId) -> Result<String, KnowledgeError> {
    get(tx, scope, id)?;
    store::find_text(tx, scope, id)?.ok_or(KnowledgeError::NoText)
}

fn record(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
    action: &'static str,
) -> Result<(), KnowledgeError> {
    let client_id = Some(scope.client_id());
    let deed = Deed { action, client_id, subject_id: id.as_str(), fields: &[], values_after: None };
    Ok(audit::record(tx, &deed)?)
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

/// Every file that a document names: a backup holds them all.
pub fn list_all_blobs(tx: &ReadTx<'_>, scope: &AgencyScope) -> Result<Vec<NamedBlob>, DbError> {
    store::list_all_blobs(tx, scope)
}

/// Removes the document with its text, its passages and its citations. Nothing of it can be retrieved after
/// the commit: every candidate of the index is checked against these rows. Returns the blob to be removed.
pub fn delete(tx: &WriteTx<'_>, scope: &ClientScope, id: &DocumentId) -> Result<BlobId, KnowledgeError> {
    let document = get(tx, scope, id)?;
    indexing::record_document_removal(tx, scope, id)?;
    jobs::cancel_queued(tx, super::jobs::INGEST_DOCUMENT, id.as_str())?;
    store::delete_document(tx, scope, id)?;
    DocumentEvent::Deleted.emit(tx, scope, id)?;
    record(tx, scope, id, "document.deleted")?;
    Ok(document.blob_id)
}
