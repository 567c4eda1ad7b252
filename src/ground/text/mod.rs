//! Words, stems and sentences: how a text is taken apart for searching and for quoting.
//!
//! It promises that every function is total (any text, no panic), linear in the length of the text, and that
//! every range it returns is a byte range of the text it was given, on character boundaries.
//! It does not detect languages and does not fold diacritics. Start reading at [`tokens`].

mod contact_details;
mod forms;
mod guess;
mod language;
mod sentences;
mod stop_words;
mod tokens;

pub use contact_details::has_contact_details;
pub use guess::guess_language;
pub use language::Language;
pub use sentences::sentences;
pub use stop_words::{has_stop_words, is_stop_word};
pub use tokens::{Token, content_tokens, tokens};

use std::borrow::Cow;
use std::ops::Range;

/// The first `chars_max` Unicode scalars of `text`.
pub fn truncate_chars(text: &str, chars_max: usize) -> &str {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// Every line ending (`\r\n`, `\r`, next line, line and paragraph separator) as `\n`.
pub fn normalise_newlines(text: &str) -> Cow<'_, str> {
    const OTHERS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
    if text.contains(OTHERS) {
        Cow::Owned(text.replace("\r\n", "\n").replace(OTHERS, "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Runs of white space as one space, none at the ends: one line.
pub fn collapse_whitespace(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The text as questions are compared: letters and digits in lower case, with single spaces. Empty where no word is.
pub fn plain_words(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    collapse_whitespace(&plain)
}

/// The part of `range` in `text` without white space at its ends; an empty range where nothing is left.
pub fn trim_range(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else { return range.start..range.start };
    let trimmed = part.trim_start();
    let start = range.start + (part.len() - trimmed.len());
    start..start + trimmed.trim_end().len()
}

/// About how many tokens a language model makes of this text: four characters of ASCII to one, and one for each
/// other character. For budgets and estimates; what a provider counts is what counts.
pub fn estimated_tokens(text: &str) -> usize {
    let (ascii, other) = text.chars().fold((0_usize, 0_usize), |(ascii, other), c| {
        if c.is_ascii() { (ascii + 1, other) } else { (ascii, other + 1) }
    });
    ascii.div_ceil(4) + other
}

/// The greatest character boundary of `text` that is not beyond `at`.
pub fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    // CHT-5
    #[test]
    fn questions_are_one_when_only_case_punctuation_and_spaces_differ() {
        let same = ["Do you repair clocks?", "do you  repair clocks", " Do you repair: CLOCKS?! "];
        for question in same {
            assert_eq!(plain_words(question), "do you repair clocks");
        }
        assert_eq!(plain_words("¿Abren el 1.º?"), "abren el 1 º");
        assert_eq!(plain_words("?! \u{1F600}"), "");
    }

    #[test]
    fn cutting_counts_characters_not_bytes() {
        assert_eq!(truncate_chars("Müßig", 3), "Müß");
        assert_eq!(truncate_chars("Müßig", 5), "Müßig");
        assert_eq!(truncate_chars("Müßig", 0), "");
        assert_eq!(truncate_chars("", 4), "");
    }

    #[test]
    fn every_kind_of_line_ending_becomes_one() {
        assert_eq!(normalise_newlines("a\r\nb\rc\u{2028}d\ne"), "a\nb\nc\nd\ne");
        assert!(matches!(normalise_newlines("a\nb"), Cow::Borrowed(_)));
    }

    #[test]
    fn trimming_a_range_keeps_it_in_the_text() {
        let text = "  ä b \n";
        assert_eq!(trim_range(text, 0..text.len()), 2..6);
        assert_eq!(trim_range(text, 0..2), 2..2);
        assert_eq!(trim_range(text, 3..100), 3..3);
        assert_eq!(collapse_whitespace(text), "ä b");
        assert_eq!(floor_char_boundary(text, 3), 2);
        assert_eq!(floor_char_boundary(text, 100), text.len());
    }
}
