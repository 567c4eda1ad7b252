//! FLOOR 1: everything that speaks to somebody else's server.
//!
//! A gateway turns a plain value into a call and the answer into a plain value or an error that says what to do.
//! It knows no SQL, no room and no setting: its options are handed in by `app.rs`. Base addresses are among those
//! options, so that every gateway can be tried against a server on loopback.

pub mod client;
pub mod email;
pub mod embeddings;
pub mod llm;
pub mod network;
pub mod stripe;
pub mod web;
