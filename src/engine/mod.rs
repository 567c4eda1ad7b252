//! FLOOR 3: what runs beside requests.
//!
//! [`registry`] is the table of jobs, [`schedules`] the table of what happens by the clock, [`reactions`] the
//! table of what follows from an event. [`runner`] leases jobs and runs them lane by lane, [`outbox_worker`]
//! sends mail, [`index_lane`] keeps the index up to date. Tasks start through [`tasks::Tasks::spawn`], so that shutdown waits for them.

pub mod housekeeping;
pub mod index_lane;
pub mod large_clients;
pub mod outbox_worker;
pub mod reactions;
pub mod registry;
pub mod runner;
pub mod schedules;
pub mod tasks;
