//! Events: what happened, committed with the decision that caused it, together with the jobs that react.

use super::error::DbError;
use super::jobs::{self, NewJob};
use super::tx::WriteTx;
use crate::ground::ids::{ClientId, EventId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::time::Timestamp;
use crate::params;

/// Something that happened, as ids only. Rooms make these from their own event types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `document.uploaded`, `faq.changed` …
    pub kind: &'static str,
    pub client_id: Option<ClientId>,
    pub subject_id: Option<String>,
}

/// The static table that says which jobs an event causes; filled above, where all rooms are known.
pub trait Reactions: Send + Sync {
    fn jobs_for(&self, event: &Event) -> Vec<NewJob>;
}

/// No reactions: for tools that only look.
pub struct NoReactions;

impl Reactions for NoReactions {
    fn jobs_for(&self, _: &Event) -> Vec<NewJob> {
        Vec::new()
    }
}

/// Records that this happened and enqueues the jobs that follow from it, in this transaction.
pub fn emit(tx: &WriteTx<'_>, event: &Event) -> Result<(), DbError> {
    let id: EventId = tx.new_id();
    tx.execute(
        "insert into events (id, kind, client_id, subject_id, created_at)
         values (:id, :kind, :client_id, :subject_id, :now)",
        params! {
            ":id" => id,
            ":kind" => event.kind,
            ":client_id" => event.client_id,
            ":subject_id" => event.subject_id,
            ":now" => tx.now(),
        },
    )?;
    for job in tx.reactions().jobs_for(event) {
        jobs::enqueue(tx, &job)?;
    }
    Ok(())
}

/// Removes the oldest events from before `kept_since`, at most [`PRUNED_ROWS_MAX`]; returns how many.
pub fn prune(tx: &WriteTx<'_>, kept_since: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from events
         where id in (select id from events where created_at < :kept_since order by created_at, id limit :rows)",
        params! { ":kept_since" => kept_since, ":rows" => PRUNED_ROWS_MAX },
    )
}
