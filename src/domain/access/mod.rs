//! Who may come in: API keys of clients, the one-time setup link, sessions of visitors.
//!
//! No row carries a secret: of a key only the hash is stored, links and session tokens are derived from an id
//! by a keyed hash and checked in constant time. Start at [`keys`].

pub mod keys;
pub mod setup;
mod store;
pub mod visitor_session;
