//! The SQL of the widget's files.

use super::BuiltFile;
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(super) fn upsert(tx: &WriteTx<'_>, file: &BuiltFile) -> Result<(), DbError> {
    tx.execute(
        "insert into widget_files (name, plain, gzip, brotli, current_until_at, created_at, updated_at, version)
         values (:name, :plain, :gzip, :brotli, :now, :now, :now, 1)
         on conflict (name) do update
         set current_until_at = :now, updated_at = :now, version = version + 1",
        params! {
            ":name" => file.name,
            ":plain" => file.plain,
            ":gzip" => file.gzip,
            ":brotli" => file.brotli,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find(tx: &ReadTx<'_>, name: &str) -> Result<Option<BuiltFile>, DbError> {
    tx.find(
        "select name, plain, gzip, brotli from widget_files where name = :name",
        params! { ":name" => name },
        |row| {
            Ok(BuiltFile {
                name: row.get("name")?,
                plain: row.get("plain")?,
                gzip: row.get("gzip")?,
                brotli: row.get("brotli")?,
            })
        },
    )
}

pub(super) fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from widget_files
         where name in (
             select name
             from widget_files
             where current_until_at < :before
             order by current_until_at, name
             limit :limit
         )",
        params! { ":before" => before, ":limit" => PRUNED_ROWS_MAX },
    )
}
