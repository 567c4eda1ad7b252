//! The SQL of generations.

use super::super::generations::{Generation, GenerationState};
use crate::ground::ids::{ClientId, GenerationId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::scope::AgencyScope;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, ReadTx, WriteTx};

/// Few: one that is live, perhaps one that is built, and those whose vectors are being deleted.
const GENERATIONS_MAX: u32 = 100;

pub(in super::super) fn list_generations(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
) -> Result<Vec<Generation>, DbError> {
    tx.list(
        "select id, embedder, chunker, dimensions, state, entries_done, entries_total
         from index_generations
         order by id
         limit :limit",
        params! { ":limit" => GENERATIONS_MAX },
        from_row,
    )
}

pub(in super::super) fn find_generation(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    id: &GenerationId,
) -> Result<Option<Generation>, DbError> {
    tx.find(
        "select id, embedder, chunker, dimensions, state, entries_done, entries_total
         from index_generations
         where id = :id",
        params! { ":id" => id },
        from_row,
    )
}

pub(in super::super) fn insert_generation(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    generation: &Generation,
) -> Result<(), DbError> {
    tx.execute(
        "insert into index_generations (id, embedder, chunker, dimensions, state, entries_done, entries_total,
                                        created_at, updated_at, version)
         values (:id, :embedder, :chunker, :dimensions, :state, :done, :total, :now, :now, 1)",
        params! {
            ":id" => generation.id,
            ":embedder" => generation.embedder,
            ":chunker" => generation.chunker,
            ":dimensions" => generation.dimensions,
            ":state" => generation.state,
            ":done" => generation.entries_done,
            ":total" => generation.entries_total,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Moves a generation on, if it stands where the caller thinks.
pub(in super::super) fn move_generation(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    id: &GenerationId,
    from: GenerationState,
    to: GenerationState,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update index_generations
         set state = :to, updated_at = :now, version = version + 1
         where id = :id and state = :from",
        params! { ":id" => id, ":from" => from, ":to" => to, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// Counts entries that got their vectors, while the generation is built.
pub(in super::super) fn count_filled(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    id: &GenerationId,
    entries: u64,
) -> Result<(), DbError> {
    tx.execute(
        "update index_generations
         set entries_done = entries_done + :entries,
             entries_total = max(entries_total, entries_done + :entries),
             updated_at = :now, version = version + 1
         where id = :id and state = 'building'",
        params! { ":id" => id, ":entries" => entries, ":now" => tx.now() },
    )?;
    Ok(())
}

/// Deletes a bounded number of a retired generation's vectors; false when none was left.
pub(in super::super) fn delete_vectors_of(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    id: &GenerationId,
) -> Result<bool, DbError> {
    let chunks = tx.execute(
        "delete from chunk_vectors
         where (generation_id, client_id, chunk_id, part) in (
             select generation_id, client_id, chunk_id, part from chunk_vectors
             where generation_id = :id
             order by client_id, chunk_id, part
             limit :rows)",
        params! { ":id" => id, ":rows" => PRUNED_ROWS_MAX },
    )?;
    if chunks > 0 {
        return Ok(true);
    }
    let faqs = tx.execute(
        "delete from faq_vectors
         where (generation_id, client_id, faq_id, part) in (
             select generation_id, client_id, faq_id, part from faq_vectors
             where generation_id = :id
             order by client_id, faq_id, part
             limit :rows)",
        params! { ":id" => id, ":rows" => PRUNED_ROWS_MAX },
    )?;
    Ok(faqs > 0)
}

/// Deletes a retired generation that has no vectors any more.
pub(in super::super) fn delete_generation(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    id: &GenerationId,
) -> Result<(), DbError> {
    tx.execute(
        "delete from index_generations where id = :id and state = 'retired'",
        params! { ":id" => id },
    )?;
    Ok(())
}

/// The client after this one, by id.
pub(in super::super) fn find_client_after(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    after: &str,
) -> Result<Option<ClientId>, DbError> {
    tx.find(
        "select id from clients where id > :after order by id limit 1",
        params! { ":after" => after },
        |row| row.get("id"),
    )
}

fn from_row(row: &Row<'_>) -> Result<Generation, DbError> {
    Ok(Generation {
        id: row.get("id")?,
        embedder: row.get("embedder")?,
        chunker: row.get("chunker")?,
        dimensions: row.get("dimensions")?,
        state: row.get("state")?,
        entries_done: row.get("entries_done")?,
        entries_total: row.get("entries_total")?,
    })
}
