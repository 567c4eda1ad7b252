//! The SQL of links with which clients make their keys.

use crate::domain::access::key_claims::KeyClaim;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::ClientId;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, ReadTx, WriteTx};

/// Makes the client's row, or lets its next round begin.
pub(in crate::domain::access) fn put(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    email: &EmailAddress,
    expires_at: Timestamp,
) -> Result<KeyClaim, DbError> {
    tx.get(
        "insert into key_claims (client_id, round, email_key, mailed_at, expires_at, created_at, updated_at, version)
         values (:client_id, 1, :email_key, :now, :expires_at, :now, :now, 1)
         on conflict (client_id) do update
             set round = round + 1, email_key = :email_key, mailed_at = :now, expires_at = :expires_at,
                 claimed_at = null, updated_at = :now, version = version + 1
         returning client_id, round, email_key, mailed_at, expires_at, claimed_at",
        params! {
            ":client_id" => scope.client_id(),
            ":email_key" => email.key(),
            ":expires_at" => expires_at,
            ":now" => tx.now(),
        },
        from_row,
    )
}

pub(in crate::domain::access) fn find(
    tx: &ReadTx<'_>,
    client_id: &ClientId,
) -> Result<Option<KeyClaim>, DbError> {
    tx.find(
        "select client_id, round, email_key, mailed_at, expires_at, claimed_at
         from key_claims
         where client_id = :client_id",
        params! { ":client_id" => client_id },
        from_row,
    )
}

pub(in crate::domain::access) fn set_claimed(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute(
        "update key_claims
         set claimed_at = :now, updated_at = :now, version = version + 1
         where client_id = :client_id",
        params! { ":client_id" => scope.client_id(), ":now" => tx.now() },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<KeyClaim, DbError> {
    Ok(KeyClaim {
        client_id: row.get("client_id")?,
        round: row.get("round")?,
        email_key: row.get("email_key")?,
        mailed_at: row.get("mailed_at")?,
        expires_at: row.get("expires_at")?,
        claimed_at: row.get("claimed_at")?,
    })
}
