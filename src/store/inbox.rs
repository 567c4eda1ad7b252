//! The inbox: what vendors sent, stored before they hear a 2xx and handled later.
//!
//! A webhook handler calls [`receive`] and nothing else. A worker calls [`find_due`], handles the event and
//! calls [`complete`] or [`ignore`] in ONE write transaction, so the inbox needs no lease: an event is handled
//! exactly when its effects are. When the handling failed, that transaction is undone, and a second one says
//! [`retry`] or [`bury`]. Nothing that was received is ever dropped: unknown kinds are ignored but kept, and
//! a dead letter waits for [`replay`]. What does not count here (another mode or account) is kept with a flag, and not
//! even replayed.

use super::db::Signal;
use super::error::DbError;
use super::lease::shorten;
use super::page::{Page, PageRequest};
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

text_enum! {
    /// Why an event does not count here. It is kept and shown, and never handled.
    pub enum InboxFlag {
        OtherMode = "other_mode",
        OtherAccount = "other_account",
    }
}

text_enum! {
    /// Where an event stands.
    pub enum InboxState {
        /// Not handled yet.
        Received = "received",
        /// Its effects stand.
        Handled = "handled",
        /// Nobody wants its kind, or it does not count here.
        Ignored = "ignored",
        /// Its handling failed for good.
        Dead = "dead",
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
    /// Set for what must not be handled: it is stored as ignored.
    pub flag: Option<InboxFlag>,
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
    let state = if event.flag.is_some() { InboxState::Ignored } else { InboxState::Received };
    let seq: Option<i64> = tx.find(
        "insert into inbox_events (provider, account, mode, event_id, kind, flag, state, attempts, run_at,
                                   created_at, updated_at, version)
         values (:provider, :account, :mode, :event_id, :kind, :flag, :state, 0, :now, :now, :now, 1)
         on conflict (provider, account, mode, event_id) do nothing
         returning seq",
        params! {
            ":provider" => event.provider,
            ":account" => event.account,
            ":mode" => event.mode,
            ":event_id" => event.event_id,
            ":kind" => event.kind,
            ":flag" => event.flag,
            ":state" => state,
            ":now" => tx.now(),
        },
        |row| row.get("seq"),
    )?;
    let Some(seq) = seq else { return Ok(Received::Duplicate) };
    tx.execute(
        "insert into inbox_payloads (seq, payload, created_at) values (:seq, :payload, :now)",
        params! { ":seq" => seq, ":payload" => event.payload.reveal(), ":now" => tx.now() },
    )?;
    if state == InboxState::Received {
        tx.signal_after_commit(Signal::Inbox);
    }
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
/// effects stand is not handled twice, and one that does not count here never.
pub fn replay(tx: &WriteTx<'_>, seq: i64) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update inbox_events
         set state = 'received', attempts = 0, run_at = :now, updated_at = :now, version = version + 1
         where seq = :seq and state in ('dead', 'ignored') and flag is null",
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

/// Each figure is read from an index; what was handled is not walked.
pub fn counts(tx: &ReadTx<'_>) -> Result<InboxCounts, DbError> {
    tx.get(
        "select (select count(*) from inbox_events indexed by inbox_events_state_idx where state = 'received') as received,
                (select count(*) from inbox_events indexed by inbox_events_state_idx where state = 'ignored') as ignored,
                (select count(*) from inbox_events indexed by inbox_events_state_idx where state = 'dead') as dead,
                (select min(run_at) from inbox_events indexed by inbox_events_due_idx
                 where state = 'received' and run_at <= :now) as oldest_due_at",
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

/// An event as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxLine {
    pub seq: i64,
    pub provider: String,
    pub account: String,
    pub mode: InboxMode,
    pub event_id: String,
    pub kind: String,
    pub flag: Option<InboxFlag>,
    pub state: InboxState,
    pub attempts: u32,
    pub created_at: Timestamp,
    pub last_error: Option<String>,
}

const LINE_COLUMNS: &str =
    "seq, provider, account, mode, event_id, kind, flag, state, attempts, created_at, last_error";

fn line_from_row(row: &Row<'_>) -> Result<InboxLine, DbError> {
    Ok(InboxLine {
        seq: row.get("seq")?,
        provider: row.get("provider")?,
        account: row.get("account")?,
        mode: row.get("mode")?,
        event_id: row.get("event_id")?,
        kind: row.get("kind")?,
        flag: row.get("flag")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        created_at: row.get("created_at")?,
        last_error: row.get("last_error")?,
    })
}

/// The events, newest first; those of one state if one is named.
pub fn list(
    tx: &ReadTx<'_>,
    state: Option<InboxState>,
    page: &PageRequest,
) -> Result<Page<InboxLine>, DbError> {
    // Numbers are compared as numbers: a place in the list is written as text.
    let lines = tx.list_page(
        &format!(
            "select {LINE_COLUMNS}
             from inbox_events
             where (:state is null or state = :state)
                 and (created_at, seq) < (:before_at, cast(:before_id as integer))
             order by created_at desc, seq desc
             limit :limit"
        ),
        params! { ":state" => state },
        page,
        line_from_row,
    )?;
    page.page(lines, |line| (line.created_at, line.seq.to_string()))
}

/// What was sent, byte for byte.
type Payload = Secret<Vec<u8>>;

/// One event with what was sent; the payload is None once it was erased.
pub fn find_line(tx: &ReadTx<'_>, seq: i64) -> Result<Option<(InboxLine, Option<Payload>)>, DbError> {
    let line = tx.find(
        &format!("select {LINE_COLUMNS} from inbox_events where seq = :seq"),
        params! { ":seq" => seq },
        line_from_row,
    )?;
    let Some(line) = line else { return Ok(None) };
    let payload =
        tx.find("select payload from inbox_payloads where seq = :seq", params! { ":seq" => seq }, |row| {
            Ok(Secret::new(row.get("payload")?))
        })?;
    Ok(Some((line, payload)))
}
