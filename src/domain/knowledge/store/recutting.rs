//! The SQL of cutting documents anew. New chunks are those of the present chunker.

use super::super::chunking::CHUNKER_VERSION;
use super::super::extraction::Extraction;
use crate::ground::ids::{ClientId, DocumentId, VersionId};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

/// A document that answers with chunks of another chunker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentToRecut {
    pub id: DocumentId,
    pub client_id: ClientId,
    pub version_id: VersionId,
    /// Whose chunks answer.
    pub chunker: u32,
}

/// The next such document behind `after`, by id.
pub(in super::super) fn find_document_to_recut(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    after: &str,
) -> Result<Option<DocumentToRecut>, DbError> {
    tx.find(
        "select id, client_id, live_version_id, chunker
         from documents
         where id > :after and status = 'ready' and chunker <> :new
         order by id
         limit 1",
        params! { ":after" => after, ":new" => CHUNKER_VERSION },
        |row| {
            Ok(DocumentToRecut {
                id: row.get("id")?,
                client_id: row.get("client_id")?,
                version_id: row.get("live_version_id")?,
                chunker: row.get("chunker")?,
            })
        },
    )
}

/// Whether the document is there and still as it was found.
pub(in super::super) fn is_to_recut(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    document: &DocumentToRecut,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from documents
             where client_id = :client_id and id = :id and status = 'ready'
               and live_version_id = :version_id and chunker = :chunker) as is_to_recut",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => document.id,
            ":version_id" => document.version_id,
            ":chunker" => document.chunker,
        },
        |row| row.get("is_to_recut"),
    )
}

pub(in super::super) fn has_new_chunks(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    version_id: &VersionId,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from chunks
             where client_id = :client_id and version_id = :version_id and chunker = :new) as has_new",
        params! { ":client_id" => scope.client_id(), ":version_id" => version_id, ":new" => CHUNKER_VERSION },
        |row| row.get("has_new"),
    )
}

/// What was read out of the document, but for its title.
pub(in super::super) fn find_extraction(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    version_id: &VersionId,
) -> Result<Option<Extraction>, DbError> {
    tx.find(
        "select text, blocks from document_versions where client_id = :client_id and id = :version_id",
        params! { ":client_id" => scope.client_id(), ":version_id" => version_id },
        |row| Ok(Extraction { title: None, text: row.get("text")?, blocks: row.get_json("blocks")? }),
    )
}

/// Logs the removal of the version's chunks but those of this chunker.
pub(in super::super) fn insert_removal_beside(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    version_id: &VersionId,
    chunker: u32,
) -> Result<(), DbError> {
    tx.execute(
        "insert into index_changes (client_id, kind, subject_id, change, created_at)
         select client_id, 'chunk', id, 'delete', :now
         from chunks
         where client_id = :client_id and version_id = :version_id and chunker <> :chunker
         order by id",
        params! {
            ":client_id" => scope.client_id(),
            ":version_id" => version_id,
            ":chunker" => chunker,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Removes the version's chunks but those of this chunker. Citations of them go too, unless they were moved.
pub(in super::super) fn delete_chunks_beside(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    version_id: &VersionId,
    chunker: u32,
) -> Result<(), DbError> {
    tx.execute(
        "delete from chunks
         where client_id = :client_id and version_id = :version_id and chunker <> :chunker",
        params! { ":client_id" => scope.client_id(), ":version_id" => version_id, ":chunker" => chunker },
    )?;
    Ok(())
}

/// Gives each citation of the version the new chunk that holds its quote; none where the quote stands in several.
pub(in super::super) fn move_citations(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    version_id: &VersionId,
) -> Result<(), DbError> {
    tx.execute(
        "update citations
         set updated_at = :now, version = version + 1,
             chunk_id = (
                 select chunks.id
                 from chunks
                 where chunks.client_id = citations.client_id and chunks.version_id = citations.version_id
                   and chunks.chunker = :new
                   and chunks.span_start <= citations.quote_start and citations.quote_end <= chunks.span_end
                 order by chunks.ordinal
                 limit 1)
         where client_id = :client_id and version_id = :version_id",
        params! {
            ":client_id" => scope.client_id(),
            ":version_id" => version_id,
            ":new" => CHUNKER_VERSION,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Lets the new chunks answer.
pub(in super::super) fn set_chunker(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<(), DbError> {
    tx.execute(
        "update documents
         set chunker = :new, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            ":new" => CHUNKER_VERSION,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}
