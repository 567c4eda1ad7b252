//! The one-time setup link of the first run: printed and logged, good for one use and seven days.
//!
//! The link is derived (`HMAC(key, id, expiry)`), so the table holds no secret and the same link can be
//! printed again after a restart. There is no default password and no open sign-up to race for.

use crate::ground::crypto::{MacKey, base64url, base64url_decode};
use crate::ground::ids::{SetupLinkId, Id as _};
use crate::ground::limits::SETUP_LINK_MS;
use crate::ground::scope::AgencyScope;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, ReadTx, WriteTx};

const PURPOSE: &str = "setup_link";

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("This setup link is not valid any more. On the server, run the command `setup-link` to get a new one.")]
    InvalidLink,
    #[error(transparent)]
    Db(#[from] DbError),
}

struct Link {
    id: SetupLinkId,
    expires_at: Timestamp,
}

/// The token of the link that is still open, making one when there is none and the node is not set up.
/// None once it is set up.
pub fn open_link(tx: &WriteTx<'_>, key: &MacKey) -> Result<Option<Secret<String>>, DbError> {
    if is_set_up(tx)? {
        return Ok(None);
    }
    let open = tx.find(
        "select id, expires_at from setup_links
         where used_at is null and expires_at > :now
         order by created_at desc, id desc
         limit 1",
        params! { ":now" => tx.now() },
        |row| Ok(Link { id: row.get("id")?, expires_at: row.get("expires_at")? }),
    )?;
    match open {
        Some(link) => Ok(Some(token(&link, key))),
        None => renew_link(tx, key).map(Some),
    }
}

/// Makes a new link and closes the former ones: for an operator who lost it.
pub fn renew_link(tx: &WriteTx<'_>, key: &MacKey) -> Result<Secret<String>, DbError> {
    close_links(tx)?;
    let link = Link { id: tx.new_id(), expires_at: tx.now().plus_ms(SETUP_LINK_MS) };
    tx.execute(
        "insert into setup_links (id, expires_at, created_at, updated_at, version)
         values (:id, :expires_at, :now, :now, 1)",
        params! { ":id" => link.id, ":expires_at" => link.expires_at, ":now" => tx.now() },
    )?;
    Ok(token(&link, key))
}

/// Whether this token opens the setup now; it stays unused.
pub fn is_open(tx: &ReadTx<'_>, key: &MacKey, presented: &str) -> Result<bool, DbError> {
    let Some((id, tag)) = parse(presented) else { return Ok(false) };
    let expires_at = tx.find(
        "select expires_at from setup_links where id = :id and used_at is null and expires_at > :now",
        params! { ":id" => id, ":now" => tx.now() },
        |row| row.get::<Timestamp>("expires_at"),
    )?;
    Ok(expires_at.is_some_and(|expires_at| key.verify(PURPOSE, &[id.as_str(), &expires_at.to_rfc3339()], &tag)))
}

/// Uses the link up and names the agency. Of two who hold the link, one wins.
pub fn complete(
    tx: &WriteTx<'_>,
    key: &MacKey,
    presented: &str,
    agency_name: &str,
) -> Result<AgencyScope, SetupError> {
    if !is_open(tx, key, presented)? {
        return Err(SetupError::InvalidLink);
    }
    let Some((id, _)) = parse(presented) else { return Err(SetupError::InvalidLink) };
    let used = tx.execute(
        "update setup_links
         set used_at = :now, updated_at = :now, version = version + 1
         where id = :id and used_at is null",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    if used != 1 {
        return Err(SetupError::InvalidLink);
    }
    set_up(tx, agency_name)?;
    Ok(AgencyScope::from_setup_link())
}

/// Writes down that the node is set up, under this agency's name. No link made before opens anything after that.
pub fn set_up(tx: &WriteTx<'_>, agency_name: &str) -> Result<(), DbError> {
    close_links(tx)?;
    tx.execute(
        "insert into agency (id, name, index_epoch, created_at, updated_at, version)
         values (1, :name, 1, :now, :now, 1)
         on conflict (id) do update set name = excluded.name, updated_at = :now, version = version + 1",
        params! { ":name" => agency_name, ":now" => tx.now() },
    )?;
    audit::record(
        tx,
        &Deed {
            action: "agency.set_up",
            client_id: None,
            subject_id: "agency",
            fields: &["name"],
            values_after: Some(serde_json::json!({ "name": agency_name })),
        },
    )
}

fn close_links(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    tx.execute(
        "update setup_links
         set used_at = :now, updated_at = :now, version = version + 1
         where used_at is null",
        params! { ":now" => tx.now() },
    )
}

pub fn is_set_up(tx: &ReadTx<'_>) -> Result<bool, DbError> {
    tx.get("select exists (select 1 from agency) as is_set_up", &[], |row| row.get("is_set_up"))
}

/// Removes links that ended before `kept_since`.
pub fn prune(tx: &WriteTx<'_>, kept_since: Timestamp) -> Result<usize, DbError> {
    tx.execute("delete from setup_links where expires_at < :kept_since", params! { ":kept_since" => kept_since })
}

fn token(link: &Link, key: &MacKey) -> Secret<String> {
    let tag = key.sign(PURPOSE, &[link.id.as_str(), &link.expires_at.to_rfc3339()]);
    Secret::new(format!("{}.{}", link.id, base64url(&tag)))
}

fn parse(presented: &str) -> Option<(SetupLinkId, Vec<u8>)> {
    let (id, tag) = presented.split_once('.')?;
    Some((SetupLinkId::parse(id).ok()?, base64url_decode(tag)?))
}
