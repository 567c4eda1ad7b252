//! Terms: what is looked up in an index, and where it stands in the text.
//!
//! A plain word is one term: lower-case and stemmed. What people write with punctuation inside (part numbers,
//! addresses, prices, times, phone numbers) becomes one joined term for the whole, so that it can be found
//! exactly, and its pieces, so that it can be found by a part. Scripts without spaces become overlapping pairs
//! of characters. The same function must make the terms of the query and of the text.

use super::forms::{Form, JOINERS, fold, is_digit, is_mark, joined_term, normal_number, pieces};
use super::stop_words::stop_words;
use super::{Language, truncate_chars};
use crate::ground::limits::TERM_CHARS_MAX;
use rust_stemmers::Stemmer;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Beyond this many pieces the rest of a joined term is not taken apart (a bound for hostile input).
const PIECES_MAX: usize = 16;
const PHONE_DIGITS: Range<usize> = 7..16;
/// The end of a phone number that is the same with and without the prefix of country or trunk.
const PHONE_TAIL_DIGITS: usize = 7;

/// One term and the bytes it was made from. Pieces of a joined term come after it, inside its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub term: String,
    pub span: Range<usize>,
}

/// All terms of `text`, in order of their place.
pub fn tokens(text: &str, language: Language) -> Vec<Token> {
    let mut scanner = Scanner { text, language, stemmer: language.stemmer(), found: Vec::new() };
    for (span, is_unspaced) in script_runs(text) {
        if is_unspaced {
            scanner.pairs(span);
        } else {
            scanner.spaced(span);
        }
    }
    scanner.found
}

/// The terms of `text` without stop words; all of them where nothing else is left ("to be or not to be").
pub fn content_tokens(text: &str, language: Language) -> Vec<Token> {
    let stop_words = stop_words(language);
    let is_stopped = |token: &Token| {
        let written = fold(text.get(token.span.clone()).unwrap_or_default());
        // `avez-vous` and `c'est` are stop words by their parts.
        let mut parts =
            written.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).peekable();
        stop_words.contains(written.as_str())
            || (parts.peek().is_some() && parts.all(|part| stop_words.contains(part)))
    };
    let (stopped, content): (Vec<_>, Vec<_>) = tokens(text, language).into_iter().partition(is_stopped);
    if content.is_empty() { stopped } else { content }
}

struct Scanner<'a> {
    text: &'a str,
    language: Language,
    stemmer: Option<Stemmer>,
    found: Vec<Token>,
}

impl Scanner<'_> {
    fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Overlapping pairs of characters; a single character stands alone.
    fn pairs(&mut self, run: Range<usize>) {
        let characters: Vec<Range<usize>> = self
            .slice(&run)
            .grapheme_indices(true)
            .map(|(at, cluster)| run.start + at..run.start + at + cluster.len())
            .collect();
        if let [only] = characters.as_slice() {
            self.push(&fold(self.slice(only)), only.clone());
        }
        for pair in characters.windows(2) {
            if let [first, second] = pair {
                let span = first.start..second.end;
                self.push(&fold(self.slice(&span)), span);
            }
        }
    }

    /// Words of scripts with spaces, gathered into compounds and phone numbers.
    fn spaced(&mut self, run: Range<usize>) {
        for compound in compounds(self.text, run.clone()) {
            if let Some(phone) = self.phone_from(compound.start, run.end) {
                self.push_phone(phone);
            }
            self.compound(compound);
        }
    }

    fn compound(&mut self, span: Range<usize>) {
        let written = fold(self.slice(&span));
        let is_word = |c: char| !is_digit(c) && (c.is_alphanumeric() || is_mark(c));
        if written.chars().all(is_word) {
            return self.push_word(span);
        }
        if written.chars().all(|c| c == '\'' || is_word(c)) {
            return self.apostrophe(span);
        }
        let joined = joined_term(&written);
        let is_whole = joined.as_ref().is_some_and(|joined| joined.is_whole);
        match joined.map(|joined| joined.form) {
            Some(Form::Word(word)) => self.push_stemmed(&word, span.clone()),
            Some(Form::Exact(term)) => self.push(&term, span.clone()),
            None => {}
        }
        if is_whole {
            return;
        }
        for piece in pieces(self.text, &span).into_iter().take(PIECES_MAX).filter(|piece| *piece != span) {
            match normal_number(&fold(self.slice(&piece))) {
                Some(number) => self.push(&number, piece),
                None => self.push_word(piece),
            }
        }
    }

    /// `owner's` is left to the stemmer; `l'eau` is an article and a word.
    fn apostrophe(&mut self, span: Range<usize>) {
        if self.language.has_elision() {
            pieces(self.text, &span).into_iter().take(PIECES_MAX).for_each(|piece| self.push_word(piece));
        } else {
            self.push_word(span);
        }
    }

    /// A phone number that begins with the compound at `start`: groups of digits, each with one to three
    /// separators between, or nine digits and more in one. Only the first group asks, so that it is found once.
    fn phone_from(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let before = self.text.get(..start)?.trim_end_matches(['+', '(', ' ', '-', '/', '.']);
        if before.ends_with(is_digit) && !before.is_empty() {
            return None;
        }
        let mut digits = 0;
        let mut groups = 0;
        let mut span = start..start;
        let mut gap = usize::MAX;
        for (at, c) in self.text.get(start..end)?.char_indices() {
            if c.is_ascii_digit() {
                groups += usize::from(gap > 0);
                gap = 0;
                digits += 1;
                span.end = start + at + 1;
            } else if " -/.()\u{a0}\u{2011}".contains(c) && gap < 3 && digits > 0 {
                gap += 1;
            } else {
                break;
            }
            if digits >= PHONE_DIGITS.end {
                return None;
            }
        }
        let is_bounded = !self.text.get(span.end..)?.starts_with(char::is_alphanumeric);
        let is_spaced_or_long = groups > 1 || digits > PHONE_TAIL_DIGITS + 1;
        (is_spaced_or_long && PHONE_DIGITS.contains(&digits) && is_bounded).then_some(span)
    }

    fn push_phone(&mut self, span: Range<usize>) {
        let digits: String = self.slice(&span).chars().filter(char::is_ascii_digit).collect();
        let tail = digits.get(digits.len().saturating_sub(PHONE_TAIL_DIGITS)..).unwrap_or_default();
        if tail.len() < digits.len() {
            self.push(tail, span.clone());
        }
        self.push(&digits, span);
    }

    fn push_word(&mut self, span: Range<usize>) {
        let word = fold(self.slice(&span));
        if word.contains(is_digit) { self.push(&word, span) } else { self.push_stemmed(&word, span) }
    }

    fn push_stemmed(&mut self, word: &str, span: Range<usize>) {
        // Cut before stemming, so that a hostile word costs no more than a long one.
        let cut = truncate_chars(word, TERM_CHARS_MAX);
        match &self.stemmer {
            Some(stemmer) => {
                let stem = stemmer.stem(cut).into_owned();
                self.push(stem.trim_end_matches('\''), span);
            }
            None => self.push(cut, span),
        }
    }

    fn push(&mut self, term: &str, span: Range<usize>) {
        let term = truncate_chars(term, TERM_CHARS_MAX);
        // A phone number of one compound ("555-0102") comes out of both rules: once is enough.
        let is_repeated = self.found.iter().rev().take(3).any(|last| last.span == span && last.term == term);
        if !term.is_empty() && !span.is_empty() && !is_repeated {
            self.found.push(Token { term: term.to_owned(), span });
        }
    }
}

/// Han, kana, Hangul, Thai, Lao, Burmese, Khmer: written without spaces, or with words grown together.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF | 0x2E80..=0x2FDF
        | 0x3005..=0x3007 | 0x3041..=0x30FA | 0x30FC..=0x318F | 0x31A0..=0x31FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFF66..=0xFF9D
        | 0x20000..=0x3FFFF)
}

/// The text as runs of one kind of script, with whether it is one without spaces.
fn script_runs(text: &str) -> Vec<(Range<usize>, bool)> {
    let mut runs: Vec<(Range<usize>, bool)> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let kind = is_unspaced(c);
        match runs.last_mut() {
            Some((run, last)) if *last == kind => run.end = end,
            _ => runs.push((at..end, kind)),
        }
    }
    runs
}

/// Words by the rules of Unicode (annex 29), grown together over single joiners.
fn compounds(text: &str, run: Range<usize>) -> Vec<Range<usize>> {
    let mut compounds: Vec<Range<usize>> = Vec::new();
    for (at, word) in text.get(run.clone()).unwrap_or_default().unicode_word_indices() {
        let word = run.start + at..run.start + at + word.len();
        let gap = compounds.last().and_then(|last| text.get(last.end..word.start));
        match compounds.last_mut() {
            Some(last) if gap.is_some_and(|gap| is_joiner(text, last.end, gap)) => last.end = word.end,
            _ => compounds.push(word),
        }
    }
    compounds
}

/// Adjacent words (an empty gap) and words around one joiner belong together; a colon joins digits only.
fn is_joiner(text: &str, at: usize, gap: &str) -> bool {
    let mut characters = gap.chars();
    match (characters.next(), characters.next()) {
        (None, _) => true,
        (Some(':'), None) => {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + 1..).and_then(|after| after.chars().next());
            before.is_some_and(is_digit) && after.is_some_and(is_digit)
        }
        (Some(c), None) => JOINERS.contains(&c),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str, tag: &str) -> Vec<String> {
        tokens(text, Language::from_tag(tag)).into_iter().map(|token| token.term).collect()
    }

    fn content(text: &str, tag: &str) -> Vec<String> {
        content_tokens(text, Language::from_tag(tag)).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn words_are_lower_cased_and_stemmed_by_their_language() {
        assert_eq!(terms("Opening HOURS", "en"), ["open", "hour"]);
        assert_eq!(terms("Öffnungszeiten Preise", "de"), ["offnungszeit", "preis"]);
        assert_eq!(terms("The owner\u{2019}s café", "en"), ["the", "owner", "café"]);
        assert_eq!(terms("l\u{2019}ouverture d'hiver", "fr"), ["l", "ouvertur", "d", "hiv"]);
        assert_eq!(terms("Opening HOURS", "und"), ["opening", "hours"]);
        assert!(terms(" – … !", "en").is_empty());
    }

    #[test]
    fn part_numbers_are_found_whole_and_by_their_pieces_however_they_are_typed() {
        assert_eq!(terms("AB-1200/X", "en"), ["ab1200x", "ab", "1200", "x"]);
        assert_eq!(terms("ab1200x", "en"), ["ab1200x", "ab", "1200", "x"]);
        assert_eq!(terms("E-404", "en"), ["e404", "e", "404"]);
        assert_eq!(terms("error e404", "en"), ["error", "e404", "e", "404"]);
        assert_eq!(terms("WD_40", "en"), ["wd40", "wd", "40"]);
        assert_eq!(terms("10kg", "en"), ["10kg", "10", "kg"]);
        assert_eq!(terms("ＡＢ１２", "ja"), ["ab12", "ab", "12"]);
    }

    #[test]
    fn prices_numbers_and_times_have_one_form() {
        assert_eq!(terms("€4.20", "en"), ["4.20"]);
        assert_eq!(terms("4,20 €", "de"), ["4.20"]);
        assert_eq!(terms("1,200 1.200 1200", "en"), ["1200", "1200", "1200"]);
        assert_eq!(terms("1.200,50 0.500", "de"), ["1200.50", "0.500"]);
        assert_eq!(terms("09:30-17:00", "en"), ["9:30", "17:00"]);
        assert_eq!(terms("00:15", "en"), ["0:15"]);
        assert_eq!(terms("24/7", "en"), ["24/7", "24", "7"]);
        assert_eq!(terms("9 a.m.", "en"), ["9", "am"]);
        assert_eq!(terms("v2.0", "en"), ["v20", "v", "2.0"]);
    }

    #[test]
    fn phone_numbers_are_found_with_and_without_prefix_and_spaces() {
        let written = terms("Call +44 20 7946 0958 now", "en");
        for typed in ["020 7946 0958", "02079460958", "+442079460958", "7946 0958", "(020) 7946-0958"] {
            let found: Vec<String> = terms(typed, "en").into_iter().filter(|term| term.len() >= 7).collect();
            assert!(found.iter().any(|term| written.contains(term)), "{typed}: {found:?} in {written:?}");
        }
        assert_eq!(terms("555-0102", "en"), ["5550102", "555", "0102"]);
    }

    #[test]
    fn addresses_are_found_whole_and_by_their_pieces() {
        assert_eq!(terms("Info@Cafe.example", "en"), ["info@cafe.example", "info", "cafe", "exampl"]);
        assert_eq!(terms("www.cafe.example", "en"), ["www.cafe.example", "www", "cafe", "exampl"]);
        assert_eq!(terms("check-in", "en"), ["checkin", "check", "in"]);
        assert_eq!(terms("dogs/cats", "en"), ["dog", "cat"]);
        assert_eq!(terms("B&B", "en"), ["b&b", "b", "b"]);
    }

    #[test]
    fn scripts_without_spaces_become_pairs() {
        assert_eq!(terms("営業時間", "ja"), ["営業", "業時", "時間"]);
        assert_eq!(terms("茶 Tシャツ", "ja"), ["茶", "t", "シャ", "ャツ"]);
        assert_eq!(terms("영업시간", "ko"), ["영업", "업시", "시간"]);
    }

    #[test]
    fn stop_words_go_unless_nothing_else_is_there() {
        assert_eq!(content("What are your opening hours?", "en"), ["open", "hour"]);
        assert_eq!(content("Avez-vous du lait d\u{2019}avoine ?", "fr"), ["lait", "avoin"]);
        assert_eq!(content("Who are you?", "en"), ["who", "are", "you"]);
        assert_eq!(content("What's the price?", "en"), ["price"]);
        assert!(content("?!", "en").is_empty());
    }

    #[test]
    fn terms_and_spans_stay_in_bounds_for_any_text() {
        let alphabet: Vec<char> =
            "aZß9.,-/@:+&'’_ \n()€日本ไก่தமி\u{301}\u{200d}🙂İŀ½０\u{0}".chars().collect();
        let mut state: u64 = 7;
        for round in 0..600 {
            let mut text = String::new();
            for _ in 0..(round % 90) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push(alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]);
            }
            for tag in ["en", "de", "fr", "ar", "ta", "tr", "ru", "fi", "hu", "el", "ja", "und"] {
                for token in tokens(&text, Language::from_tag(tag)) {
                    assert!(text.get(token.span.clone()).is_some_and(|part| !part.is_empty()), "{text:?}");
                    assert!((1..=TERM_CHARS_MAX).contains(&token.term.chars().count()), "{token:?}");
                }
                content_tokens(&text, Language::from_tag(tag));
            }
        }
        assert_eq!(terms(&"x".repeat(500), "en")[0].len(), TERM_CHARS_MAX);
        assert!(terms(&"a-".repeat(5_000), "en").len() <= PIECES_MAX + 1);
    }
}
