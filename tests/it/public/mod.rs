//! What visitors and other strangers see.

mod chat;
mod deletion;
mod drafts;
mod files;
mod gaps;
mod limits;
mod models;
mod origins;
mod passages;
mod repeats;
mod setup;
mod shared;
mod streams;
mod tenancy;
pub mod threads;
mod visits;
