//! How rare terms are among a client's own entries.

use super::super::KnowledgeError;
use super::super::faqs::Faq;
use super::{Terms, with_index};
use crate::domain::Environment;
use crate::ground::scope::ClientScope;
use crate::ground::text::{Language, tokens};
use std::collections::HashMap;

/// How rare each term of the question is among the client's own entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TermRarity {
    entries: f32,
    frequencies: HashMap<String, f32>,
}

impl TermRarity {
    /// The inverse document frequency as BM25 defines it (Robertson and Zaragoza, "The Probabilistic Relevance
    /// Framework", 2009), never negative. A term that no entry holds is the rarest.
    pub fn idf(&self, term: &str) -> f32 {
        let frequency = self.frequencies.get(term).copied().unwrap_or(0.0);
        (1.0 + (self.entries - frequency + 0.5).max(0.0) / (frequency + 0.5)).ln()
    }
}

/// How rare the words of the question, and those of the FAQs that may fit it, are among the client's entries.
pub(super) async fn rarity_of(
    env: &Environment,
    scope: &ClientScope,
    language: Language,
    asked: &Terms,
    faqs: &[&Faq],
) -> Result<TermRarity, KnowledgeError> {
    let mut terms = asked.own.clone();
    terms.extend(asked.related.iter().cloned());
    for question in faqs.iter().flat_map(|faq| faq.questions()) {
        terms.extend(tokens(question.as_str(), language).into_iter().map(|token| token.term));
    }
    let scope = scope.clone();
    with_index(env, move |index| {
        let client = scope.client_id();
        let texts: Vec<&str> = terms.iter().map(String::as_str).collect();
        let counts = index.document_frequencies(client, &texts)?;
        #[expect(clippy::cast_precision_loss, reason = "counts of entries, compared as ratios")]
        let rarity = TermRarity {
            entries: index.statistics(client)?.entries as f32,
            frequencies: terms.iter().cloned().zip(counts.into_iter().map(|count| count as f32)).collect(),
        };
        Ok(rarity)
    })
    .await
}
