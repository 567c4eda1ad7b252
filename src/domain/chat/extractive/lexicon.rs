//! The vocabulary of one language in the form that questions and texts are compared in.

use super::values::{ValueKind, ValueKinds};
use super::vocabulary::{self, Vocabulary};
use crate::ground::text::{Language, tokens};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

/// The vocabulary of one language, by stems.
pub struct Lexicon {
    language: Language,
    concepts: HashMap<String, u64>,
    concept_values: Vec<(u64, ValueKind)>,
    days: HashMap<String, u8>,
    soft: HashSet<String>,
    present: HashSet<String>,
    vocabulary: &'static Vocabulary,
}

/// One for each language that has a vocabulary, made at first use; the last is empty, for all others.
static LEXICONS: [OnceLock<Lexicon>; 8] = [const { OnceLock::new() }; 8];

impl Lexicon {
    pub fn of(language: Language) -> &'static Self {
        static EMPTY: OnceLock<Lexicon> = OnceLock::new();
        let index = match language {
            Language::English => 0,
            Language::German => 1,
            Language::Spanish => 2,
            Language::French => 3,
            Language::Italian => 4,
            Language::Portuguese => 5,
            Language::Dutch => 6,
            _ => 7,
        };
        LEXICONS.get(index).unwrap_or(&EMPTY).get_or_init(|| Self::new(language))
    }

    fn new(language: Language) -> Self {
        let vocabulary = vocabulary::of(language);
        let mut lexicon = Self {
            language,
            concepts: HashMap::new(),
            concept_values: Vec::new(),
            days: HashMap::new(),
            soft: stems(vocabulary.soft, language).collect(),
            present: stems(vocabulary.present, language).collect(),
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

    /// Stems of other words for these concepts, and for what asks for these kinds of values, sorted.
    pub fn related(&self, concepts: u64, asked: ValueKinds) -> Vec<String> {
        let asking = self.concept_values.iter().filter(|(_, value)| asked.contains(*value));
        let wanted = asking.fold(concepts, |wanted, (bit, _)| wanted | bit);
        let kinds = self.concept_values.iter().filter(|(bit, _)| bit & wanted != 0);
        let hints = kinds.flat_map(|(_, value)| stems(vocabulary::hints(*value), self.language));
        let words =
            self.concepts.iter().filter(|(_, bits)| *bits & wanted != 0).map(|(stem, _)| stem.clone());
        let mut related: Vec<String> = words.chain(hints).collect();
        related.sort();
        related.dedup();
        related
    }

    /// The kinds of values that a text asks for, by each phrase that asks: "how much", "what time".
    pub fn asked_by_phrase(&self, text: &str) -> Vec<ValueKinds> {
        let mut asked: Vec<(&str, ValueKinds)> = Vec::new();
        for (phrase, value) in self.phrases_in(text) {
            match asked.iter_mut().find(|(known, _)| known == phrase) {
                Some((_, values)) => values.insert(*value),
                None => {
                    let mut values = ValueKinds::default();
                    values.insert(*value);
                    asked.push((phrase, values));
                }
            }
        }
        asked.into_iter().map(|(_, values)| values).collect()
    }

    /// The words of those phrases.
    pub fn asking_words(&self, text: &str) -> HashSet<String> {
        self.phrases_in(text).flat_map(|(phrase, _)| phrase.split(' ')).map(str::to_owned).collect()
    }

    fn phrases_in(&self, text: &str) -> impl Iterator<Item = &'static (&'static str, ValueKind)> {
        let lower = text.to_lowercase();
        let lower = format!(" {} ", words(&lower).map(|(_, word)| word).collect::<Vec<_>>().join(" "));
        self.vocabulary.phrases.iter().filter(move |(phrase, _)| lower.contains(&format!(" {phrase} ")))
    }

    pub fn is_soft(&self, term: &str) -> bool {
        self.soft.contains(term)
    }

    /// A word for the day on which is asked: "tomorrow".
    pub fn is_present(&self, term: &str) -> bool {
        self.present.contains(term)
    }

    /// Whether a sentence begins with a word for the thing of the sentence before: "It costs ...".
    pub fn refers_back(&self, sentence: &str) -> bool {
        let lower = sentence.to_lowercase();
        let first = words(&lower).next().map(|(_, word)| word);
        first.is_some_and(|first| self.vocabulary.back.split_ascii_whitespace().any(|word| word == first))
    }

    /// The day of the week that a word names.
    pub fn day_of(&self, word: &str) -> u8 {
        self.days.get(word).copied().unwrap_or(0)
    }

    pub fn concepts_of(&self, term: &str) -> u64 {
        self.concepts.get(term).copied().unwrap_or(0)
    }

    pub fn values_of(&self, concepts: u64) -> ValueKinds {
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
            let link = between.map_or(Link::None, |between| self.link(between));
            let after = lower.get(span.end..).unwrap_or_default();
            let after = after.trim_start_matches(['.', ':', ',', ' ', '–', '-']);
            let is_named = word.chars().count() > 3 || after.starts_with(|c: char| c.is_ascii_digit());
            days |= match (&previous, link) {
                (Some((first, _)), Link::Until) => days_between(*first, day),
                (Some((first, _)), Link::And) => first | day,
                _ if is_named => day,
                _ => 0,
            };
            previous = Some((day, span));
        }
        days
    }

    fn link(&self, between: &str) -> Link {
        let between = between.trim().trim_matches('.').trim();
        match between {
            "-" | "–" | "—" => Link::Until,
            "/" | "&" | "+" => Link::And,
            _ if self.vocabulary.until.split_ascii_whitespace().any(|until| until == between) => Link::Until,
            _ => Link::None,
        }
    }
}

/// What stands between two days.
enum Link {
    Until,
    And,
    None,
}

/// The words of a folded text with their places.
pub fn words(lower: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_out_of_ranges_and_lists() {
        let english = Lexicon::of(Language::English);
        for (text, days) in [
            ("Monday to Friday", 0b001_1111),
            ("Mon–Fri 9am–6pm", 0b001_1111),
            ("Sat.–Mon. 9–17", 0b110_0001),
            ("Tue/Thu 10–12", 0b000_1010),
            ("Sunday: closed", 0b100_0000),
            ("the sun sat low", 0),
            ("", 0),
        ] {
            assert_eq!(english.days_in(text), days, "{text}");
        }
        assert_eq!(Lexicon::of(Language::German).days_in("Dienstag bis Freitag, so wie Mo"), 0b001_1110);
        assert_eq!(Lexicon::of(Language::Polish).days_in("Monday"), 0);
    }

    #[test]
    fn every_vocabulary_fits_its_set_of_bits() {
        for tag in ["en", "de", "es", "fr", "it", "pt", "nl", "pl"] {
            assert!(vocabulary::of(Language::from_tag(tag)).concepts.len() <= 64, "{tag}");
        }
    }

    #[test]
    fn phrases_tell_what_is_asked_for() {
        let english = Lexicon::of(Language::English);
        let kinds = english.asked_by_phrase("So, how much is it, and how early?");
        assert!(kinds.iter().any(|kinds| kinds.contains(ValueKind::Money)));
        assert!(
            kinds.iter().any(|kinds| kinds.contains(ValueKind::Time) && kinds.contains(ValueKind::Duration))
        );
        assert!(english.asked_by_phrase("Somewhere, whenever").is_empty());
        let mut money = ValueKinds::default();
        money.insert(ValueKind::Money);
        assert!(english.related(0, money).contains(&"price".to_owned()));
    }
}
