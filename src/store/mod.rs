//! FLOOR 1: the data directory and everything durable in it.
//!
//! The promise: what was acknowledged is on disk; what failed left nothing behind. One writer, many readers;
//! a transaction is a synchronous closure, so no network call can stand inside it. `rusqlite` is named in this
//! folder only; rooms speak through [`ReadTx`], [`WriteTx`], [`Row`] and [`params!`].
//!
//! Start reading at [`db`], then [`tx`]. The durable rows on top: [`jobs`], [`events`], [`inbox`], [`outbox`],
//! [`idempotency`], [`audit`].

pub mod audit;
pub mod backup;
pub mod blob;
pub mod clock;
mod connection;
pub mod db;
pub mod directory;
pub mod error;
pub mod events;
pub mod fault;
pub mod idempotency;
pub mod inbox;
pub mod inspect;
pub mod jobs;
mod lease;
pub mod migrate;
pub mod mounts;
pub mod outbox;
pub mod page;
pub mod schedules;
pub mod tx;
pub mod value;

#[cfg(test)]
mod tests;

pub use clock::{Clock, IdSource, ManualClock, SystemClock};
pub use db::{Db, DbOptions, Signal};
pub use error::{Bug, DbError};
pub use page::{Page, PageRequest};
pub use tx::{ReadTx, WriteTx};
pub use value::{FromValue, Row, ToValue, Value};
