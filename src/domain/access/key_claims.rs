//! The link with which a client makes a key of its own: mailed to the client's address, good for one use and seven
//! days, and for as long as the address is the client's. A new mail voids the former link. The key is made when the
//! link's button is pressed, so that it was never in a mail and never lay anywhere.

use super::keys::{self, IssuedKey};
use super::store::key_claims as store;
use crate::domain::clients::{self, Client, ClientError, ClientStatus};
use crate::ground::crypto::{MacKey, base64url, base64url_decode};
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::limits::{API_KEYS_PER_CLIENT_MAX, KEY_CLAIM_MS};
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, ReadTx, WriteTx};

const PURPOSE: &str = "key_claim_link";
const WORK: &str = "key_claim";
/// The name of the key that is made.
const KEY_NAME: &str = "claimed";

/// The link as it was mailed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyClaim {
    pub client_id: ClientId,
    /// Which mail it is, counted from 1.
    pub round: u32,
    /// The address that it went to, in lower case.
    pub email_key: String,
    pub mailed_at: Timestamp,
    pub expires_at: Timestamp,
    pub claimed_at: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyClaimError {
    #[error("This link was used or replaced by a newer one, or has expired. Ask for a new one.")]
    InvalidLink,
    #[error("This client has {API_KEYS_PER_CLIENT_MAX} keys already. Revoke one, then open the link again.")]
    TooManyKeys,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// How the client's key mail stands; None where none was asked for.
pub fn find(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Option<KeyClaim>, DbError> {
    store::find(tx, scope.client_id())
}

/// Begins a link, in place of one that was mailed before. The mail is written by the caller, in the same transaction.
pub fn begin(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<KeyClaim, ClientError> {
    let client = clients::get(tx, scope)?;
    if client.status == ClientStatus::Suspended {
        return Err(ClientError::Suspended);
    }
    let claim = store::put(tx, scope, &client.email, tx.now().plus_ms(KEY_CLAIM_MS))?;
    record(tx, scope, "key_claim.mailed")?;
    Ok(claim)
}

/// The token of the link.
pub fn link_token(key: &MacKey, claim: &KeyClaim) -> Secret<String> {
    let tag = key.sign(PURPOSE, &[claim.client_id.as_str(), &claim.round.to_string()]);
    Secret::new(format!("{}.{}", claim.client_id, base64url(&tag)))
}

/// The link that is open in this round, for its mail.
pub fn find_open_round(
    tx: &ReadTx<'_>,
    client: &Client,
    scope: &ClientScope,
    round: u32,
) -> Result<Option<KeyClaim>, DbError> {
    Ok(find(tx, scope)?.filter(|claim| claim.round == round && is_open(claim, client, tx.now())))
}

/// What this token opens, and for whom; it stays unused. None when it is not genuine, was used or replaced, has expired
/// or went to a former address, and while the client is suspended.
pub fn find_open(tx: &ReadTx<'_>, key: &MacKey, token: &str) -> Result<Option<(KeyClaim, Client)>, DbError> {
    let parsed =
        token.split_once('.').and_then(|(id, tag)| Some((ClientId::parse(id).ok()?, base64url_decode(tag)?)));
    let Some((client_id, tag)) = parsed else { return Ok(None) };
    let Some(claim) = store::find(tx, &client_id)? else { return Ok(None) };
    let Some(client) = clients::find(tx, &scope_of(&claim))? else { return Ok(None) };
    if !key.verify(PURPOSE, &[claim.client_id.as_str(), &claim.round.to_string()], &tag) {
        return Ok(None);
    }
    Ok(is_open(&claim, &client, tx.now()).then_some((claim, client)))
}

/// Uses the link up and makes the key. Of two who hold the link, one wins.
pub fn claim(tx: &WriteTx<'_>, key: &MacKey, token: &str) -> Result<(Client, IssuedKey), KeyClaimError> {
    let (claim, client) = find_open(tx, key, token)?.ok_or(KeyClaimError::InvalidLink)?;
    let scope = scope_of(&claim);
    if keys::count(tx, &scope)? >= API_KEYS_PER_CLIENT_MAX {
        return Err(KeyClaimError::TooManyKeys);
    }
    store::set_claimed(tx, &scope)?;
    let issued = keys::issue(tx, &scope, KEY_NAME)?;
    record(tx, &scope, "key_claim.claimed")?;
    Ok((client, issued))
}

fn is_open(claim: &KeyClaim, client: &Client, now: Timestamp) -> bool {
    let is_served = client.status == ClientStatus::Active && !client.is_erasing;
    is_served && claim.claimed_at.is_none() && claim.expires_at > now && claim.email_key == client.email.key()
}

fn scope_of(claim: &KeyClaim) -> ClientScope {
    ClientScope::from_row(claim.client_id.clone(), WORK)
}

fn record(tx: &WriteTx<'_>, scope: &ClientScope, action: &'static str) -> Result<(), DbError> {
    audit::record(
        tx,
        &Deed {
            action,
            client_id: Some(scope.client_id()),
            subject_id: scope.client_id().as_str(),
            fields: &["expires_at", "claimed_at"],
            values_after: None,
        },
    )
}
