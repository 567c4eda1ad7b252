//! A citation as the widget and the API show it.

use crate::domain::conversations::citations::Citation;
use crate::ground::ids::{DocumentId, FaqId};
use crate::http::address::Site;
use crate::http::api::search::join_headings;
use schemars::JsonSchema;
use serde::Serialize;

/// The exact words of a source on which the answer rests.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CitationView {
    /// The answer refers to it by this number in brackets, where it refers to it at all. Counted from 1; one may
    /// be missing when its source was deleted.
    pub number: u32,
    /// Null when the source is an FAQ.
    pub document_id: Option<DocumentId>,
    /// Null when the source is a document.
    pub faq_id: Option<FaqId>,
    /// The document's title, or the FAQ's question.
    pub title: String,
    /// Counted from 1, where the format has pages.
    pub page: Option<u32>,
    /// The headings above, outermost first, joined by ` › `.
    pub heading: Option<String>,
    /// Stands in the source letter for letter.
    pub quote: String,
    /// Opens the passage around the quote.
    pub url: String,
}

impl CitationView {
    pub fn new(citation: Citation, site: &Site) -> Self {
        Self {
            number: citation.number,
            url: format!("{site}/passages/{}", citation.id),
            document_id: citation.document_id,
            faq_id: citation.faq_id,
            heading: join_headings(&citation.title, &citation.heading_path),
            title: citation.title,
            page: citation.page,
            quote: citation.quote,
        }
    }
}
