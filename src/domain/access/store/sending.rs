//! The SQL of what was sent in a period.

use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, WriteTx};

/// Counts one, up to `counted_max`; returns how many there are.
pub(in crate::domain::access) fn count(
    tx: &WriteTx<'_>,
    counter: &str,
    subject_hash: &str,
    period_started_at: Timestamp,
    counted_max: u32,
) -> Result<u32, DbError> {
    tx.get(
        "insert into sending_counters (counter, subject_hash, period_started_at, sent, created_at, updated_at,
                                       version)
         values (:counter, :subject_hash, :period_started_at, 1, :now, :now, 1)
         on conflict (counter, subject_hash, period_started_at) do update
         set sent = min(sending_counters.sent + 1, max(sending_counters.sent, :counted_max)), updated_at = :now,
             version = sending_counters.version + 1
         returning sent",
        params! {
            ":counter" => counter,
            ":subject_hash" => subject_hash,
            ":period_started_at" => period_started_at,
            ":counted_max" => counted_max,
            ":now" => tx.now(),
        },
        |row| row.get("sent"),
    )
}

/// Forgets counts from before this moment, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub(in crate::domain::access) fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from sending_counters
         where rowid in (
             select rowid from sending_counters where created_at < :before order by created_at, counter limit :rows)",
        params! { ":before" => before, ":rows" => PRUNED_ROWS_MAX },
    )
}
