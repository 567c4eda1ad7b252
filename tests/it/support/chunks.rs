//! Documents as another chunker would have cut them.

use snip::ground::ids::ChunkId;
use snip::store::{DbError, WriteTx};

/// Makes every document one whole chunk of a chunker that the program does not have any more.
pub fn cut_otherwise(tx: &WriteTx<'_>) -> Result<(), DbError> {
    tx.execute(
        "insert into index_changes (client_id, kind, subject_id, change, created_at)
         select client_id, 'chunk', id, 'delete', :now from chunks",
        snip::params! { ":now" => tx.now() },
    )?;
    tx.execute("delete from chunks", &[])?;
    let versions: Vec<String> =
        tx.list("select id from document_versions order by id limit 100", &[], |row| row.get("id"))?;
    for version in versions {
        tx.execute(
            "insert into chunks (id, client_id, document_id, version_id, ordinal, span_start, span_end,
                                 heading_path, page, token_count, text, chunker, created_at)
             select :id, client_id, document_id, id, 0, 0, length(cast(text as blob)), '[]', null, 100, text, 0, :now
             from document_versions
             where id = :version",
            snip::params! { ":id" => tx.new_id::<ChunkId>(), ":version" => version, ":now" => tx.now() },
        )?;
    }
    tx.execute(
        "insert into index_changes (client_id, kind, subject_id, change, created_at)
         select client_id, 'chunk', id, 'put', :now from chunks",
        snip::params! { ":now" => tx.now() },
    )?;
    tx.execute(
        "update documents set chunker = 0, updated_at = :now, version = version + 1",
        snip::params! { ":now" => tx.now() },
    )?;
    Ok(())
}
