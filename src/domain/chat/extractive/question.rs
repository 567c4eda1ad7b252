//! The question as weighted units: what has to be found, and how much each part of it counts.

use super::TermWeights;
use super::lines::Facts;
use super::values::{ValueKind, ValueKinds};
use super::vocabulary::{self, Vocabulary};
use crate::ground::text::{Language, Token, content_tokens, has_stop_words, is_stop_word, tokens};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How much of a unit counts as found by anything but its own word.
const BY_OTHER_WORD: f32 = 0.85;
const BY_VALUE: f32 = 0.85;
const BY_COMPOUND: f32 = 0.7;
/// Part numbers and codes are what the question is about.
const CODE_WEIGHT: f32 = 1.6;
const SOFT_WEIGHT: f32 = 0.25;
/// No content word is worth nothing, however common it is in the client's texts.
const WEIGHT_MIN: f32 = 0.25;
const COMPOUND_CHARS_MIN: usize = 5;

pub struct Question {
    pub text: String,
    pub units: Vec<Unit>,
    pub asked: ValueKinds,
    pub weight: f32,
    pub language: Language,
    pub lexicon: Lexicon,
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
    pub weight: f32,
    start: usize,
    end: usize,
}

/// The vocabulary of one language, by stems.
pub struct Lexicon {
    language: Language,
    concepts: HashMap<String, u64>,
    concept_values: Vec<(u64, ValueKind)>,
    days: HashMap<String, u8>,
    soft: HashSet<String>,
    vocabulary: &'static Vocabulary,
}

impl Lexicon {
    fn new(language: Language) -> Self {
        let vocabulary = vocabulary::of(language);
        let mut lexicon = Self {
            language,
            concepts: HashMap::new(),
            concept_values: Vec::new(),
            days: HashMap::new(),
            soft: stems(vocabulary.soft, language).collect(),
            vocabulary,
        };
        for (index, concept) in vocabulary.concepts.iter().enumerate().take(64) {
            let bit = 1_u64 << index;
            lexicon.concept_values.extend(concept.value.map(|value| (bit, value)));
            for stem in stems(concept.words, language) {
                *lexicon.concepts.entry(stem).or_default() |= bit;
            }
        }
        for (index, names) in vocabulary.days.iter().enumerate() {
            for name in names.split_ascii_whitespace() {
                lexicon.days.insert(name.to_owned(), 1 << index);
            }
        }
        lexicon
    }

    /// The other words for what is asked, by concept and by kind of value.
    fn related_to(&self, question: &Question) -> Vec<String> {
        let by_word = question.units.iter().fold(0, |concepts, unit| concepts | unit.concepts);
        let by_value =
            |(bit, value): &(u64, ValueKind)| if question.asked.contains(*value) { *bit } else { 0 };
        let wanted = self.concept_values.iter().map(by_value).fold(by_word, |wanted, bit| wanted | bit);
        let is_asked = |stem: &String| question.units.iter().any(|unit| unit.wholes.contains(stem));
        let related = self.concepts.iter().filter(|(stem, bits)| *bits & wanted != 0 && !is_asked(stem));
        let mut related: Vec<String> = related.map(|(stem, _)| stem.clone()).collect();
        related.sort();
        related
    }

    pub fn concepts_of(&self, term: &str) -> u64 {
        self.concepts.get(term).copied().unwrap_or(0)
    }

    fn values_of(&self, concepts: u64) -> ValueKinds {
        let mut values = ValueKinds::default();
        self.concept_values
            .iter()
            .filter(|(bit, _)| bit & concepts != 0)
            .for_each(|(_, value)| values.insert(*value));
        values
    }

    /// The days of the week that a text names, also those inside a range: `Mon–Fri` names Wednesday. Short
    /// names count in ranges and before hours only, because "so" and "sun" are words as well.
    pub fn days_in(&self, text: &str) -> u8 {
        if self.days.is_empty() {
            return 0;
        }
        let lower = text.to_lowercase();
        let mut days = 0;
        let mut previous: Option<(u8, Range<usize>)> = None;
        for (span, word) in words(&lower) {
            let Some(day) = self.days.get(word).copied() else { continue };
            let between = previous.as_ref().and_then(|(_, before)| lower.get(before.end..span.start));
            let is_range = between.is_some_and(|between| self.is_range(between));
            let after =
                lower.get(span.end..).unwrap_or_default().trim_start_matches(['.', ':', ',', ' ', '–', '-']);
            let is_named =
                word.chars().count() > 3 || is_range || after.starts_with(|c: char| c.is_ascii_digit());
            match &previous {
                Some((first, _)) if is_range => days |= days_between(*first, day),
                _ if is_named => days |= day,
                _ => {}
            }
            previous = Some((day, span));
        }
        days
    }

    fn is_range(&self, between: &str) -> bool {
        let between = between.trim().trim_matches('.').trim();
        matches!(between, "-" | "–" | "—" | "/")
            || self.vocabulary.until.split_ascii_whitespace().any(|until| until == between)
    }

    /// Whether words of this language grow together, so that a word may be found inside a longer one.
    pub fn has_compounds(&self) -> bool {
        matches!(
            self.language,
            Language::German | Language::Dutch | Language::Danish | Language::Swedish | Language::Norwegian
        )
    }
}

impl Question {
    pub fn related_terms(&self) -> Vec<String> {
        self.lexicon.related_to(self)
    }

    /// The share of the question's weight that is held, unit by unit; 0 for a question without any.
    pub fn share(&self, held: &[f32]) -> f32 {
        if self.weight <= 0.0 {
            return 0.0;
        }
        self.units.iter().zip(held).map(|(unit, held)| unit.weight * held).sum::<f32>() / self.weight
    }

    pub fn read(text: &str, language: Language, weights: &dyn TermWeights) -> Self {
        let lexicon = Lexicon::new(language);
        let units = units(text, &lexicon, weights);
        let mut asked = asked_by_phrase(text, lexicon.vocabulary);
        for unit in &units {
            asked = asked.union(unit.values);
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
            language,
            lexicon,
            is_empty,
        }
    }
}

impl Unit {
    /// How much of the unit these facts hold, from 0 to 1.
    pub fn found_in(&self, facts: &Facts, lexicon: &Lexicon) -> f32 {
        if self.wholes.iter().any(|whole| facts.terms.contains(whole)) || self.days & facts.days != 0 {
            return 1.0;
        }
        let total: f32 = self.pieces.iter().map(|(_, weight)| weight).sum();
        let held: f32 =
            self.pieces.iter().filter(|(term, _)| facts.terms.contains(term)).map(|(_, weight)| weight).sum();
        let by_pieces = if total > 0.0 { held / total } else { 0.0 };
        if self.is_code {
            // Half a part number is another part.
            return if by_pieces > 0.99 { 1.0 } else { 0.0 };
        }
        let by_concept = if self.concepts & facts.concepts != 0 { BY_OTHER_WORD } else { 0.0 };
        let by_value = if self.values.intersects(facts.values) { BY_VALUE } else { 0.0 };
        let by_compound = if lexicon.has_compounds() && self.is_inside(facts) { BY_COMPOUND } else { 0.0 };
        by_pieces.max(by_concept).max(by_value).max(by_compound)
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

/// The words of a folded text with their places.
fn words(lower: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let start_of = |word: &str| word.as_ptr() as usize - lower.as_ptr() as usize;
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(move |word| (start_of(word)..start_of(word) + word.len(), word))
}

fn stems(words: &'static str, language: Language) -> impl Iterator<Item = String> {
    words.split_ascii_whitespace().filter_map(move |word| {
        // The first token of a compound is the joined one.
        tokens(word, language).into_iter().next().map(|token| token.term)
    })
}

/// Wrapping around the end of the week: `Sat–Mon`.
fn days_between(first: u8, last: u8) -> u8 {
    let mut day = first;
    let mut days = first;
    for _ in 0..7 {
        if day == last {
            break;
        }
        day = if day >= 1 << 6 { 1 } else { day << 1 };
        days |= day;
    }
    days
}

fn asked_by_phrase(text: &str, vocabulary: &Vocabulary) -> ValueKinds {
    let lower =
        format!(" {} ", words(&text.to_lowercase()).map(|(_, word)| word).collect::<Vec<_>>().join(" "));
    let mut asked = ValueKinds::default();
    let found = vocabulary.phrases.iter().filter(|(phrase, _)| lower.contains(&format!(" {phrase} ")));
    found.for_each(|(_, value)| asked.insert(*value));
    asked
}

/// Content tokens gathered into units: a joined term and its pieces are one.
fn units(text: &str, lexicon: &Lexicon, weights: &dyn TermWeights) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut seen = HashSet::new();
    let mut open: Option<(Range<usize>, Vec<Token>)> = None;
    let mut groups: Vec<(Range<usize>, Vec<Token>)> = Vec::new();
    for token in content_tokens(text, lexicon.language) {
        match &mut open {
            Some((span, group)) if token.span.start < span.end && token.span.end <= span.end => {
                group.push(token)
            }
            _ => {
                groups.extend(open.take());
                open = Some((token.span.clone(), vec![token]));
            }
        }
    }
    groups.extend(open);
    for (span, group) in groups {
        let unit = unit(text, &span, group, lexicon, weights);
        if seen.insert(unit.wholes.clone()) {
            units.push(unit);
        }
    }
    units
}

fn unit(
    text: &str,
    span: &Range<usize>,
    group: Vec<Token>,
    lexicon: &Lexicon,
    weights: &dyn TermWeights,
) -> Unit {
    let weigh = |term: &str| weights.idf(term).max(WEIGHT_MIN);
    let written = text.get(span.clone()).unwrap_or_default();
    let (wholes, pieces): (Vec<Token>, Vec<Token>) = group.into_iter().partition(|token| token.span == *span);
    let heaviest =
        |tokens: &[Token]| tokens.iter().map(|token| weigh(&token.term)).fold(WEIGHT_MIN, f32::max);
    let concepts = wholes.iter().fold(0, |concepts, token| concepts | lexicon.concepts_of(&token.term));
    let digits = written.chars().filter(char::is_ascii_digit).count();
    let is_code =
        digits >= 5 || (digits > 0 && written.contains(char::is_alphabetic) && !written.contains([':', '@']));
    let is_soft = wholes.iter().any(|token| lexicon.soft.contains(&token.term));
    let factor = if is_code {
        CODE_WEIGHT
    } else if is_soft {
        SOFT_WEIGHT
    } else {
        1.0
    };
    // A compound is as rare as its rarest piece: that nobody wrote it with this hyphen says nothing.
    let weight = if pieces.is_empty() || is_code { heaviest(&wholes) } else { heaviest(&pieces) };
    Unit {
        start: span.start,
        end: span.end,
        weight: weight * factor,
        values: lexicon.values_of(concepts),
        days: lexicon.days.get(written.to_lowercase().as_str()).copied().unwrap_or(0),
        concepts,
        is_code,
        pieces: pieces
            .into_iter()
            .map(|token| {
                let weight = weigh(&token.term);
                (token.term, weight)
            })
            .collect(),
        wholes: wholes.into_iter().map(|token| token.term).collect(),
    }
}
