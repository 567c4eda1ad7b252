//! What retrieval found, as the rules of answers without a model take it.

use super::extractive::{self, Answer, FaqCandidate, Meaning, PassageCandidate};
use crate::domain::knowledge::retrieval::{Candidates, FaqHit, Passage};
use crate::ground::text::Language;

/// Decides the answer without a model. The index of an FAQ is its place among `found.faqs`, whichever of its
/// phrasings was meant.
pub(super) fn decide(question: &str, language: Language, found: &Candidates) -> Answer {
    let asked = faq_candidates(&found.faqs);
    let faqs: Vec<FaqCandidate<'_>> = asked.iter().map(|(_, candidate)| *candidate).collect();
    let passages = passage_candidates(&found.passages);
    let weights = |term: &str| found.rarity.idf(term);
    match extractive::answer(question, language, &faqs, &passages, &weights) {
        Answer::Faq { index, is_same_question } => match asked.get(index) {
            Some((hit, _)) => Answer::Faq { index: *hit, is_same_question },
            None => Answer::Unknown,
        },
        other => other,
    }
}

/// Each phrasing is a candidate of its own, with the place of its FAQ among the hits.
fn faq_candidates(hits: &[FaqHit]) -> Vec<(usize, FaqCandidate<'_>)> {
    hits.iter()
        .enumerate()
        .flat_map(|(at, hit)| {
            hit.faq.questions().map(move |question| {
                let candidate = FaqCandidate {
                    question: question.as_str(),
                    answer: hit.faq.answer.as_str(),
                    score: hit.score,
                    similarity: hit.fit.similarity,
                };
                (at, candidate)
            })
        })
        .collect()
}

fn passage_candidates(passages: &[Passage]) -> Vec<PassageCandidate<'_>> {
    passages
        .iter()
        .map(|passage| PassageCandidate {
            title: Some(&passage.title),
            heading_path: &passage.heading_path,
            text: &passage.text,
            score: passage.score,
            meaning: passage.nearest.as_ref().map(|nearest| Meaning {
                similarity: passage.fit.similarity.unwrap_or(0.0),
                confidence: passage.fit.confidence,
                nearest,
            }),
        })
        .collect()
}
