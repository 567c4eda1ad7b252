//! The real binary: how it starts, refuses to start, stops and survives being killed.

mod acknowledged;
mod airgap;
mod backups;
mod commands;
#[cfg(feature = "faults")]
mod crashes;
mod demo;
mod disk;
#[cfg(feature = "faults")]
mod generations;
mod ingest;
mod kills;
mod load;
mod model;
mod offline;
#[cfg(feature = "faults")]
mod recutting;
mod refusals;
mod service;
mod stop;
mod users;
