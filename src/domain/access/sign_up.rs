//! Sign-up, where the agency allows it: an address that proves to be somebody's opens an account on a trial or a free
//! plan, within caps. There is no open endpoint that makes one: without the mail nothing comes of the asking, and the
//! answer says nothing about the address.

use super::sending::{self, SendingError};
use super::sessions::{self, IssuedSession, Place};
use super::sign_in;
use super::store::sign_ups as store;
use crate::domain::clients::serving::{Plan, PlanStart};
use crate::domain::clients::{self, Client, ClientError, ClientName, ClientStatus, NewClient};
use crate::domain::people::{self, Organisation, PeopleError, PersonName, members};
use crate::ground::crypto::{MacKey, base64url, base64url_decode};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{Id as _, SignUpId};
use crate::ground::limits::{SIGN_UP_MS, TRIALS_PER_RUN_MAX};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::secret::Secret;
use crate::ground::time::{DAY_MS, Timestamp};
use crate::store::audit::{self, Deed};
use crate::store::events::{self, Event};
use crate::store::jobs::{Job, JobError};
use crate::store::{DbError, ReadTx, WriteTx};

/// Somebody asked for an account; the mail follows.
pub const SIGN_UP_REQUESTED: &str = "sign_up.requested";
/// The job that suspends accounts whose trial is over.
pub const END_TRIALS: &str = "access.end_trials";

const PURPOSE: &str = "sign_up_link";
const WORK: &str = "sign_up";

/// What an account begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignUpPlan {
    /// 0: a free plan, without an end.
    pub trial_days: u32,
}

/// An asking for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    pub id: SignUpId,
    pub email: EmailAddress,
    pub name: PersonName,
    pub business: ClientName,
    pub expires_at: Timestamp,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignUp {
    pub email: EmailAddress,
    pub name: PersonName,
    pub business: ClientName,
}

#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    #[error("This link was used, or has expired. Ask for a new one.")]
    InvalidLink,
    #[error("This address has or had an account. Sign in with it, or ask the agency.")]
    Known,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Notes that somebody asked for an account. It counts with the mails of signing in, and stops where the part begins
/// that is kept for people who are known.
pub fn request(
    tx: &WriteTx<'_>,
    key: &MacKey,
    new: &NewSignUp,
    network: &str,
) -> Result<SignUp, SendingError> {
    sending::count_to_anybody(tx, key, &sign_in::identifier_hash(key, &new.email), network)?;
    let sign_up = SignUp {
        id: tx.new_id(),
        email: new.email.clone(),
        name: new.name.clone(),
        business: new.business.clone(),
        expires_at: tx.now().plus_ms(SIGN_UP_MS),
    };
    store::void_open(tx, &new.email)?;
    store::insert(tx, &sign_up)?;
    events::emit(
        tx,
        &Event { kind: SIGN_UP_REQUESTED, client_id: None, subject_id: Some(sign_up.id.to_string()) },
    )?;
    Ok(sign_up)
}

/// The asking, while its link is open.
pub fn find_open(tx: &ReadTx<'_>, id: &SignUpId) -> Result<Option<SignUp>, DbError> {
    store::find_open(tx, id)
}

/// The token of the link.
pub fn link_token(key: &MacKey, sign_up: &SignUp) -> Secret<String> {
    let tag = key.sign(PURPOSE, &[sign_up.id.as_str(), &sign_up.expires_at.to_rfc3339()]);
    Secret::new(format!("{}.{}", sign_up.id, base64url(&tag)))
}

/// What this token opens; it stays unused.
pub fn find_by_token(tx: &ReadTx<'_>, key: &MacKey, token: &str) -> Result<Option<SignUp>, DbError> {
    let parsed =
        token.split_once('.').and_then(|(id, tag)| Some((SignUpId::parse(id).ok()?, base64url_decode(tag)?)));
    let Some((id, tag)) = parsed else { return Ok(None) };
    let found = find_open(tx, &id)?;
    Ok(found.filter(|it| key.verify(PURPOSE, &[it.id.as_str(), &it.expires_at.to_rfc3339()], &tag)))
}

/// Whether the address has a login or had an account of this kind: one trial each, and a login is not made twice.
pub fn is_known(tx: &ReadTx<'_>, email: &EmailAddress) -> Result<bool, DbError> {
    Ok(people::find_active_by_email(tx, email)?.is_some() || clients::has_signed_up(tx, email)?)
}

/// Uses the link up: makes the account with its owner, and signs them in. Of two who hold the link, one wins.
pub fn accept(
    tx: &WriteTx<'_>,
    key: &MacKey,
    token: &str,
    plan: SignUpPlan,
    place: &Place,
) -> Result<(Client, IssuedSession), SignUpError> {
    let sign_up = find_by_token(tx, key, token)?.ok_or(SignUpError::InvalidLink)?;
    // Somebody invited them since the mail was sent.
    if is_known(tx, &sign_up.email)? {
        return Err(SignUpError::Known);
    }
    if !store::set_used(tx, &sign_up.id)? {
        return Err(SignUpError::InvalidLink);
    }
    let agency = AgencyScope::from_system(WORK);
    let client = clients::create(
        tx,
        &agency,
        &NewClient {
            plan: Some(start_of(plan, tx.now())),
            ..NewClient::new(sign_up.business.clone(), sign_up.email.clone())
        },
    )?;
    let organisation = Organisation::client(&agency.client(client.id.clone()));
    let person = members::make_first_owner(tx, &organisation, &sign_up.name, &sign_up.email)?;
    Ok((client, sessions::open(tx, &person, place)?))
}

fn start_of(plan: SignUpPlan, now: Timestamp) -> PlanStart {
    match plan.trial_days {
        0 => PlanStart { plan: Plan::Free, trial_ends_at: None },
        days => PlanStart { plan: Plan::Trial, trial_ends_at: Some(now.plus_ms(i64::from(days) * DAY_MS)) },
    }
}

/// Suspends the accounts whose trial is over; the agency resumes those that it takes on. A bounded number at a time:
/// the next run goes on.
pub fn end_trials(tx: &WriteTx<'_>, _job: &Job) -> Result<(), JobError> {
    let of_work = |client_id| ClientScope::from_row(client_id, WORK);
    for client_id in clients::list_ended_trials(tx, TRIALS_PER_RUN_MAX)? {
        let scope = of_work(client_id);
        match clients::set_status(tx, &scope, ClientStatus::Suspended) {
            Ok(_) => {}
            Err(ClientError::Db(error)) => return Err(error.into()),
            Err(error) => return Err(JobError::Permanent(error.to_string())),
        }
        audit::record(
            tx,
            &Deed {
                action: "client.trial_ended",
                client_id: Some(scope.client_id()),
                subject_id: scope.client_id().as_str(),
                fields: &["status"],
                values_after: None,
            },
        )?;
    }
    Ok(())
}

/// For housekeeping: removes askings that were over before this moment, a bounded number at a time.
pub fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, over_before)
}
