//! The SQL of answers by day.

use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

/// Counts one more.
pub(in crate::domain::chat) fn count_one(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    day_started_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "insert into answer_days (client_id, day_started_at, answers, created_at, updated_at, version)
         values (:client_id, :day_started_at, 1, :now, :now, 1)
         on conflict (client_id, day_started_at) do update
         set answers = answers + 1, updated_at = :now, version = version + 1",
        params! {
            ":client_id" => scope.client_id(),
            ":day_started_at" => day_started_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// How many there were.
pub(in crate::domain::chat) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    day_started_at: Timestamp,
) -> Result<u32, DbError> {
    let found = tx.find(
        "select answers from answer_days where client_id = :client_id and day_started_at = :day_started_at",
        params! { ":client_id" => scope.client_id(), ":day_started_at" => day_started_at },
        |row| row.get("answers"),
    )?;
    Ok(found.unwrap_or(0))
}

/// Forgets a bounded number of days that began before this moment; returns how many.
pub(in crate::domain::chat) fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from answer_days
         where rowid in (
             select rowid from answer_days
             where day_started_at < :before
             order by day_started_at, client_id
             limit :rows)",
        params! { ":before" => before, ":rows" => PRUNED_ROWS_MAX },
    )
}
