//! The question as weighted units: what has to be found, and how much each part of it counts.

use super::TermWeights;
use super::lexicon::{Lexicon, words};
use super::lines::Facts;
use super::values::{self, ValueKind, ValueKinds};
use crate::ground::limits::QUESTION_UNITS_MAX;
use crate::ground::text::{Language, Token, content_tokens, has_stop_words, is_stop_word, tokens};
use std::ops::Range;

/// How much of a unit counts as found by anything but its own word.
const BY_OTHER_WORD: f32 = 0.85;
/// A day between two others: a line that names the day itself is closer.
const BY_RANGE: f32 = 0.9;
const BY_COMPOUND: f32 = 0.7;
const BY_SOME_PIECES: f32 = 0.7;
/// A share that is one but for rounding.
const ALL: f32 = 0.99;
/// Part numbers and codes are what the question is about.
const CODE_WEIGHT: f32 = 1.6;
/// A word that asks for a kind of value ("price", "phone") says less about what it is the value of.
const VALUE_WEIGHT: f32 = 0.5;
/// A short number alone ("for 10 people") is rarely what a text is about.
const NUMBER_WEIGHT: f32 = 0.5;
/// Words of asking and politeness, which a text rarely repeats.
const SOFT_WEIGHT: f32 = 0.15;
/// No content word is worth nothing, however common it is in the client's texts.
const WEIGHT_MIN: f32 = 0.25;
const COMPOUND_CHARS_MIN: usize = 4;

pub struct Question {
    pub text: String,
    pub units: Vec<Unit>,
    pub asked: ValueKinds,
    /// The same by the phrase or word that asks; any kind of one of them answers it.
    pub asked_apart: Vec<ValueKinds>,
    /// Asks for nothing by a phrase.
    pub is_yes_or_no: bool,
    /// The days of the week that it names.
    pub days: u8,
    pub weight: f32,
    pub language: Language,
    pub lexicon: &'static Lexicon,
    /// Nothing but function words: an FAQ may still ask the same, a passage cannot answer.
    pub is_empty: bool,
    /// Whether the language's function words are known, and so are not among the units.
    pub has_stop_words: bool,
    /// Written without spaces, for the most part: its units are pairs of characters.
    pub has_pairs: bool,
}

/// One word or compound of the question.
pub struct Unit {
    /// Any of these is the unit as a whole (a phone number has two).
    wholes: Vec<String>,
    /// The parts of a compound; all of them together are the unit.
    pieces: Vec<(String, f32)>,
    concepts: u64,
    values: ValueKinds,
    days: u8,
    is_code: bool,
    /// A number or the name of a month.
    is_number_or_date: bool,
    is_present: bool,
    is_soft: bool,
    is_subject: bool,
    /// Lower-case.
    written: String,
    pub weight: f32,
    start: usize,
    end: usize,
}

impl Question {
    /// What [`super::related_terms`] promises.
    pub fn related_terms(&self) -> Vec<String> {
        let concepts = self.units.iter().fold(0, |concepts, unit| concepts | unit.concepts);
        let mut related = self.lexicon.related(concepts, self.asked);
        related.retain(|stem| !self.units.iter().any(|unit| unit.wholes.contains(stem)));
        related
    }

    /// The share of the question's weight that is held, unit by unit; 0 for a question without any.
    pub fn share(&self, held: &[f32]) -> f32 {
        if self.weight <= 0.0 {
            return 0.0;
        }
        self.units.iter().zip(held).map(|(unit, held)| unit.weight * held).sum::<f32>() / self.weight
    }

    /// The share of what the question is about: without words of asking and the values asked for.
    pub fn subject_share(&self, held: &[f32]) -> f32 {
        let subject = || self.units.iter().zip(held).filter(|(unit, _)| unit.is_subject);
        let weight: f32 = subject().map(|(unit, _)| unit.weight).sum();
        if weight <= 0.0 {
            return self.share(held);
        }
        subject().map(|(unit, held)| unit.weight * held).sum::<f32>() / weight
    }

    /// Whether the rarer of the two words that the question is about is held, and the other one is not.
    pub fn holds_half(&self, held: &[f32], held_min: f32) -> bool {
        let subject = self.units.iter().zip(held).filter(|(unit, _)| unit.is_subject);
        let subject: Vec<(f32, f32)> = subject.map(|(unit, held)| (unit.weight, *held)).collect();
        let [one, other] = subject.as_slice() else { return false };
        let (rarer, commoner) = if one.0 > other.0 { (one, other) } else { (other, one) };
        commoner.0 < rarer.0 && commoner.1 < held_min
    }

    pub fn read(text: &str, language: Language, weights: &dyn TermWeights) -> Self {
        let lexicon = Lexicon::of(language);
        let mut units = units(text, language, weights);
        let asking_words = lexicon.asking_words(text);
        units.retain(|unit| !unit.is_soft || !asking_words.contains(&unit.written));
        let mut asked_apart = lexicon.asked_by_phrase(text);
        let is_yes_or_no = asked_apart.is_empty();
        asked_apart.extend(units.iter().map(|unit| unit.values).filter(|values| !values.is_empty()));
        let asked = asked_apart.iter().fold(ValueKinds::default(), |all, asked| all.union(*asked));
        // "Are you open tomorrow?" has its answer in the hours; what else tomorrow brings, no document tells.
        if !asked.contains(ValueKind::Time) {
            units.iter_mut().filter(|unit| unit.is_present).for_each(|unit| unit.weight /= SOFT_WEIGHT);
        }
        let is_empty = words(&text.to_lowercase()).all(|(_, word)| is_stop_word(word, language));
        let weight = units.iter().map(|unit| unit.weight).sum();
        let overlaps =
            units.windows(2).filter(|pair| matches!(pair, [one, next] if next.start < one.end)).count();
        Self {
            text: text.to_owned(),
            has_stop_words: has_stop_words(language),
            has_pairs: overlaps * 2 > units.len(),
            weight,
            units,
            asked,
            asked_apart,
            is_yes_or_no,
            days: lexicon.days_in(text),
            language,
            lexicon,
            is_empty,
        }
    }
}

impl Unit {
    /// A part number or code: half of it, or another one, is something else.
    pub fn is_code(&self) -> bool {
        self.is_code
    }

    /// A number or the name of a month.
    pub fn is_number_or_date(&self) -> bool {
        self.is_number_or_date
    }

    /// How much of the unit these facts hold, from 0 to 1.
    pub fn found_in(&self, facts: &Facts, language: Language) -> f32 {
        if self.wholes.iter().any(|whole| facts.terms.contains(whole)) {
            return 1.0;
        }
        // Another day is another day, whatever both have in common.
        if self.days != 0 && facts.days != 0 {
            return if self.days & facts.days != 0 { BY_RANGE } else { 0.0 };
        }
        let by_pieces = self.pieces_found_in(facts);
        if self.is_code {
            // Half a part number is another part.
            return if by_pieces > ALL { 1.0 } else { 0.0 };
        }
        // "Call us" is no phone number, and "24 hours before" no opening hours: of such words the value counts.
        let asks_value = self.values != ValueKinds::default() && !facts.is_heading;
        let is_meant = if asks_value {
            self.values.intersects(facts.values)
        } else {
            self.concepts & facts.concepts != 0
        };
        let by_meaning = if is_meant { BY_OTHER_WORD } else { 0.0 };
        let by_compound = if has_compounds(language) && self.is_inside(facts) { BY_COMPOUND } else { 0.0 };
        by_pieces.max(by_meaning).max(by_compound)
    }

    /// The share of a compound's pieces, if its longest is there: the "e" of another word is no half e-bike.
    fn pieces_found_in(&self, facts: &Facts) -> f32 {
        let Some((longest, _)) = self.pieces.iter().max_by_key(|(term, _)| term.len()) else { return 0.0 };
        if !facts.terms.contains(longest) {
            return 0.0;
        }
        let total: f32 = self.pieces.iter().map(|(_, weight)| weight).sum();
        let found = self.pieces.iter().filter(|(term, _)| facts.terms.contains(term));
        let share = found.map(|(_, weight)| weight).sum::<f32>() / total.max(f32::MIN_POSITIVE);
        if share > ALL { 1.0 } else { share * BY_SOME_PIECES }
    }

    fn is_inside(&self, facts: &Facts) -> bool {
        let is_long = |term: &str| term.chars().count() >= COMPOUND_CHARS_MIN;
        self.wholes.iter().filter(|whole| is_long(whole)).any(|whole| {
            facts.terms.iter().any(|term| {
                term.starts_with(whole.as_str())
                    || term.ends_with(whole.as_str())
                    || (is_long(term) && (whole.starts_with(term.as_str()) || whole.ends_with(term.as_str())))
            })
        })
    }
}

/// Whether words of a language grow together, so that one may be found inside a longer one.
fn has_compounds(language: Language) -> bool {
    matches!(
        language,
        Language::German | Language::Dutch | Language::Danish | Language::Swedish | Language::Norwegian
    )
}

/// Content tokens gathered into units: a joined term and its pieces are one. Of a whole essay the first words count.
fn units(text: &str, language: Language, weights: &dyn TermWeights) -> Vec<Unit> {
    let all = tokens(text, language);
    let mut units: Vec<Unit> = Vec::new();
    let mut end = 0;
    for token in content_tokens(text, language) {
        if units.len() >= QUESTION_UNITS_MAX {
            break;
        }
        // A piece of the unit before it.
        if token.span.end <= end {
            continue;
        }
        end = token.span.end;
        let inside: Vec<&Token> = all
            .iter()
            .filter(|other| other.span.start >= token.span.start && other.span.end <= token.span.end)
            .collect();
        let unit = unit(text, &token.span, &inside, Lexicon::of(language), weights);
        if !units.iter().any(|known| known.wholes == unit.wholes) {
            units.push(unit);
        }
    }
    units
}

/// One unit of the tokens inside `span`. Pieces that are stop words count as well: a check is no check-up.
fn unit(
    text: &str,
    span: &Range<usize>,
    inside: &[&Token],
    lexicon: &Lexicon,
    weights: &dyn TermWeights,
) -> Unit {
    let weigh = |term: &str| weights.idf(term).max(WEIGHT_MIN);
    let written = text.get(span.clone()).unwrap_or_default();
    let wholes: Vec<String> =
        inside.iter().filter(|token| token.span == *span).map(|token| token.term.clone()).collect();
    let pieces: Vec<(String, f32)> = inside
        .iter()
        .filter(|token| token.span != *span)
        .map(|token| (token.term.clone(), weigh(&token.term)))
        .collect();
    let heaviest_whole = wholes.iter().map(|term| weigh(term)).fold(0.0, f32::max);
    let heaviest_piece = pieces.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
    let concepts = wholes.iter().fold(0, |concepts, term| concepts | lexicon.concepts_of(term));
    let values = lexicon.values_of(concepts);
    let digits = written.chars().filter(char::is_ascii_digit).count();
    let is_code =
        digits >= 5 || (digits > 0 && written.contains(char::is_alphabetic) && !written.contains([':', '@']));
    let is_present = wholes.iter().any(|term| lexicon.is_present(term));
    let is_soft = is_present || wholes.iter().any(|term| lexicon.is_soft(term));
    let is_wordless = !written.contains(char::is_alphabetic);
    let factor = match () {
        () if is_code => CODE_WEIGHT,
        () if is_wordless => NUMBER_WEIGHT,
        () if is_soft => SOFT_WEIGHT,
        () if values != ValueKinds::default() => VALUE_WEIGHT,
        () => 1.0,
    };
    // A compound is as rare as its rarest piece: that nobody wrote it with this hyphen says nothing.
    let weight = if pieces.is_empty() || is_code { heaviest_whole } else { heaviest_piece };
    Unit {
        start: span.start,
        end: span.end,
        weight: weight * factor,
        days: lexicon.day_of(&written.to_lowercase()),
        wholes,
        pieces,
        concepts,
        values,
        is_code,
        is_number_or_date: !is_code && (is_wordless || values::is_month(&written.to_lowercase())),
        is_present,
        is_soft,
        written: written.to_lowercase(),
        is_subject: !is_soft && (is_code || (!is_wordless && values.is_empty())),
    }
}
