//! The last slot of each scheduled job for which a job row was made.

use super::error::DbError;
use super::tx::WriteTx;
use crate::ground::time::Timestamp;
use crate::params;

/// The last slot that was served, or None when the schedule is new.
pub fn find_cursor(tx: &WriteTx<'_>, name: &str) -> Result<Option<Timestamp>, DbError> {
    tx.find("select last_slot from schedule_cursors where name = :name", params! { ":name" => name }, |row| {
        row.get("last_slot")
    })
}

/// Forgets the cursor: a clock that was ahead of time set it, and it would stop the schedule until then.
pub fn forget_cursor(tx: &WriteTx<'_>, name: &str) -> Result<(), DbError> {
    tx.execute("delete from schedule_cursors where name = :name", params! { ":name" => name })?;
    Ok(())
}

/// Moves the cursor forward; never back, so a clock that jumps back a little makes no slot twice.
pub fn set_cursor(tx: &WriteTx<'_>, name: &str, slot: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "insert into schedule_cursors (name, last_slot, created_at, updated_at, version)
         values (:name, :slot, :now, :now, 1)
         on conflict (name) do update
         set last_slot = excluded.last_slot, updated_at = :now, version = version + 1
         where excluded.last_slot > last_slot",
        params! { ":name" => name, ":slot" => slot, ":now" => tx.now() },
    )?;
    Ok(())
}
