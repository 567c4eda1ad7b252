//! The markers in a model's answer: which are shown, and which words of the sources stand behind them. Pure.
//!
//! A model names its sources as `[2]`. What is shown counts them anew, in the order in which the answer names
//! them, so that `[1]` is the first citation. A marker that points nowhere is left out before anybody sees it.
//! Each source that is named gives one quote: the sentences of it that share most with what the answer says there,
//! letter for letter. Start reading at [`MarkerFilter`] and [`choose_quote`].

use crate::ground::text::{Language, content_tokens, sentences};
use std::collections::BTreeSet;
use std::ops::Range;

/// Longer than any marker: `[1, 2, 3, 4]` and some spaces.
const MARKER_BYTES_MAX: usize = 32;

/// Passes a model's text on while it comes, with its markers put right.
pub struct MarkerFilter {
    /// The numbers that the model was given.
    known: BTreeSet<u32>,
    /// Those that it named, in order: the number that is shown is the place here, counted from 1.
    named: Vec<u32>,
    /// What may be the beginning of a marker, with the spaces before it.
    held: String,
}

/// What stands at an opening bracket.
enum Found {
    /// A marker of these numbers, and how many bytes it takes.
    Marker(Vec<u32>, usize),
    /// It may become one.
    Unfinished,
    Other,
}

impl MarkerFilter {
    pub fn new(known: impl IntoIterator<Item = u32>) -> Self {
        Self { known: known.into_iter().collect(), named: Vec::new(), held: String::new() }
    }

    /// Takes the next words; returns what may be shown of what came so far.
    pub fn push(&mut self, text: &str) -> String {
        self.held.push_str(text);
        let held = std::mem::take(&mut self.held);
        let mut shown = String::with_capacity(held.len());
        let mut rest = held.as_str();
        while let Some((before, from_bracket)) = split_at_bracket(rest) {
            match read_marker(from_bracket) {
                Found::Unfinished => {
                    let text = before.trim_end_matches(' ');
                    shown.push_str(text);
                    self.held = rest.get(text.len()..).unwrap_or_default().to_owned();
                    return shown;
                }
                Found::Other => {
                    shown.push_str(before);
                    shown.push('[');
                    rest = from_bracket.get(1..).unwrap_or_default();
                }
                Found::Marker(numbers, bytes) => {
                    let markers = self.renumbered(&numbers);
                    // Without its marker the sentence closes up.
                    shown.push_str(if markers.is_empty() { before.trim_end_matches(' ') } else { before });
                    shown.push_str(&markers);
                    rest = from_bracket.get(bytes..).unwrap_or_default();
                }
            }
        }
        let text = rest.trim_end_matches(' ');
        shown.push_str(text);
        self.held = rest.get(text.len()..).unwrap_or_default().to_owned();
        shown
    }

    /// Shows what was held back: nothing more comes.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held).trim_end_matches(' ').to_owned()
    }

    /// The sources that were named, by the numbers that the model was given.
    pub fn named(&self) -> &[u32] {
        &self.named
    }

    fn renumbered(&mut self, numbers: &[u32]) -> String {
        let mut markers = String::new();
        for number in numbers.iter().filter(|number| self.known.contains(number)) {
            let place = self.named.iter().position(|named| named == number).unwrap_or_else(|| {
                self.named.push(*number);
                self.named.len() - 1
            });
            let marker = format!("[{}]", place + 1);
            if !markers.contains(&marker) {
                markers.push_str(&marker);
            }
        }
        markers
    }
}

fn split_at_bracket(text: &str) -> Option<(&str, &str)> {
    text.find('[').and_then(|at| text.split_at_checked(at))
}

/// Reads `[2]` or `[2, 3]` at the beginning of the text.
fn read_marker(text: &str) -> Found {
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '0'..='9' | ',' | ' ' if at < MARKER_BYTES_MAX => {}
            ']' => {
                let inner = text.get(1..at).unwrap_or_default();
                let numbers: Option<Vec<u32>> =
                    inner.split(',').map(|part| part.trim().parse().ok()).collect();
                return numbers.map_or(Found::Other, |numbers| Found::Marker(numbers, at + 1));
            }
            _ => return Found::Other,
        }
    }
    Found::Unfinished
}

/// The statements of an answer that stand before this marker.
pub fn statements_at(answer: &str, shown_number: usize) -> Vec<&str> {
    let marker = format!("[{shown_number}]");
    answer
        .match_indices(&marker)
        .filter_map(|(at, _)| {
            let before = without_markers_at_end(answer.get(..at)?);
            let last = sentences(before).into_iter().last()?;
            before.get(last)
        })
        .collect()
}

/// The text without the markers that it ends with: those of other sources of the same statement.
fn without_markers_at_end(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some((before, number)) = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        text = before.trim_end();
    }
    text
}

/// The words of the source on which the statements rest: one sentence, or two that stand together, that share most
/// with a statement; failing that, with the question; failing that, the first one. None for a source without words.
pub fn choose_quote(
    source: &str,
    statements: &[&str],
    question: &str,
    language: Language,
) -> Option<Range<usize>> {
    let places = sentences(source);
    let single = places.iter().cloned();
    let pairs = places.iter().zip(places.iter().skip(1)).map(|(one, next)| one.start..next.end);
    let candidates: Vec<(Range<usize>, BTreeSet<String>)> = single
        .chain(pairs)
        .filter_map(|place| Some((place.clone(), words_of(source.get(place)?, language))))
        .collect();
    let best = |wanted: &BTreeSet<String>| {
        let scored = candidates.iter().map(|(place, words)| (likeness(words, wanted), place));
        scored
            .filter(|(score, _)| *score > 0.0)
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.start.cmp(&one.1.start)))
            .map(|(score, place)| (score, place.clone()))
    };
    let by_statement = statements.iter().filter_map(|statement| best(&words_of(statement, language)));
    by_statement
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .or_else(|| best(&words_of(question, language)))
        .map(|(_, place)| place)
        .or_else(|| places.first().cloned())
}

fn words_of(text: &str, language: Language) -> BTreeSet<String> {
    content_tokens(text, language).into_iter().map(|token| token.term).collect()
}

/// The coefficient of Dice ("Measures of the Amount of Ecologic Association Between Species", 1945).
#[expect(clippy::cast_precision_loss, reason = "counts of words in a sentence")]
fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f32 {
    let shared = one.intersection(other).count();
    if shared == 0 { 0.0 } else { 2.0 * shared as f32 / (one.len() + other.len()) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(pieces: &[&str]) -> (String, Vec<u32>) {
        let mut filter = MarkerFilter::new([1, 2, 3]);
        let mut shown: String = pieces.iter().map(|piece| filter.push(piece)).collect();
        shown.push_str(&filter.finish());
        (shown, filter.named().to_vec())
    }

    const CASES: &[(&str, &str, &[u32])] = &[
        (
            "Open on Sundays [2]. Closed on Mondays [1][2].",
            "Open on Sundays [1]. Closed on Mondays [2][1].",
            &[2, 1],
        ),
        ("Two at once [1, 3].", "Two at once [1][2].", &[1, 3]),
        ("Nowhere [9]. Half [9, 2] right.", "Nowhere. Half [1] right.", &[2]),
        ("Doubled [2, 2].", "Doubled [1].", &[2]),
        ("An array[0] and [a list] and [x](y).", "An array and [a list] and [x](y).", &[]),
        ("Unfinished [12", "Unfinished [12", &[]),
        ("Empty [] and [ ] and [,].", "Empty [] and [ ] and [,].", &[]),
        ("[1] first", "[1] first", &[1]),
        ("Trailing  ", "Trailing", &[]),
        ("Ünïcödé [3] \u{1F600}[1]", "Ünïcödé [1] \u{1F600}[2]", &[3, 1]),
    ];

    // CHT-4
    #[test]
    fn markers_are_counted_anew_and_those_that_point_nowhere_are_left_out() {
        for (written, wanted, named) in CASES {
            assert_eq!(filtered(&[written]), ((*wanted).to_owned(), named.to_vec()), "{written}");
        }
    }

    // CHT-4: wherever the model's text is cut into pieces, the same is shown
    #[test]
    fn what_is_shown_does_not_depend_on_how_the_text_comes() {
        for (written, wanted, _) in CASES {
            for (at, _) in written.char_indices() {
                let (one, other) = written.split_at(at);
                assert_eq!(filtered(&[one, other]).0, *wanted, "{one}|{other}");
            }
            let single: Vec<String> = written.chars().map(String::from).collect();
            let single: Vec<&str> = single.iter().map(String::as_str).collect();
            assert_eq!(filtered(&single).0, *wanted, "{written}");
        }
    }

    #[test]
    fn a_long_row_of_digits_is_no_marker_and_is_not_held_back_for_ever() {
        let digits = format!("[{}", "1".repeat(100));

        let mut filter = MarkerFilter::new([1]);

        assert_eq!(filter.push(&digits), digits);
    }

    const SOURCE: &str =
        "We bake at night. On Sundays we are open from 8:30 to 13:00. Delivery costs 4.50 euros.";

    fn quote(statements: &[&str], question: &str) -> Option<&'static str> {
        choose_quote(SOURCE, statements, question, Language::English).and_then(|span| SOURCE.get(span))
    }

    // CHT-4
    #[test]
    fn the_quote_is_the_sentence_that_says_what_the_answer_says() {
        assert_eq!(
            quote(&["You can come by on Sunday from 8:30."], ""),
            Some("On Sundays we are open from 8:30 to 13:00.")
        );
        assert_eq!(
            quote(&["A delivery is 4.50 euros."], "When are you open on Sundays?"),
            Some("Delivery costs 4.50 euros.")
        );
        assert_eq!(quote(&["Quelque chose"], "What does delivery cost?"), Some("Delivery costs 4.50 euros."));
        assert_eq!(quote(&[], "???"), Some("We bake at night."));
        assert_eq!(choose_quote("", &["x"], "y", Language::English), None);
    }

    // CHT-4
    #[test]
    fn a_statement_ends_at_its_marker() {
        let answer = "We open at 8:30 [1]. Delivery costs 4.50 euros. [2][1] Bye.";

        assert_eq!(statements_at(answer, 1), ["We open at 8:30", "Delivery costs 4.50 euros."]);
        assert_eq!(statements_at(answer, 2), ["Delivery costs 4.50 euros."]);
        assert!(statements_at(answer, 3).is_empty());
    }
}
