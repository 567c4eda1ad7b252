//! What programs see with a client's key.

mod config;
mod documents;
mod faqs;
mod instructions;
mod lists;
mod reads;
