//! The SQL of people's sessions.

use crate::domain::access::sessions::{IssuedSession, Owner, Place, SessionLine};
use crate::ground::ids::{ApiKeyId, PersonId, PersonSessionId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

/// A session that is not over by itself.
pub(in crate::domain::access) struct SessionRow {
    pub(in crate::domain::access) id: PersonSessionId,
    pub(in crate::domain::access) person_id: Option<PersonId>,
    pub(in crate::domain::access) api_key_id: Option<ApiKeyId>,
    pub(in crate::domain::access) access_version: u32,
    pub(in crate::domain::access) last_seen_at: Timestamp,
    pub(in crate::domain::access) expires_at: Timestamp,
}

pub(in crate::domain::access) fn insert(
    tx: &WriteTx<'_>,
    issued: &IssuedSession,
    token_hash: [u8; 32],
    owner: &Owner<'_>,
    place: &Place,
) -> Result<(), DbError> {
    let (person, key, access_version) = match owner {
        Owner::Person(person) => (Some(person.id.clone()), None, person.access_version),
        Owner::Key(key) => (None, Some((*key).clone()), 1),
    };
    tx.execute(
        "insert into sessions (id, token_hash, person_id, api_key_id, access_version, last_seen_at, expires_at,
                               created_at, updated_at, version)
         values (:id, :token_hash, :person_id, :api_key_id, :access_version, :now, :expires_at, :now, :now, 1)",
        params! {
            ":id" => issued.id,
            ":token_hash" => token_hash,
            ":person_id" => person,
            ":api_key_id" => key,
            ":access_version" => access_version,
            ":expires_at" => issued.expires_at,
            ":now" => tx.now(),
        },
    )?;
    tx.execute(
        "insert into session_details (session_id, device, address, created_at)
         values (:session_id, :device, :address, :now)",
        params! {
            ":session_id" => issued.id,
            ":device" => place.device,
            ":address" => place.address,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// The session of this hash, unless it has expired or was not used since `idle_since`.
pub(in crate::domain::access) fn find(
    tx: &ReadTx<'_>,
    token_hash: [u8; 32],
    idle_since: Timestamp,
) -> Result<Option<SessionRow>, DbError> {
    tx.find(
        "select id, person_id, api_key_id, access_version, last_seen_at, expires_at
         from sessions
         where token_hash = :token_hash and expires_at > :now and last_seen_at > :idle_since",
        params! { ":token_hash" => token_hash, ":now" => tx.now(), ":idle_since" => idle_since },
        |row| {
            Ok(SessionRow {
                id: row.get("id")?,
                person_id: row.get("person_id")?,
                api_key_id: row.get("api_key_id")?,
                access_version: row.get("access_version")?,
                last_seen_at: row.get("last_seen_at")?,
                expires_at: row.get("expires_at")?,
            })
        },
    )
}

pub(in crate::domain::access) fn is_in_force(tx: &ReadTx<'_>, id: &PersonSessionId) -> Result<bool, DbError> {
    tx.get(
        "select exists (select 1 from sessions where id = :id and expires_at > :now) as is_in_force",
        params! { ":id" => id, ":now" => tx.now() },
        |row| row.get("is_in_force"),
    )
}

pub(in crate::domain::access) fn set_last_seen(
    tx: &WriteTx<'_>,
    id: &PersonSessionId,
) -> Result<(), DbError> {
    tx.execute(
        "update sessions
         set last_seen_at = :now, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::access) fn delete(tx: &WriteTx<'_>, id: &PersonSessionId) -> Result<bool, DbError> {
    Ok(tx.execute("delete from sessions where id = :id", params! { ":id" => id })? == 1)
}

pub(in crate::domain::access) fn delete_by_hash(
    tx: &WriteTx<'_>,
    token_hash: [u8; 32],
) -> Result<(), DbError> {
    tx.execute(
        "delete from sessions where token_hash = :token_hash",
        params! { ":token_hash" => token_hash },
    )?;
    Ok(())
}

/// Removes the session, if it is this person's.
pub(in crate::domain::access) fn delete_of(
    tx: &WriteTx<'_>,
    person: &PersonId,
    id: &PersonSessionId,
) -> Result<bool, DbError> {
    let removed = tx.execute(
        "delete from sessions where id = :id and person_id = :person_id",
        params! { ":id" => id, ":person_id" => person },
    )?;
    Ok(removed == 1)
}

/// Removes the sessions that were made from keys of this client.
pub(in crate::domain::access) fn delete_of_client_keys(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
) -> Result<(), DbError> {
    tx.execute(
        "delete from sessions
         where api_key_id in (select id from api_keys where client_id = :client_id)",
        params! { ":client_id" => scope.client_id() },
    )?;
    Ok(())
}

/// Removes the person's sessions but the newest `kept`.
pub(in crate::domain::access) fn delete_oldest(
    tx: &WriteTx<'_>,
    person: &PersonId,
    kept: u32,
) -> Result<(), DbError> {
    tx.execute(
        "delete from sessions
         where id in (
             select id from sessions
             where person_id = :person_id
             order by created_at desc, id desc
             limit :rows offset :kept)",
        params! { ":person_id" => person, ":rows" => PRUNED_ROWS_MAX, ":kept" => kept },
    )?;
    Ok(())
}

/// Removes the key's sessions but the newest `kept`.
pub(in crate::domain::access) fn delete_oldest_of_key(
    tx: &WriteTx<'_>,
    key: &ApiKeyId,
    kept: u32,
) -> Result<(), DbError> {
    tx.execute(
        "delete from sessions
         where id in (
             select id from sessions
             where api_key_id = :api_key_id
             order by created_at desc, id desc
             limit :rows offset :kept)",
        params! { ":api_key_id" => key, ":rows" => PRUNED_ROWS_MAX, ":kept" => kept },
    )?;
    Ok(())
}

const LINE_SELECT: &str = "
    select sessions.id, sessions.created_at, sessions.last_seen_at, session_details.device,
           session_details.address
    from sessions
    left join session_details on session_details.session_id = sessions.id";

pub(in crate::domain::access) fn list_of(
    tx: &ReadTx<'_>,
    person: &PersonId,
    access_version: u32,
    idle_since: Timestamp,
    page: &PageRequest,
) -> Result<Vec<SessionLine>, DbError> {
    tx.list_page(
        &format!(
            "{LINE_SELECT}
             where sessions.person_id = :person_id and sessions.access_version = :access_version
               and sessions.expires_at > :now and sessions.last_seen_at > :idle_since
               and (sessions.created_at, sessions.id) < (:before_at, :before_id)
             order by sessions.created_at desc, sessions.id desc
             limit :limit"
        ),
        params! {
            ":person_id" => person,
            ":access_version" => access_version,
            ":now" => tx.now(),
            ":idle_since" => idle_since,
        },
        page,
        line_from_row,
    )
}

pub(in crate::domain::access) fn find_line(
    tx: &ReadTx<'_>,
    id: &PersonSessionId,
) -> Result<Option<SessionLine>, DbError> {
    tx.find(&format!("{LINE_SELECT} where sessions.id = :id"), params! { ":id" => id }, line_from_row)
}

fn line_from_row(row: &Row<'_>) -> Result<SessionLine, DbError> {
    let (device, address): (Option<String>, Option<String>) = (row.get("device")?, row.get("address")?);
    Ok(SessionLine {
        id: row.get("id")?,
        place: device.zip(address).map(|(device, address)| Place { device, address }),
        created_at: row.get("created_at")?,
        last_seen_at: row.get("last_seen_at")?,
    })
}

/// Removes sessions that expired before `over_before`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub(in crate::domain::access) fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from sessions
         where id in (
             select id from sessions where expires_at < :over_before order by expires_at, id limit :rows)",
        params! { ":over_before" => over_before, ":rows" => PRUNED_ROWS_MAX },
    )
}
