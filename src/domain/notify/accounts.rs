//! Mails about accounts: the link from which a client makes its key, the one that opens an account, the end of a trial.

use super::templates::{self, Words};
use super::{Letter, MASK, Secrets, WORK, follow_up, write};
use crate::domain::Environment;
use crate::domain::access::key_claims::{self, KeyClaim};
use crate::domain::access::sign_up;
use crate::domain::clients::{self, ClientError, ClientStatus, contacts};
use crate::ground::ids::{ClientId, Id as _, SignUpId};
use crate::ground::limits::{TRIAL_NOTICE_MS, TRIALS_PER_RUN_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::{Timestamp, ZoneName};
use crate::store::events::Event;
use crate::store::jobs::{Job, JobError, NewJob};
use crate::store::{DbError, ReadTx, WriteTx};

/// Tells the clients whose trial ends soon.
pub const WRITE_TRIAL_ENDINGS: &str = "notify.write_trial_endings";
/// Writes the mail of somebody who asked for an account.
pub const WRITE_SIGN_UP: &str = "notify.write_sign_up";

/// Writes the mail with the link from which a client makes its key.
pub fn write_key_claim(tx: &WriteTx<'_>, scope: &ClientScope, claim: &KeyClaim) -> Result<(), ClientError> {
    let client = clients::get(tx, scope)?;
    let letter = Letter::KeyClaim { client_id: client.id.clone(), round: claim.round };
    let key = subject_of(&client.id, claim.round);
    Ok(write(tx, &letter, Some(&client.id), &client.email, &key, Some(claim.expires_at))?)
}

/// What the mails of this link are about, those that were sent again too.
pub fn subject_of(client_id: &ClientId, round: u32) -> String {
    format!("{client_id}@{round}")
}

/// The job that follows from an asking for an account.
pub fn write_sign_up_on(event: &Event) -> Vec<NewJob> {
    follow_up(WRITE_SIGN_UP, event)
}

/// Writes the mail with the link that opens the account; whoever has one is told so, and nobody else is.
pub fn write_sign_up(tx: &WriteTx<'_>, job: &Job) -> Result<(), JobError> {
    let id = job.subject_id.as_deref().unwrap_or_default();
    let id = SignUpId::parse(id).map_err(|error| JobError::Permanent(error.to_string()))?;
    let Some(asked) = sign_up::find_open(tx, &id)? else { return Ok(()) };
    let letter = if sign_up::is_known(tx, &asked.email)? {
        Letter::SignUpKnown { sign_up_id: id.clone() }
    } else {
        Letter::SignUp { sign_up_id: id.clone() }
    };
    write(tx, &letter, None, &asked.email, id.as_str(), Some(asked.expires_at))?;
    Ok(())
}

/// Tells each client once that its trial ends soon, whoever is its contact then. A bounded number at a time: the next
/// run goes on.
pub fn write_trial_endings(tx: &WriteTx<'_>, _job: &Job) -> Result<(), JobError> {
    let soon = tx.now().plus_ms(TRIAL_NOTICE_MS);
    for client_id in clients::list_untold_trials(tx, soon, TRIALS_PER_RUN_MAX)? {
        match write_trial_ending(tx, &ClientScope::from_row(client_id, WORK)) {
            Ok(()) => {}
            Err(ClientError::Db(error)) => return Err(error.into()),
            Err(error) => return Err(JobError::Permanent(error.to_string())),
        }
    }
    Ok(())
}

fn write_trial_ending(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), ClientError> {
    let client = clients::get(tx, scope)?;
    let Some(ends_at) = client.trial_ends_at else { return Ok(()) };
    let letter = Letter::TrialEnding { client_id: client.id.clone(), ends_at_ms: ends_at.as_ms() };
    for (id, email) in contacts::recipients(tx, scope, &client)? {
        let key = format!("{}@{}:{id}", client.id, ends_at.as_ms());
        write(tx, &letter, Some(&client.id), &email, &key, Some(ends_at))?;
    }
    Ok(clients::set_trial_told(tx, scope)?)
}

/// None when the trial was taken on, or ends at another time.
pub(super) fn trial_ending_words(
    tx: &ReadTx<'_>,
    (agency, site): (&str, &str),
    client_id: &ClientId,
    ends_at: Timestamp,
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let Some(client) = clients::find(tx, &ClientScope::from_row(client_id.clone(), WORK))? else {
        return Ok(None);
    };
    let is_due = client.status == ClientStatus::Active && client.trial_ends_at == Some(ends_at);
    if secrets == Secrets::Written && !is_due {
        return Ok(None);
    }
    let expires = ends_at.civil_text(&ZoneName::utc());
    let link = format!("{site}/app/");
    let values =
        [("organisation", client.name.as_str()), ("expires", expires.as_str()), ("link", link.as_str())];
    Ok(templates::fill("trial_ending", agency, &values))
}

/// None when the link is not open any more, as while the client is suspended.
pub(super) fn key_claim_words(
    tx: &ReadTx<'_>,
    env: &Environment,
    (agency, site): (&str, &str),
    (client_id, round): (&ClientId, u32),
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let scope = ClientScope::from_row(client_id.clone(), WORK);
    let Some(client) = clients::find(tx, &scope)? else { return Ok(None) };
    let claim = key_claims::find_open_round(tx, &client, &scope, round)?;
    let token = match (secrets, &claim) {
        (Secrets::LeftOut, _) => MASK.to_owned(),
        (Secrets::Written, Some(claim)) => key_claims::link_token(&env.signing_key, claim).reveal().clone(),
        (Secrets::Written, None) => return Ok(None),
    };
    let expires = claim.map(|claim| claim.expires_at.civil_text(&ZoneName::utc()));
    let values = [
        ("organisation", client.name.as_str()),
        ("link", &format!("{site}/app/#/key/{token}")),
        ("expires", expires.as_deref().unwrap_or(MASK)),
    ];
    Ok(templates::fill("key_claim", agency, &values))
}

/// None when the link is not open any more.
pub(super) fn sign_up_words(
    tx: &ReadTx<'_>,
    env: &Environment,
    (agency, site): (&str, &str),
    id: &SignUpId,
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let asked = sign_up::find_open(tx, id)?;
    let token = match (secrets, &asked) {
        (Secrets::LeftOut, _) => MASK.to_owned(),
        (Secrets::Written, Some(asked)) => sign_up::link_token(&env.signing_key, asked).reveal().clone(),
        (Secrets::Written, None) => return Ok(None),
    };
    // Not a word of whoever asked: it may be somebody else's mailbox.
    Ok(templates::fill("sign_up", agency, &[("link", &format!("{site}/app/#/sign-up/{token}"))]))
}
