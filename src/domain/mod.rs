//! FLOOR 2: the rooms, in the order in which they may call each other (a room calls rooms above it).
//!
//! | room | what for |
//! |---|---|
//! | [`widget_builds`] | the files of the widget, as they are and as they were |
//! | [`clients`] | tenants, their settings, where their widget may stand |
//! | [`people`] | people, their places and roles, what a role may do |
//! | [`access`] | API keys, the setup link, signing in, sessions of people and of visitors |
//! | [`notify`] | which mails are written, and their words |
//! | [`knowledge`] | documents, FAQs, ingestion, retrieval; owns what `index/` contains |
//! | [`conversations`] | conversations, messages, citations; marks, links that share one |
//! | [`chat`] | one turn: message, retrieval, answer |
//! | [`evaluation`] | how well a client's questions are answered |
//! | [`demo`] | two invented businesses to try everything with |
//! | [`privacy`] | which table holds what, and how long |
//! | [`ops`] | backups, and what follows a restore |
//!
//! A room that needs a later one emits an event, which `engine/reactions.rs` routes.

pub mod access;
pub mod chat;
pub mod clients;
pub mod conversations;
pub mod demo;
mod environment;
pub mod evaluation;
pub mod knowledge;
pub mod notify;
pub mod ops;
pub mod people;
pub mod privacy;
pub mod widget_builds;

pub use environment::Environment;
