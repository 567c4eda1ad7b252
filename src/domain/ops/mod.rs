//! Running the node: its backups ([`backups`]), those that are made by themselves ([`scheduled`]), how they went
//! ([`state`]), and what follows a restore ([`restoring`]).

pub mod backups;
pub mod restoring;
pub mod scheduled;
pub mod state;
