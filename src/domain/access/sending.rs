//! How many codes and links are sent: per address that is asked for, per network that asks, and to everybody.
//!
//! Counts are rows by period, so that a restart forgets nothing and nothing is ever reset. Of what goes to
//! everybody together a part is kept for people who are known: an asking for an unknown address stops counting
//! where that part begins, and its answer is the same.

use super::store::sending as store;
use crate::domain::people::Organisation;
use crate::ground::crypto::{MacKey, hex};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::Id as _;
use crate::ground::limits::{
    INVITATIONS_PER_PLACE_PER_DAY, INVITATIONS_PER_PLACE_PER_MINUTE, SENT_PER_ADDRESS_PER_DAY,
    SENT_PER_ADDRESS_PER_MINUTE, SENT_PER_DAY, SENT_PER_IDENTIFIER_PER_DAY, SENT_PER_IDENTIFIER_PER_MINUTE,
    SENT_PER_MINUTE, SENT_RESERVE_PERCENT,
};
use crate::ground::time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp};
use crate::store::{DbError, WriteTx};
use tracing::warn;

const NETWORK_PURPOSE: &str = "sending_network";
const INVITED_PURPOSE: &str = "sending_invited";
const INVITING_PURPOSE: &str = "sending_inviting";

#[derive(Debug, thiserror::Error)]
pub enum SendingError {
    /// Too much was sent; nothing was counted.
    #[error("Too many mails were sent. Try again in {retry_after_s} seconds.")]
    TooMany { retry_after_s: u64 },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// One counter: its name in the table, its period, and how much it allows in one.
struct Counter {
    name: &'static str,
    period_ms: i64,
    sent_max: u32,
}

const PER_IDENTIFIER: [Counter; 2] = [
    Counter { name: "identifier_minute", period_ms: MINUTE_MS, sent_max: SENT_PER_IDENTIFIER_PER_MINUTE },
    Counter { name: "identifier_day", period_ms: DAY_MS, sent_max: SENT_PER_IDENTIFIER_PER_DAY },
];
const PER_ADDRESS: [Counter; 2] = [
    Counter { name: "address_minute", period_ms: MINUTE_MS, sent_max: SENT_PER_ADDRESS_PER_MINUTE },
    Counter { name: "address_day", period_ms: DAY_MS, sent_max: SENT_PER_ADDRESS_PER_DAY },
];
const PER_INVITING: [Counter; 2] = [
    Counter { name: "inviting_minute", period_ms: MINUTE_MS, sent_max: INVITATIONS_PER_PLACE_PER_MINUTE },
    Counter { name: "inviting_day", period_ms: DAY_MS, sent_max: INVITATIONS_PER_PLACE_PER_DAY },
];
const PER_INVITED: [Counter; 2] = [
    Counter { name: "invited_minute", period_ms: MINUTE_MS, sent_max: SENT_PER_IDENTIFIER_PER_MINUTE },
    Counter { name: "invited_day", period_ms: DAY_MS, sent_max: SENT_PER_IDENTIFIER_PER_DAY },
];
const TO_EVERYBODY: [Counter; 2] = [
    Counter { name: "all_minute", period_ms: MINUTE_MS, sent_max: SENT_PER_MINUTE },
    Counter { name: "all_day", period_ms: DAY_MS, sent_max: SENT_PER_DAY },
];

/// Counts one sending, or refuses it. The statements are the same for known and unknown addresses.
pub(super) fn count(
    tx: &WriteTx<'_>,
    key: &MacKey,
    identifier_hash: &str,
    network: &str,
    is_known: bool,
) -> Result<(), SendingError> {
    count_asking(tx, key, identifier_hash, network)?;
    for counter in &TO_EVERYBODY {
        let counted_max = if is_known { counter.sent_max + 1 } else { before_reserve(counter) };
        let sent = store::count(tx, counter.name, "", period_of(tx.now(), counter), counted_max)?;
        // An asking for an unknown address counts nothing where the reserve is being used, so it finds a full count
        // as it stands; one for a known address would be the one too many. The answer is the same.
        let is_full = if is_known { sent > counter.sent_max } else { sent >= counter.sent_max };
        if is_full {
            return Err(too_many(tx.now(), counter));
        }
        tell_at_half(counter, sent);
    }
    Ok(())
}

fn tell_at_half(counter: &Counter, sent: u32) {
    if sent == counter.sent_max / 2 {
        let limit = counter.sent_max;
        warn!(sent, limit, "Half of what may be sent to sign in was sent ({})", counter.name);
    }
}

/// Counts one sending to an address that anybody may name, and that gets a mail though nobody knows it; or refuses it.
/// What is kept for people who are known is never used for it.
pub(super) fn count_to_anybody(
    tx: &WriteTx<'_>,
    key: &MacKey,
    identifier_hash: &str,
    network: &str,
) -> Result<(), SendingError> {
    count_asking(tx, key, identifier_hash, network)?;
    for counter in &TO_EVERYBODY {
        let sent = take(tx, counter, "", before_reserve(counter))?;
        tell_at_half(counter, sent);
    }
    Ok(())
}

fn count_asking(
    tx: &WriteTx<'_>,
    key: &MacKey,
    identifier_hash: &str,
    network: &str,
) -> Result<(), SendingError> {
    let network_hash = hex(&key.sign(NETWORK_PURPOSE, &[network]));
    for counter in &PER_IDENTIFIER {
        take(tx, counter, identifier_hash, counter.sent_max)?;
    }
    for counter in &PER_ADDRESS {
        take(tx, counter, &network_hash, counter.sent_max)?;
    }
    Ok(())
}

/// How many go to everybody before the part begins that is kept for people who are known.
const fn before_reserve(counter: &Counter) -> u32 {
    counter.sent_max - counter.sent_max * SENT_RESERVE_PERCENT / 100
}

/// Counts an invitation of this place to this address, or refuses it: nobody fills a mailbox, or sends to everybody in
/// the agency's name.
pub fn count_invitation(
    tx: &WriteTx<'_>,
    key: &MacKey,
    organisation: &Organisation,
    email: &EmailAddress,
) -> Result<(), SendingError> {
    let place = organisation.client_id().map_or("agency", |id| id.as_str());
    let inviting = hex(&key.sign(INVITING_PURPOSE, &[place]));
    let invited = hex(&key.sign(INVITED_PURPOSE, &[&email.key()]));
    for counter in &PER_INVITING {
        take(tx, counter, &inviting, counter.sent_max)?;
    }
    for counter in &PER_INVITED {
        take(tx, counter, &invited, counter.sent_max)?;
    }
    Ok(())
}

/// Counts one, and returns how many there are; an error beyond this many.
fn take(tx: &WriteTx<'_>, counter: &Counter, subject: &str, sent_max: u32) -> Result<u32, SendingError> {
    let sent = store::count(tx, counter.name, subject, period_of(tx.now(), counter), sent_max + 1)?;
    if sent > sent_max { Err(too_many(tx.now(), counter)) } else { Ok(sent) }
}

fn period_of(now: Timestamp, counter: &Counter) -> Timestamp {
    Timestamp::from_ms(now.as_ms().div_euclid(counter.period_ms) * counter.period_ms)
}

/// When the period is over.
fn too_many(now: Timestamp, counter: &Counter) -> SendingError {
    let left_ms = counter.period_ms - now.ms_since(period_of(now, counter));
    let retry_after_s = u64::try_from(left_ms).unwrap_or(0).div_ceil(SECOND_MS.unsigned_abs());
    SendingError::TooMany { retry_after_s }
}

/// For housekeeping: forgets counts from before this moment, a bounded number at a time.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, before)
}
