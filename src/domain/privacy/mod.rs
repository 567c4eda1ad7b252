//! Privacy: which table holds what and how long it is kept ([`inventory`]), and how a client goes ([`erasure`]).
//!
//! A test (`tests/it/policy/schema.rs`) compares [`inventory::TABLES`] with the schema, so that no table comes in
//! without a class.

pub mod erasure;
pub mod inventory;
pub mod store;
