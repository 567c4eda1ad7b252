//! The SQL of versions, chunks, and the change log of the indexes.

use super::super::chunking::CHUNKER_VERSION;
use super::document_settings::weight_from_row;
use crate::domain::knowledge::document_settings::Weight;
use crate::domain::knowledge::extraction::Extraction;
use crate::domain::knowledge::faqs::Category;
use crate::domain::knowledge::indexing::{ChangeKind, IndexChange, SubjectKind};
use crate::ground::ids::{ChunkId, ClientId, DocumentId, Id as _, VersionId};
use crate::ground::limits::FAQ_PHRASINGS_MAX;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::params;
use crate::store::value::{Row, to_json};
use crate::store::{DbError, ReadTx, WriteTx};
use std::ops::Range;

/// A version to be written, with its chunks.
pub(in super::super) struct NewVersion<'a> {
    pub document_id: &'a DocumentId,
    pub version_id: &'a VersionId,
    pub extraction: &'a Extraction,
    pub chunks: &'a [ChunkRow],
}

/// A chunk as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkRow {
    pub id: ChunkId,
    pub span: Range<usize>,
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    pub token_count: u32,
    /// The version's text at `span`.
    pub text: String,
}

/// A live chunk of a ready document, with what a citation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveChunk {
    pub chunk: ChunkRow,
    pub document_id: DocumentId,
    pub version_id: VersionId,
    pub title: String,
    /// Of the document.
    pub category: Option<Category>,
    pub weight: Weight,
}

/// What the keyword index reads of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkEntry {
    pub title: String,
    pub headings: Vec<String>,
    pub body: String,
    /// The client's language, as a tag.
    pub language: String,
}

/// What the keyword index reads of an FAQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaqEntry {
    pub question: String,
    /// Other ways to ask it.
    pub phrasings: Vec<String>,
    pub answer: String,
    /// The client's language, as a tag.
    pub language: String,
}

/// An entry that must be in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSubject {
    pub client_id: ClientId,
    pub kind: SubjectKind,
    pub subject_id: String,
}

/// Writes the version and its chunks, in place of all former ones of the document (a crash between two
/// attempts leaves one), and gives the document its title.
pub(in super::super) fn insert_version(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    new: &NewVersion<'_>,
) -> Result<(), DbError> {
    delete_versions(tx, scope, new.document_id)?;
    tx.execute(
        "insert into document_versions (id, client_id, document_id, number, text, blocks, created_at)
         values (:id, :client_id, :document_id, 1, :text, :blocks, :now)",
        params! {
            ":id" => new.version_id,
            ":client_id" => scope.client_id(),
            ":document_id" => new.document_id,
            ":text" => new.extraction.text,
            ":blocks" => to_json(&new.extraction.blocks)?,
            ":now" => tx.now(),
        },
    )?;
    insert_chunks(tx, scope, new)?;
    tx.execute(
        "update documents
         set title = coalesce(:title, title), chunker = :chunker, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => new.document_id,
            ":title" => new.extraction.title,
            ":chunker" => CHUNKER_VERSION,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Writes the chunks, behind those that the version has.
pub(in super::super) fn insert_chunks(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    new: &NewVersion<'_>,
) -> Result<(), DbError> {
    let first: usize = tx.get(
        "select coalesce(max(ordinal) + 1, 0) as ordinal
         from chunks
         where client_id = :client_id and version_id = :version_id",
        params! { ":client_id" => scope.client_id(), ":version_id" => new.version_id },
        |row| row.get("ordinal"),
    )?;
    for (ordinal, chunk) in (first..).zip(new.chunks) {
        insert_chunk(tx, scope, new, ordinal, chunk)?;
    }
    Ok(())
}

fn insert_chunk(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    new: &NewVersion<'_>,
    ordinal: usize,
    chunk: &ChunkRow,
) -> Result<(), DbError> {
    tx.execute(
        "insert into chunks (id, client_id, document_id, version_id, ordinal, span_start, span_end, heading_path,
                             page, token_count, text, chunker, created_at)
         values (:id, :client_id, :document_id, :version_id, :ordinal, :span_start, :span_end, :heading_path,
                 :page, :token_count, :text, :chunker, :now)",
        params! {
            ":id" => chunk.id,
            ":client_id" => scope.client_id(),
            ":document_id" => new.document_id,
            ":version_id" => new.version_id,
            ":ordinal" => ordinal,
            ":span_start" => chunk.span.start,
            ":span_end" => chunk.span.end,
            ":heading_path" => to_json(&chunk.heading_path)?,
            ":page" => chunk.page,
            ":token_count" => chunk.token_count,
            ":text" => chunk.text,
            ":chunker" => CHUNKER_VERSION,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// The newest version of a document, where one was written and cut by the present chunker.
pub(in super::super) fn find_written_version(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    document_id: &DocumentId,
) -> Result<Option<VersionId>, DbError> {
    tx.find(
        "select document_versions.id
         from document_versions
         join documents on documents.client_id = document_versions.client_id
                       and documents.id = document_versions.document_id
         where documents.client_id = :client_id and documents.id = :document_id and documents.chunker = :chunker
         order by document_versions.number desc
         limit 1",
        params! {
            ":client_id" => scope.client_id(),
            ":document_id" => document_id,
            ":chunker" => CHUNKER_VERSION,
        },
        |row| row.get("id"),
    )
}

/// Removes every version of a document, with its chunks and the citations of them.
pub(in super::super) fn delete_versions(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    document_id: &DocumentId,
) -> Result<(), DbError> {
    tx.execute(
        "delete from document_versions where client_id = :client_id and document_id = :document_id",
        params! { ":client_id" => scope.client_id(), ":document_id" => document_id },
    )?;
    Ok(())
}

/// Those of the chunks that are this client's and whose document is ready with their version, as its chunker has cut
/// it, in no order.
pub(in super::super) fn list_live_chunks(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    ids: &[&ChunkId],
) -> Result<Vec<LiveChunk>, DbError> {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    tx.list(
        "select chunks.id, chunks.span_start, chunks.span_end, chunks.heading_path, chunks.page,
                chunks.token_count, chunks.text, chunks.document_id, chunks.version_id, documents.title,
                documents.category, documents.weight_percent
         from json_each(:ids) as wanted
         cross join chunks on chunks.client_id = :client_id and chunks.id = wanted.value
         cross join documents on documents.client_id = chunks.client_id and documents.id = chunks.document_id
         where chunks.client_id = :client_id
           and documents.status = 'ready' and documents.live_version_id = chunks.version_id
           and documents.chunker = chunks.chunker",
        params! { ":client_id" => scope.client_id(), ":ids" => to_json(&ids)? },
        |row| {
            Ok(LiveChunk {
                chunk: chunk_from_row(row)?,
                document_id: row.get("document_id")?,
                version_id: row.get("version_id")?,
                title: row.get("title")?,
                category: row.get("category")?,
                weight: weight_from_row(row)?,
            })
        },
    )
}

fn chunk_from_row(row: &Row<'_>) -> Result<ChunkRow, DbError> {
    Ok(ChunkRow {
        id: row.get("id")?,
        span: row.get("span_start")?..row.get("span_end")?,
        heading_path: row.get_json("heading_path")?,
        page: row.get("page")?,
        token_count: row.get("token_count")?,
        text: row.get("text")?,
    })
}

pub(in super::super) fn insert_change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    kind: SubjectKind,
    subject_id: &str,
    change: ChangeKind,
) -> Result<u64, DbError> {
    tx.get(
        "insert into index_changes (client_id, kind, subject_id, change, created_at)
         values (:client_id, :kind, :subject_id, :change, :now)
         returning seq",
        params! {
            ":client_id" => scope.client_id(),
            ":kind" => kind,
            ":subject_id" => subject_id,
            ":change" => change,
            ":now" => tx.now(),
        },
        |row| row.get("seq"),
    )
}

/// Logs the removal of every chunk of this document, in one statement.
pub(in super::super) fn insert_removal_of_chunks(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    document_id: &DocumentId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into index_changes (client_id, kind, subject_id, change, created_at)
         select client_id, 'chunk', id, 'delete', :now
         from chunks
         where client_id = :client_id and document_id = :document_id
         order by id",
        params! { ":client_id" => scope.client_id(), ":document_id" => document_id, ":now" => tx.now() },
    )?;
    Ok(())
}

/// Logs every chunk and every FAQ in use of the client, in one statement.
pub(in super::super) fn insert_changes_of_client(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
) -> Result<(), DbError> {
    tx.execute(
        "insert into index_changes (client_id, kind, subject_id, change, created_at)
         select client_id, 'chunk', id, 'put', :now from chunks where client_id = :client_id
         union all
         select client_id, 'faq', id, 'put', :now from faqs where client_id = :client_id and enabled = 1",
        params! { ":client_id" => scope.client_id(), ":now" => tx.now() },
    )?;
    Ok(())
}

/// The changes after `cursor`, oldest first.
pub(in super::super) fn list_changes(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    cursor: u64,
    limit: u32,
) -> Result<Vec<IndexChange>, DbError> {
    tx.list(
        "select seq, client_id, kind, subject_id, change
         from index_changes
         where seq > :cursor
         order by seq
         limit :limit",
        params! { ":cursor" => cursor, ":limit" => limit },
        |row| {
            Ok(IndexChange {
                seq: row.get("seq")?,
                client_id: row.get("client_id")?,
                kind: row.get("kind")?,
                subject_id: row.get("subject_id")?,
                change: row.get("change")?,
            })
        },
    )
}

/// The number of the newest change ever made, also when its row was pruned since.
pub(in super::super) fn last_change_seq(tx: &ReadTx<'_>, _scope: &AgencyScope) -> Result<u64, DbError> {
    let seq =
        tx.find("select seq from sqlite_sequence where name = 'index_changes'", &[], |row| row.get("seq"))?;
    Ok(seq.unwrap_or(0))
}

/// Forgets changes that every index has passed, the oldest first. `sqlite_sequence` goes on counting, so a
/// cursor can still be compared.
pub(in super::super) fn prune_changes(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    passed_by_all: u64,
) -> Result<usize, DbError> {
    tx.execute(
        "delete from index_changes
         where seq in (select seq from index_changes where seq <= :passed order by seq limit 10000)",
        params! { ":passed" => passed_by_all },
    )
}

/// A chunk for the index; None when it is gone.
pub(in super::super) fn find_chunk_entry(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &str,
) -> Result<Option<ChunkEntry>, DbError> {
    tx.find(
        "select chunks.heading_path, chunks.text, documents.title, client_settings.language
         from chunks
         join documents on documents.client_id = chunks.client_id and documents.id = chunks.document_id
         join client_settings on client_settings.client_id = chunks.client_id
         where chunks.client_id = :client_id and chunks.id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
        |row| {
            Ok(ChunkEntry {
                title: row.get("title")?,
                headings: row.get_json("heading_path")?,
                body: row.get("text")?,
                language: row.get("language")?,
            })
        },
    )
}

/// An FAQ for the index; None when it is gone or switched off.
pub(in super::super) fn find_faq_entry(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &str,
) -> Result<Option<FaqEntry>, DbError> {
    let found = tx.find(
        "select faqs.question, faqs.answer, client_settings.language
         from faqs
         join client_settings on client_settings.client_id = faqs.client_id
         where faqs.client_id = :client_id and faqs.id = :id and faqs.enabled = 1",
        params! { ":client_id" => scope.client_id(), ":id" => id },
        |row| {
            Ok(FaqEntry {
                question: row.get("question")?,
                phrasings: Vec::new(),
                answer: row.get("answer")?,
                language: row.get("language")?,
            })
        },
    )?;
    let Some(entry) = found else { return Ok(None) };
    let phrasings = tx.list(
        "select phrasing
         from faq_phrasings
         where client_id = :client_id and faq_id = :id
         order by ordinal
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":limit" => FAQ_PHRASINGS_MAX },
        |row| row.get("phrasing"),
    )?;
    Ok(Some(FaqEntry { phrasings, ..entry }))
}

/// How many entries the index must hold.
pub(in super::super) fn count_live_subjects(tx: &ReadTx<'_>, _scope: &AgencyScope) -> Result<u64, DbError> {
    tx.get(
        "select (select count(*) from chunks) + (select count(*) from faqs where enabled = 1) as subjects",
        &[],
        |row| row.get("subjects"),
    )
}

/// What the index must hold, in pages by id: everything after `after`. Ids of chunks and FAQs differ in their
/// prefix, so one order holds both.
pub(in super::super) fn list_live_subjects(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    after: &str,
    limit: u32,
) -> Result<Vec<LiveSubject>, DbError> {
    tx.list(
        "select client_id, 'chunk' as kind, id as subject_id from chunks where id > :after
         union all
         select client_id, 'faq', id from faqs where id > :after and enabled = 1
         order by subject_id
         limit :limit",
        params! { ":after" => after, ":limit" => limit },
        |row| {
            Ok(LiveSubject {
                client_id: row.get("client_id")?,
                kind: row.get("kind")?,
                subject_id: row.get("subject_id")?,
            })
        },
    )
}

/// The number of the oldest change that the log still has; None when it has none.
pub(in super::super) fn oldest_change_seq(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
) -> Result<Option<u64>, DbError> {
    tx.get("select min(seq) as seq from index_changes", &[], |row| row.get("seq"))
}
