//! What retrieval found, as the rules of answers without a model take it.

use super::extractive::{self, Answer, FaqCandidate, Meaning, PassageCandidate};
use crate::domain::knowledge::retrieval::{Candidates, FaqHit, Passage};
use crate::ground::text::Language;
use std::ops::Range;

/// Decides the answer without a model. The index of an FAQ is its place among `found.faqs`, whichever of its
/// phrasings was meant.
pub(super) fn decide(question: &str, language: Language, found: &Candidates) -> Answer {
    let asked = faq_candidates(&found.faqs);
    let faqs: Vec<FaqCandidate<'_>> = asked.iter().map(|(_, candidate)| *candidate).collect();
    let nearest = nearest(&found.passages);
    let passages = passage_candidates(&found.passages, nearest.as_ref());
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

/// The passage that is nearest by meaning, and its part that is.
fn nearest(passages: &[Passage]) -> Option<(usize, Range<usize>)> {
    let similarity = |passage: &Passage| passage.fit.similarity.unwrap_or(f32::MIN);
    let by_similarity = |one: &(usize, &Passage), other: &(usize, &Passage)| {
        similarity(one.1).total_cmp(&similarity(other.1))
    };
    let (at, passage) = passages.iter().enumerate().max_by(by_similarity)?;
    Some((at, passage.nearest()?))
}

fn passage_candidates<'a>(
    passages: &'a [Passage],
    nearest: Option<&'a (usize, Range<usize>)>,
) -> Vec<PassageCandidate<'a>> {
    passages
        .iter()
        .enumerate()
        .map(|(at, passage)| PassageCandidate {
            title: Some(&passage.title),
            heading_path: &passage.heading_path,
            text: &passage.text,
            score: passage.score,
            meaning: nearest.filter(|(nearest_at, _)| *nearest_at == at).map(|(_, part)| Meaning {
                similarity: passage.fit.similarity.unwrap_or(0.0),
                confidence: passage.fit.confidence,
                nearest: part,
            }),
        })
        .collect()
}
