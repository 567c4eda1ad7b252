//! What happens beside requests: jobs, schedules, the index.

mod documents;
mod index;
mod schedules;
mod turns;
