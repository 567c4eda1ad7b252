//! The real binary: how it starts, refuses to start, stops and survives being killed.

mod acknowledged;
mod commands;
#[cfg(feature = "faults")]
mod crashes;
mod demo;
mod disk;
mod ingest;
mod kills;
mod model;
mod offline;
mod refusals;
mod stop;
#[cfg(feature = "faults")]
mod recutting;
mod users;
