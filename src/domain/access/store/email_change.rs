//! The SQL of changes of an address.

use crate::domain::access::email_change::EmailChange;
use crate::ground::ids::{EmailChangeId, PersonId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

/// Begins the change, in place of the person's former one.
pub(in crate::domain::access) fn put(tx: &WriteTx<'_>, change: &EmailChange) -> Result<(), DbError> {
    tx.execute(
        "insert into email_changes (person_id, id, email, comparisons, expires_at, created_at, updated_at, version)
         values (:person_id, :id, :email, 0, :expires_at, :now, :now, 1)
         on conflict (person_id) do update
         set id = :id, email = :email, comparisons = 0, expires_at = :expires_at, updated_at = :now,
             version = email_changes.version + 1",
        params! {
            ":person_id" => change.person_id,
            ":id" => change.id,
            ":email" => change.email,
            ":expires_at" => change.expires_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in crate::domain::access) fn find(
    tx: &ReadTx<'_>,
    person: &PersonId,
) -> Result<Option<EmailChange>, DbError> {
    tx.find(
        "select person_id, id, email, expires_at from email_changes where person_id = :person_id",
        params! { ":person_id" => person },
        |row| {
            Ok(EmailChange {
                id: row.get("id")?,
                person_id: row.get("person_id")?,
                email: row.get("email")?,
                expires_at: row.get("expires_at")?,
            })
        },
    )
}

/// Counts a comparison; false when there were `comparisons_max` already.
pub(in crate::domain::access) fn count_comparison(
    tx: &WriteTx<'_>,
    id: &EmailChangeId,
    comparisons_max: u32,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update email_changes
         set comparisons = comparisons + 1, updated_at = :now, version = version + 1
         where id = :id and comparisons < :comparisons_max",
        params! { ":id" => id, ":comparisons_max" => comparisons_max, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

pub(in crate::domain::access) fn delete(tx: &WriteTx<'_>, id: &EmailChangeId) -> Result<(), DbError> {
    tx.execute("delete from email_changes where id = :id", params! { ":id" => id })?;
    Ok(())
}

/// Removes changes that expired before `over_before`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub(in crate::domain::access) fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from email_changes
         where id in (
             select id from email_changes
             where expires_at < :over_before
             order by expires_at, id
             limit :rows)",
        params! { ":over_before" => over_before, ":rows" => PRUNED_ROWS_MAX },
    )
}
