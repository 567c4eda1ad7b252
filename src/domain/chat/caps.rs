//! How much is answered for a client that nobody pays for: counted from the turns of the day, so nothing is reset.

use super::{ChatError, store};
use crate::domain::clients::serving::Caps;
use crate::domain::clients::{self, Client};
use crate::ground::scope::ClientScope;
use crate::store::{DbError, ReadTx};

/// Refuses a turn beyond the cap. What is repeated or taken up again is no further turn, and does not come here.
pub(super) fn check(tx: &ReadTx<'_>, scope: &ClientScope, caps: &Caps) -> Result<(), ChatError> {
    let client = clients::get(tx, scope)?;
    if client.is_capped() && count_today(tx, &client, scope)? >= caps.answers_per_day {
        return Err(ChatError::DayIsUsedUp { limit: caps.answers_per_day });
    }
    Ok(())
}

/// How many turns of this client began today, in UTC; test chats too, for they cost as much. Of a client without caps
/// nothing is counted.
pub fn count_today(tx: &ReadTx<'_>, client: &Client, scope: &ClientScope) -> Result<u32, DbError> {
    if client.is_capped() { store::count_turns_since(tx, scope, tx.now().day_start_utc()) } else { Ok(0) }
}
