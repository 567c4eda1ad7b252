//! The inbox: what vendors sent, stored before they hear a 2xx and handled later.
//!
//! A webhook handler calls [`receive`] and nothing else. A worker calls [`find_due`], handles the event and
//! calls [`complete`] or [`ignore`] in ONE write transaction, so the inbox needs no lease: an event is handled
//! exactly when its effects are. When the handling failed, that transaction is undone, and a second one says
//! [`retry`] or [`bury`]. Nothing that was received is ever dropped: unknown kinds are ignored but kept, and
//! a dead letter waits for [`replay`].

use super::db::Signal;
use super::error::DbError;
use super::lease::shorten;
use super::tx::{ReadTx, WriteTx};
use super::value::Row;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::{params, text_enum};

text_enum! {
    /// Whether the vendor's account moves real money and real messages.
    pub enum InboxMode {
        Test = "test",
        Live = "live",
    }
}

/// A verified delivery of a vendor. The first four fields name the event: a second one with the same name is
/// a duplicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInboxEvent {
    pub provider: &'static str,
    /// The vendor's name of the account that the event belongs to.
    pub account: String,
    pub mode: InboxMode,
    /// The vendor's id of the event; for events without one, what makes it unique (a message's id and status).
    pub event_id: String,
    /// The vendor's type of the event, known to us or not.
    pub kind: String,
    /// The raw bytes whose signature was checked.
    pub payload: Secret<Vec<u8>>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Stored under this number.
    New(i64),
    /// It was there already, handled or not.
    Duplicate,
}

/// An event to be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEvent {
    pub seq: i64,
    pub provider: String,
    pub account: String,
    pub mode: InboxMode,
    pub event_id: String,
    pub kind: String,
    pub payload: Secret<Vec<u8>>,
    /// How often its handling has failed.
    pub attempts: u32,
    pub created_at: Timestamp,
    /// What [`retry`] and [`bury`] compare, in the transaction after a failure.
    version: i64,
}

impl InboxEvent {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            seq: row.get("seq")?,
            provider: row.get("provider")?,
            account: row.get("account")?,
            mode: row.get("mode")?,
            event_id: row.get("event_id")?,
            kind: row.get("kind")?,
            payload: Secret::new(row.get("payload")?),
            attempts: row.get("attempts")?,
            created_at: row.get("created_at")?,
            version: row.get("version")?,
        })
    }
}

/// Stores the event and wakes the worker after the commit; a duplicate changes nothing.
pub fn receive(tx: &WriteTx<'_>, event: &NewInboxEvent) -> Result<Received, DbError> {
    let seq: Option<i64> = tx.find(
        "insert into inbox_events (provider, account, mode, event_id, kind, state, attempts, run_at,
                                   created_at, updated_at, version)
         values (:provider, :account, :mode, :event_id, :kind, 'received', 0, :now, :now, :now, 1)
         on conflict (provider, account, mode, event_id) do nothing
         returning seq",
        params! {
            ":provider" => event.provider,
            ":account" => event.account,
            ":mode" => event.mode,
            ":event_id" => event.event_id,
            ":kind" => event.kind,
            ":now" => tx.now(),
        },
        |row| row.get("seq"),
    )?;
    let Some(seq) = seq else { return Ok(Received::Duplicate) };
    tx.execute(
        "insert into inbox_payloads (seq, payload, created_at) values (:seq, :payload, :now)",
        params! { ":seq" => seq, ":payload" => event.payload.reveal(), ":now" => tx.now() },
    )?;
    tx.signal_after_commit(Signal::Inbox);
    Ok(Received::New(seq))
}

/// The oldest event that is due. Handle and end it in the same write transaction.
pub fn find_due(tx: &ReadTx<'_>) -> Result<Option<InboxEvent>, DbError> {
    tx.find(
        "select events.seq, provider, account, mode, event_id, kind, payload, attempts, events.created_at, version
         from inbox_events as events
         join inbox_payloads as payloads on payloads.seq = events.seq
         where state = 'received' and run_at <= :now
         order by run_at, events.seq
         limit 1",
        params! { ":now" => tx.now() },
        InboxEvent::from_row,
    )
}

/// The event's effects stand in this transaction. False when it was ended already.
pub fn complete(tx: &WriteTx<'_>, event: &InboxEvent) -> Result<bool, DbError> {
    end(tx, event, "handled")
}

/// Nobody wants this kind. It is kept, and can be replayed once somebody does.
pub fn ignore(tx: &WriteTx<'_>, event: &InboxEvent) -> Result<bool, DbError> {
    end(tx, event, "ignored")
}

fn end(tx: &WriteTx<'_>, event: &InboxEvent, state: &str) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update inbox_events
         set state = :state, last_error = null, updated_at = :now, version = version + 1
         where seq = :seq and state = 'received' and version = :version",
        params! { ":seq" => event.seq, ":version" => event.version, ":state" => state, ":now" => tx.now() },
    )?;
    Ok(touched == 1)
}

/// The handling failed and was undone: it is due again at `run_at`.
pub fn retry(tx: &WriteTx<'_>, event: &InboxEvent, run_at: Timestamp, error: &str) -> Result<bool, DbError> {
    fail(tx, event, "received", run_at, error)
}

/// The handling failed for good: the event becomes a dead letter, for a person to see and to replay.
pub fn bury(tx: &WriteTx<'_>, event: &InboxEvent, error: &str) -> Result<bool, DbError> {
    fail(tx, event, "dead", tx.now(), error)
}

fn fail(
    tx: &WriteTx<'_>,
    event: &InboxEvent,
    state: &str,
    run_at: Timestamp,
    error: &str,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update inbox_events
         set state = :state, attempts = attempts + 1, run_at = :run_at, last_error = :error, updated_at = :now,
             version = version + 1
         where seq = :seq and state = 'received' and version = :version",
        params! {
            ":seq" => event.seq,
            ":version" => event.version,
            ":state" => state,
            ":run_at" => run_at,
            ":error" => shorten(error),
            ":now" => tx.now(),
        },
    )?;
    Ok(touched == 1)
}

/// Makes a dead letter or an ignored event due now, with fresh attempts. False for any other: an event whose
/// effects stand is not handled twice.
pub fn replay(tx: &WriteTx<'_>, seq: i64) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update inbox_events
         set state = 'received', attempts = 0, run_at = :now, updated_at = :now, version = version + 1
         where seq = :seq and state in ('dead', 'ignored')",
        params! { ":seq" => seq, ":now" => tx.now() },
    )?;
    if touched == 1 {
        tx.signal_after_commit(Signal::Inbox);
    }
    Ok(touched == 1)
}

/// How many events stand in each state that matters for health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxCounts {
    /// Not handled yet.
    pub received: u32,
    pub ignored: u32,
    pub dead: u32,
    /// When the oldest event that could be handled now became due.
    pub oldest_due_at: Option<Timestamp>,
}

pub fn counts(tx: &ReadTx<'_>) -> Result<InboxCounts, DbError> {
    tx.get(
        "select count(*) filter (where state = 'received') as received,
                count(*) filter (where state = 'ignored') as ignored,
                count(*) filter (where state = 'dead') as dead,
                min(run_at) filter (where state = 'received' and run_at <= :now) as oldest_due_at
         from inbox_events",
        params! { ":now" => tx.now() },
        |row| {
            Ok(InboxCounts {
                received: row.get("received")?,
                ignored: row.get("ignored")?,
                dead: row.get("dead")?,
                oldest_due_at: row.get("oldest_due_at")?,
            })
        },
    )
}
