//! Who may come in: API keys of clients, people who sign in, the one-time setup link, sessions of visitors.
//!
//! No row carries a secret: of a key, of a person's session and of a password only the hash is stored; codes, links and visitors'
//! tokens are derived from an id by a keyed hash and checked in constant time. Start at [`keys`] for programs, at
//! [`sign_in`] and [`sessions`] for people.

pub mod agency_keys;
pub mod deactivation;
pub mod email_change;
pub mod invitations;
pub mod key_claims;
pub mod keys;
pub mod passwords;
pub mod sending;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod sign_up;
mod store;
pub mod visitor_session;
