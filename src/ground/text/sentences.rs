//! Sentences: what is quoted, and where a long paragraph may be cut.

use super::trim_range;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Words before a point that never end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "approx", "asst", "bijv", "bzw", "ca", "capt", "cf", "d.h", "dhr", "dott", "dr", "dra", "drs", "e.g",
    "eg", "evtl", "gen", "ggf", "hr", "i.e", "ie", "incl", "inkl", "lt", "mevr", "mlle", "mme", "mr", "mrs",
    "ms", "mt", "o.ä", "p.ej", "p.ex", "prof", "resp", "s.a", "sgt", "sig", "sog", "sr", "sra", "srta", "st",
    "u.a", "usw", "v.a", "viz", "vs", "z.b", "zzgl",
];
/// Words before a point that go on when a number follows: `No. 5`, `Fri. 9–17`, `Tel. +49 30 1234567`.
const BEFORE_NUMBERS: &[&str] = &[
    "abs", "apr", "apt", "art", "aug", "av", "ch", "dec", "dez", "di", "do", "ext", "fax", "feb", "fig",
    "fr", "fri", "jan", "jul", "jun", "kap", "mar", "max", "mi", "min", "mo", "mon", "no", "nov", "nr",
    "núm", "oct", "okt", "p", "par", "pp", "sa", "sat", "sec", "sep", "sept", "so", "str", "sun", "tel",
    "thu", "thur", "thurs", "tue", "tues", "vol", "wed",
];

const BEFORE_ORDINALS: &[&str] = &[
    "ab", "am", "beim", "bis", "das", "dem", "den", "der", "die", "im", "jeden", "jeder", "jedes", "seit",
    "vom", "zum", "zur",
];
const MONTHS: &[&str] = &[
    "april",
    "august",
    "augusti",
    "december",
    "desember",
    "dezember",
    "februar",
    "february",
    "januar",
    "juli",
    "juni",
    "mai",
    "maj",
    "march",
    "marts",
    "märz",
    "november",
    "oktober",
    "september",
];

/// The sentences of `text`, in order, without the white space around them. A line break always ends one: what
/// reads documents has joined wrapped lines before, so a line is a list item, a table row or a paragraph.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    for (start, segment) in text.split_sentence_bound_indices() {
        let span = start..start + segment.len();
        match sentences.last_mut() {
            Some(last) if is_open => last.end = span.end,
            _ => sentences.push(span.clone()),
        }
        let rest = text.get(span.end..).unwrap_or_default();
        is_open = !segment.ends_with(is_line_end) && ends_with_abbreviation(segment, rest);
    }
    sentences.into_iter().map(|span| trim_range(text, span)).filter(|span| !span.is_empty()).collect()
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether the point at the end of `segment` belongs to its last word, so that the sentence goes on in `rest`.
fn ends_with_abbreviation(segment: &str, rest: &str) -> bool {
    let Some(before) = segment.trim_end().strip_suffix('.') else { return false };
    let word =
        before.rsplit(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or_default().to_lowercase();
    let next = rest.trim_start().chars().next();
    let number_follows = next.is_some_and(|c| c.is_numeric() || "+(–-".contains(c));
    if ABBREVIATIONS.contains(&word.as_str()) {
        return true;
    }
    if BEFORE_NUMBERS.contains(&word.as_str()) || matches!(word.as_str(), "a.m" | "p.m") {
        return number_follows;
    }
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    is_initial || is_ordinal(before, &word, rest)
}

/// `3. Mai`, `der 2. Stock`, and the number before a list item.
fn is_ordinal(before: &str, word: &str, rest: &str) -> bool {
    if word.is_empty() || word.len() > 2 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let words_before = before.strip_suffix(word).unwrap_or(before).trim_start();
    let last = words_before.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    words_before.is_empty()
        || BEFORE_ORDINALS.contains(&last.as_str())
        || MONTHS.contains(&first(rest).trim_matches(|c: char| !c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn full_stops_in_abbreviations_and_numbers_do_not_end_a_sentence() {
        assert_eq!(
            split("We sell tea, e.g. Assam. Dr. Miller pays 4.20 today! Really? Yes."),
            ["We sell tea, e.g. Assam.", "Dr. Miller pays 4.20 today!", "Really?", "Yes."],
        );
        assert_eq!(
            split("Open Mon.–Fri. 9 a.m. to 5 p.m. Closed on Sunday."),
            ["Open Mon.–Fri. 9 a.m. to 5 p.m.", "Closed on Sunday."]
        );
        assert_eq!(
            split("Fri. 9–17 Uhr. Am 3. Mai zu. Tel. +49 30 1234567 hilft."),
            ["Fri. 9–17 Uhr.", "Am 3. Mai zu.", "Tel. +49 30 1234567 hilft."]
        );
        assert_eq!(
            split("Founded in 1998. We are J. R. Smith Ltd. and sons."),
            ["Founded in 1998.", "We are J. R. Smith Ltd. and sons."]
        );
    }

    #[test]
    fn a_number_ends_a_sentence_unless_it_counts() {
        assert_eq!(
            split("Trailers cost £9. You must be 16. We close at 5. Bye."),
            ["Trailers cost £9.", "You must be 16.", "We close at 5.", "Bye."]
        );
        assert_eq!(
            split("1. Open the box. Im 2. Stock, ab dem 3. Mai."),
            ["1. Open the box.", "Im 2. Stock, ab dem 3. Mai."]
        );
    }

    #[test]
    fn a_line_break_ends_a_sentence() {
        assert_eq!(
            split("Monday: 9–17\nTuesday: 9–17\n\n  Dr.\nSmith "),
            ["Monday: 9–17", "Tuesday: 9–17", "Dr.", "Smith"]
        );
        assert_eq!(
            split("営業時間は九時です。日曜は休みです。"),
            ["営業時間は九時です。", "日曜は休みです。"]
        );
        assert!(split(" \n\t").is_empty());
        assert!(split("").is_empty());
    }
}
