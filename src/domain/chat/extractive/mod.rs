//! The answer without any language model: the best FAQ, or the best sentences of the passages found.
//!
//! It promises that an answer is made of verbatim quotes, each with its exact place, and that it says
//! [`Answer::Unknown`] where too little of what was asked is found. It does not retrieve and does not rephrase.
//! Every decision is a share of the question: its content words are weighted by how rare they are in the
//! client's own texts, and a candidate is as good as the share of that weight it holds. Start reading at
//! [`answer`].

mod faqs;
mod lexicon;
mod lines;
mod nearest;
mod question;
mod quotes;
mod values;
mod vocabulary;

use crate::ground::text::Language;
use std::ops::Range;

/// A question that the client has answered, or one of its alternative phrasings.
#[derive(Debug, Clone, Copy)]
pub struct FaqCandidate<'a> {
    pub question: &'a str,
    pub answer: &'a str,
    /// Of the retrieval; only decides between equals.
    pub score: f32,
    /// Cosine of the question and the nearest phrasing; None without a model.
    pub similarity: Option<f32>,
}

/// A chunk that the retrieval found.
#[derive(Debug, Clone, Copy)]
pub struct PassageCandidate<'a> {
    pub title: Option<&'a str>,
    pub heading_path: &'a [String],
    pub text: &'a str,
    /// Of the retrieval, at least 0; compared with the best one's only.
    pub score: f32,
    /// None without a model.
    pub meaning: Option<Meaning<'a>>,
}

/// How near a passage is to the question by meaning.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    /// The cosine.
    pub similarity: f32,
    /// How likely the passage holds the answer, 0 to 1.
    pub confidence: f32,
    /// The part that is nearest, in UTF-8 bytes of the text.
    pub nearest: &'a Range<usize>,
}

/// How rare a term is in the client's own texts: the inverse document frequency of BM25, highest for a term
/// that stands nowhere. Terms are those of [`crate::ground::text::tokens`].
pub trait TermWeights {
    fn idf(&self, term: &str) -> f32;
}

impl<F: Fn(&str) -> f32> TermWeights for F {
    fn idf(&self, term: &str) -> f32 {
        self(term)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The answer of `faqs[index]`, verbatim. It asks the same, or its answer holds what was asked.
    Faq { index: usize, is_same_question: bool },
    /// The quotes, each on a line of its own, best first.
    Passages { text: String, quotes: Vec<Quote> },
    /// Too little of the question is found anywhere: say so, and offer a person.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The index of the candidate.
    pub passage: usize,
    /// UTF-8 bytes of that candidate's text.
    pub span: Range<usize>,
}

/// Answers `question` from what was retrieved for it, best candidates first.
pub fn answer(
    question: &str,
    language: Language,
    faqs: &[FaqCandidate<'_>],
    passages: &[PassageCandidate<'_>],
    weights: &dyn TermWeights,
) -> Answer {
    let question = question::Question::read(question, language, weights);
    let faq = faqs::best(&question, faqs, weights);
    if let Some(faq) = faq.as_ref().filter(|faq| faq.is_same_question) {
        return Answer::Faq { index: faq.index, is_same_question: true };
    }
    let quoted = quotes::choose(&question, passages).or_else(|| nearest::choose(passages));
    match (faq, quoted) {
        // The FAQ asks something else, but its answer holds more of what was asked than any passage.
        (Some(faq), quoted) if faq.coverage > quoted.as_ref().map_or(0.0, |quoted| quoted.coverage) => {
            Answer::Faq { index: faq.index, is_same_question: false }
        }
        (_, Some(quoted)) => Answer::Passages { text: quoted.text, quotes: quoted.quotes },
        (_, None) => Answer::Unknown,
    }
}

/// Terms that a document may use for what is asked ("price" for "how much", "parking" for "park"), sorted. Keyword
/// retrieval alone does not find them: add them to the query at a low weight (a quarter did well).
pub fn related_terms(question: &str, language: Language) -> Vec<String> {
    question::Question::read(question, language, &|_: &str| 1.0).related_terms()
}

#[cfg(test)]
mod tests;
