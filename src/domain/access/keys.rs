//! API keys: 256 random bits after `snip_sk_`, shown once, stored as a hash.

use crate::domain::clients::ClientStatus;
use crate::ground::crypto::{base64url, sha256};
use crate::ground::ids::{ApiKeyId, ClientId, Id as _};
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::{MINUTE_MS, Timestamp};
use crate::store::audit::{self, Deed};
use crate::store::value::{Row, to_json};
use crate::store::{DbError, ReadTx, WriteTx};
use crate::{params, text_enum};

/// What every key begins with, so that scanners of leaked secrets can find it.
pub const KEY_PREFIX: &str = "snip_sk_";
/// 32 bytes as base64 without padding.
const KEY_RANDOM_CHARS: usize = 43;
const SHOWN_PREFIX_CHARS: usize = KEY_PREFIX.len() + 6;

text_enum! {
    /// What a key may do.
    pub enum KeyScope {
        KnowledgeRead = "knowledge_read",
        KnowledgeWrite = "knowledge_write",
        SettingsRead = "settings_read",
        SettingsWrite = "settings_write",
        ConversationsRead = "conversations_read",
        UsageRead = "usage_read",
        Search = "search",
    }
}

/// A key that was just made: the only moment at which its text is known.
#[derive(Debug, Clone)]
pub struct IssuedKey {
    pub id: ApiKeyId,
    pub key: Secret<String>,
}

/// What a presented key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGrant {
    pub scope: ClientScope,
    pub key_id: ApiKeyId,
    pub key_scopes: Vec<KeyScope>,
    pub client_status: ClientStatus,
    pub last_used_at: Option<Timestamp>,
}

/// Makes a key of this client that may do everything a key can.
pub fn issue(tx: &WriteTx<'_>, scope: &ClientScope, name: &str) -> Result<IssuedKey, DbError> {
    issue_with(tx, scope, name, KeyScope::ALL)
}

/// Makes a key of this client that may do only this.
pub fn issue_with(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    name: &str,
    key_scopes: &[KeyScope],
) -> Result<IssuedKey, DbError> {
    let key = format!("{KEY_PREFIX}{}", base64url(&tx.new_key()));
    let id: ApiKeyId = tx.new_id();
    tx.execute(
        "insert into api_keys (id, client_id, name, prefix, key_hash, scopes, created_at, updated_at, version)
         values (:id, :client_id, :name, :prefix, :key_hash, :scopes, :now, :now, 1)",
        params! {
            ":id" => id,
            ":client_id" => scope.client_id(),
            ":name" => name,
            ":prefix" => key.chars().take(SHOWN_PREFIX_CHARS).collect::<String>(),
            ":key_hash" => sha256(key.as_bytes()),
            ":scopes" => to_json(&key_scopes)?,
            ":now" => tx.now(),
        },
    )?;
    record(tx, scope, "api_key.issued", &id)?;
    Ok(IssuedKey { id, key: Secret::new(key) })
}

/// Makes a new key; the former ones stop working at `overlap_ms` from now (0: at once).
pub fn rotate(tx: &WriteTx<'_>, scope: &ClientScope, overlap_ms: i64) -> Result<IssuedKey, DbError> {
    let issued = issue(tx, scope, "rotated")?;
    let expires_at = tx.now().plus_ms(overlap_ms);
    tx.execute(
        "update api_keys
         set expires_at = min(coalesce(expires_at, :expires_at), :expires_at), updated_at = :now,
             version = version + 1
         where client_id = :client_id and id <> :id and revoked_at is null",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => issued.id,
            ":expires_at" => expires_at,
            ":now" => tx.now(),
        },
    )?;
    record(tx, scope, "api_key.rotated", &issued.id)?;
    Ok(issued)
}

/// What this key opens now, or None when it is unknown, expired or revoked. The lookup is by hash, so that
/// its time says nothing about the key.
pub fn find_grant(tx: &ReadTx<'_>, presented: &str) -> Result<Option<KeyGrant>, DbError> {
    if !is_key_shaped(presented) {
        return Ok(None);
    }
    tx.find(
        "select api_keys.id, api_keys.client_id, api_keys.scopes, api_keys.last_used_at, clients.status
         from api_keys
         join clients on clients.id = api_keys.client_id
         where api_keys.key_hash = :key_hash
           and api_keys.revoked_at is null
           and (api_keys.expires_at is null or api_keys.expires_at > :now)",
        params! { ":key_hash" => sha256(presented.as_bytes()), ":now" => tx.now() },
        grant_from_row,
    )
}

/// Notes that the key was used, at most once a minute.
pub fn touch(tx: &WriteTx<'_>, grant: &KeyGrant) -> Result<(), DbError> {
    tx.execute(
        "update api_keys
         set last_used_at = :now, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id
           and (last_used_at is null or last_used_at < :minute_ago)",
        params! {
            ":client_id" => grant.scope.client_id(),
            ":id" => grant.key_id,
            ":minute_ago" => tx.now().plus_ms(-MINUTE_MS),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Whether the use of this key should be noted again.
pub fn is_touch_due(grant: &KeyGrant, now: Timestamp) -> bool {
    grant.last_used_at.is_none_or(|at| now.ms_since(at) >= MINUTE_MS)
}

fn is_key_shaped(text: &str) -> bool {
    text.strip_prefix(KEY_PREFIX).is_some_and(|random| random.len() == KEY_RANDOM_CHARS && random.is_ascii())
}

fn grant_from_row(row: &Row<'_>) -> Result<KeyGrant, DbError> {
    let key_id: ApiKeyId = row.get("id")?;
    let client_id: ClientId = row.get("client_id")?;
    Ok(KeyGrant {
        scope: ClientScope::from_key(client_id, key_id.clone()),
        key_id,
        key_scopes: row.get_json("scopes")?,
        client_status: row.get("status")?,
        last_used_at: row.get("last_used_at")?,
    })
}

fn record(tx: &WriteTx<'_>, scope: &ClientScope, action: &'static str, id: &ApiKeyId) -> Result<(), DbError> {
    audit::record(
        tx,
        &Deed {
            action,
            client_id: Some(scope.client_id()),
            subject_id: id.as_str(),
            fields: &["scopes", "expires_at"],
            values_after: None,
        },
    )
}
