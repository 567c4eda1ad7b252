//! The SQL of sign-ups.

use crate::domain::access::sign_up::SignUp;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::SignUpId;
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::access) fn insert(tx: &WriteTx<'_>, sign_up: &SignUp) -> Result<(), DbError> {
    tx.execute(
        "insert into sign_ups (id, email, email_key, name, business, expires_at, created_at, updated_at, version)
         values (:id, :email, :email_key, :name, :business, :expires_at, :now, :now, 1)",
        params! {
            ":id" => sign_up.id,
            ":email" => sign_up.email,
            ":email_key" => sign_up.email.key(),
            ":name" => sign_up.name,
            ":business" => sign_up.business,
            ":expires_at" => sign_up.expires_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Closes what this address has asked for before.
pub(in crate::domain::access) fn void_open(tx: &WriteTx<'_>, email: &EmailAddress) -> Result<(), DbError> {
    tx.execute(
        "update sign_ups
         set used_at = :now, updated_at = :now, version = version + 1
         where email_key = :email_key and used_at is null",
        params! { ":email_key" => email.key(), ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::access) fn find_open(
    tx: &ReadTx<'_>,
    id: &SignUpId,
) -> Result<Option<SignUp>, DbError> {
    tx.find(
        "select id, email, name, business, expires_at
         from sign_ups
         where id = :id and used_at is null and expires_at > :now",
        params! { ":id" => id, ":now" => tx.now() },
        |row| {
            Ok(SignUp {
                id: row.get("id")?,
                email: row.get("email")?,
                name: row.get("name")?,
                business: row.get("business")?,
                expires_at: row.get("expires_at")?,
            })
        },
    )
}

/// Uses it up; false when somebody else has.
pub(in crate::domain::access) fn set_used(tx: &WriteTx<'_>, id: &SignUpId) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update sign_ups
         set used_at = :now, updated_at = :now, version = version + 1
         where id = :id and used_at is null",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// Removes what expired before `over_before`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub(in crate::domain::access) fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from sign_ups
         where id in (
             select id from sign_ups where expires_at < :over_before order by expires_at, id limit :rows)",
        params! { ":over_before" => over_before, ":rows" => PRUNED_ROWS_MAX },
    )
}
