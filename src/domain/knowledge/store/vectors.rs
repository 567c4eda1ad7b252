//! The SQL of vectors: what has some, what lacks them, and what an index reads.

use super::super::generations::Generation;
use super::faqs::list_phrasings;
use crate::domain::knowledge::faqs::FaqQuestion;
use crate::domain::knowledge::indexing::SubjectKind;
use crate::ground::ids::{ChunkId, ClientId, DocumentId, FaqId, GenerationId};
use crate::ground::limits::{EMBED_BATCH_ENTRIES_MAX, VECTORS_PER_PAGE};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::index::halves;
use crate::index::vector::{StoredVector, VectorKind, VectorPlace, VectorSpace};
use crate::params;
use crate::store::value::Row;
use crate::store::{Bug, DbError, ReadTx, WriteTx};

/// A chunk that needs vectors, with what they are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkToEmbed {
    pub id: ChunkId,
    pub title: String,
    pub heading_path: Vec<String>,
    pub text: String,
}

/// An FAQ that needs vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaqToEmbed {
    pub id: FaqId,
    /// Of the row that the question was read from.
    pub version: u32,
    pub question: String,
    /// Other ways to ask it.
    pub phrasings: Vec<String>,
}

/// Chunks of the client that lack vectors of the generation: of one document, or of all. The next batch, by id.
pub(in super::super) fn list_chunks_to_embed(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
    document_id: Option<&DocumentId>,
) -> Result<Vec<ChunkToEmbed>, DbError> {
    tx.list(
        "select chunks.id, chunks.heading_path, chunks.text, documents.title
         from chunks
         join documents on documents.client_id = chunks.client_id and documents.id = chunks.document_id
         where chunks.client_id = :client_id
           and (:document_id is null or chunks.document_id = :document_id)
           and not exists (
               select 1 from chunk_vectors
               where chunk_vectors.generation_id = :generation_id
                 and chunk_vectors.client_id = chunks.client_id
                 and chunk_vectors.chunk_id = chunks.id)
         order by chunks.id
         limit :limit",
        params! {
            ":client_id" => scope.client_id(),
            ":document_id" => document_id.cloned(),
            ":generation_id" => generation_id,
            ":limit" => EMBED_BATCH_ENTRIES_MAX,
        },
        |row| {
            Ok(ChunkToEmbed {
                id: row.get("id")?,
                title: row.get("title")?,
                heading_path: row.get_json("heading_path")?,
                text: row.get("text")?,
            })
        },
    )
}

/// FAQs in use that lack vectors of the generation: the next batch, by id.
pub(in super::super) fn list_faqs_to_embed(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
) -> Result<Vec<FaqToEmbed>, DbError> {
    let found = tx.list(
        "select faqs.id, faqs.version, faqs.question
         from faqs
         where faqs.client_id = :client_id and faqs.enabled = 1
           and not exists (
               select 1 from faq_vectors
               where faq_vectors.generation_id = :generation_id
                 and faq_vectors.client_id = faqs.client_id
                 and faq_vectors.faq_id = faqs.id)
         order by faqs.id
         limit :limit",
        params! {
            ":client_id" => scope.client_id(),
            ":generation_id" => generation_id,
            ":limit" => EMBED_BATCH_ENTRIES_MAX,
        },
        |row| {
            Ok(FaqToEmbed {
                id: row.get("id")?,
                version: row.get("version")?,
                question: row.get("question")?,
                phrasings: Vec::new(),
            })
        },
    )?;
    found
        .into_iter()
        .map(|faq| {
            let phrasings = list_phrasings(tx, scope, &faq.id)?;
            let phrasings = phrasings.into_iter().map(FaqQuestion::into_string).collect();
            Ok(FaqToEmbed { phrasings, ..faq })
        })
        .collect()
}

/// How many chunks a document has, and how many of them have vectors of the generation.
pub(in super::super) fn count_embedded(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
    document_id: &DocumentId,
) -> Result<(u32, u32), DbError> {
    tx.get(
        "select count(*) as chunks,
                coalesce(sum(exists (
                    select 1 from chunk_vectors
                    where chunk_vectors.generation_id = :generation_id
                      and chunk_vectors.client_id = chunks.client_id
                      and chunk_vectors.chunk_id = chunks.id)), 0) as embedded
         from chunks
         where client_id = :client_id and document_id = :document_id",
        params! {
            ":client_id" => scope.client_id(),
            ":generation_id" => generation_id,
            ":document_id" => document_id,
        },
        |row| Ok((row.get("chunks")?, row.get("embedded")?)),
    )
}

/// Whether the chunk is there and lacks vectors of the generation, so that they may be written now.
pub(in super::super) fn is_chunk_to_embed(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
    chunk_id: &ChunkId,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (select 1 from chunks where client_id = :client_id and id = :chunk_id)
                and exists (
                    select 1 from index_generations
                    where id = :generation_id and state in ('building', 'live'))
                and not exists (
                    select 1 from chunk_vectors
                    where generation_id = :generation_id and client_id = :client_id and chunk_id = :chunk_id)
                as is_wanted",
        params! {
            ":client_id" => scope.client_id(),
            ":generation_id" => generation_id,
            ":chunk_id" => chunk_id,
        },
        |row| row.get("is_wanted"),
    )
}

/// Whether the FAQ is still as it was read, in use, and lacks vectors of the generation.
pub(in super::super) fn is_faq_to_embed(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
    faq: &FaqToEmbed,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (
                    select 1 from faqs
                    where client_id = :client_id and id = :faq_id and version = :version and enabled = 1)
                and exists (
                    select 1 from index_generations
                    where id = :generation_id and state in ('building', 'live'))
                and not exists (
                    select 1 from faq_vectors
                    where generation_id = :generation_id and client_id = :client_id and faq_id = :faq_id)
                as is_wanted",
        params! {
            ":client_id" => scope.client_id(),
            ":generation_id" => generation_id,
            ":faq_id" => faq.id,
            ":version" => faq.version,
        },
        |row| row.get("is_wanted"),
    )
}

pub(in super::super) fn insert_chunk_vector(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
    chunk_id: &ChunkId,
    (part, halves): (u32, &[u16]),
) -> Result<(), DbError> {
    tx.execute(
        "insert into chunk_vectors (generation_id, client_id, chunk_id, part, vector, created_at)
         values (:generation_id, :client_id, :chunk_id, :part, :vector, :now)",
        params! {
            ":generation_id" => generation_id,
            ":client_id" => scope.client_id(),
            ":chunk_id" => chunk_id,
            ":part" => part,
            ":vector" => halves::to_bytes(halves),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in super::super) fn insert_faq_vector(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    generation_id: &GenerationId,
    faq_id: &FaqId,
    (part, halves): (u32, &[u16]),
) -> Result<(), DbError> {
    tx.execute(
        "insert into faq_vectors (generation_id, client_id, faq_id, part, vector, created_at)
         values (:generation_id, :client_id, :faq_id, :part, :vector, :now)",
        params! {
            ":generation_id" => generation_id,
            ":client_id" => scope.client_id(),
            ":faq_id" => faq_id,
            ":part" => part,
            ":vector" => halves::to_bytes(halves),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Forgets what an FAQ's former words have made.
pub(in super::super) fn delete_faq_vectors(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    faq_id: &str,
) -> Result<(), DbError> {
    tx.execute(
        "delete from faq_vectors where client_id = :client_id and faq_id = :faq_id",
        params! { ":client_id" => scope.client_id(), ":faq_id" => faq_id },
    )?;
    Ok(())
}

/// A page of a space, by key and part. Ids of chunks and FAQs differ in their prefix, so one order holds both.
pub(in super::super) fn list_vectors(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    generation: &Generation,
    after: &VectorPlace,
) -> Result<Vec<StoredVector>, DbError> {
    tx.list(
        "select chunk_id as key, part, vector from chunk_vectors
         where generation_id = :generation_id and client_id = :client_id
           and (chunk_id, part) > (:after_key, :after_part)
         union all
         select faq_id, part, vector from faq_vectors
         where generation_id = :generation_id and client_id = :client_id
           and (faq_id, part) > (:after_key, :after_part)
         order by key, part
         limit :limit",
        params! {
            ":generation_id" => generation.id,
            ":client_id" => scope.client_id(),
            ":after_key" => after.key,
            ":after_part" => after.part,
            ":limit" => VECTORS_PER_PAGE,
        },
        |row| vector_from_row(row, generation.dimensions),
    )
}

/// All vectors of an entry, of every generation that is in use or becomes so.
pub(in super::super) fn list_entry_vectors(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    kind: SubjectKind,
    key: &str,
) -> Result<Vec<(VectorSpace, StoredVector)>, DbError> {
    let sql = match kind {
        SubjectKind::Chunk => {
            "select chunk_vectors.generation_id, chunk_vectors.chunk_id as key, chunk_vectors.part,
                    chunk_vectors.vector, index_generations.dimensions
             from chunk_vectors
             join index_generations on index_generations.id = chunk_vectors.generation_id
             where chunk_vectors.client_id = :client_id and chunk_vectors.chunk_id = :key
               and index_generations.state <> 'retired'
             order by chunk_vectors.generation_id, chunk_vectors.part"
        }
        SubjectKind::Faq => {
            "select faq_vectors.generation_id, faq_vectors.faq_id as key, faq_vectors.part,
                    faq_vectors.vector, index_generations.dimensions
             from faq_vectors
             join index_generations on index_generations.id = faq_vectors.generation_id
             where faq_vectors.client_id = :client_id and faq_vectors.faq_id = :key
               and index_generations.state <> 'retired'
             order by faq_vectors.generation_id, faq_vectors.part"
        }
    };
    tx.list(sql, params! { ":client_id" => scope.client_id(), ":key" => key }, |row| {
        let space =
            VectorSpace { client_id: scope.client_id().clone(), generation_id: row.get("generation_id")? };
        Ok((space, vector_from_row(row, row.get("dimensions")?)?))
    })
}

fn vector_from_row(row: &Row<'_>, dimensions: u32) -> Result<StoredVector, DbError> {
    let key: String = row.get("key")?;
    let part: u32 = row.get("part")?;
    let bytes: Vec<u8> = row.get("vector")?;
    let halves = halves::from_bytes(&bytes, dimensions as usize)
        .ok_or_else(|| Bug::invariant(format!("`{key}` has a vector of {} bytes", bytes.len())))?;
    let kind = match part {
        _ if key.starts_with("faq_") => VectorKind::Faq,
        0 => VectorKind::Passage,
        _ => VectorKind::Window,
    };
    Ok(StoredVector { key, kind, part, halves })
}

/// Clients after this one that have entries without vectors of the generation, in order.
pub(in super::super) fn list_clients_to_embed(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    generation_id: &GenerationId,
    limit: u32,
) -> Result<Vec<ClientId>, DbError> {
    tx.list(
        "select id
         from clients
         where exists (
                   select 1 from chunks
                   where chunks.client_id = clients.id
                     and not exists (
                         select 1 from chunk_vectors
                         where chunk_vectors.generation_id = :generation_id
                           and chunk_vectors.client_id = chunks.client_id
                           and chunk_vectors.chunk_id = chunks.id))
            or exists (
                   select 1 from faqs
                   where faqs.client_id = clients.id and faqs.enabled = 1
                     and not exists (
                         select 1 from faq_vectors
                         where faq_vectors.generation_id = :generation_id
                           and faq_vectors.client_id = faqs.client_id
                           and faq_vectors.faq_id = faqs.id))
         order by id
         limit :limit",
        params! { ":generation_id" => generation_id, ":limit" => limit },
        |row| row.get("id"),
    )
}
