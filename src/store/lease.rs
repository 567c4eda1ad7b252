//! The lease engine of jobs and outbox: a row belongs to one worker at a time, for a while.
//!
//! Each lease raises the row's fence, and only who holds the newest fence may say how the work ended: a worker
//! that was thought dead cannot overrule the one that took over. It serves tables with the columns `id, state,
//! attempts, fence, leased_until, last_error, updated_at, version` and a state `leased`. Which row is due, and
//! what follows from an ending, is said by the table's own module.

use super::error::DbError;
use super::tx::WriteTx;
use super::value::{Row, ToValue as _, Value};
use crate::ground::ids::Id;
use crate::ground::limits::{JOB_ERROR_CHARS_MAX, LEASE_MS};
use crate::ground::time::Timestamp;
use crate::params;

/// The table whose rows are leased.
pub(super) struct Leases {
    pub(super) table: &'static str,
    /// From when on a row is due.
    pub(super) due_column: &'static str,
    /// Where a row goes whose lease ran out.
    pub(super) lost_state: &'static str,
    /// What is read of a row that was leased.
    pub(super) columns: &'static str,
}

/// The right to speak for a row: void as soon as the row has another fence.
pub(super) struct Lease {
    id: String,
    fence: i64,
}

impl Lease {
    pub(super) fn new(id: &impl Id, fence: i64) -> Self {
        Self { id: id.as_str().to_owned(), fence }
    }

    /// A row that was found due, by its columns `id` and `fence`.
    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self { id: row.get("id")?, fence: row.get("fence")? })
    }
}

impl Leases {
    /// Leases a row that was found due in this transaction, until `now + LEASE_MS`, and counts the attempt.
    pub(super) fn lease<T>(
        &self,
        tx: &WriteTx<'_>,
        due: &Lease,
        from_row: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        let sql = format!(
            "update {table}
             set state = 'leased', attempts = attempts + 1, fence = fence + 1, leased_until = :leased_until,
                 updated_at = :now, version = version + 1
             where id = :id and fence = :fence and state <> 'leased'
             returning {columns}",
            table = self.table,
            columns = self.columns,
        );
        tx.find(
            &sql,
            params! {
                ":id" => due.id,
                ":fence" => due.fence,
                ":leased_until" => tx.now().plus_ms(LEASE_MS),
                ":now" => tx.now(),
            },
            from_row,
        )
    }

    /// Whether the lease was still ours and now lasts until `now + LEASE_MS`.
    pub(super) fn renew(&self, tx: &WriteTx<'_>, lease: &Lease) -> Result<bool, DbError> {
        let until = tx.now().plus_ms(LEASE_MS).to_value();
        self.update(tx, lease, "'leased'", "leased_until = :until", &[(":until", until)])
    }

    /// Ends the lease with these assignments. False when another worker has the row by now.
    pub(super) fn end(
        &self,
        tx: &WriteTx<'_>,
        lease: &Lease,
        assignments: &str,
        values: &[(&str, Value)],
    ) -> Result<bool, DbError> {
        self.update(tx, lease, "'leased'", &format!("leased_until = null, {assignments}"), values)
    }

    /// Like [`Leases::end`], also when the lease ran out but nobody has taken the row since.
    pub(super) fn end_even_late(
        &self,
        tx: &WriteTx<'_>,
        lease: &Lease,
        assignments: &str,
        values: &[(&str, Value)],
    ) -> Result<bool, DbError> {
        let states = format!("'leased', '{}'", self.lost_state);
        self.update(tx, lease, &states, &format!("leased_until = null, {assignments}"), values)
    }

    /// Takes back every row whose lease ran out, or lasts longer than any can: it was given by a clock that was
    /// ahead. Returns how many.
    pub(super) fn take_back_lost(&self, tx: &WriteTx<'_>) -> Result<usize, DbError> {
        let longest = tx.now().plus_ms(LEASE_MS).to_value();
        self.take_back(tx, "(leased_until < :now or leased_until > :longest)", &[(":longest", longest)])
    }

    /// Takes back every row that was leased, and last renewed, before this moment; returns how many.
    pub(super) fn take_back_leased_before(
        &self,
        tx: &WriteTx<'_>,
        before: Timestamp,
    ) -> Result<usize, DbError> {
        self.take_back(tx, "updated_at < :before", &[(":before", before.to_value())])
    }

    fn take_back(&self, tx: &WriteTx<'_>, which: &str, values: &[(&str, Value)]) -> Result<usize, DbError> {
        let sql = format!(
            "update {table}
             set state = '{lost_state}', leased_until = null, {due_column} = :now,
                 last_error = 'the worker was lost', updated_at = :now, version = version + 1
             where state = 'leased' and {which}",
            table = self.table,
            lost_state = self.lost_state,
            due_column = self.due_column,
        );
        let mut all = vec![(":now", tx.now().to_value())];
        all.extend_from_slice(values);
        tx.execute(&sql, &all)
    }

    fn update(
        &self,
        tx: &WriteTx<'_>,
        lease: &Lease,
        states: &str,
        assignments: &str,
        values: &[(&str, Value)],
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update {table}
             set {assignments}, updated_at = :now, version = version + 1
             where id = :id and fence = :fence and state in ({states})",
            table = self.table,
        );
        let mut all = vec![
            (":id", lease.id.to_value()),
            (":fence", lease.fence.to_value()),
            (":now", tx.now().to_value()),
        ];
        all.extend_from_slice(values);
        Ok(tx.execute(&sql, &all)? == 1)
    }
}

/// As much of an error's text as a row keeps.
pub(super) fn shorten(error: &str) -> String {
    error.chars().take(JOB_ERROR_CHARS_MAX).collect()
}
