//! How much is answered for a client that nobody pays for: counted by day in UTC, so nothing is reset, and apart from the
//! turns, so that deleting a conversation gives nothing back.

use super::{ChatError, store::answer_days as store};
use crate::domain::clients;
use crate::domain::clients::serving::Caps;
use crate::ground::scope::ClientScope;
use crate::ground::time::{DAY_MS, Timestamp};
use crate::store::{DbError, ReadTx, WriteTx};

/// How long days are kept, for housekeeping.
pub const KEPT_MS: i64 = 2 * DAY_MS;

/// Refuses what would be beyond the cap, and counts nothing.
pub fn check(tx: &ReadTx<'_>, scope: &ClientScope, caps: &Caps) -> Result<(), ChatError> {
    let client = clients::get(tx, scope)?;
    if client.is_capped() && count_today(tx, scope)? >= caps.answers_per_day {
        return Err(ChatError::DayIsUsedUp { limit: caps.answers_per_day });
    }
    Ok(())
}

/// Counts a turn, or refuses it. What is repeated or taken up again is no further turn, and does not come here. Those of
/// clients without caps are counted too: one that becomes a demo at noon has asked before.
pub(super) fn take(tx: &WriteTx<'_>, scope: &ClientScope, caps: &Caps) -> Result<(), ChatError> {
    check(tx, scope, caps)?;
    Ok(store::count_one(tx, scope, tx.now().day_start_utc())?)
}

/// How many turns of this client began today; test chats too, for they cost as much.
pub fn count_today(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    store::find(tx, scope, tx.now().day_start_utc())
}

/// For housekeeping: forgets days that began before this moment, a bounded number at a time.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, before)
}
