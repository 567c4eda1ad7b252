//! What happens beside requests: jobs, schedules, the index.

mod backups;
mod documents;
mod evaluation;
mod housekeeping;
mod index;
mod parsing;
mod recutting;
mod schedules;
mod turns;
mod vectors;
