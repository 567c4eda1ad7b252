//! What visitors and other strangers see.

mod chat;
mod deletion;
mod files;
mod limits;
mod origins;
mod passages;
mod repeats;
mod setup;
mod tenancy;
