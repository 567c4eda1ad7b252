//! Servers of vendors, played on loopback: they keep a journal of what they were sent, and fail as they are told.

pub mod llm;
pub mod smtp;
pub mod stripe;
