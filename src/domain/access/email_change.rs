//! A person's new address: it is theirs once the code that was sent there comes back, and the old one is told.
//!
//! As in [`super::sign_in`]: the code is derived, a new one voids the former, it is compared five times at most, and a
//! wrong one does not burn it. Whether the address belongs to somebody else is only said to who proved to read it.

use super::sending::{self, SendingError};
use super::sign_in;
use super::store::{email_change as store, sign_in as attempts};
use crate::domain::people::{self, PeopleError, Person};
use crate::ground::crypto::{MacKey, constant_time_eq};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{EmailChangeId, Id as _, PersonId};
use crate::ground::limits::{EMAIL_CHANGE_MS, SIGN_IN_COMPARISONS_MAX};
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, ReadTx, WriteTx};

const CODE_PURPOSE: &str = "email_change_code";
const CODE_HASH_PURPOSE: &str = "email_change_code_hash";

/// A change that waits for its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChange {
    pub id: EmailChangeId,
    pub person_id: PersonId,
    pub email: EmailAddress,
    pub expires_at: Timestamp,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChanged {
    pub id: EmailChangeId,
    pub person: Person,
    pub former: EmailAddress,
}

/// Begins a change, in place of one that was begun before. The mail with the code is written by the caller, in the
/// same transaction.
pub fn request(
    tx: &WriteTx<'_>,
    key: &MacKey,
    person: &PersonId,
    email: &EmailAddress,
    network: &str,
) -> Result<EmailChange, SendingError> {
    sending::count(tx, key, &sign_in::identifier_hash(key, email), network, true)?;
    let change = EmailChange {
        id: tx.new_id(),
        person_id: person.clone(),
        email: email.clone(),
        expires_at: tx.now().plus_ms(EMAIL_CHANGE_MS),
    };
    store::put(tx, &change)?;
    audit::record(
        tx,
        &Deed {
            action: "person.email_change_begun",
            client_id: None,
            subject_id: person.as_str(),
            fields: &["email"],
            values_after: None,
        },
    )?;
    Ok(change)
}

/// Makes the change for whoever knows its code; None when it is wrong, has expired or was compared too often. None is
/// committed too: the comparison counts.
pub fn confirm(
    tx: &WriteTx<'_>,
    key: &MacKey,
    person: &PersonId,
    entered: &str,
) -> Result<Option<EmailChanged>, PeopleError> {
    let Some(change) = find_open(tx, person)? else { return Ok(None) };
    if !store::count_comparison(tx, &change.id, SIGN_IN_COMPARISONS_MAX)? {
        return Ok(None);
    }
    let hash = |code: &str| key.sign(CODE_HASH_PURPOSE, &[change.id.as_str(), code]);
    let entered: String = entered.chars().filter(|c| !c.is_whitespace()).collect();
    if !constant_time_eq(&hash(code(key, &change).reveal()), &hash(&entered)) {
        return Ok(None);
    }
    let former = people::find(tx, person)?.ok_or(PeopleError::PersonNotFound)?.email;
    let person = people::set_email(tx, person, &change.email)?;
    attempts::void_open(tx, &sign_in::identifier_hash(key, &former))?;
    store::delete(tx, &change.id)?;
    Ok(Some(EmailChanged { id: change.id, person, former }))
}

/// The person's change that waits for its code.
pub fn find_open(tx: &ReadTx<'_>, person: &PersonId) -> Result<Option<EmailChange>, DbError> {
    Ok(store::find(tx, person)?.filter(|change| change.expires_at > tx.now()))
}

/// The six digits of this change.
pub fn code(key: &MacKey, change: &EmailChange) -> Secret<String> {
    let until = change.expires_at.to_rfc3339();
    sign_in::six_digits(&key.sign(CODE_PURPOSE, &[change.id.as_str(), change.email.as_str(), &until]))
}

/// For housekeeping: forgets changes that were over before this moment, a bounded number at a time.
pub fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, over_before)
}
