//! WordPiece without case or accents: how BERT models cut texts (Devlin and others, 2018, and the reference
//! tokenizer of the `bert-base-uncased` models).
//!
//! A text is cleaned, put into lower case without accents, and split at spaces, signs and Han characters. Each
//! word is then cut greedily into the longest pieces of the vocabulary; a word that cannot be cut is unknown.
//! Unlike the reference, texts like `[SEP]` are never taken for the model's own marks.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use minilm_network::TokenId;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// Longer words are unknown as a whole.
const WORD_CHARS_MAX: usize = 100;

pub(super) struct Tokenizer {
    starts: HashMap<Box<str>, TokenId>,
    /// Pieces that go on inside a word.
    continuations: HashMap<Box<str>, TokenId>,
    piece_bytes_max: usize,
    marks: Marks,
}

/// The tokens that stand for no text.
#[derive(Clone, Copy)]
struct Marks {
    begin: TokenId,
    end: TokenId,
    unknown: TokenId,
}

impl Tokenizer {
    /// From the lines of `vocab.txt`: one piece each, in the order of their numbers. None without the marks.
    pub(super) fn from_vocabulary(text: &str) -> Option<Self> {
        let (mut starts, mut continuations) = (HashMap::new(), HashMap::new());
        for (id, piece) in (0..).zip(text.lines()) {
            match piece.strip_prefix("##").filter(|rest| !rest.is_empty()) {
                Some(rest) => continuations.insert(rest.into(), id),
                None => starts.insert(piece.into(), id),
            };
        }
        let mark = |name: &str| starts.get(name).copied();
        let marks = Marks { begin: mark("[CLS]")?, end: mark("[SEP]")?, unknown: mark("[UNK]")? };
        let longest = |pieces: &HashMap<Box<str>, TokenId>| pieces.keys().map(|it| it.len()).max();
        let piece_bytes_max = longest(&starts).max(longest(&continuations)).unwrap_or(0);
        Some(Self { starts, continuations, piece_bytes_max, marks })
    }

    /// The tokens of the text between the marks of begin and end; at most `tokens_max` in all.
    pub(super) fn encode(&self, text: &str, tokens_max: usize) -> Vec<TokenId> {
        let mut tokens = vec![self.marks.begin];
        // One place is for the end.
        self.cut(text, &mut tokens, tokens_max.saturating_sub(1));
        tokens.truncate(tokens_max.saturating_sub(1));
        tokens.push(self.marks.end);
        tokens
    }

    /// The tokens of the text without marks, however many.
    pub(super) fn count(&self, text: &str) -> usize {
        let mut tokens = Vec::new();
        self.cut(text, &mut tokens, usize::MAX);
        tokens.len()
    }

    /// Ends soon after `enough` tokens.
    fn cut(&self, text: &str, tokens: &mut Vec<TokenId>, enough: usize) {
        let mut word = String::new();
        // One letter may become several, so each is looked at after it was made plain.
        for letter in plain(text) {
            let is_alone = is_han(letter) || is_sign(letter);
            if letter.is_whitespace() || is_alone {
                self.end_word(&mut word, tokens);
            }
            if is_alone {
                word.push(letter);
                self.end_word(&mut word, tokens);
            } else if !letter.is_whitespace() {
                word.push(letter);
            }
            if tokens.len() >= enough {
                return;
            }
        }
        self.end_word(&mut word, tokens);
    }

    fn end_word(&self, word: &mut String, tokens: &mut Vec<TokenId>) {
        if word.is_empty() {
            return;
        }
        let before = tokens.len();
        if word.chars().count() > WORD_CHARS_MAX || !self.cut_word(word, tokens) {
            tokens.truncate(before);
            tokens.push(self.marks.unknown);
        }
        word.clear();
    }

    /// False when a part of the word is in no piece.
    fn cut_word(&self, word: &str, tokens: &mut Vec<TokenId>) -> bool {
        let (mut rest, mut pieces) = (word, &self.starts);
        while !rest.is_empty() {
            let Some((id, length)) = self.longest(pieces, rest) else { return false };
            tokens.push(id);
            rest = rest.get(length..).unwrap_or_default();
            pieces = &self.continuations;
        }
        true
    }

    /// The longest piece that `rest` begins with, and its length in bytes.
    fn longest(&self, pieces: &HashMap<Box<str>, TokenId>, rest: &str) -> Option<(TokenId, usize)> {
        let mut end = rest.floor_char_boundary(self.piece_bytes_max);
        while end > 0 {
            if let Some(id) = rest.get(..end).and_then(|piece| pieces.get(piece)) {
                return Some((*id, end));
            }
            end = rest.floor_char_boundary(end - 1);
        }
        None
    }
}

/// The letters of the text in lower case, decomposed, without accents and control characters.
fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .filter(|letter| !is_dropped(*letter))
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .nfd()
        .filter(|letter| category(*letter) != GeneralCategory::NonspacingMark || letter.is_ascii())
        .flat_map(char::to_lowercase)
}

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

fn is_dropped(letter: char) -> bool {
    match letter {
        '\t' | '\n' | '\r' => false,
        '\0' | '\u{fffd}' => true,
        _ if letter.is_ascii() => letter.is_control(),
        _ => matches!(
            category(letter),
            GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
        ),
    }
}

fn is_sign(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_punctuation();
    }
    GeneralCategoryGroup::Punctuation.contains(category(letter))
}

/// Han characters stand alone; kana and hangul do not, as in the reference.
fn is_han(letter: char) -> bool {
    matches!(letter,
        '\u{4e00}'..='\u{9fff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2b73f}'
        | '\u{2b740}'..='\u{2b81f}'
        | '\u{2b820}'..='\u{2ceaf}'
        | '\u{f900}'..='\u{faff}'
        | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nopen\n##ing\n##s\n,\ncafe\n時\n間\nx\n##x";

    fn pieces(text: &str, tokens_max: usize) -> Vec<&'static str> {
        let tokenizer = Tokenizer::from_vocabulary(VOCABULARY).unwrap();
        let names: Vec<&str> = VOCABULARY.lines().collect();
        tokenizer.encode(text, tokens_max).into_iter().map(|id| names[id as usize]).collect()
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        assert_eq!(pieces("Openings, OPEN", 99), ["[CLS]", "open", "##ing", "##s", ",", "open", "[SEP]"]);
    }

    #[test]
    fn accents_case_and_control_characters_do_not_count() {
        assert_eq!(pieces("CAF\u{c9}\u{200b} cafe\u{301}\u{0}", 99), ["[CLS]", "cafe", "cafe", "[SEP]"]);
    }

    #[test]
    fn han_characters_stand_alone() {
        assert_eq!(pieces("時間open", 99), ["[CLS]", "時", "間", "open", "[SEP]"]);
    }

    #[test]
    fn a_word_that_cannot_be_cut_is_unknown_as_a_whole() {
        assert_eq!(pieces("openq", 99), ["[CLS]", "[UNK]", "[SEP]"]);
        let tokenizer = Tokenizer::from_vocabulary(VOCABULARY).unwrap();
        assert_eq!(tokenizer.count(&"x".repeat(100)), 100);
        assert_eq!(tokenizer.count(&"x".repeat(101)), 1);
    }

    // A visitor's text cannot end the model's input early.
    #[test]
    fn the_models_own_marks_are_plain_text_in_a_text() {
        assert!(!pieces("open [SEP] open", 99)[1..].starts_with(&["open", "[SEP]"]));
    }

    #[test]
    fn a_long_text_is_cut_and_still_ends() {
        assert_eq!(pieces("open open open", 4), ["[CLS]", "open", "open", "[SEP]"]);
        assert_eq!(pieces("", 4), ["[CLS]", "[SEP]"]);
        assert_eq!(pieces("openings", 4), ["[CLS]", "open", "##ing", "[SEP]"]);
    }
}
