//! A client leaves: what ends at that very commit. It can be undone by resuming the client; its people then sign in
//! anew, and what was not sent stays unsent.

use super::store::sessions as store;
use crate::domain::clients::{self, Client, ClientError};
use crate::domain::people::{Organisation, members};
use crate::ground::scope::ClientScope;
use crate::store::WriteTx;
use crate::store::outbox::{self, Cancel};

/// Deactivates the client: it is suspended, the sessions of its people and of its keys end, and nothing of its queued
/// mail is sent. Doing it twice is doing it once.
pub fn deactivate(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<Client, ClientError> {
    let client = clients::deactivate(tx, scope)?;
    members::end_sessions_of_all(tx, &Organisation::client(scope))?;
    store::delete_of_client_keys(tx, scope)?;
    outbox::cancel_queued(tx, Cancel::Client(scope.client_id()))?;
    Ok(client)
}
