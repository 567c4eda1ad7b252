//! Whether an FAQ asks what was asked.

use super::lines::Facts;
use super::question::{Question, Unit};
use super::{FaqCandidate, TermWeights};

/// From here on both questions are one: the harmonic mean of how much each holds of the other.
const SAME_QUESTION_MIN: f32 = 0.72;
/// So are two that share hardly a word, from this similarity on: other parts, days and numbers were told apart
/// before.
const SAME_MEANING_MIN: f32 = 0.85;
/// An FAQ that asks something else is still the best answer when it holds this share of the question.
const COVERAGE_MIN: f32 = 0.75;
const IN_ANSWER: f32 = 0.7;
/// Found as a whole but for rounding.
const ALL: f32 = 0.99;

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
        .filter_map(|(index, faq)| judge(question, index, faq, weights))
        .filter(|found| found.is_same_question || found.coverage >= COVERAGE_MIN)
        .max_by(|one, other| one.likeness.total_cmp(&other.likeness).then(one.score.total_cmp(&other.score)))
}

fn judge(
    question: &Question,
    index: usize,
    faq: &FaqCandidate<'_>,
    weights: &dyn TermWeights,
) -> Option<FaqMatch> {
    let asked = Question::read(faq.question, question.language, weights);
    let in_question = Facts::of_heading(faq.question, question);
    let in_answer = Facts::of(faq.answer, question);
    let fit = fit(question, &asked, &in_question, &in_answer);
    if fit == Fit::Other {
        return None;
    }
    let coverage = share(question, &|unit| {
        let by_answer = unit.found_in(&in_answer, question.language) * IN_ANSWER;
        unit.found_in(&in_question, question.language).max(by_answer)
    });
    let original = Facts::of_heading(&question.text, question);
    let covered = share(&asked, &|unit| unit.found_in(&original, question.language));
    let by_words =
        if coverage + covered > 0.0 { 2.0 * coverage * covered / (coverage + covered) } else { 0.0 };
    let by_meaning = faq.similarity.filter(|similarity| *similarity >= SAME_MEANING_MIN).unwrap_or(0.0);
    let likeness = by_words.max(by_meaning);
    let is_same_question = fit == Fit::MaybeSame && likeness >= SAME_QUESTION_MIN;
    Some(FaqMatch { index, is_same_question, coverage, likeness, score: faq.score })
}

/// What the days, numbers and codes of both say, before their words are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    MaybeSame,
    /// Not the same question, but the answer may still hold what was asked.
    Related,
    /// About another day or another part.
    Other,
}

fn fit(question: &Question, asked: &Question, in_question: &Facts, in_answer: &Facts) -> Fit {
    let days = in_question.days | in_answer.days;
    let is_other_day = question.days & !days != 0 || (asked.days != 0 && question.days & !asked.days != 0);
    let is_there = |unit: &Unit| {
        let held = |facts| unit.found_in(facts, question.language) >= ALL;
        held(in_question) || held(in_answer)
    };
    if is_other_day || question.units.iter().any(|unit| unit.is_code() && !is_there(unit)) {
        return Fit::Other;
    }
    // An answer about all days holds this one as well; a line about this day says it better.
    let is_one_of_many = question.days != 0 && asked.days == 0 && in_answer.days != question.days;
    let is_number_missing = question.units.iter().any(|unit| unit.is_number_or_date() && !is_there(unit));
    let asks_other_value =
        !question.asked.is_empty() && !asked.asked.is_empty() && !question.asked.intersects(asked.asked);
    if is_one_of_many || is_number_missing || asks_other_value { Fit::Related } else { Fit::MaybeSame }
}

fn share(question: &Question, found: &dyn Fn(&Unit) -> f32) -> f32 {
    question.share(&question.units.iter().map(found).collect::<Vec<f32>>())
}
