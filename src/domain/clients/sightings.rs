//! Whether a client's widget was seen on somebody's website, and when last: to the hour.

use super::store;
use crate::ground::scope::ClientScope;
use crate::ground::time::{HOUR_MS, Timestamp};
use crate::store::{DbError, ReadTx, WriteTx};

/// When a page of another site asked for the widget last; None before the first.
pub fn find(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Option<Timestamp>, DbError> {
    store::find_sighting(tx, scope)
}

/// Whether a sighting should be noted again.
pub fn is_due(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.ms_since(last) >= HOUR_MS)
}

/// Notes that a page of another site asks for the widget now.
pub fn note(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    store::put_sighting(tx, scope)
}
