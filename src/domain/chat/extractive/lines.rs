//! The lines of a passage (sentences, list items, table rows) and what each of them holds.

use super::PassageCandidate;
use super::question::Question;
use super::values::{self, ValueKinds};
use crate::ground::text::{sentences, tokens};
use std::collections::HashSet;
use std::ops::Range;

/// How much a unit counts that is found around a line instead of in it.
const IN_LEAD: f32 = 0.85;
const IN_HEADING: f32 = 0.75;
const IN_TITLE: f32 = 0.45;
const NEARBY: f32 = 0.35;

/// What a piece of text holds, as far as a question can ask for it.
#[derive(Default)]
pub struct Facts {
    pub terms: HashSet<String>,
    pub concepts: u64,
    pub days: u8,
    pub values: ValueKinds,
    /// A heading names what is under it; the values stand there.
    pub is_heading: bool,
}

impl Facts {
    /// A text that names or asks: its words count, its values do not.
    pub fn of_heading(text: &str, question: &Question) -> Self {
        Self { values: ValueKinds::default(), is_heading: true, ..Self::of(text, question) }
    }

    pub fn of(text: &str, question: &Question) -> Self {
        let lexicon = question.lexicon;
        let found = tokens(text, question.language);
        let days = lexicon.days_in(text);
        Self {
            values: values::of(text, &found, days != 0),
            concepts: found.iter().fold(0, |concepts, token| concepts | lexicon.concepts_of(&token.term)),
            terms: found.into_iter().map(|token| token.term).collect(),
            days,
            is_heading: false,
        }
    }
}

/// One line and how much of each unit of the question it holds.
pub struct Line {
    pub span: Range<usize>,
    /// In the line itself, by unit, from 0 to 1.
    pub own: Vec<f32>,
    /// With what stands above it: the line that leads into it, headings, title.
    pub with_context: Vec<f32>,
    pub has_asked_value: bool,
    pub values: ValueKinds,
    /// Ends with a colon or a question mark: it asks or announces, what follows answers.
    pub is_lead: bool,
    /// The index of the line that leads into this one.
    pub lead: Option<usize>,
    pub is_sentence: bool,
    /// Speaks of the thing of the line before: "It costs ...".
    pub refers_back: bool,
    /// Only a line break, not a blank line and not a space, stands before it.
    pub continues_list: bool,
}

pub struct Passage {
    pub lines: Vec<Line>,
    /// How much of each unit the headings and the title hold, already lessened.
    pub context: Vec<f32>,
}

impl Passage {
    pub fn read(question: &Question, candidate: &PassageCandidate<'_>) -> Self {
        let hold = |text: &str, factor: f32| -> Vec<f32> {
            let facts = Facts::of_heading(text, question);
            question.units.iter().map(|unit| unit.found_in(&facts, question.language) * factor).collect()
        };
        let title = hold(candidate.title.unwrap_or_default(), IN_TITLE);
        let context = highest(&hold(&candidate.heading_path.join("\n"), IN_HEADING), &title);
        let mut lines: Vec<Line> = Vec::new();
        for span in sentences(candidate.text) {
            let line = Line::read(question, candidate.text, span, &lines, &context);
            lines.push(line);
        }
        let all = lines.iter().fold(vec![0.0; question.units.len()], |all, line| highest(&all, &line.own));
        let nearby: Vec<f32> = all.iter().map(|held| held * NEARBY).collect();
        for line in &mut lines {
            line.with_context = highest(&line.with_context, &nearby);
        }
        Self { lines, context }
    }
}

impl Line {
    fn read(question: &Question, text: &str, span: Range<usize>, before: &[Line], context: &[f32]) -> Self {
        let written = text.get(span.clone()).unwrap_or_default();
        let facts = Facts::of(written, question);
        let own: Vec<f32> =
            question.units.iter().map(|unit| unit.found_in(&facts, question.language)).collect();
        let gap = before.last().and_then(|last| text.get(last.span.end..span.start)).unwrap_or("\n\n");
        let breaks = gap.matches('\n').count();
        let lead = match before.last() {
            Some(last) if last.is_lead => Some(before.len() - 1),
            Some(last) if breaks <= 1 => last.lead,
            _ => None,
        };
        let lead_line = lead.and_then(|lead| before.get(lead));
        let from_lead = lead_line.map(|lead| scaled(&lead.own, IN_LEAD));
        let refers_back = breaks == 0 && question.lexicon.refers_back(written);
        let antecedent = before.last().filter(|_| refers_back);
        let from_antecedent: Vec<f32> =
            antecedent.map_or_else(|| vec![0.0; own.len()], |line| scaled(&line.own, IN_LEAD));
        let above = from_lead.map_or_else(|| context.to_vec(), |from_lead| highest(&from_lead, context));
        Self {
            with_context: highest(&highest(&own, &above), &from_antecedent),
            own,
            values: facts.values,
            refers_back,
            is_sentence: written.ends_with(['.', '!', '。', '！']),
            has_asked_value: facts.values.intersects(question.asked),
            is_lead: written.ends_with([':', '?', '：', '？']),
            lead,
            continues_list: breaks == 1,
            span,
        }
    }
}

fn scaled(held: &[f32], factor: f32) -> Vec<f32> {
    held.iter().map(|held| held * factor).collect()
}

/// The higher of both, unit by unit.
pub fn highest(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one.max(*other)).collect()
}
