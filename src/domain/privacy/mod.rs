//! Privacy: which table holds what, and how long it is kept.
//!
//! A test (`tests/it/policy/schema.rs`) compares [`inventory::TABLES`] with the schema, so that no table comes in
//! without a class.

pub mod inventory;
