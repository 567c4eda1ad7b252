//! The SQL of attempts to sign in.

use crate::domain::access::sign_in::Attempt;
use crate::ground::ids::SignInAttemptId;
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, ReadTx, WriteTx};

const COLUMNS: &str = "id, person_id, code_expires_at, link_expires_at";

pub(in crate::domain::access) fn insert(
    tx: &WriteTx<'_>,
    attempt: &Attempt,
    identifier_hash: &str,
) -> Result<(), DbError> {
    tx.execute(
        "insert into sign_in_attempts (id, identifier_hash, person_id, comparisons, code_expires_at,
                                       link_expires_at, created_at, updated_at, version)
         values (:id, :identifier_hash, :person_id, 0, :code_expires_at, :link_expires_at, :now, :now, 1)",
        params! {
            ":id" => attempt.id,
            ":identifier_hash" => identifier_hash,
            ":person_id" => attempt.person_id,
            ":code_expires_at" => attempt.code_expires_at,
            ":link_expires_at" => attempt.link_expires_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Takes back what was sent to this address before.
pub(in crate::domain::access) fn void_open(tx: &WriteTx<'_>, identifier_hash: &str) -> Result<(), DbError> {
    tx.execute(
        "update sign_in_attempts
         set voided_at = :now, updated_at = :now, version = version + 1
         where identifier_hash = :identifier_hash and used_at is null and voided_at is null",
        params! { ":identifier_hash" => identifier_hash, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::access) fn find_newest_open(
    tx: &ReadTx<'_>,
    identifier_hash: &str,
) -> Result<Option<Attempt>, DbError> {
    tx.find(
        &format!(
            "select {COLUMNS} from sign_in_attempts
             where identifier_hash = :identifier_hash and used_at is null and voided_at is null
             order by created_at desc, id desc
             limit 1"
        ),
        params! { ":identifier_hash" => identifier_hash },
        from_row,
    )
}

pub(in crate::domain::access) fn find_open(
    tx: &ReadTx<'_>,
    id: &SignInAttemptId,
) -> Result<Option<Attempt>, DbError> {
    tx.find(
        &format!(
            "select {COLUMNS} from sign_in_attempts
             where id = :id and used_at is null and voided_at is null"
        ),
        params! { ":id" => id },
        from_row,
    )
}

/// Counts a comparison; false when there were `comparisons_max` already.
pub(in crate::domain::access) fn count_comparison(
    tx: &WriteTx<'_>,
    id: &SignInAttemptId,
    comparisons_max: u32,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update sign_in_attempts
         set comparisons = comparisons + 1, updated_at = :now, version = version + 1
         where id = :id and comparisons < :comparisons_max and used_at is null and voided_at is null",
        params! { ":id" => id, ":comparisons_max" => comparisons_max, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// Uses the attempt up; false when somebody was faster.
pub(in crate::domain::access) fn set_used(tx: &WriteTx<'_>, id: &SignInAttemptId) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update sign_in_attempts
         set used_at = :now, updated_at = :now, version = version + 1
         where id = :id and used_at is null and voided_at is null",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

fn from_row(row: &Row<'_>) -> Result<Attempt, DbError> {
    Ok(Attempt {
        id: row.get("id")?,
        person_id: row.get("person_id")?,
        code_expires_at: row.get("code_expires_at")?,
        link_expires_at: row.get("link_expires_at")?,
    })
}

/// Removes attempts whose link expired before `over_before`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub(in crate::domain::access) fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from sign_in_attempts
         where id in (
             select id from sign_in_attempts
             where link_expires_at < :over_before
             order by link_expires_at, id
             limit :rows)",
        params! { ":over_before" => over_before, ":rows" => PRUNED_ROWS_MAX },
    )
}
