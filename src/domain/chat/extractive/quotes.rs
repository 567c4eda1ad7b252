//! Which lines answer best: windows of a few lines, scored by the share of the question they hold.

use super::lines::{Line, Passage, highest};
use super::question::Question;
use super::values::ValueKinds;
use super::{PassageCandidate, Quote};
use crate::ground::limits::{CITATIONS_PER_ANSWER_MAX, EXTRACTIVE_ANSWER_CHARS_MAX};
use crate::ground::text::truncate_chars;
use std::ops::Range;

/// Below this share of the question nothing is an answer. Measured on questions of which half have no answer
/// in the texts: 1 in 20 of those is answered, 1 in 7 of the others is not.
const COVERAGE_MIN: f32 = 0.5;
/// Where function words are not known as such, they are a part of the question that no text holds.
const COVERAGE_MIN_WITH_STOP_WORDS: f32 = 0.42;
/// Pairs of characters that cross the border of two words are found nowhere either.
const COVERAGE_MIN_OF_PAIRS: f32 = 0.3;
const WINDOW_LINES_MAX: usize = 3;
const LINE_PENALTY: f32 = 0.05;
const VALUE_BONUS: f32 = 0.15;
/// The line with the value holds at least this part of what its window holds.
const BESIDE_MIN: f32 = 0.6;
/// A line that asks or announces is no answer by itself.
const LEAD_PENALTY: f32 = 0.3;
/// "Are you open on Monday?" is answered by a sentence better than by the row of a table.
const SENTENCE_BONUS: f32 = 0.05;
/// Decides between windows that hold the same.
const RETRIEVAL_BONUS: f32 = 0.08;
/// Neighbours in a list are as good as the best line from this share of its score on.
const AS_GOOD: f32 = 0.97;
/// What a line must add to its headings to be more than a part of the section they name.
const OWN_SHARE_MIN: f32 = 0.12;
/// A further quote must hold this much of the question that the first ones do not.
const NEW_SHARE_MIN: f32 = 0.15;

/// And this much of the question by itself: one common word is no second answer.
const FURTHER_SHARE_MIN: f32 = 0.35;
/// A line about the same thing holds this part of what the best one holds of it.
const SAME_SUBJECT: f32 = 0.7;
/// Of two words that a question is about, the rarer alone is another thing: "repair cars" is no car park.
const OTHER_WORD_MIN: f32 = 0.4;

pub struct Quoted {
    pub text: String,
    pub quotes: Vec<Quote>,
    /// The share of the question that the quotes hold, with their headings.
    pub coverage: f32,
}

/// The best quotes, or nothing where they hold too little of the question.
pub fn choose(question: &Question, candidates: &[PassageCandidate<'_>]) -> Option<Quoted> {
    if question.is_empty || question.weight <= 0.0 {
        return None;
    }
    let passages: Vec<Passage> =
        candidates.iter().map(|candidate| Passage::read(question, candidate)).collect();
    let mut windows = all_windows(question, candidates, &passages);
    windows.sort_by(|one, other| other.score.total_cmp(&one.score));
    let best = windows.first().filter(|best| question.share(&best.held) >= coverage_min(question))?;
    let (candidate, passage) = (candidates.get(best.passage)?, passages.get(best.passage)?);
    let mut taken = Taken { candidates, quotes: Vec::new(), texts: Vec::new(), chars: 0 };
    let first = grow(question, candidate, passage, best);
    let missing = missing_values(question, passage, &first);
    taken.add(best.passage, first);
    let mut held = best.held.clone();
    if let Some(window) = second_thing(question, &passages, &windows, best, missing)
        && taken.add(window.passage, span_of(candidates, &passages, window))
    {
        held = highest(&held, &window.held);
    }
    for window in windows.iter().skip(1) {
        let together = highest(&held, &window.held);
        if question.share(&together) - question.share(&held) >= NEW_SHARE_MIN
            && question.share(&window.held) >= FURTHER_SHARE_MIN
            && taken.add(window.passage, span_of(candidates, &passages, window))
        {
            held = together;
        }
    }
    if question.holds_half(&held, OTHER_WORD_MIN) {
        return None;
    }
    Some(Quoted { coverage: question.share(&held), text: taken.texts.join("\n"), quotes: taken.quotes })
}

/// The kinds of values that were asked for and do not stand in the quote, where another one does.
fn missing_values(question: &Question, passage: &Passage, quote: &Range<usize>) -> ValueKinds {
    let is_quoted = |line: &&Line| quote.start <= line.span.start && line.span.end <= quote.end;
    let quoted = passage.lines.iter().filter(is_quoted);
    let there = quoted.fold(ValueKinds::default(), |there, line| there.union(line.values));
    if !there.intersects(question.asked) {
        return ValueKinds::default();
    }
    let unanswered = question.asked_apart.iter().filter(|asked| !asked.intersects(there));
    unanswered.fold(ValueKinds::default(), |missing, asked| missing.union(*asked))
}

/// "When is it, and what does it cost?": a line about the same thing that holds the other value.
fn second_thing<'a>(
    question: &Question,
    passages: &[Passage],
    windows: &'a [Window],
    best: &Window,
    missing: ValueKinds,
) -> Option<&'a Window> {
    let subject = question.subject_share(&best.held) * SAME_SUBJECT;
    windows.iter().filter(|window| window.lines.len() == 1).find(|window| {
        let passage = passages.get(window.passage);
        let line = passage.and_then(|passage| passage.lines.get(window.lines.start));
        line.is_some_and(|line| line.values.intersects(missing))
            && question.subject_share(&window.held) >= subject
    })
}

/// The lines of a further quote, with the one that they speak of.
fn span_of(candidates: &[PassageCandidate<'_>], passages: &[Passage], window: &Window) -> Range<usize> {
    let Some(passage) = passages.get(window.passage) else { return 0..0 };
    let text = candidates.get(window.passage).map_or("", |candidate| candidate.text);
    let start = antecedent(passage, window.lines.start);
    fit(text, passage, start..window.lines.end, EXTRACTIVE_ANSWER_CHARS_MAX)
}

/// The line that says what this line speaks of.
fn antecedent(passage: &Passage, line: usize) -> usize {
    let refers_back = |index: &usize| passage.lines.get(*index).is_some_and(|line| line.refers_back);
    let back = (0..=line).rev().take_while(refers_back).count();
    line.saturating_sub(back)
}

struct Window {
    passage: usize,
    lines: Range<usize>,
    score: f32,
    held: Vec<f32>,
}

fn coverage_min(question: &Question) -> f32 {
    if question.has_pairs {
        COVERAGE_MIN_OF_PAIRS
    } else if question.has_stop_words {
        COVERAGE_MIN
    } else {
        COVERAGE_MIN_WITH_STOP_WORDS
    }
}

fn all_windows(
    question: &Question,
    candidates: &[PassageCandidate<'_>],
    passages: &[Passage],
) -> Vec<Window> {
    let score_max = candidates.iter().map(|candidate| candidate.score).fold(0.0, f32::max);
    let mut windows = Vec::new();
    for (index, (passage, candidate)) in passages.iter().zip(candidates).enumerate() {
        let retrieval = if score_max > 0.0 { candidate.score / score_max } else { 0.0 };
        for start in 0..passage.lines.len() {
            for end in start + 1..=passage.lines.len().min(start + WINDOW_LINES_MAX) {
                let lines = passage.lines.get(start..end).unwrap_or_default();
                let held = lines
                    .iter()
                    .fold(vec![0.0; question.units.len()], |held, line| highest(&held, &line.with_context));
                let penalty: f32 = lines.iter().skip(1).map(|_| LINE_PENALTY).sum();
                let score = score(question, lines, &held) - penalty + RETRIEVAL_BONUS * retrieval;
                windows.push(Window { passage: index, lines: start..end, score, held });
            }
        }
    }
    windows
}

fn score(question: &Question, lines: &[Line], held: &[f32]) -> f32 {
    let share = question.share(held);
    // The value has to stand where the words do: a price two lines further is that of something else.
    let with_value = lines.iter().filter(|line| line.has_asked_value);
    let beside = with_value.map(|line| question.share(&line.with_context)).fold(0.0, f32::max);
    let value = if share > 0.0 && beside >= share * BESIDE_MIN { VALUE_BONUS * beside / share } else { 0.0 };
    let lead = if lines.last().is_some_and(|line| line.is_lead) { LEAD_PENALTY } else { 0.0 };
    let is_told = question.is_yes_or_no && lines.iter().all(|line| line.is_sentence);
    share + value - lead + if is_told { SENTENCE_BONUS } else { 0.0 }
}

/// The best window with what belongs to it: the line that leads into it, lines of the same list that are as
/// good ("opening hours" is every day), or the beginning of a section whose heading says it all.
fn grow(
    question: &Question,
    candidate: &PassageCandidate<'_>,
    passage: &Passage,
    best: &Window,
) -> Range<usize> {
    let lines = passage.lines.as_slice();
    let text_of = |line: &Line| candidate.text.get(line.span.clone()).unwrap_or_default();
    let single = |line: &Line| score(question, std::slice::from_ref(line), &line.with_context);
    let as_good =
        lines.get(best.lines.clone()).unwrap_or_default().iter().map(single).fold(0.0, f32::max) * AS_GOOD;
    let is_as_good = |index: usize| lines.get(index).is_some_and(|line| single(line) >= as_good);
    let continues = |index: usize| lines.get(index).is_some_and(|line| line.continues_list);
    let Range { mut start, mut end } = best.lines.clone();
    let has_value = lines.get(best.lines.clone()).unwrap_or_default().iter().any(|line| line.has_asked_value);
    let own = question.share(&best.held) - question.share(&passage.context);
    if own < OWN_SHARE_MIN && !has_value {
        start = 0;
        end = lines.len();
    }
    while start > 0 && continues(start) && is_as_good(start - 1) {
        start -= 1;
    }
    while continues(end) && is_as_good(end) {
        end += 1;
    }
    while end - start > 1 && lines.get(start).is_some_and(|line| text_of(line).ends_with(['?', '？'])) {
        start += 1;
    }
    if let Some(lead) = lines.get(start).and_then(|line| line.lead)
        && lead + 1 == start
        && lines.get(lead).is_some_and(|line| text_of(line).ends_with([':', '：']))
    {
        start = lead;
    }
    start = antecedent(passage, start);
    // "It costs £180 for three hours": the next sentence says more of the same thing.
    if lines.get(end).is_some_and(|line| line.refers_back && !line.values.is_empty()) {
        end += 1;
    }
    fit(candidate.text, passage, start..end, EXTRACTIVE_ANSWER_CHARS_MAX)
}

/// The bytes of the lines, as many of them as fit into `chars_max`; of a single giant line its beginning.
fn fit(text: &str, passage: &Passage, lines: Range<usize>, chars_max: usize) -> Range<usize> {
    let lines = passage.lines.get(lines).unwrap_or_default();
    let Some(first) = lines.first() else { return 0..0 };
    let fits = |line: &&Line| {
        text.get(first.span.start..line.span.end).is_some_and(|part| part.chars().count() <= chars_max)
    };
    if let Some(last) = lines.iter().take_while(fits).last() {
        return first.span.start..last.span.end;
    }
    let head = truncate_chars(text.get(first.span.clone()).unwrap_or_default(), chars_max);
    let cut = head.rfind(char::is_whitespace).unwrap_or(head.len());
    first.span.start..first.span.start + cut
}

struct Taken<'a> {
    candidates: &'a [PassageCandidate<'a>],
    quotes: Vec<Quote>,
    texts: Vec<&'a str>,
    chars: usize,
}

impl Taken<'_> {
    /// Adds a quote, unless there are enough, it is too long, or it says again what is there.
    fn add(&mut self, passage: usize, span: Range<usize>) -> bool {
        let Some(text) = self.candidates.get(passage).and_then(|candidate| candidate.text.get(span.clone()))
        else {
            return false;
        };
        let chars = self.chars + usize::from(!self.texts.is_empty()) + text.chars().count();
        let is_repeated = self.texts.iter().any(|taken| taken.contains(text) || text.contains(taken));
        if text.is_empty()
            || is_repeated
            || chars > EXTRACTIVE_ANSWER_CHARS_MAX
            || self.quotes.len() >= CITATIONS_PER_ANSWER_MAX
        {
            return false;
        }
        self.chars = chars;
        self.texts.push(text);
        self.quotes.push(Quote { passage, span });
        true
    }
}
