//! Text that runs from right to left, brought from the order of its places into the order of its words.

use crate::ground::text::collapse_whitespace;
use unicode_normalization::UnicodeNormalization as _;

/// The text of units that stand from left to right, and whether it runs from right to left.
pub(super) fn logical(units: &[&str]) -> (String, bool) {
    let units: Vec<&str> = units.iter().flat_map(|unit| parts(unit)).collect();
    let units = units.as_slice();
    let count =
        |test: fn(char) -> bool| units.iter().flat_map(|unit| unit.chars()).filter(|c| test(*c)).count();
    let right_to_left = count(is_right_to_left);
    let is_reversed = right_to_left > 0 && right_to_left >= count(is_left_to_right);
    let text = if is_reversed { reversed(units) } else { with_reversed_words(units) };
    (collapse_whitespace(&composed(&text)), is_reversed)
}

/// A glyph that stands for words of both directions, one word after the other; any other as it is.
fn parts(unit: &str) -> Vec<&str> {
    if !(unit.chars().any(is_right_to_left) && unit.chars().any(is_left_to_right)) {
        return vec![unit];
    }
    let (mut parts, mut start, mut of_part) = (Vec::new(), 0, None);
    for (at, c) in unit.char_indices() {
        let kind = (c.is_whitespace(), is_right_to_left(c));
        if of_part.is_some_and(|former| former != kind) {
            parts.extend(unit.get(start..at));
            start = at;
        }
        of_part = Some(kind);
    }
    parts.extend(unit.get(start..));
    parts
}

/// A line that runs from right to left; numbers and foreign words in it keep their own order.
fn reversed(units: &[&str]) -> String {
    let mut text = String::new();
    let mut rest = units;
    while let Some((last, before)) = rest.split_last() {
        if is_foreign(last) {
            let start =
                before.iter().rposition(|unit| unit.chars().any(is_right_to_left)).map_or(0, |at| at + 1);
            let (outer, run) = rest.split_at_checked(start).unwrap_or((&[], rest));
            // Blanks and marks around the foreign run belong to the line.
            let inner = run.iter().position(|unit| is_foreign(unit)).unwrap_or(0);
            let (lead, run) = run.split_at_checked(inner).unwrap_or((&[], run));
            text.extend(run.iter().copied());
            text.extend(lead.iter().rev().map(|unit| mirrored(unit)));
            rest = outer;
        } else {
            text.push_str(&mirrored(last));
            rest = before;
        }
    }
    text
}

/// A line that runs from left to right; runs of the other direction in it are turned.
fn with_reversed_words(units: &[&str]) -> String {
    let mut text = String::new();
    let mut run: Vec<&str> = Vec::new();
    for unit in units {
        if unit.chars().any(is_right_to_left) || (!run.is_empty() && unit.trim().is_empty()) {
            run.push(unit);
        } else {
            flush(&mut text, &mut run);
            text.push_str(unit);
        }
    }
    flush(&mut text, &mut run);
    text
}

fn flush(text: &mut String, run: &mut Vec<&str>) {
    let blanks = run.iter().rev().take_while(|unit| unit.trim().is_empty()).count();
    let words = run.len() - blanks;
    text.extend(run.iter().take(words).rev().copied());
    text.extend(run.iter().skip(words).copied());
    run.clear();
}

fn is_foreign(unit: &str) -> bool {
    unit.chars().any(|c| is_left_to_right(c) || c.is_numeric())
}

fn mirrored(unit: &str) -> String {
    let other = |c| match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '«' => '»',
        '»' => '«',
        c => c,
    };
    unit.chars().map(other).collect()
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}') && !c.is_numeric()
}

fn is_left_to_right(c: char) -> bool {
    c.is_alphabetic() && !is_right_to_left(c)
}

/// Joined letters and letters in the shape of their place become the letters that people type.
fn composed(text: &str) -> String {
    let is_shape = |c: char| matches!(c, '\u{FB00}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}');
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_shape(c) { plain.extend(std::iter::once(c).nfkc()) } else { plain.push(c) }
    }
    plain.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> (String, bool) {
        let units: Vec<String> = line.chars().map(String::from).collect();
        logical(&units.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn left_to_right_text_stays_as_it_is() {
        assert_eq!(of("Tea (hot) 4.20"), ("Tea (hot) 4.20".to_owned(), false));
    }

    #[test]
    fn right_to_left_text_is_turned_and_its_numbers_are_not() {
        // As it stands on the page, from left to right: "20 :ماع" for "عام: 20".
        let (text, is_reversed) = of("20 :\u{645}\u{627}\u{639}");

        assert!(is_reversed);
        assert_eq!(text, "\u{639}\u{627}\u{645}: 20");
    }

    #[test]
    fn a_word_of_the_other_direction_is_turned_in_its_place() {
        let (text, is_reversed) = of("Say \u{627}\u{628}\u{62D}\u{631}\u{645} now please");

        assert!(!is_reversed);
        assert_eq!(text, "Say \u{645}\u{631}\u{62D}\u{628}\u{627} now please");
    }

    #[test]
    fn a_glyph_that_stands_for_words_of_both_directions_is_taken_apart() {
        let word = "\u{62D}\u{628}\u{64A}";
        let units = [&format!("{word} h"), "a", "b", "i", "b", "i", &format!("{word} ")].map(str::to_owned);

        let (text, is_reversed) = logical(&units.iter().map(String::as_str).collect::<Vec<_>>());

        assert_eq!((text, is_reversed), (format!("{word} habibi {word}"), true));
    }

    #[test]
    fn shapes_of_letters_become_letters() {
        assert_eq!(of("o\u{FB03}ce").0, "office");
        assert_eq!(of("\u{FEE1}").0, "\u{645}");
    }
}
