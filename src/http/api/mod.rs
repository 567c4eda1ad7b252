//! What programs of a client ask with its API key.

pub mod config;
pub mod conversation_export;
pub mod conversation_marks;
pub mod conversation_shares;
pub mod conversations;
pub mod document_settings;
pub mod documents;
pub mod embed;
mod export_formats;
pub mod faqs;
pub mod gaps;
pub mod instructions;
pub mod logo;
pub mod search;
pub mod usage;
pub mod views;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(documents::routes());
    rows.extend(document_settings::routes());
    rows.extend(faqs::routes());
    rows.extend(gaps::routes());
    rows.extend(config::routes());
    rows.extend(logo::routes());
    rows.extend(instructions::routes());
    rows.extend(search::routes());
    rows.extend(conversations::routes());
    rows.extend(conversation_marks::routes());
    rows.extend(conversation_export::routes());
    rows.extend(conversation_shares::routes());
    rows.extend(usage::routes());
    rows.extend(embed::routes());
    rows
}
