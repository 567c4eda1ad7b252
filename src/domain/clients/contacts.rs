//! Whom a client names for what concerns its account: the end of a trial, and whatever has to do with money. Where it
//! names nobody, its own address stands in.

use super::serving::Caps;
use super::store::contacts as store;
use super::{Client, ClientError};
use crate::ground::bounded_text::BoundedText;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{BillingContactId, Id as _};
use crate::ground::limits::{BILLING_CONTACTS_PER_CLIENT_MAX, PERSON_NAME_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};

pub type ContactName = BoundedText<1, PERSON_NAME_CHARS_MAX>;

/// Somebody who hears of the account. They need no login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingContact {
    pub id: BillingContactId,
    pub name: ContactName,
    pub email: EmailAddress,
    pub created_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    #[error("This address is a billing contact already.")]
    AlreadyThere,
    #[error("A client like this has at most {limit} billing contacts. Remove one first.")]
    TooMany { limit: u32 },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The client's contacts, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Page<BillingContact>, DbError> {
    let contacts = store::list(tx, scope, page)?;
    page.page(contacts, |contact| (contact.created_at, contact.id.to_string()))
}

/// Adds a contact. Of a client that nobody pays for there are as many as it has seats: nobody has proven their addresses.
pub fn add(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    caps: &Caps,
    name: &ContactName,
    email: &EmailAddress,
) -> Result<BillingContact, ContactError> {
    let is_capped = super::get(tx, scope)?.is_capped();
    let limit = if is_capped { caps.members } else { BILLING_CONTACTS_PER_CLIENT_MAX };
    if store::count(tx, scope)? >= limit {
        return Err(ContactError::TooMany { limit });
    }
    let contact =
        BillingContact { id: tx.new_id(), name: name.clone(), email: email.clone(), created_at: tx.now() };
    if !store::insert(tx, scope, &contact)? {
        return Err(ContactError::AlreadyThere);
    }
    record(tx, scope, "billing_contact.added", &contact.id)?;
    Ok(contact)
}

/// Removes a contact; false when there is none with this id.
pub fn remove(tx: &WriteTx<'_>, scope: &ClientScope, id: &BillingContactId) -> Result<bool, DbError> {
    let is_removed = store::delete(tx, scope, id)?;
    if is_removed {
        record(tx, scope, "billing_contact.removed", id)?;
    }
    Ok(is_removed)
}

/// Who hears of the account, each with an id that tells them apart: the contacts, or else the client's own address.
pub fn recipients(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    client: &Client,
) -> Result<Vec<(String, EmailAddress)>, ClientError> {
    let contacts = store::list_all(tx, scope)?;
    if contacts.is_empty() {
        return Ok(vec![(client.id.to_string(), client.email.clone())]);
    }
    Ok(contacts.into_iter().map(|contact| (contact.id.to_string(), contact.email)).collect())
}

fn record(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    action: &'static str,
    id: &BillingContactId,
) -> Result<(), DbError> {
    audit::record(
        tx,
        &Deed {
            action,
            client_id: Some(scope.client_id()),
            subject_id: id.as_str(),
            fields: &["name", "email"],
            values_after: None,
        },
    )
}
