//! The SQL of documents.

use super::document_settings::weight_from_row;
use crate::domain::knowledge::documents::{Document, DocumentStatus};
use crate::domain::knowledge::{DocumentCounts, StoredCounts};
use crate::ground::ids::{ClientId, DocumentId, VersionId};
use crate::ground::limits::EVENTS_PER_POLL_MAX;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::params;
use crate::store::backup::take::NamedBlob;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

const COLUMNS: &str = "id, client_id, file_name, title, media_type, size_bytes, content_hash, blob_id, status, \
                       progress_percent, error, category, weight_percent, live_version_id, created_at, updated_at, version";

pub(in super::super) fn insert_document(tx: &WriteTx<'_>, document: &Document) -> Result<(), DbError> {
    tx.execute(
        "insert into documents (id, client_id, file_name, title, media_type, size_bytes, content_hash, blob_id,
                                status, progress_percent, created_at, updated_at, version)
         values (:id, :client_id, :file_name, :title, :media_type, :size_bytes, :content_hash, :blob_id,
                 :status, 0, :now, :now, 1)",
        params! {
            ":id" => document.id,
            ":client_id" => document.client_id,
            ":file_name" => document.file_name,
            ":title" => document.title,
            ":media_type" => document.media_type,
            ":size_bytes" => document.size_bytes,
            ":content_hash" => document.content_hash,
            ":blob_id" => document.blob_id,
            ":status" => document.status,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in super::super) fn find_document(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<Option<Document>, DbError> {
    tx.find(
        &format!("select {COLUMNS} from documents where client_id = :client_id and id = :id"),
        params! { ":client_id" => scope.client_id(), ":id" => id },
        from_row,
    )
}

pub(in super::super) fn list_documents(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Vec<Document>, DbError> {
    tx.list_page(
        &format!(
            "select {COLUMNS}
             from documents
             where client_id = :client_id and (created_at, id) < (:before_at, :before_id)
             order by created_at desc, id desc
             limit :limit"
        ),
        params! {
            ":client_id" => scope.client_id(),
        },
        page,
        from_row,
    )
}

pub(in super::super) fn count_documents(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as documents from documents where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("documents"),
    )
}

pub(in super::super) fn count_stored(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<StoredCounts, DbError> {
    tx.get(
        "select (select count(*) from documents where client_id = :client_id) as documents,
                (select coalesce(sum(size_bytes), 0) from documents where client_id = :client_id) as bytes,
                (select count(*) from chunks where client_id = :client_id) as chunks,
                (select count(*) from faqs where client_id = :client_id) as faqs",
        params! { ":client_id" => scope.client_id() },
        |row| {
            Ok(StoredCounts {
                documents: row.get("documents")?,
                document_bytes: row.get("bytes")?,
                chunks: row.get("chunks")?,
                faqs: row.get("faqs")?,
            })
        },
    )
}

/// Moves a document that is not ready on its way; false when it is gone or ended otherwise.
pub(in super::super) fn set_progress(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
    status: DocumentStatus,
    percent: u32,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update documents
         set status = :status, progress_percent = :percent, error = null, updated_at = :now,
             version = version + 1
         where client_id = :client_id and id = :id and status in ('queued', 'extracting', 'embedding')",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            ":status" => status,
            ":percent" => percent,
            ":now" => tx.now(),
        },
    )?;
    Ok(touched == 1)
}

/// The client's document with this content, the oldest of them.
pub(in super::super) fn find_document_by_content(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    content_hash: &str,
) -> Result<Option<Document>, DbError> {
    tx.find(
        &format!(
            "select {COLUMNS}
             from documents
             where client_id = :client_id and content_hash = :content_hash
             order by created_at, id
             limit 1"
        ),
        params! { ":client_id" => scope.client_id(), ":content_hash" => content_hash },
        from_row,
    )
}

/// Puts a failed document back to the beginning; false when it is gone or stands elsewhere.
pub(in super::super) fn requeue_failed(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update documents
         set status = 'queued', progress_percent = 0, error = null, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id and status = 'failed'",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// The text that was read out of a document, of its newest version.
pub(in super::super) fn find_text(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<Option<String>, DbError> {
    tx.find(
        "select text from document_versions
         where client_id = :client_id and document_id = :document_id
         order by number desc
         limit 1",
        params! { ":client_id" => scope.client_id(), ":document_id" => id },
        |row| row.get("text"),
    )
}

/// Makes the document ready with this version, which must be there.
pub(in super::super) fn set_ready(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
    version_id: &VersionId,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update documents
         set status = 'ready', progress_percent = 100, error = null, live_version_id = :version_id,
             updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id and status = 'embedding'
           and exists (
               select 1 from document_versions
               where client_id = :client_id and document_id = :id and document_versions.id = :version_id)",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            ":version_id" => version_id,
            ":now" => tx.now(),
        },
    )?;
    Ok(touched == 1)
}

pub(in super::super) fn mark_failed(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
    error: &str,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update documents
         set status = 'failed', error = :error, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id and status in ('queued', 'extracting', 'embedding')",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":error" => error, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// Deletes the row; versions, chunks and citations go with it.
pub(in super::super) fn delete_document(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<(), DbError> {
    tx.execute(
        "delete from documents where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )?;
    Ok(())
}

/// A page of the blobs that rows name, for the sweep of leftovers: those after `after`, in order.
pub(in super::super) fn list_blob_ids(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    after: &str,
    limit: u32,
) -> Result<Vec<String>, DbError> {
    tx.list(
        "select blob_id from documents where blob_id > :after order by blob_id limit :limit",
        params! { ":after" => after, ":limit" => limit },
        |row| row.get("blob_id"),
    )
}

/// Every blob that a row names, for a backup: without a bound, since a part would be no backup.
pub(in super::super) fn list_all_blobs(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
) -> Result<Vec<NamedBlob>, DbError> {
    tx.list("select client_id, blob_id, size_bytes from documents order by blob_id", &[], |row| {
        Ok(NamedBlob {
            client_id: row.get("client_id")?,
            id: row.get("blob_id")?,
            size_bytes: row.get("size_bytes")?,
        })
    })
}

fn from_row(row: &Row<'_>) -> Result<Document, DbError> {
    let client_id: ClientId = row.get("client_id")?;
    Ok(Document {
        id: row.get("id")?,
        client_id,
        file_name: row.get("file_name")?,
        title: row.get("title")?,
        media_type: row.get("media_type")?,
        size_bytes: row.get("size_bytes")?,
        content_hash: row.get("content_hash")?,
        blob_id: row.get("blob_id")?,
        status: row.get("status")?,
        progress_percent: row.get("progress_percent")?,
        error: row.get("error")?,
        category: row.get("category")?,
        weight: weight_from_row(row)?,
        live_version_id: row.get("live_version_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        version: row.get("version")?,
    })
}

/// The client's documents that are on their way, oldest first, a bounded number.
pub(in crate::domain::knowledge) fn list_moving_documents(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Vec<(DocumentId, DocumentStatus, u32)>, DbError> {
    tx.list(
        "select id, status, progress_percent
         from documents indexed by documents_open_idx
         where client_id = :client_id and status in ('queued', 'extracting', 'embedding')
         order by id
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":limit" => EVENTS_PER_POLL_MAX },
        |row| Ok((row.get("id")?, row.get("status")?, row.get("progress_percent")?)),
    )
}

pub(in crate::domain::knowledge) fn count_by_status(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<DocumentCounts, DbError> {
    tx.get(
        "select count(*) filter (where status = 'ready') as ready,
                count(*) filter (where status = 'failed') as failed,
                count(*) filter (where status not in ('ready', 'failed')) as processing,
                (select count(*) from faqs where client_id = :client_id and enabled = 1) as faqs_in_use
         from documents
         where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| {
            Ok(DocumentCounts {
                ready: row.get("ready")?,
                processing: row.get("processing")?,
                failed: row.get("failed")?,
                faqs_in_use: row.get("faqs_in_use")?,
            })
        },
    )
}
