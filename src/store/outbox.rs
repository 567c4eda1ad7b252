//! The outbox: one durable row per effect that must leave the house.
//!
//! Rooms [`enqueue`] with their decision, in its transaction; a worker leases the oldest due row, sends it
//! between two transactions, and says how it ended; the provider's callbacks tell the rest. Promised: a
//! dedupe key is sent once; rows of one order key leave in the order in which they were enqueued; a late or
//! repeated word never turns a row back ([`can_move`]). When a send may or may not have happened (its answer
//! or its worker was lost), the row is `ambiguous` and is leased again with [`Outgoing::must_look_first`].
//! Addresses and bodies stand apart, in `outbox_bodies`.

use super::db::Signal;
use super::error::{Bug, DbError};
use super::lease::{Lease, Leases, shorten};
use super::page::{Page, PageRequest};
use super::tx::{ReadTx, WriteTx};
use super::value::{Row, ToValue as _, Value, to_json};
use crate::ground::ids::{ClientId, Id as _, OutboxId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::{params, text_enum};

text_enum! {
    /// Where a row stands.
    pub enum OutboxState {
        Queued = "queued",
        Leased = "leased",
        /// The provider has it.
        Accepted = "accepted",
        Delivered = "delivered",
        Undelivered = "undelivered",
        /// It may have been sent.
        Ambiguous = "ambiguous",
        /// Refused for good.
        Failed = "failed",
        /// A guard said no, for the reason in the row.
        Suppressed = "suppressed",
        /// Its time passed before it was sent.
        Expired = "expired",
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// The way out.
    pub enum OutboxChannel {
        Email = "email",
        Sms = "sms",
        Webhook = "webhook",
    }
}

/// Every step that a row may take; all others are refused. What has left `leased` for one of the last six
/// states is settled: the provider's first final word stands.
pub const fn can_move(from: OutboxState, to: OutboxState) -> bool {
    use OutboxState::{
        Accepted, Ambiguous, Cancelled, Delivered, Expired, Failed, Leased, Queued, Suppressed, Undelivered,
    };
    match from {
        Queued => matches!(to, Leased | Expired | Cancelled),
        Leased => matches!(to, Queued | Accepted | Ambiguous | Failed | Suppressed),
        // It may have been sent, so it neither expires nor is cancelled: whoever leases it looks first.
        Ambiguous => matches!(to, Leased),
        Accepted => matches!(to, Delivered | Undelivered),
        Delivered | Undelivered | Failed | Suppressed | Expired | Cancelled => false,
    }
}

/// An effect to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutgoing {
    pub client_id: Option<ClientId>,
    /// What it is for, as the guards judge it: `one_time_code`, `reminder` …
    pub purpose: &'static str,
    pub channel: OutboxChannel,
    /// Rows of one key leave one after the other. A key of its own (the dedupe key) means any order.
    pub order_key: String,
    /// The number, address or account that it leaves from.
    pub sender_key: String,
    pub subject_id: Option<String>,
    /// Unique for as long as the row is kept: what makes a second enqueue harmless.
    pub dedupe_key: String,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub content: Content,
}

/// To whom, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub recipient: Secret<String>,
    pub body: Secret<String>,
}

/// A row that was leased. Its id is the provider's idempotency key where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: OutboxId,
    pub client_id: Option<ClientId>,
    pub purpose: String,
    pub channel: OutboxChannel,
    pub order_key: String,
    pub sender_key: String,
    pub subject_id: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub attempts: u32,
    /// Providers forget idempotency keys after about a day.
    pub created_at: Timestamp,
    /// An earlier attempt may have been sent: ask the provider before sending, and before any guard, for what
    /// has been sent cannot be suppressed.
    pub must_look_first: bool,
    /// The row came out of a backup and may have been sent since: it is never sent again by itself.
    pub is_restored: bool,
    fence: i64,
}

/// The reason of a row that came out of a backup before it had ended.
const RESTORED: &str = "restored";

const LEASES: Leases = Leases {
    table: "outbox",
    due_column: "not_before",
    // Nobody knows whether the lost worker had sent it.
    lost_state: "ambiguous",
    columns: "id, client_id, purpose, channel, order_key, sender_key, subject_id, expires_at, attempts, created_at, reason, fence",
};

/// The oldest row of a channel that may leave now.
pub(super) const DUE: &str = "select due.id, due.fence, due.state
     from outbox as due
     where due.state in ('queued', 'ambiguous') and due.channel = :channel and due.not_before <= :now
         and not exists (
             select 1
             from outbox as earlier
             where earlier.state in ('queued', 'leased', 'ambiguous')
                 and earlier.order_key = due.order_key and earlier.id < due.id)
     order by due.not_before, due.id
     limit 1";

impl Outgoing {
    fn from_row(row: &Row<'_>, must_look_first: bool) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            purpose: row.get("purpose")?,
            channel: row.get("channel")?,
            order_key: row.get("order_key")?,
            sender_key: row.get("sender_key")?,
            subject_id: row.get("subject_id")?,
            expires_at: row.get("expires_at")?,
            attempts: row.get("attempts")?,
            created_at: row.get("created_at")?,
            must_look_first,
            is_restored: row.get::<Option<String>>("reason")?.as_deref() == Some(RESTORED),
            fence: row.get("fence")?,
        })
    }
}

/// Enqueues the effect and wakes the worker after the commit. None when one with this dedupe key is there.
pub fn enqueue(tx: &WriteTx<'_>, new: &NewOutgoing) -> Result<Option<OutboxId>, DbError> {
    let id: OutboxId = tx.new_id();
    let inserted = tx.find(
        "insert into outbox (id, client_id, purpose, channel, order_key, sender_key, subject_id, dedupe_key, state,
                             not_before, expires_at, attempts, fence, created_at, updated_at, version)
         values (:id, :client_id, :purpose, :channel, :order_key, :sender_key, :subject_id, :dedupe_key, 'queued',
                 :not_before, :expires_at, 0, 0, :now, :now, 1)
         on conflict (dedupe_key) do nothing
         returning id",
        params! {
            ":id" => id,
            ":client_id" => new.client_id,
            ":purpose" => new.purpose,
            ":channel" => new.channel,
            ":order_key" => new.order_key,
            ":sender_key" => new.sender_key,
            ":subject_id" => new.subject_id,
            ":dedupe_key" => new.dedupe_key,
            ":not_before" => new.not_before.unwrap_or(tx.now()),
            ":expires_at" => new.expires_at,
            ":now" => tx.now(),
        },
        |row| row.get("id"),
    )?;
    if inserted.is_some() {
        tx.execute(
            "insert into outbox_bodies (outbox_id, recipient, body, created_at)
             values (:id, :recipient, :body, :now)",
            params! {
                ":id" => id,
                ":recipient" => new.content.recipient.reveal(),
                ":body" => new.content.body.reveal(),
                ":now" => tx.now(),
            },
        )?;
        tx.signal_after_commit(Signal::Outbox);
    }
    Ok(inserted)
}

/// The oldest due row of this channel, leased until `now + LEASE_MS`. A row waits for as long as an earlier
/// one of its order key is queued (even for later), leased or ambiguous. Rows whose time has passed expire
/// here; a lease that ran out makes its row ambiguous.
pub fn lease_due(tx: &WriteTx<'_>, channel: OutboxChannel) -> Result<Option<Outgoing>, DbError> {
    LEASES.take_back_lost(tx)?;
    expire(tx)?;
    let due = tx.find(DUE, params! { ":channel" => channel, ":now" => tx.now() }, |row| {
        Ok((Lease::from_row(row)?, row.get::<OutboxState>("state")?))
    })?;
    let Some((due, state)) = due else { return Ok(None) };
    check_move(state, OutboxState::Leased)?;
    LEASES.lease(tx, &due, |row| Outgoing::from_row(row, state == OutboxState::Ambiguous))
}

/// Takes back what a process that is gone had leased when this one started at `started_at`, so that nobody waits for
/// those leases to run out: nobody knows whether it was sent, so the next holder looks first. Returns how many rows.
// LIMIT: as for jobs, every older lease is a dead process's; with several nodes on one store, only those of this
// node's own former process.
pub fn take_back_from_former_process(tx: &WriteTx<'_>, started_at: Timestamp) -> Result<usize, DbError> {
    let taken = LEASES.take_back_leased_before(tx, started_at)?;
    if taken > 0 {
        tx.signal_after_commit(Signal::Outbox);
    }
    Ok(taken)
}

/// Whether something of this channel is due, was lost by its worker, or has run out of time.
pub fn has_work(tx: &ReadTx<'_>, channel: OutboxChannel) -> Result<bool, DbError> {
    tx.get(
        "select exists (
                    select 1 from outbox
                    where state in ('queued', 'ambiguous') and channel = :channel and not_before <= :now)
             or exists (select 1 from outbox where state = 'leased' and leased_until < :now)
             or exists (select 1 from outbox where state = 'queued' and expires_at <= :now) as has_work",
        params! { ":channel" => channel, ":now" => tx.now() },
        |row| row.get("has_work"),
    )
}

/// A row as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingLine {
    pub id: OutboxId,
    pub client_id: Option<ClientId>,
    pub purpose: String,
    pub subject_id: Option<String>,
    pub state: OutboxState,
    pub attempts: u32,
    pub created_at: Timestamp,
    /// Why it failed last, or was suppressed.
    pub last_error: Option<String>,
}

/// The reason of what is written for a client that is a demo or a test: nothing of it leaves.
pub const SIMULATED: &str = "simulated: the client is a demo or a test";

impl OutgoingLine {
    /// Whether it was written and not sent, on purpose.
    pub fn is_simulated(&self) -> bool {
        self.state == OutboxState::Suppressed && self.last_error.as_deref() == Some(SIMULATED)
    }
}

const LINE_COLUMNS: &str = "id, client_id, purpose, subject_id, state, attempts, created_at, coalesce(reason, last_error) as last_error";

fn line_from_row(row: &Row<'_>) -> Result<OutgoingLine, DbError> {
    Ok(OutgoingLine {
        id: row.get("id")?,
        client_id: row.get("client_id")?,
        purpose: row.get("purpose")?,
        subject_id: row.get("subject_id")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        created_at: row.get("created_at")?,
        last_error: row.get("last_error")?,
    })
}

/// Which rows to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    pub states: Vec<OutboxState>,
    /// Only what was simulated, or nothing of it; None for both.
    pub is_simulated: Option<bool>,
}

/// The rows of a channel, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    channel: OutboxChannel,
    filter: &OutboxFilter,
    page: &PageRequest,
) -> Result<Page<OutgoingLine>, DbError> {
    let states_json = to_json(&filter.states.iter().map(|state| state.as_str()).collect::<Vec<_>>())?;
    let lines = tx.list_page(
        &format!(
            "select {LINE_COLUMNS}
             from outbox
             where channel = :channel and (created_at, id) < (:before_at, :before_id)
               and state in (select value from json_each(:states))
               and (:is_simulated is null or (reason is not null and reason = :simulated) = :is_simulated)
             order by created_at desc, id desc
             limit :limit"
        ),
        params! {
            ":channel" => channel,
            ":states" => states_json,
            ":is_simulated" => filter.is_simulated,
            ":simulated" => SIMULATED,
        },
        page,
        line_from_row,
    )?;
    page.page(lines, |line| (line.created_at, line.id.to_string()))
}

/// One row of a channel.
pub fn find_line(
    tx: &ReadTx<'_>,
    channel: OutboxChannel,
    id: &OutboxId,
) -> Result<Option<OutgoingLine>, DbError> {
    tx.find(
        &format!("select {LINE_COLUMNS} from outbox where channel = :channel and id = :id"),
        params! { ":channel" => channel, ":id" => id },
        line_from_row,
    )
}

/// The newest row of this purpose about this subject.
pub fn find_newest_about(
    tx: &ReadTx<'_>,
    purpose: &str,
    subject_id: &str,
) -> Result<Option<OutgoingLine>, DbError> {
    tx.find(
        &format!(
            "select {LINE_COLUMNS}
             from outbox
             where subject_id = :subject_id and purpose = :purpose
             order by created_at desc, id desc
             limit 1"
        ),
        params! { ":subject_id" => subject_id, ":purpose" => purpose },
        line_from_row,
    )
}

/// Enqueues what this row says once more, as a row of its own: the former stays as it ended. None when there is no
/// such row, or its content was erased. Rows that have not ended are not repeated.
pub fn enqueue_again(tx: &WriteTx<'_>, id: &OutboxId) -> Result<Option<OutboxId>, DbError> {
    let copy: OutboxId = tx.new_id();
    let inserted = tx.find(
        "insert into outbox (id, client_id, purpose, channel, order_key, sender_key, subject_id, dedupe_key, state,
                             not_before, expires_at, attempts, fence, created_at, updated_at, version)
         select :copy, client_id, purpose, channel, :copy, sender_key, subject_id, :copy, 'queued',
                :now, null, 0, 0, :now, :now, 1
         from outbox
         where id = :id and state not in ('queued', 'leased', 'ambiguous')
           and exists (select 1 from outbox_bodies where outbox_id = :id)
         returning id",
        params! { ":id" => id, ":copy" => copy, ":now" => tx.now() },
        |row| row.get::<OutboxId>("id"),
    )?;
    if inserted.is_some() {
        tx.execute(
            "insert into outbox_bodies (outbox_id, recipient, body, created_at)
             select :copy, recipient, body, :now from outbox_bodies where outbox_id = :id",
            params! { ":id" => id, ":copy" => copy, ":now" => tx.now() },
        )?;
        tx.signal_after_commit(Signal::Outbox);
    }
    Ok(inserted)
}

/// For a database that came out of a backup (decision 0022): what had not ended at its moment may have been sent
/// since, so all of it becomes `ambiguous`, to be looked up and never to be sent by itself. Returns how many.
pub fn doubt_all_open(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    tx.execute(
        "update outbox
         set state = 'ambiguous', reason = :restored, leased_until = null, not_before = :now,
             fence = fence + 1, updated_at = :now, version = version + 1
         where state in ('queued', 'leased', 'ambiguous')",
        params! { ":restored" => RESTORED, ":now" => tx.now() },
    )
}

/// To whom and what; None once it was erased.
pub fn find_content(tx: &ReadTx<'_>, id: &OutboxId) -> Result<Option<Content>, DbError> {
    tx.find(
        "select recipient, body from outbox_bodies where outbox_id = :id",
        params! { ":id" => id },
        |row| {
            Ok(Content { recipient: Secret::new(row.get("recipient")?), body: Secret::new(row.get("body")?) })
        },
    )
}

/// The provider has taken it, under this reference. False, here and below, when the lease was lost: then the
/// row's next holder looks first and finds what was sent.
pub fn accepted(tx: &WriteTx<'_>, outgoing: &Outgoing, provider_ref: &str) -> Result<bool, DbError> {
    let values = [(":provider_ref", provider_ref.to_value())];
    end(
        tx,
        outgoing,
        OutboxState::Accepted,
        "provider_ref = :provider_ref, reason = null, last_error = null",
        &values,
    )
}

/// It may or may not have been sent; it is leased again at `look_at`, to look first.
pub fn ambiguous(
    tx: &WriteTx<'_>,
    outgoing: &Outgoing,
    look_at: Timestamp,
    error: &str,
) -> Result<bool, DbError> {
    let values = [(":look_at", look_at.to_value()), (":error", shorten(error).to_value())];
    end(tx, outgoing, OutboxState::Ambiguous, "not_before = :look_at, last_error = :error", &values)
}

/// It was certainly not sent; it is tried again at `not_before`, unless it expires before.
pub fn retry(
    tx: &WriteTx<'_>,
    outgoing: &Outgoing,
    not_before: Timestamp,
    error: &str,
) -> Result<bool, DbError> {
    let values = [(":not_before", not_before.to_value()), (":error", shorten(error).to_value())];
    end(tx, outgoing, OutboxState::Queued, "not_before = :not_before, last_error = :error", &values)
}

/// It was refused for good, or has been tried often enough.
pub fn fail(tx: &WriteTx<'_>, outgoing: &Outgoing, error: &str) -> Result<bool, DbError> {
    let values = [(":error", shorten(error).to_value())];
    end(tx, outgoing, OutboxState::Failed, "last_error = :error", &values)
}

/// A guard said no just before sending: consent, quiet hours, budget.
pub fn suppress(tx: &WriteTx<'_>, outgoing: &Outgoing, reason: &str) -> Result<bool, DbError> {
    end(tx, outgoing, OutboxState::Suppressed, "reason = :reason", &[(":reason", reason.to_value())])
}

fn end(
    tx: &WriteTx<'_>,
    outgoing: &Outgoing,
    to: OutboxState,
    assignments: &str,
    values: &[(&str, Value)],
) -> Result<bool, DbError> {
    check_move(OutboxState::Leased, to)?;
    let lease = Lease::new(&outgoing.id, outgoing.fence);
    LEASES.end(tx, &lease, &format!("state = '{to}', {assignments}"), values)
}

/// What a provider's callback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callback {
    Applied,
    /// It came late, twice, or after another final word.
    Stale,
    /// No row has this reference (yet): the callback may have overtaken our own commit, so try it again.
    Unknown,
}

/// The provider says that it arrived.
pub fn delivered(tx: &WriteTx<'_>, channel: OutboxChannel, provider_ref: &str) -> Result<Callback, DbError> {
    call_back(tx, channel, provider_ref, OutboxState::Delivered, None)
}

/// The provider says that it did not and will not arrive.
pub fn undelivered(
    tx: &WriteTx<'_>,
    channel: OutboxChannel,
    provider_ref: &str,
    error: &str,
) -> Result<Callback, DbError> {
    call_back(tx, channel, provider_ref, OutboxState::Undelivered, Some(error))
}

fn call_back(
    tx: &WriteTx<'_>,
    channel: OutboxChannel,
    provider_ref: &str,
    to: OutboxState,
    error: Option<&str>,
) -> Result<Callback, DbError> {
    let found = tx.find(
        "select id, state from outbox
         where channel = :channel and provider_ref = :provider_ref
         order by id desc
         limit 1",
        params! { ":channel" => channel, ":provider_ref" => provider_ref },
        |row| Ok((row.get::<OutboxId>("id")?, row.get::<OutboxState>("state")?)),
    )?;
    let Some((id, from)) = found else { return Ok(Callback::Unknown) };
    if !can_move(from, to) {
        return Ok(Callback::Stale);
    }
    let touched = tx.execute(
        "update outbox
         set state = :to, last_error = :error, updated_at = :now, version = version + 1
         where id = :id and state = :from",
        params! {
            ":id" => id,
            ":from" => from,
            ":to" => to,
            ":error" => error.map(shorten),
            ":now" => tx.now(),
        },
    )?;
    Ok(if touched == 1 { Callback::Applied } else { Callback::Stale })
}

/// What is to be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel<'a> {
    OrderKey(&'a str),
    Subject(&'a str),
    Client(&'a ClientId),
}

/// Forgets what has ended of this purpose and was enqueued before this moment, at most [`PRUNED_ROWS_MAX`]; returns how
/// many rows.
pub fn prune(tx: &WriteTx<'_>, purpose: &str, before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from outbox
         where id in (
             select id from outbox
             where purpose = :purpose and created_at < :before
               and state not in ('queued', 'leased', 'ambiguous')
             order by created_at, id
             limit :rows)",
        params! { ":purpose" => purpose, ":before" => before, ":rows" => PRUNED_ROWS_MAX },
    )
}

/// Cancels what is still queued; returns how many rows. What may have been sent is left alone.
pub fn cancel_queued(tx: &WriteTx<'_>, which: Cancel<'_>) -> Result<usize, DbError> {
    check_move(OutboxState::Queued, OutboxState::Cancelled)?;
    let (column, key) = match which {
        Cancel::OrderKey(key) => ("order_key", key),
        Cancel::Subject(id) => ("subject_id", id),
        Cancel::Client(id) => ("client_id", id.as_str()),
    };
    let sql = format!(
        "update outbox
         set state = 'cancelled', updated_at = :now, version = version + 1
         where state = 'queued' and {column} = :key"
    );
    tx.execute(&sql, params! { ":key" => key, ":now" => tx.now() })
}

/// Ends what is still queued though its time has passed; returns how many rows.
pub fn expire(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    check_move(OutboxState::Queued, OutboxState::Expired)?;
    tx.execute(
        "update outbox
         set state = 'expired', updated_at = :now, version = version + 1
         where state = 'queued' and expires_at <= :now",
        params! { ":now" => tx.now() },
    )
}

fn check_move(from: OutboxState, to: OutboxState) -> Result<(), DbError> {
    if can_move(from, to) {
        Ok(())
    } else {
        Err(Bug::invariant(format!("an outbox row cannot move from `{from}` to `{to}`")).into())
    }
}
