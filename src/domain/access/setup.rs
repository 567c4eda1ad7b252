//! The one-time setup link of the first run: printed and logged, good for one use and seven days.
//!
//! The link is derived (`HMAC(key, id, expiry)`), so the table holds no secret and the same link can be
//! printed again after a restart. There is no default password and no open sign-up to race for.

use super::store::{self, Link};
use crate::ground::crypto::{MacKey, base64url, base64url_decode};
use crate::ground::ids::{Id as _, SetupLinkId};
use crate::ground::limits::SETUP_LINK_MS;
use crate::ground::scope::AgencyScope;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, ReadTx, WriteTx};

const PURPOSE: &str = "setup_link";

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(
        "This setup link is not valid any more. On the server, run the command `setup-link` to get a new one."
    )]
    InvalidLink,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What is written down of the agency when it is set up.
#[derive(Debug, Clone, Copy)]
pub struct NewAgency<'a> {
    pub name: &'a str,
    /// Where the node was reached; empty when that is not known. Links in mails begin with it, so it comes from
    /// whoever held the setup link, and from no other request.
    pub site: &'a str,
}

/// The agency as it was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    pub name: String,
    pub site: String,
}

/// The agency, once it was set up.
pub fn find_agency(tx: &ReadTx<'_>) -> Result<Option<Agency>, DbError> {
    store::find_agency(tx)
}

/// The token of the link that is still open, making one when there is none and the node is not set up.
/// None once it is set up.
pub fn open_link(tx: &WriteTx<'_>, key: &MacKey) -> Result<Option<Secret<String>>, DbError> {
    if is_set_up(tx)? {
        return Ok(None);
    }
    match store::find_open_link(tx)? {
        Some(link) => Ok(Some(token(&link, key))),
        None => renew_link(tx, key).map(Some),
    }
}

/// Makes a new link and closes the former ones: for an operator who lost it. It is good also on a node that is
/// set up, for the operator asked for it.
pub fn renew_link(tx: &WriteTx<'_>, key: &MacKey) -> Result<Secret<String>, DbError> {
    store::close_links(tx)?;
    let link = Link { id: tx.new_id(), expires_at: tx.now().plus_ms(SETUP_LINK_MS) };
    store::insert_link(tx, &link)?;
    audit::record(
        tx,
        &Deed {
            action: "setup_link.renewed",
            client_id: None,
            subject_id: link.id.as_str(),
            fields: &["expires_at"],
            values_after: None,
        },
    )?;
    Ok(token(&link, key))
}

/// Whether this token opens the setup now; it stays unused.
pub fn is_open(tx: &ReadTx<'_>, key: &MacKey, presented: &str) -> Result<bool, DbError> {
    let Some((id, tag)) = parse(presented) else { return Ok(false) };
    let Some(link) = store::find_open_link_by_id(tx, &id)? else { return Ok(false) };
    Ok(key.verify(PURPOSE, &[link.id.as_str(), &link.expires_at.to_rfc3339()], &tag))
}

/// Uses the link up and names the agency. Of two who hold the link, one wins: the other finds it closed.
pub fn complete(
    tx: &WriteTx<'_>,
    key: &MacKey,
    presented: &str,
    agency: &NewAgency<'_>,
) -> Result<AgencyScope, SetupError> {
    if !is_open(tx, key, presented)? {
        return Err(SetupError::InvalidLink);
    }
    set_up(tx, agency)?;
    Ok(AgencyScope::from_setup_link())
}

/// Writes down that the node is set up, under this agency's name, and closes every setup link: what was printed
/// and logged before opens nothing any more.
pub fn set_up(tx: &WriteTx<'_>, agency: &NewAgency<'_>) -> Result<(), DbError> {
    store::put_agency(tx, agency)?;
    store::close_links(tx)?;
    audit::record(
        tx,
        &Deed {
            action: "agency.set_up",
            client_id: None,
            subject_id: "agency",
            fields: &["name"],
            values_after: Some(serde_json::json!({ "name": agency.name })),
        },
    )
}

pub fn is_set_up(tx: &ReadTx<'_>) -> Result<bool, DbError> {
    store::has_agency(tx)
}

/// Removes links that expired before this moment, a bounded number at a time; returns how many.
pub fn prune(tx: &WriteTx<'_>, expired_before: Timestamp) -> Result<usize, DbError> {
    store::delete_links(tx, expired_before)
}

fn token(link: &Link, key: &MacKey) -> Secret<String> {
    let tag = key.sign(PURPOSE, &[link.id.as_str(), &link.expires_at.to_rfc3339()]);
    Secret::new(format!("{}.{}", link.id, base64url(&tag)))
}

fn parse(presented: &str) -> Option<(SetupLinkId, Vec<u8>)> {
    let (id, tag) = presented.split_once('.')?;
    Some((SetupLinkId::parse(id).ok()?, base64url_decode(tag)?))
}
