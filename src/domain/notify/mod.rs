//! Mails: who hears what, and in which words. It writes the outbox and never sends.
//!
//! A row of the outbox holds which [`Letter`] it is, by ids, and no secret: codes and links are derived when the
//! letter is [`composed`](compose), just before it is sent. What people of the agency may look at later is composed
//! with the secrets left out. A letter whose reason is gone (a code that was used, an invitation that was taken back)
//! composes to nothing, and is not sent.

pub mod accounts;
pub mod templates;

use crate::domain::Environment;
use crate::domain::access::email_change::{self, EmailChange, EmailChanged};
use crate::domain::access::keys::ApiKey;
use crate::domain::access::{invitations, setup, sign_in};
use crate::domain::clients::{self, ClientError, ClientStatus};
use crate::domain::people::members::{self, Member};
use crate::domain::people::{self, Organisation};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{
    ClientId, EmailChangeId, Id as _, MembershipId, PersonId, SignInAttemptId, SignUpId,
};
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::{Timestamp, ZoneName};
use crate::store::error::Bug;
use crate::store::events::Event;
use crate::store::jobs::{Job, JobError, Lane, NewJob};
use crate::store::outbox::{self, Content, NewOutgoing, OutboxChannel};
use crate::store::value::to_json;
use crate::store::{DbError, ReadTx, WriteTx};
use serde::{Deserialize, Serialize};
use templates::Words;

/// Writes the mail of somebody who asked to sign in, if anybody has the address.
pub const WRITE_SIGN_IN: &str = "notify.write_sign_in";

const WORK: &str = "notify";
/// What stands where a secret was left out.
const MASK: &str = "••••••";

/// What a mail is about, by ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    SignIn {
        attempt_id: SignInAttemptId,
    },
    Invitation {
        membership_id: MembershipId,
        expires_at_ms: i64,
    },
    KeyCreated {
        client_id: ClientId,
        key_name: String,
        prefix: String,
    },
    ConfirmEmail {
        person_id: PersonId,
        change_id: EmailChangeId,
    },
    EmailChanged {
        change_id: EmailChangeId,
    },
    MemberRemoved {
        client_id: ClientId,
        person_id: PersonId,
    },
    KeyClaim {
        client_id: ClientId,
        round: u32,
    },
    SignUp {
        sign_up_id: SignUpId,
    },
    TrialEnding {
        client_id: ClientId,
        ends_at_ms: i64,
    },
    /// To somebody who asked for an account and has one.
    SignUpKnown {
        sign_up_id: SignUpId,
    },
}

impl Letter {
    /// What it is for, as lists show it.
    pub const fn purpose(&self) -> &'static str {
        match self {
            Letter::SignIn { .. } => "sign_in",
            Letter::Invitation { .. } => "invitation",
            Letter::KeyCreated { .. } => "key_created",
            Letter::ConfirmEmail { .. } => "confirm_email",
            Letter::EmailChanged { .. } => "email_changed",
            Letter::MemberRemoved { .. } => "member_removed",
            Letter::KeyClaim { .. } => "key_claim",
            Letter::SignUp { .. } => "sign_up",
            Letter::TrialEnding { .. } => "trial_ending",
            Letter::SignUpKnown { .. } => "sign_up_known",
        }
    }

    /// By what somebody asks whether it arrived; None for those that nobody asks about.
    fn subject_id(&self) -> Option<String> {
        match self {
            Letter::KeyClaim { client_id, round } => Some(accounts::subject_of(client_id, *round)),
            _ => None,
        }
    }
}

/// How mails name their sender and where their links lead, beside what the tables say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBrand {
    /// Where the settings say that the node is reached; goes before what was noted at the set-up.
    pub public_site: Option<String>,
    /// Where it listens, when nothing else is known.
    pub listen_site: String,
    /// The agency's name where the tables hold none.
    pub agency_name: String,
}

/// With its secrets, or as people may look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    Written,
    LeftOut,
}

/// The job that follows from an asking to sign in.
pub fn write_sign_in_on(event: &Event) -> Vec<NewJob> {
    follow_up(WRITE_SIGN_IN, event)
}

/// The job of this kind that follows from an event about something.
fn follow_up(kind: &'static str, event: &Event) -> Vec<NewJob> {
    let Some(subject_id) = event.subject_id.clone() else { return Vec::new() };
    vec![NewJob {
        kind,
        lane: Lane::Default,
        client_id: None,
        dedupe_key: subject_id.clone(),
        subject_id: Some(subject_id),
        run_at: None,
    }]
}

/// Writes the mail with code and link. For an address that nobody has there is nothing to write.
pub fn write_sign_in(tx: &WriteTx<'_>, job: &Job) -> Result<(), JobError> {
    let id = job.subject_id.as_deref().unwrap_or_default();
    let id = SignInAttemptId::parse(id).map_err(|error| JobError::Permanent(error.to_string()))?;
    let Some(attempt) = sign_in::find_open(tx, &id)? else { return Ok(()) };
    let Some(person_id) = &attempt.person_id else { return Ok(()) };
    let Some(person) = people::find(tx, person_id)? else { return Ok(()) };
    let letter = Letter::SignIn { attempt_id: attempt.id.clone() };
    write(tx, &letter, None, &person.email, id.as_str(), Some(attempt.link_expires_at))?;
    Ok(())
}

/// Writes the mail with the link of an invitation.
pub fn write_invitation(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    member: &Member,
) -> Result<(), DbError> {
    let expires_at = member.expires_at.ok_or_else(|| Bug::invariant("an invitation without an end"))?;
    let letter = Letter::Invitation { membership_id: member.id.clone(), expires_at_ms: expires_at.as_ms() };
    let key = format!("{}@{}", member.id, expires_at.as_ms());
    write(tx, &letter, organisation.client_id(), &member.email, &key, Some(expires_at))?;
    Ok(())
}

/// Tells the client's own address that a key was made; the key is not in the mail.
pub fn write_key_created(tx: &WriteTx<'_>, scope: &ClientScope, key: &ApiKey) -> Result<(), ClientError> {
    let client = clients::get(tx, scope)?;
    let letter = Letter::KeyCreated {
        client_id: client.id.clone(),
        key_name: key.name.clone(),
        prefix: key.prefix.clone(),
    };
    write(tx, &letter, Some(&client.id), &client.email, key.id.as_str(), None)?;
    Ok(())
}

/// Writes the mail with the code that proves a new address.
pub fn write_confirm_email(tx: &WriteTx<'_>, change: &EmailChange) -> Result<(), DbError> {
    let letter = Letter::ConfirmEmail { person_id: change.person_id.clone(), change_id: change.id.clone() };
    write(tx, &letter, None, &change.email, change.id.as_str(), Some(change.expires_at))?;
    Ok(())
}

/// Tells the former address that it is one.
pub fn write_email_changed(tx: &WriteTx<'_>, changed: &EmailChanged) -> Result<(), DbError> {
    let letter = Letter::EmailChanged { change_id: changed.id.clone() };
    write(tx, &letter, None, &changed.former, changed.id.as_str(), None)?;
    Ok(())
}

/// Tells the owners of a client that somebody is no member any more; whoever did it knows. The agency's own people
/// are not written to: they see it in the audit log.
pub fn write_member_removed(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    removed: &Member,
    by: Option<&PersonId>,
) -> Result<(), DbError> {
    let (Some(client_id), Some(person_id)) = (organisation.client_id(), &removed.person_id) else {
        return Ok(());
    };
    let letter = Letter::MemberRemoved { client_id: client_id.clone(), person_id: person_id.clone() };
    for owner in people::list_owners(tx, organisation)? {
        if by != Some(&owner.id) {
            let key = format!("{}@{}", removed.id, owner.id);
            write(tx, &letter, Some(client_id), &owner.email, &key, None)?;
        }
    }
    Ok(())
}

fn write(
    tx: &WriteTx<'_>,
    letter: &Letter,
    client_id: Option<&ClientId>,
    to: &EmailAddress,
    key: &str,
    expires_at: Option<Timestamp>,
) -> Result<(), DbError> {
    let dedupe_key = format!("{}:{key}", letter.purpose());
    outbox::enqueue(
        tx,
        &NewOutgoing {
            client_id: client_id.cloned(),
            purpose: letter.purpose(),
            channel: OutboxChannel::Email,
            order_key: dedupe_key.clone(),
            sender_key: "agency".to_owned(),
            subject_id: letter.subject_id(),
            dedupe_key,
            not_before: None,
            expires_at,
            content: Content {
                recipient: Secret::new(to.as_str().to_owned()),
                body: Secret::new(to_json(letter)?),
            },
        },
    )?;
    Ok(())
}

/// For housekeeping: forgets mails that only opened a door, which has been shut for long, a bounded number at a time.
pub fn prune_door_mails(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    let mut removed = 0;
    for purpose in ["sign_in", "sign_up", "sign_up_known"] {
        removed += outbox::prune(tx, purpose, before)?;
    }
    Ok(removed)
}

/// The letter in a row's body.
pub fn letter_of(body: &Secret<String>) -> Result<Letter, DbError> {
    serde_json::from_str(body.reveal()).map_err(|error| Bug::invariant(format!("no letter: {error}")).into())
}

/// The words of a letter; None when its reason is gone. Looked at later (`Secrets::LeftOut`), what is gone is left
/// out and there always are words.
pub fn compose(
    tx: &ReadTx<'_>,
    env: &Environment,
    letter: &Letter,
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let agency = agency_name(tx, &env.mail_brand)?;
    let site = site(tx, &env.mail_brand)?;
    let words = match letter {
        Letter::SignIn { attempt_id } => sign_in_words(tx, env, (&agency, &site), attempt_id, secrets)?,
        Letter::Invitation { membership_id, expires_at_ms } => {
            let expires_at = Timestamp::from_ms(*expires_at_ms);
            invitation_words(tx, env, (&agency, &site), (membership_id, expires_at), secrets)?
        }
        Letter::ConfirmEmail { person_id, change_id } => {
            let open = email_change::find_open(tx, person_id)?.filter(|change| change.id == *change_id);
            let code = match (&open, secrets) {
                (_, Secrets::LeftOut) => Secret::new(MASK.to_owned()),
                (Some(change), Secrets::Written) => email_change::code(&env.signing_key, change),
                (None, Secrets::Written) => return Ok(None),
            };
            templates::fill("confirm_email", &agency, &[("code", code.reveal())])
        }
        Letter::MemberRemoved { client_id, person_id } => {
            member_removed_words(tx, &agency, (client_id, person_id), secrets)?
        }
        Letter::KeyClaim { client_id, round } => {
            accounts::key_claim_words(tx, env, (&agency, &site), (client_id, *round), secrets)?
        }
        Letter::SignUp { sign_up_id } => {
            accounts::sign_up_words(tx, env, (&agency, &site), sign_up_id, secrets)?
        }
        Letter::TrialEnding { client_id, ends_at_ms } => {
            let ends_at = Timestamp::from_ms(*ends_at_ms);
            accounts::trial_ending_words(tx, (&agency, &site), client_id, ends_at, secrets)?
        }
        Letter::SignUpKnown { .. } => {
            templates::fill("sign_up_known", &agency, &[("link", &format!("{site}/app/#/sign-in"))])
        }
        Letter::EmailChanged { .. } => templates::fill("email_changed", &agency, &[]),
        Letter::KeyCreated { client_id, key_name, prefix } => {
            let scope = ClientScope::from_row(client_id.clone(), WORK);
            let Some(client) = clients::find(tx, &scope)? else { return Ok(None) };
            // Suspended: nothing is sent.
            if secrets == Secrets::Written && client.status == ClientStatus::Suspended {
                return Ok(None);
            }
            let values = [
                ("organisation", client.name.as_str()),
                ("key_name", key_name.as_str()),
                ("prefix", prefix.as_str()),
            ];
            templates::fill("key_created", &agency, &values)
        }
    };
    Ok(words)
}

fn sign_in_words(
    tx: &ReadTx<'_>,
    env: &Environment,
    (agency, site): (&str, &str),
    attempt_id: &SignInAttemptId,
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let fill = |code: &str, link: &str| templates::fill("sign_in", agency, &[("code", code), ("link", link)]);
    if secrets == Secrets::LeftOut {
        return Ok(fill(MASK, &format!("{site}/app/#/sign-in/{MASK}")));
    }
    let Some(attempt) = sign_in::find_open(tx, attempt_id)? else { return Ok(None) };
    let code = sign_in::code(&env.signing_key, &attempt);
    let token = sign_in::link_token(&env.signing_key, &attempt);
    Ok(fill(code.reveal(), &format!("{site}/app/#/sign-in/{}", token.reveal())))
}

fn invitation_words(
    tx: &ReadTx<'_>,
    env: &Environment,
    (agency, site): (&str, &str),
    (id, expires_at): (&MembershipId, Timestamp),
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let open = members::find_open_invitation(tx, id)?.filter(|it| it.expires_at == expires_at);
    // Suspended: nothing is sent.
    let client_id = open.as_ref().and_then(|open| open.client_id.as_ref());
    if secrets == Secrets::Written && !client_id.map_or(Ok(true), |id| is_served(tx, id))? {
        return Ok(None);
    }
    let message = open.as_ref().map(|open| open.message.as_str().to_owned()).unwrap_or_default();
    let (client_name, role, inviter) = match open {
        Some(open) => (open.client_name, open.role, open.inviter),
        None if secrets == Secrets::Written => return Ok(None),
        None => match members::find_past_invitation(tx, id)? {
            Some(past) => (past.client_name, past.role, past.inviter),
            None => return Ok(None),
        },
    };
    let role = role.as_str().replace('_', " ");
    let token = invitations::link_token(&env.signing_key, id, expires_at);
    let token = if secrets == Secrets::Written { token.reveal().as_str() } else { MASK };
    let link = format!("{site}/app/#/invitation/{token}");
    let expires = expires_at.civil_text(&ZoneName::utc());
    let values = [
        ("organisation", client_name.as_deref().unwrap_or(agency)),
        ("role", role.as_str()),
        ("inviter", inviter.as_ref().map_or(agency, |name| name.as_str())),
        ("message", message.as_str()),
        ("link", link.as_str()),
        ("expires", expires.as_str()),
    ];
    Ok(templates::fill("invitation", agency, &values))
}

fn member_removed_words(
    tx: &ReadTx<'_>,
    agency: &str,
    (client_id, person_id): (&ClientId, &PersonId),
    secrets: Secrets,
) -> Result<Option<Words>, DbError> {
    let Some(client) = clients::find(tx, &ClientScope::from_row(client_id.clone(), WORK))? else {
        return Ok(None);
    };
    if secrets == Secrets::Written && client.status == ClientStatus::Suspended {
        return Ok(None);
    }
    let name = people::find(tx, person_id)?.map(|person| person.name.into_string());
    let name = name.unwrap_or_else(|| "Somebody".to_owned());
    let values = [("organisation", client.name.as_str()), ("name", name.as_str())];
    Ok(templates::fill("member_removed", agency, &values))
}

fn is_served(tx: &ReadTx<'_>, client_id: &ClientId) -> Result<bool, DbError> {
    let client = clients::find(tx, &ClientScope::from_row(client_id.clone(), WORK))?;
    Ok(client.is_some_and(|client| client.status == ClientStatus::Active))
}

/// The agency's name, as mails sign with it.
pub fn agency_name(tx: &ReadTx<'_>, brand: &MailBrand) -> Result<String, DbError> {
    let named = setup::find_agency(tx)?.map(|agency| agency.name).filter(|name| !name.is_empty());
    Ok(named.unwrap_or_else(|| brand.agency_name.clone()))
}

/// Where links in mails lead. Never a request's own address: whoever asks for a mail to somebody else could name
/// any host.
pub fn site(tx: &ReadTx<'_>, brand: &MailBrand) -> Result<String, DbError> {
    if let Some(site) = &brand.public_site {
        return Ok(site.clone());
    }
    let noted = setup::find_agency(tx)?.map(|agency| agency.site).filter(|site| !site.is_empty());
    Ok(noted.unwrap_or_else(|| brand.listen_site.clone()))
}
