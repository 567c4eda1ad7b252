//! API keys: 256 random bits after `snip_sk_`, shown once, stored as a hash.

use super::store::{self, NewKey};
use crate::domain::clients::ClientStatus;
use crate::domain::clients::serving::Service;
use crate::ground::crypto::{base64url, sha256};
use crate::ground::ids::{ApiKeyId, Id as _};
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::{MINUTE_MS, Timestamp};
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use crate::text_enum;

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
        ConversationsWrite = "conversations_write",
        UsageRead = "usage_read",
        Search = "search",
    }
}

/// What keys keep of their scopes where the agency looks after the client, like its people.
const IN_A_MANAGED_CLIENT: &[KeyScope] =
    &[KeyScope::ConversationsRead, KeyScope::ConversationsWrite, KeyScope::UsageRead];

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
    /// What it holds besides, and what opens nothing while the agency looks after the client.
    pub withheld: Vec<KeyScope>,
    pub client_status: ClientStatus,
    pub service: Service,
    pub last_used_at: Option<Timestamp>,
}

/// A key as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// Its beginning.
    pub prefix: String,
    pub key_scopes: Vec<KeyScope>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

/// The client's keys that work, newest first.
pub fn list(tx: &ReadTx<'_>, scope: &ClientScope, page: &PageRequest) -> Result<Page<ApiKey>, DbError> {
    let keys = store::list_keys(tx, scope, page)?;
    page.page(keys, |key| (key.created_at, key.id.to_string()))
}

/// The client's key of this id, if it works.
pub fn find(tx: &ReadTx<'_>, scope: &ClientScope, id: &ApiKeyId) -> Result<Option<ApiKey>, DbError> {
    store::find_key(tx, scope, id)
}

/// How many of the client's keys work.
pub fn count(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    store::count_keys(tx, scope)
}

/// Ends a key at once, with the sessions that were made from it; false when there is none with this id.
pub fn revoke(tx: &WriteTx<'_>, scope: &ClientScope, id: &ApiKeyId) -> Result<bool, DbError> {
    let is_revoked = store::revoke_key(tx, scope, id)?;
    if is_revoked {
        record(tx, scope, "api_key.revoked", id)?;
    }
    Ok(is_revoked)
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
    store::insert_key(
        tx,
        scope,
        &NewKey {
            id: &id,
            name,
            prefix: key.chars().take(SHOWN_PREFIX_CHARS).collect(),
            hash: sha256(key.as_bytes()),
            key_scopes,
        },
    )?;
    record(tx, scope, "api_key.issued", &id)?;
    Ok(IssuedKey { id, key: Secret::new(key) })
}

/// Makes a new key; the former ones stop working at `overlap_ms` from now (0: at once).
pub fn rotate(tx: &WriteTx<'_>, scope: &ClientScope, overlap_ms: i64) -> Result<IssuedKey, DbError> {
    let issued = issue(tx, scope, "rotated")?;
    store::expire_other_keys(tx, scope, &issued.id, tx.now().plus_ms(overlap_ms))?;
    record(tx, scope, "api_key.rotated", &issued.id)?;
    Ok(issued)
}

/// What this key opens now, or None when it is unknown, expired or revoked. The lookup is by hash, so that
/// its time says nothing about the key.
pub fn find_grant(tx: &ReadTx<'_>, presented: &str) -> Result<Option<KeyGrant>, DbError> {
    if !is_key_shaped(presented) {
        return Ok(None);
    }
    store::find_grant(tx, sha256(presented.as_bytes()))
}

/// What is left of a key's scopes in a client that is served so, and what is withheld.
pub(super) fn scopes_in(service: Service, scopes: Vec<KeyScope>) -> (Vec<KeyScope>, Vec<KeyScope>) {
    match service {
        Service::SelfServe => (scopes, Vec::new()),
        Service::Managed => scopes.into_iter().partition(|it| IN_A_MANAGED_CLIENT.contains(it)),
    }
}

/// Notes that the key was used, at most once a minute.
pub fn touch(tx: &WriteTx<'_>, grant: &KeyGrant) -> Result<(), DbError> {
    store::set_last_used(tx, &grant.scope, &grant.key_id, tx.now().plus_ms(-MINUTE_MS))
}

/// Whether the use of this key should be noted again.
pub fn is_touch_due(grant: &KeyGrant, now: Timestamp) -> bool {
    grant.last_used_at.is_none_or(|at| now.ms_since(at) >= MINUTE_MS)
}

fn is_key_shaped(text: &str) -> bool {
    text.strip_prefix(KEY_PREFIX).is_some_and(|random| random.len() == KEY_RANDOM_CHARS && random.is_ascii())
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
