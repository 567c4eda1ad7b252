//! Sends what stands in the outbox: mail.
//!
//! A row is leased in one transaction, its words are made and handed over between two, and how it ended is noted in
//! the next. What may have been sent is looked up before anything else is done with it. What fails is tried again
//! for hours, with growing pauses; then it is a dead letter that people of the agency see and may send again.

use super::tasks::Tasks;
use crate::domain::Environment;
use crate::domain::clients;
use crate::domain::notify::{self, Secrets};
use crate::gateway::email::message::Email;
use crate::gateway::email::{EmailError, Lookup};
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::limits::{
    LANE_POLL_MS, MAIL_ATTEMPTS_MAX, MAIL_BACKOFF_FIRST_MS, MAIL_BACKOFF_MAX_MS, MAIL_SEND_TIMEOUT_MS,
};
use crate::ground::scope::{Actor, ClientScope};
use crate::ground::time::Timestamp;
use crate::store::error::Chain;
use crate::store::outbox::{self, OutboxChannel, Outgoing};
use crate::store::{DbError, ReadTx, Signal, fault};
use std::time::Duration;
use tracing::{error, info, warn};

const ACTOR: Actor = Actor::System("outbox");
/// Why a mail of a restored node waits for a person.
const RESTORED: &str = "restored from a backup: it may have been sent since; send it again if it was not";
const MAIL: OutboxChannel = OutboxChannel::Email;

/// Sends mail until the process stops; first of all what a killed process was about to send.
pub fn start(tasks: &Tasks, env: &Environment) {
    let (env, stop, started_at) = (env.clone(), tasks.clone(), env.clock.now());
    tasks.spawn("outbox", async move {
        take_back(&env, started_at).await;
        let mut signals = env.db.subscribe(Signal::Outbox);
        while !stop.is_stopping() {
            signals.mark_unchanged();
            match send_next(&env).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => error!("The outbox could not be worked on: {}", Chain(&error)),
            }
            tokio::select! {
                _ = signals.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(LANE_POLL_MS)) => {}
                () = stop.stopping() => return,
            }
        }
    });
}

async fn take_back(env: &Environment, started_at: Timestamp) {
    match env.db.write(ACTOR, move |tx| outbox::take_back_from_former_process(tx, started_at)).await {
        Ok(0) => {}
        Ok(taken) => info!(taken, "Took mails back that were being sent when the server was killed"),
        // Their leases run out by themselves.
        Err(error) => warn!("Mails of the former process could not be taken back: {}", Chain(&error)),
    }
}

/// How an attempt ended.
enum Ended {
    Accepted(String),
    Suppressed(&'static str),
    /// Certainly not sent.
    NotSent(String),
    /// Certainly not sent, now or later.
    Refused(String),
    /// It may have been sent.
    Unknown(String),
}

/// Sends the next due mail; false when there is none.
pub async fn send_next(env: &Environment) -> Result<bool, DbError> {
    // Looking costs a read; only a due row costs a write.
    if !env.db.read(|tx| outbox::has_work(tx, MAIL)).await? {
        return Ok(false);
    }
    let leased = env.db.write(ACTOR, |tx| outbox::lease_due(tx, MAIL)).await?;
    // A write that found nothing has ended what was lost or had expired.
    let Some(outgoing) = leased else { return Ok(false) };
    fault::point("outbox.after_lease");
    let ended = match attempt(env, &outgoing).await {
        Ok(ended) => ended,
        Err(error) => Ended::NotSent(Chain(&error).to_string()),
    };
    fault::point("outbox.after_send");
    note(env, outgoing, ended).await?;
    fault::point("outbox.after_record");
    Ok(true)
}

async fn attempt(env: &Environment, outgoing: &Outgoing) -> Result<Ended, DbError> {
    if outgoing.must_look_first {
        let (mail, id) = (env.mail.clone(), outgoing.id.to_string());
        match tokio::task::spawn_blocking(move || mail.look_up(&id)).await {
            Ok(Lookup::Sent(reference)) => return Ok(Ended::Accepted(reference)),
            // What the restored folder does not show may still have been sent from the lost one (decision 0022).
            Ok(Lookup::NotSent | Lookup::Unknown) if outgoing.is_restored => {
                return Ok(Ended::Suppressed(RESTORED));
            }
            // Who cannot be asked gets it again, under the same name.
            Ok(Lookup::NotSent | Lookup::Unknown) => {}
            Err(_) => return Ok(Ended::Unknown("the look-up broke off".to_owned())),
        }
    }
    let (of_env, id, client_id) = (env.clone(), outgoing.id.clone(), outgoing.client_id.clone());
    let found = env.db.read(move |tx| -> Result<_, DbError> {
        let Some(content) = outbox::find_content(tx, &id)? else { return Ok(Err("its content was erased")) };
        let letter = notify::letter_of(&content.body)?;
        let Some(words) = notify::compose(tx, &of_env, &letter, Secrets::Written)? else {
            return Ok(Err("its reason is gone"));
        };
        if is_simulated(tx, client_id.as_ref())? {
            return Ok(Err(outbox::SIMULATED));
        }
        let from_name = notify::agency_name(tx, &of_env.mail_brand)?;
        let site = notify::site(tx, &of_env.mail_brand)?;
        Ok(Ok(Email {
            id: id.as_str().to_owned(),
            from: from_address(&of_env, &site),
            from_name,
            to: content.recipient.reveal().clone(),
            subject: words.subject,
            text: words.text,
            html: words.html,
            at: tx.now(),
        }))
    });
    let email = match found.await? {
        Ok(email) => email,
        Err(reason) => return Ok(Ended::Suppressed(reason)),
    };
    let mail = env.mail.clone();
    let delivery = tokio::task::spawn_blocking(move || mail.deliver(&email));
    Ok(match tokio::time::timeout(Duration::from_millis(MAIL_SEND_TIMEOUT_MS), delivery).await {
        Ok(Ok(Ok(reference))) => Ended::Accepted(reference),
        Ok(Ok(Err(EmailError::NotNow(why)))) => Ended::NotSent(why),
        Ok(Ok(Err(EmailError::Refused(why)))) => Ended::Refused(why),
        Ok(Ok(Err(EmailError::Unknown(why)))) => Ended::Unknown(why),
        Ok(Err(_)) => Ended::Unknown("the sending broke off".to_owned()),
        Err(_) => Ended::Unknown("the answer took too long".to_owned()),
    })
}

/// Whether nothing leaves for this client. What belongs to a person or the agency itself always does: those who try a
/// demo sign in by mail, too.
fn is_simulated(tx: &ReadTx<'_>, client_id: Option<&ClientId>) -> Result<bool, DbError> {
    let Some(client_id) = client_id else { return Ok(false) };
    let client = clients::find(tx, &ClientScope::from_row(client_id.clone(), "outbox"))?;
    Ok(client.is_none_or(|client| client.is_simulated()))
}

/// The sender of the settings, or `no-reply` at the host where the node is reached.
fn from_address(env: &Environment, site: &str) -> String {
    if !env.mail_from.is_empty() {
        return env.mail_from.clone();
    }
    let host = site.split("://").nth(1).unwrap_or(site);
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    format!("no-reply@{host}")
}

async fn note(env: &Environment, outgoing: Outgoing, ended: Ended) -> Result<(), DbError> {
    let id = outgoing.id.clone();
    let is_last = outgoing.attempts >= MAIL_ATTEMPTS_MAX;
    let pause_ms = backoff_ms(outgoing.attempts);
    match &ended {
        Ended::Accepted(_) => info!(outbox.id = %id, purpose = %outgoing.purpose, "Sent a mail"),
        Ended::Suppressed(reason) => info!(outbox.id = %id, "A mail is not sent: {reason}"),
        Ended::Refused(why) => error!(outbox.id = %id, "A mail will not be sent: {why}"),
        Ended::NotSent(why) | Ended::Unknown(why) if is_last => {
            error!(outbox.id = %id, attempts = outgoing.attempts, "Gave a mail up: {why}");
        }
        Ended::NotSent(why) | Ended::Unknown(why) => {
            warn!(outbox.id = %id, attempts = outgoing.attempts, pause_ms, "A mail was not sent: {why}");
        }
    }
    let noted = env.db.write(ACTOR, move |tx| match &ended {
        Ended::Accepted(reference) => outbox::accepted(tx, &outgoing, reference),
        Ended::Suppressed(reason) => outbox::suppress(tx, &outgoing, reason),
        Ended::Refused(why) => outbox::fail(tx, &outgoing, why),
        Ended::NotSent(why) | Ended::Unknown(why) if is_last => outbox::fail(tx, &outgoing, why),
        Ended::NotSent(why) => outbox::retry(tx, &outgoing, tx.now().plus_ms(pause_ms), why),
        Ended::Unknown(why) => outbox::ambiguous(tx, &outgoing, tx.now().plus_ms(pause_ms), why),
    });
    if !noted.await? {
        warn!(outbox.id = %id, "A mail's lease was lost; its next holder looks whether it was sent");
    }
    Ok(())
}

/// Twice as long after each attempt: 30 s, 1 min, 2 min … up to half an hour; sixteen attempts take five hours.
fn backoff_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(20);
    MAIL_BACKOFF_FIRST_MS.saturating_mul(1 << doublings).min(MAIL_BACKOFF_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_an_hour() {
        let pauses: Vec<i64> = [0, 1, 2, 3, 16, 200].into_iter().map(backoff_ms).collect();
        assert_eq!(pauses, [30_000, 30_000, 60_000, 120_000, 1_800_000, 1_800_000]);
    }
}
