//! Signing in by mail: one asking makes a six-digit code and a link, and voids those before.
//!
//! Both are derived (`HMAC(key, purpose, id, expiry)`), so that no row opens anything. An address that nobody has
//! makes the same rows and gets no mail: [`request`] runs the same statements for everybody, and the mail is
//! written by a job after the answer. A code is compared at most five times; each comparison is counted before it
//! is made, and all of it happens on the one writer, so that parallel guesses gain nothing. A wrong guess does not
//! burn the code, the right one does.

use super::sending::{self, SendingError};
use super::sessions::{self, IssuedSession, Place};
use super::store::sign_in as store;
use crate::domain::people;
use crate::ground::crypto::{MacKey, base64url, base64url_decode, constant_time_eq, hex};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{Id as _, PersonId, SignInAttemptId};
use crate::ground::limits::{OPERATOR_LINK_MS, SIGN_IN_CODE_MS, SIGN_IN_COMPARISONS_MAX, SIGN_IN_LINK_MS};
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::store::events::{self, Event};
use crate::store::{DbError, ReadTx, WriteTx};

/// Somebody asked for a code and a link; the event's subject is the attempt.
pub const SIGN_IN_REQUESTED: &str = "sign_in.requested";

const IDENTIFIER_PURPOSE: &str = "sign_in_identifier";
const CODE_PURPOSE: &str = "sign_in_code";
const CODE_HASH_PURPOSE: &str = "sign_in_code_hash";
const LINK_PURPOSE: &str = "sign_in_link";
const CODES: u64 = 1_000_000;

/// One asking for a code and a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub id: SignInAttemptId,
    /// None for an address that nobody has.
    pub person_id: Option<PersonId>,
    pub code_expires_at: Timestamp,
    pub link_expires_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Sending(#[from] SendingError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Notes that somebody asked to sign in with this address, from this network. What follows, and how long it takes,
/// does not depend on whether anybody has it.
pub fn request(
    tx: &WriteTx<'_>,
    key: &MacKey,
    email: &EmailAddress,
    network: &str,
) -> Result<(), SignInError> {
    let person_id = people::find_active_by_email(tx, email)?;
    let identifier_hash = identifier_hash(key, email);
    sending::count(tx, key, &identifier_hash, network, person_id.is_some())?;
    let attempt = begin(tx, &identifier_hash, person_id, SIGN_IN_LINK_MS)?;
    events::emit(
        tx,
        &Event { kind: SIGN_IN_REQUESTED, client_id: None, subject_id: Some(attempt.id.to_string()) },
    )?;
    Ok(())
}

/// A link for somebody who cannot get mail, made by the operator; None for an address that nobody has.
pub fn make_link(
    tx: &WriteTx<'_>,
    key: &MacKey,
    email: &EmailAddress,
) -> Result<Option<Secret<String>>, DbError> {
    let Some(person) = people::find_active_by_email(tx, email)? else { return Ok(None) };
    let attempt = begin(tx, &identifier_hash(key, email), Some(person), OPERATOR_LINK_MS)?;
    Ok(Some(link_token(key, &attempt)))
}

fn begin(
    tx: &WriteTx<'_>,
    identifier_hash: &str,
    person_id: Option<PersonId>,
    link_ms: i64,
) -> Result<Attempt, DbError> {
    store::void_open(tx, identifier_hash)?;
    let attempt = Attempt {
        id: tx.new_id(),
        person_id,
        code_expires_at: tx.now().plus_ms(SIGN_IN_CODE_MS),
        link_expires_at: tx.now().plus_ms(link_ms),
    };
    store::insert(tx, &attempt, identifier_hash)?;
    Ok(attempt)
}

/// A session for the code that was sent to this address last; None when it is wrong, has expired, was used, or was
/// compared too often. None is committed too: the comparison counts.
pub fn with_code(
    tx: &WriteTx<'_>,
    key: &MacKey,
    email: &EmailAddress,
    entered: &str,
    place: &Place,
) -> Result<Option<IssuedSession>, DbError> {
    let Some(attempt) = store::find_newest_open(tx, &identifier_hash(key, email))? else { return Ok(None) };
    if attempt.code_expires_at <= tx.now()
        || !store::count_comparison(tx, &attempt.id, SIGN_IN_COMPARISONS_MAX)?
    {
        return Ok(None);
    }
    let hash = |code: &str| key.sign(CODE_HASH_PURPOSE, &[attempt.id.as_str(), code]);
    let entered: String = entered.chars().filter(|c| !c.is_whitespace()).collect();
    if !constant_time_eq(&hash(code(key, &attempt).reveal()), &hash(&entered)) {
        return Ok(None);
    }
    finish(tx, &attempt, place)
}

/// A session for the token of a link; None when it is not genuine, has expired or was used.
pub fn with_link(
    tx: &WriteTx<'_>,
    key: &MacKey,
    token: &str,
    place: &Place,
) -> Result<Option<IssuedSession>, DbError> {
    let Some((id, tag)) = parse(token) else { return Ok(None) };
    let Some(attempt) = store::find_open(tx, &id)? else { return Ok(None) };
    let is_genuine =
        key.verify(LINK_PURPOSE, &[attempt.id.as_str(), &attempt.link_expires_at.to_rfc3339()], &tag);
    if !is_genuine || attempt.link_expires_at <= tx.now() {
        return Ok(None);
    }
    finish(tx, &attempt, place)
}

/// Uses the attempt up and signs its person in.
fn finish(tx: &WriteTx<'_>, attempt: &Attempt, place: &Place) -> Result<Option<IssuedSession>, DbError> {
    let Some(person_id) = &attempt.person_id else { return Ok(None) };
    if !store::set_used(tx, &attempt.id)? {
        return Ok(None);
    }
    let Some(person) = people::find(tx, person_id)? else { return Ok(None) };
    // Whoever was removed since the mail was sent has nothing to open.
    if people::list_memberships(tx, person_id)?.is_empty() {
        return Ok(None);
    }
    sessions::open(tx, &person, place).map(Some)
}

/// The attempt, if it can still be used: for the mail about it.
pub fn find_open(tx: &ReadTx<'_>, id: &SignInAttemptId) -> Result<Option<Attempt>, DbError> {
    Ok(store::find_open(tx, id)?.filter(|attempt| attempt.link_expires_at > tx.now()))
}

/// The six digits of this attempt.
pub fn code(key: &MacKey, attempt: &Attempt) -> Secret<String> {
    six_digits(&key.sign(CODE_PURPOSE, &[attempt.id.as_str(), &attempt.code_expires_at.to_rfc3339()]))
}

/// A code made of a keyed hash.
pub(super) fn six_digits(tag: &[u8]) -> Secret<String> {
    // Of 2⁶⁴ numbers, the bias of the remainder is below one in ten million millions.
    let number = tag.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)) % CODES;
    Secret::new(format!("{number:06}"))
}

/// The token of the link of this attempt.
pub fn link_token(key: &MacKey, attempt: &Attempt) -> Secret<String> {
    let tag = key.sign(LINK_PURPOSE, &[attempt.id.as_str(), &attempt.link_expires_at.to_rfc3339()]);
    Secret::new(format!("{}.{}", attempt.id, base64url(&tag)))
}

fn parse(token: &str) -> Option<(SignInAttemptId, Vec<u8>)> {
    let (id, tag) = token.split_once('.')?;
    Some((SignInAttemptId::parse(id).ok()?, base64url_decode(tag)?))
}

/// What stands in rows in place of an address.
pub(super) fn identifier_hash(key: &MacKey, email: &EmailAddress) -> String {
    hex(&key.sign(IDENTIFIER_PURPOSE, &[&email.key()]))
}

/// For housekeeping: removes attempts that were over before this moment, a bounded number at a time.
pub fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, over_before)
}
