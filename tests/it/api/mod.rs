//! What programs see with a client's key.

mod config;
mod conversation_export;
mod conversation_marks;
mod conversations;
mod document_settings;
mod documents;
mod faqs;
mod instructions;
mod lists;
mod looks;
mod reads;
