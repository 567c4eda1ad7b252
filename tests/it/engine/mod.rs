//! What happens beside requests: jobs, schedules, the index.

mod documents;
mod housekeeping;
mod index;
mod parsing;
mod schedules;
mod turns;
