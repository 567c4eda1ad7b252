//! `Idempotency-Key`: the same request, sent again, gets the first answer and has no second effect.

use super::error::DbError;
use super::tx::WriteTx;
use super::value::to_json;
use crate::ground::crypto::{hex, sha256};
use crate::ground::limits::{IDEMPOTENCY_KEPT_MS, PRUNED_ROWS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One use of a key by a client, for one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    pub operation: &'static str,
    pub key: String,
    pub request_hash: String,
}

impl Intent {
    /// `request` is whatever makes the request the same one: its body, or the hash of its file.
    pub fn new(operation: &'static str, key: String, request: &[u8]) -> Self {
        Self { operation, key, request_hash: hex(&sha256(request)) }
    }
}

/// Why a key that was used before gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyReused {
    #[error("That Idempotency-Key was used for another request. Use a new key for each new request.")]
    OtherRequest,
    /// Its answer was kept by another version of the program, in a form that this one cannot read.
    #[error(
        "That Idempotency-Key was used for this request before an update, and the answer cannot be given again. \
         The request took effect; look at its result, and use a new key for each new request."
    )]
    UnreadableAnswer,
}

/// Does the work once per key: the first answer is kept for a day with the effect itself, in one
/// transaction, and given again to the same request; another request under the same key is refused.
/// Without an intent the work is done each time.
pub fn once<T, E>(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    intent: Option<&Intent>,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E>
where
    T: Serialize + DeserializeOwned,
    E: From<DbError> + From<KeyReused>,
{
    let Some(intent) = intent else { return work() };
    let kept_since = tx.now().plus_ms(-IDEMPOTENCY_KEPT_MS);
    let known = tx.find(
        "select request_hash, answer from idempotency_keys
         where client_id = :client_id and operation = :operation and key = :key and created_at >= :kept_since",
        params! {
            ":client_id" => scope.client_id(),
            ":operation" => intent.operation,
            ":key" => intent.key,
            ":kept_since" => kept_since,
        },
        |row| Ok((row.get::<String>("request_hash")?, row.get::<String>("answer")?)),
    )?;
    match known {
        Some((hash, answer)) if hash == intent.request_hash => {
            serde_json::from_str(&answer).map_err(|_| KeyReused::UnreadableAnswer.into())
        }
        Some(_) => Err(KeyReused::OtherRequest.into()),
        None => {
            let answer = work()?;
            remember(tx, scope, intent, &to_json(&answer)?)?;
            Ok(answer)
        }
    }
}

fn remember(tx: &WriteTx<'_>, scope: &ClientScope, intent: &Intent, answer: &str) -> Result<(), DbError> {
    // An answer never changes; one that has expired makes room.
    tx.execute(
        "delete from idempotency_keys
         where client_id = :client_id and operation = :operation and key = :key",
        params! {
            ":client_id" => scope.client_id(),
            ":operation" => intent.operation,
            ":key" => intent.key,
        },
    )?;
    tx.execute(
        "insert into idempotency_keys (client_id, operation, key, request_hash, answer, created_at)
         values (:client_id, :operation, :key, :request_hash, :answer, :now)",
        params! {
            ":client_id" => scope.client_id(),
            ":operation" => intent.operation,
            ":key" => intent.key,
            ":request_hash" => intent.request_hash,
            ":answer" => answer,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Forgets the oldest keys from before `kept_since`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub fn prune(tx: &WriteTx<'_>, kept_since: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from idempotency_keys
         where rowid in (
             select rowid from idempotency_keys where created_at < :kept_since order by created_at, key limit :rows)",
        params! { ":kept_since" => kept_since, ":rows" => PRUNED_ROWS_MAX },
    )
}
