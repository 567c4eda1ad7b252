//! Whether an FAQ asks what was asked.

use super::lines::Facts;
use super::question::{Question, Unit};
use super::{FaqCandidate, TermWeights};

/// From here on both questions are one: the harmonic mean of how much each holds of the other.
const SAME_QUESTION_MIN: f32 = 0.72;
/// An FAQ that asks something else is still the best answer when it holds this share of the question.
const COVERAGE_MIN: f32 = 0.75;
const IN_ANSWER: f32 = 0.7;

pub struct FaqMatch {
    pub index: usize,
    pub is_same_question: bool,
    /// The share of the question found in the FAQ.
    pub coverage: f32,
    likeness: f32,
    score: f32,
}

/// The FAQ that is most like the question, if it is like it enough.
pub fn best(question: &Question, faqs: &[FaqCandidate<'_>], weights: &dyn TermWeights) -> Option<FaqMatch> {
    faqs.iter()
        .enumerate()
        .map(|(index, faq)| judge(question, index, faq, weights))
        .filter(|found| found.is_same_question || found.coverage >= COVERAGE_MIN)
        .max_by(|one, other| one.likeness.total_cmp(&other.likeness).then(one.score.total_cmp(&other.score)))
}

fn judge(question: &Question, index: usize, faq: &FaqCandidate<'_>, weights: &dyn TermWeights) -> FaqMatch {
    let asked = Question::read(faq.question, question.language, weights);
    let in_question = Facts::of_heading(faq.question, question);
    let in_answer = Facts::of(faq.answer, question);
    let coverage = share(question, &|unit| {
        let by_answer = unit.found_in(&in_answer, question.language) * IN_ANSWER;
        unit.found_in(&in_question, question.language).max(by_answer)
    });
    let original = Facts::of_heading(&question.text, question);
    let covered = share(&asked, &|unit| unit.found_in(&original, question.language));
    let likeness =
        if coverage + covered > 0.0 { 2.0 * coverage * covered / (coverage + covered) } else { 0.0 };
    FaqMatch { index, is_same_question: likeness >= SAME_QUESTION_MIN, coverage, likeness, score: faq.score }
}

fn share(question: &Question, found: &dyn Fn(&Unit) -> f32) -> f32 {
    question.share(&question.units.iter().map(found).collect::<Vec<f32>>())
}
