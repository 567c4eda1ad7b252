//! Running the node: its backups ([`backups`]) and what follows a restore ([`restoring`]).

pub mod backups;
pub mod restoring;
