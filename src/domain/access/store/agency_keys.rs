//! The SQL of the agency's keys.

use crate::domain::access::agency_keys::AgencyKey;
use crate::domain::people::permissions::Permission;
use crate::ground::ids::{ApiKeyId, PersonId};
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::to_json;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

/// A key to be stored.
pub(in crate::domain::access) struct NewRow<'a> {
    pub(in crate::domain::access) id: &'a ApiKeyId,
    pub(in crate::domain::access) name: &'a str,
    /// The beginning that is shown in lists.
    pub(in crate::domain::access) prefix: String,
    pub(in crate::domain::access) hash: [u8; 32],
    pub(in crate::domain::access) permissions: &'a [Permission],
    pub(in crate::domain::access) made_by: Option<&'a PersonId>,
    pub(in crate::domain::access) expires_at: Option<Timestamp>,
}

pub(in crate::domain::access) fn insert(tx: &WriteTx<'_>, key: &NewRow<'_>) -> Result<(), DbError> {
    tx.execute(
        "insert into agency_keys (id, name, prefix, key_hash, permissions, made_by, expires_at, created_at,
                                  updated_at, version)
         values (:id, :name, :prefix, :key_hash, :permissions, :made_by, :expires_at, :now, :now, 1)",
        params! {
            ":id" => key.id,
            ":name" => key.name,
            ":prefix" => key.prefix,
            ":key_hash" => key.hash,
            ":permissions" => to_json(&key.permissions)?,
            ":made_by" => key.made_by.cloned(),
            ":expires_at" => key.expires_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in crate::domain::access) fn count(tx: &ReadTx<'_>) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from agency_keys
         where revoked_at is null and (expires_at is null or expires_at > :now)",
        params! { ":now" => tx.now() },
        |row| row.get("n"),
    )
}

/// Keys with what they name, each with its maker; None once they are gone.
pub(in crate::domain::access) fn list(
    tx: &ReadTx<'_>,
    page: &PageRequest,
) -> Result<Vec<(AgencyKey, Option<PersonId>)>, DbError> {
    tx.list_page(
        "select agency_keys.id, agency_keys.name, prefix, permissions, people.name as made_by,
                people.id as maker_id,
                agency_keys.created_at, last_used_at, expires_at
         from agency_keys
         left join people on people.id = agency_keys.made_by
         where revoked_at is null and (expires_at is null or expires_at > :now)
           and (agency_keys.created_at, agency_keys.id) < (:before_at, :before_id)
         order by agency_keys.created_at desc, agency_keys.id desc
         limit :limit",
        params! { ":now" => tx.now() },
        page,
        |row| {
            let key = AgencyKey {
                id: row.get("id")?,
                name: row.get("name")?,
                prefix: row.get("prefix")?,
                permissions: row.get_json("permissions")?,
                made_by: row.get("made_by")?,
                created_at: row.get("created_at")?,
                last_used_at: row.get("last_used_at")?,
                expires_at: row.get("expires_at")?,
            };
            Ok((key, row.get("maker_id")?))
        },
    )
}

/// Ends the key for good; false when there is none that works.
pub(in crate::domain::access) fn revoke(tx: &WriteTx<'_>, id: &ApiKeyId) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update agency_keys
         set revoked_at = :now, updated_at = :now, version = version + 1
         where id = :id and revoked_at is null",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// Ends every key of this person that works; returns which.
pub(in crate::domain::access) fn revoke_made_by(
    tx: &WriteTx<'_>,
    maker: &PersonId,
) -> Result<Vec<ApiKeyId>, DbError> {
    tx.list(
        "update agency_keys
         set revoked_at = :now, updated_at = :now, version = version + 1
         where made_by = :maker and revoked_at is null
         returning id",
        params! { ":maker" => maker, ":now" => tx.now() },
        |row| row.get("id"),
    )
}

/// A key that works, with what it names.
pub(in crate::domain::access) struct KeyRow {
    pub(in crate::domain::access) id: ApiKeyId,
    pub(in crate::domain::access) permissions: Vec<Permission>,
    /// None once they are gone.
    pub(in crate::domain::access) made_by: Option<PersonId>,
    pub(in crate::domain::access) last_used_at: Option<Timestamp>,
}

/// The key of this hash.
pub(in crate::domain::access) fn find(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<KeyRow>, DbError> {
    tx.find(
        "select id, permissions, made_by, last_used_at
         from agency_keys
         where key_hash = :key_hash and revoked_at is null and (expires_at is null or expires_at > :now)",
        params! { ":key_hash" => hash, ":now" => tx.now() },
        |row| {
            Ok(KeyRow {
                id: row.get("id")?,
                permissions: row.get_json("permissions")?,
                made_by: row.get("made_by")?,
                last_used_at: row.get("last_used_at")?,
            })
        },
    )
}

/// Sets when the key was last used, unless that was noted since `noted_since`.
pub(in crate::domain::access) fn set_last_used(
    tx: &WriteTx<'_>,
    id: &ApiKeyId,
    noted_since: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "update agency_keys
         set last_used_at = :now, updated_at = :now, version = version + 1
         where id = :id and (last_used_at is null or last_used_at < :noted_since)",
        params! { ":id" => id, ":noted_since" => noted_since, ":now" => tx.now() },
    )?;
    Ok(())
}
