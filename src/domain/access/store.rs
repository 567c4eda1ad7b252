//! The SQL of keys and setup links.

pub(super) mod agency_keys;
pub(super) mod email_change;
pub(super) mod key_claims;
pub(super) mod sending;
pub(super) mod sessions;
pub(super) mod sign_in;
pub(super) mod sign_ups;

use super::keys::{self, ApiKey, KeyGrant, KeyScope};
use super::setup::{Agency, NewAgency};
use crate::ground::ids::{ApiKeyId, ClientId, SetupLinkId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::{Row, to_json};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

// ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────

/// A key to be stored.
pub(super) struct NewKey<'a> {
    pub(super) id: &'a ApiKeyId,
    pub(super) name: &'a str,
    /// The beginning that is shown in lists.
    pub(super) prefix: String,
    pub(super) hash: [u8; 32],
    pub(super) key_scopes: &'a [KeyScope],
}

pub(super) fn insert_key(tx: &WriteTx<'_>, scope: &ClientScope, key: &NewKey<'_>) -> Result<(), DbError> {
    tx.execute(
        "insert into api_keys (id, client_id, name, prefix, key_hash, scopes, created_at, updated_at, version)
         values (:id, :client_id, :name, :prefix, :key_hash, :scopes, :now, :now, 1)",
        params! {
            ":id" => key.id,
            ":client_id" => scope.client_id(),
            ":name" => key.name,
            ":prefix" => key.prefix,
            ":key_hash" => key.hash,
            ":scopes" => to_json(&key.key_scopes)?,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Lets every key of the client but this one end at `expires_at`, where it does not end sooner.
pub(super) fn expire_other_keys(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    kept: &ApiKeyId,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "update api_keys
         set expires_at = min(coalesce(expires_at, :expires_at), :expires_at), updated_at = :now,
             version = version + 1
         where client_id = :client_id and id <> :id and revoked_at is null",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => kept,
            ":expires_at" => expires_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

const GRANT_SELECT: &str = "
    select api_keys.id, api_keys.client_id, api_keys.scopes, api_keys.last_used_at, clients.status, clients.service
    from api_keys
    join clients on clients.id = api_keys.client_id
    where api_keys.revoked_at is null
      and (api_keys.expires_at is null or api_keys.expires_at > :now)";

/// What the key of this hash opens now.
pub(super) fn find_grant(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<KeyGrant>, DbError> {
    tx.find(
        &format!("{GRANT_SELECT} and api_keys.key_hash = :key_hash"),
        params! { ":key_hash" => hash, ":now" => tx.now() },
        grant_from_row,
    )
}

/// What the key of this row opens now.
pub(super) fn find_grant_by_id(tx: &ReadTx<'_>, id: &ApiKeyId) -> Result<Option<KeyGrant>, DbError> {
    tx.find(
        &format!("{GRANT_SELECT} and api_keys.id = :id"),
        params! { ":id" => id, ":now" => tx.now() },
        grant_from_row,
    )
}

/// The keys that are not revoked and have not expired.
pub(super) fn list_keys(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Vec<ApiKey>, DbError> {
    tx.list_page(
        &format!(
            "{KEY_SELECT}
               and (created_at, id) < (:before_at, :before_id)
             order by created_at desc, id desc
             limit :limit"
        ),
        params! { ":client_id" => scope.client_id(), ":now" => tx.now() },
        page,
        key_from_row,
    )
}

pub(super) fn find_key(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ApiKeyId,
) -> Result<Option<ApiKey>, DbError> {
    tx.find(
        &format!("{KEY_SELECT} and id = :id"),
        params! { ":client_id" => scope.client_id(), ":now" => tx.now(), ":id" => id },
        key_from_row,
    )
}

const KEY_SELECT: &str = "
    select id, name, prefix, scopes, created_at, last_used_at, expires_at
    from api_keys
    where client_id = :client_id and revoked_at is null and (expires_at is null or expires_at > :now)";

fn key_from_row(row: &Row<'_>) -> Result<ApiKey, DbError> {
    Ok(ApiKey {
        id: row.get("id")?,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        key_scopes: row.get_json("scopes")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
        expires_at: row.get("expires_at")?,
    })
}

pub(super) fn count_keys(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from api_keys
         where client_id = :client_id and revoked_at is null and (expires_at is null or expires_at > :now)",
        params! { ":client_id" => scope.client_id(), ":now" => tx.now() },
        |row| row.get("n"),
    )
}

/// Ends the key for good; false when there is none that works.
pub(super) fn revoke_key(tx: &WriteTx<'_>, scope: &ClientScope, id: &ApiKeyId) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update api_keys
         set revoked_at = :now, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id and revoked_at is null",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// Sets when the key was last used, unless that was noted since `noted_since`.
pub(super) fn set_last_used(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ApiKeyId,
    noted_since: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "update api_keys
         set last_used_at = :now, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id
           and (last_used_at is null or last_used_at < :noted_since)",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            ":noted_since" => noted_since,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

fn grant_from_row(row: &Row<'_>) -> Result<KeyGrant, DbError> {
    let key_id: ApiKeyId = row.get("id")?;
    let client_id: ClientId = row.get("client_id")?;
    let service = row.get("service")?;
    let (key_scopes, withheld) = keys::scopes_in(service, row.get_json("scopes")?);
    Ok(KeyGrant {
        scope: ClientScope::from_key(client_id, key_id.clone()),
        key_id,
        key_scopes,
        withheld,
        client_status: row.get("status")?,
        service,
        last_used_at: row.get("last_used_at")?,
    })
}

// ── setup links ─────────────────────────────────────────────────────────────────────────────────────────────

pub(super) struct Link {
    pub(super) id: SetupLinkId,
    pub(super) expires_at: Timestamp,
}

/// The newest link that is neither used nor expired.
pub(super) fn find_open_link(tx: &ReadTx<'_>) -> Result<Option<Link>, DbError> {
    tx.find(
        "select id, expires_at from setup_links
         where used_at is null and expires_at > :now
         order by created_at desc, id desc
         limit 1",
        params! { ":now" => tx.now() },
        link_from_row,
    )
}

/// The link of this id, unless it is used or expired.
pub(super) fn find_open_link_by_id(tx: &ReadTx<'_>, id: &SetupLinkId) -> Result<Option<Link>, DbError> {
    tx.find(
        "select id, expires_at from setup_links where id = :id and used_at is null and expires_at > :now",
        params! { ":id" => id, ":now" => tx.now() },
        link_from_row,
    )
}

fn link_from_row(row: &Row<'_>) -> Result<Link, DbError> {
    Ok(Link { id: row.get("id")?, expires_at: row.get("expires_at")? })
}

pub(super) fn insert_link(tx: &WriteTx<'_>, link: &Link) -> Result<(), DbError> {
    tx.execute(
        "insert into setup_links (id, expires_at, created_at, updated_at, version)
         values (:id, :expires_at, :now, :now, 1)",
        params! { ":id" => link.id, ":expires_at" => link.expires_at, ":now" => tx.now() },
    )?;
    Ok(())
}

/// Uses every link up that is not used yet; returns how many.
pub(super) fn close_links(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    tx.execute(
        "update setup_links
         set used_at = :now, updated_at = :now, version = version + 1
         where used_at is null",
        params! { ":now" => tx.now() },
    )
}

/// Removes links that expired before `expired_before`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub(super) fn delete_links(tx: &WriteTx<'_>, expired_before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from setup_links
         where id in (
             select id from setup_links where expires_at < :expired_before order by expires_at, id limit :rows)",
        params! { ":expired_before" => expired_before, ":rows" => PRUNED_ROWS_MAX },
    )
}

// ── the agency ──────────────────────────────────────────────────────────────────────────────────────────────

/// Writes the agency's row, or renames it.
pub(super) fn put_agency(tx: &WriteTx<'_>, agency: &NewAgency<'_>) -> Result<(), DbError> {
    tx.execute(
        "insert into agency (id, name, site, created_at, updated_at, version)
         values (1, :name, :site, :now, :now, 1)
         on conflict (id) do update set name = excluded.name, site = excluded.site, updated_at = :now,
                                        version = version + 1",
        params! { ":name" => agency.name, ":site" => agency.site, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(super) fn find_agency(tx: &ReadTx<'_>) -> Result<Option<Agency>, DbError> {
    tx.find("select name, site from agency", &[], |row| {
        Ok(Agency { name: row.get("name")?, site: row.get("site")? })
    })
}

pub(super) fn has_agency(tx: &ReadTx<'_>) -> Result<bool, DbError> {
    tx.get("select exists (select 1 from agency) as has_agency", &[], |row| row.get("has_agency"))
}
