//! Keys of the agency: they open to a program what a person of the agency with these permissions could do. 256 random
//! bits after `snip_ak_`, shown once, stored as a hash; nobody gives one a permission that they do not hold, and none
//! holds more than whoever made it holds now: a key without its maker opens nothing.

use super::sessions::{AgencyRight, ClientRight};
use super::store::agency_keys as store;
use crate::domain::clients;
use crate::domain::people::members::Member;
use crate::domain::people::permissions::{Held, Permission};
use crate::domain::people::{self, Membership, MembershipKind, Organisation};
use crate::ground::crypto::{base64url, sha256};
use crate::ground::ids::{ApiKeyId, ClientId, Id as _, PersonId};
use crate::ground::limits::AGENCY_KEYS_MAX;
use crate::ground::scope::AgencyScope;
use crate::ground::secret::Secret;
use crate::ground::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};

/// What every such key begins with, so that scanners of leaked secrets can find it.
pub const AGENCY_KEY_PREFIX: &str = "snip_ak_";
/// 32 bytes as base64 without padding.
const KEY_RANDOM_CHARS: usize = 43;
const SHOWN_PREFIX_CHARS: usize = AGENCY_KEY_PREFIX.len() + 6;

/// What no key holds: one that leaked must not stay in the agency after its revocation, in a further key of the agency
/// or in somebody whom it let into it. What it made in clients stays, and stands in the log.
const FOR_PEOPLE: &[Permission] =
    &[Permission::AgencyOwn, Permission::AgencyKeysWrite, Permission::StaffWrite];

/// A key as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyKey {
    pub id: ApiKeyId,
    pub name: String,
    /// Its beginning.
    pub prefix: String,
    /// What it may do now: what it names, where its maker holds it still. Empty when it opens nothing.
    pub permissions: Vec<Permission>,
    /// The name of the person who made it; None once they are gone: then it opens nothing.
    pub made_by: Option<String>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

/// What a key is made from.
#[derive(Debug, Clone)]
pub struct NewAgencyKey {
    pub name: String,
    pub permissions: Vec<Permission>,
    /// None: until it is revoked.
    pub expires_in_days: Option<u32>,
}

/// A key that was just made: the only moment at which its text is known.
#[derive(Debug, Clone)]
pub struct IssuedAgencyKey {
    pub id: ApiKeyId,
    pub key: Secret<String>,
}

/// What a presented key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyKeyGrant {
    pub id: ApiKeyId,
    /// What it names, where its maker holds it still.
    pub held: Held,
    /// Its maker, where they see assigned clients only: then it reaches those.
    pub limited_to: Option<PersonId>,
    pub last_used_at: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub enum AgencyKeyError {
    #[error("You cannot give the permission `{0}`, which your role does not hold.")]
    NotHeld(Permission),
    #[error(
        "The permission `{0}` is for people: a key owns nothing, makes no further keys of the agency, and lets \
         nobody into it."
    )]
    ForPeople(Permission),
    #[error("Name at least one permission.")]
    WithoutPermission,
    #[error("The agency has at most {AGENCY_KEYS_MAX} keys that work. Revoke one first.")]
    TooMany,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes a key; whoever makes it holds what it may do.
pub fn issue(
    tx: &WriteTx<'_>,
    by: &AgencyRight,
    new: &NewAgencyKey,
) -> Result<IssuedAgencyKey, AgencyKeyError> {
    if let Some(lacking) = new.permissions.iter().find(|it| !by.held.contains(**it)) {
        return Err(AgencyKeyError::NotHeld(*lacking));
    }
    if let Some(personal) = new.permissions.iter().find(|it| FOR_PEOPLE.contains(it)) {
        return Err(AgencyKeyError::ForPeople(*personal));
    }
    if new.permissions.is_empty() {
        return Err(AgencyKeyError::WithoutPermission);
    }
    if store::count(tx)? >= AGENCY_KEYS_MAX {
        return Err(AgencyKeyError::TooMany);
    }
    let key = format!("{AGENCY_KEY_PREFIX}{}", base64url(&tx.new_key()));
    let id: ApiKeyId = tx.new_id();
    store::insert(
        tx,
        &store::NewRow {
            id: &id,
            name: &new.name,
            prefix: key.chars().take(SHOWN_PREFIX_CHARS).collect(),
            hash: sha256(key.as_bytes()),
            permissions: &new.permissions,
            made_by: by.scope.actor().person_id(),
            expires_at: new.expires_in_days.map(|days| tx.now().plus_ms(i64::from(days) * DAY_MS)),
        },
    )?;
    record(tx, "agency_key.issued", &id, &["permissions", "expires_at"])?;
    Ok(IssuedAgencyKey { id, key: Secret::new(key) })
}

/// The keys that were not revoked and have not expired, newest first.
pub fn list(tx: &ReadTx<'_>, _scope: &AgencyScope, page: &PageRequest) -> Result<Page<AgencyKey>, DbError> {
    let mut keys = Vec::new();
    for (mut key, maker) in store::list(tx, page)? {
        let place = match maker {
            Some(maker) => place_of(tx, &maker)?,
            None => None,
        };
        key.permissions.retain(|it| place.as_ref().is_some_and(|own| holds(own, *it)));
        keys.push(key);
    }
    page.page(keys, |key| (key.created_at, key.id.to_string()))
}

/// Where a key's maker stands in the agency; None once they have no place there.
fn place_of(tx: &ReadTx<'_>, maker: &PersonId) -> Result<Option<Membership>, DbError> {
    let memberships = people::list_memberships(tx, maker)?;
    Ok(memberships.into_iter().find(|it| it.kind == MembershipKind::Agency))
}

/// Whether a key of somebody with this place may do this, if it names it.
fn holds(maker: &Membership, permission: Permission) -> bool {
    maker.held().contains(permission) && !FOR_PEOPLE.contains(&permission)
}

/// Ends the keys of somebody who was removed from the agency: they do not come back with their maker. Whoever left a
/// client keeps theirs.
pub fn end_with(tx: &WriteTx<'_>, left: &Organisation, removed: &Member) -> Result<(), DbError> {
    let (None, Some(maker)) = (left.client_id(), &removed.person_id) else { return Ok(()) };
    for id in store::revoke_made_by(tx, maker)? {
        record(tx, "agency_key.revoked", &id, &["revoked_at"])?;
    }
    Ok(())
}

/// Ends a key at once; false when there is none with this id.
pub fn revoke(tx: &WriteTx<'_>, _scope: &AgencyScope, id: &ApiKeyId) -> Result<bool, DbError> {
    let is_revoked = store::revoke(tx, id)?;
    if is_revoked {
        record(tx, "agency_key.revoked", id, &["revoked_at"])?;
    }
    Ok(is_revoked)
}

/// What this key opens now, or None when it is unknown, expired or revoked, or whoever made it has no place in the
/// agency any more. The lookup is by hash, so that its time says nothing about the key.
pub fn find_grant(tx: &ReadTx<'_>, presented: &str) -> Result<Option<AgencyKeyGrant>, DbError> {
    let random = presented.strip_prefix(AGENCY_KEY_PREFIX);
    if random.is_none_or(|random| random.len() != KEY_RANDOM_CHARS || !random.is_ascii()) {
        return Ok(None);
    }
    let Some(row) = store::find(tx, sha256(presented.as_bytes()))? else { return Ok(None) };
    let Some(maker) = row.made_by else { return Ok(None) };
    let Some(own) = place_of(tx, &maker)? else { return Ok(None) };
    Ok(Some(AgencyKeyGrant {
        id: row.id,
        held: row.permissions.into_iter().filter(|it| holds(&own, *it)).collect(),
        limited_to: own.is_limited.then_some(maker),
        last_used_at: row.last_used_at,
    }))
}

/// Whether the use of this key should be noted again.
pub fn is_touch_due(grant: &AgencyKeyGrant, now: Timestamp) -> bool {
    grant.last_used_at.is_none_or(|at| now.ms_since(at) >= MINUTE_MS)
}

/// Notes that the key was used, at most once a minute.
pub fn touch(tx: &WriteTx<'_>, grant: &AgencyKeyGrant) -> Result<(), DbError> {
    store::set_last_used(tx, &grant.id, tx.now().plus_ms(-MINUTE_MS))
}

impl AgencyKeyGrant {
    /// What it may do in the agency.
    pub fn in_agency(&self) -> AgencyRight {
        AgencyRight {
            scope: AgencyScope::from_key(self.id.clone()),
            held: self.held.clone(),
            limited_to: self.limited_to.clone(),
        }
    }

    /// What it may do in this client; None when there is none in its reach, or it is being erased.
    pub fn on_client(&self, tx: &ReadTx<'_>, client_id: &ClientId) -> Result<Option<ClientRight>, DbError> {
        if let Some(maker) = &self.limited_to
            && !people::is_assigned(tx, maker, client_id)?
        {
            return Ok(None);
        }
        let scope = self.in_agency().scope.client(client_id.clone());
        let client = clients::find(tx, &scope)?.filter(|client| !client.is_erasing);
        Ok(client.map(|client| ClientRight {
            scope,
            held: self.held.clone(),
            gives: self.held.clone(),
            key_scopes: None,
            withheld_scopes: Vec::new(),
            client_status: client.status,
            is_of_agency: true,
        }))
    }
}

fn record(
    tx: &WriteTx<'_>,
    action: &'static str,
    id: &ApiKeyId,
    fields: &'static [&'static str],
) -> Result<(), DbError> {
    audit::record(tx, &Deed { action, client_id: None, subject_id: id.as_str(), fields, values_after: None })
}
