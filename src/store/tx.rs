//! The two transactions. A [`WriteTx`] can do all that a [`ReadTx`] can.

use super::clock::IdSource;
use super::db::Signal;
use super::error::{Bug, DbError};
use super::events::Reactions;
use super::page::PageRequest;
use super::value::{Row, Value};
use crate::ground::ids::Id;
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use crate::params;
use rusqlite::{CachedStatement, Connection, OptionalExtension};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A consistent view of the database at one moment.
pub struct ReadTx<'c> {
    connection: &'c Connection,
    now: Timestamp,
}

impl<'c> ReadTx<'c> {
    pub(super) const fn new(connection: &'c Connection, now: Timestamp) -> Self {
        Self { connection, now }
    }

    /// The time of this transaction: the same for all its rows.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The one row that the statement answers, or None.
    pub fn find<T>(
        &self,
        sql: &str,
        params: &[(&str, Value)],
        map: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        let mut statement = self.prepare(sql)?;
        let found = statement.query_row(params, |row| Ok(map(&Row::new(row)))).optional()?;
        found.transpose()
    }

    /// The one row that the statement always answers: counts, `returning`.
    pub fn get<T>(
        &self,
        sql: &str,
        params: &[(&str, Value)],
        map: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.find(sql, params, map)?.ok_or_else(|| Bug::invariant(format!("no row from `{sql}`")).into())
    }

    /// The rows of one page, newest first, and one more if there is a next page. The statement orders by
    /// `created_at desc, id desc`, keeps to `(created_at, id) < (:before_at, :before_id)` and to `:limit`; those
    /// three are bound here.
    pub fn list_page<T>(
        &self,
        sql: &str,
        params: &[(&'static str, Value)],
        page: &PageRequest,
        map: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        self.list(sql, &with_place(params, page), map)
    }

    /// All rows, in the statement's order. Statements carry a `limit`.
    pub fn list<T>(
        &self,
        sql: &str,
        params: &[(&str, Value)],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params)?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(map(&Row::new(row))?);
        }
        Ok(items)
    }

    /// A full disk or a passed deadline may undo the transaction at once. Work that swallowed that error must
    /// not go on: each of its further statements would commit by itself.
    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, DbError> {
        if self.connection.is_autocommit() {
            return Err(Bug::invariant(format!("the transaction was undone before `{sql}`")).into());
        }
        Ok(self.connection.prepare_cached(sql)?)
    }
}

/// Parameters of a statement that lists by keyset, beside its own.
fn with_place(params: &[(&'static str, Value)], page: &PageRequest) -> Vec<(&'static str, Value)> {
    let (before_at, before_id) = page.before();
    let place =
        params! { ":before_at" => before_at, ":before_id" => before_id, ":limit" => page.fetch_limit() };
    params.iter().chain(place).cloned().collect()
}

/// The only transaction that changes rows: alone on the single writer, all or nothing.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
    ids: &'c IdSource,
    actor: &'c Actor,
    reactions: &'c dyn Reactions,
    signals: RefCell<BTreeSet<Signal>>,
}

impl<'c> std::ops::Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl<'c> WriteTx<'c> {
    pub(super) const fn new(
        read: ReadTx<'c>,
        ids: &'c IdSource,
        actor: &'c Actor,
        reactions: &'c dyn Reactions,
    ) -> Self {
        Self { read, ids, actor, reactions, signals: RefCell::new(BTreeSet::new()) }
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        self.actor
    }

    /// A new id, later than all before it.
    pub fn new_id<T: Id>(&self) -> T {
        self.ids.new_id(self.now())
    }

    /// 256 random bits.
    pub fn new_key(&self) -> [u8; 32] {
        self.ids.new_key()
    }

    /// Runs a statement that answers no rows; returns how many rows it touched.
    pub fn execute(&self, sql: &str, params: &[(&str, Value)]) -> Result<usize, DbError> {
        let mut statement = self.read.prepare(sql)?;
        Ok(statement.execute(params)?)
    }

    /// Wakes these workers once the transaction has been committed; not if it is undone.
    pub fn signal_after_commit(&self, signal: Signal) {
        self.signals.borrow_mut().insert(signal);
    }

    pub(super) const fn reactions(&self) -> &dyn Reactions {
        self.reactions
    }

    pub(super) fn into_signals(self) -> BTreeSet<Signal> {
        self.signals.into_inner()
    }
}
