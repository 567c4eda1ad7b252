//! Whether a text is one that somebody could read.

use crate::ground::text::{collapse_whitespace, truncate_chars};

/// Fewer letters than this are not judged by their vowels.
const LETTERS_MIN: usize = 500;
/// Of Latin letters, the part that are vowels: about 40 % in the languages of Europe, a fifth when letters are
/// drawn blindly, less when each stands for another.
const VOWELS_MIN_PERCENT: usize = 18;
/// Signs that stand for no character.
const MEANINGLESS_MAX_PERCENT: usize = 10;

/// Whether the text is what a broken font, or a wrong encoding, makes of one.
pub fn is_garbled(text: &str) -> bool {
    let mut visible = 0_usize;
    let mut meaningless = 0_usize;
    let mut letters = 0_usize;
    let mut vowels = 0_usize;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        visible += 1;
        meaningless += usize::from(is_meaningless(c));
        if c.is_ascii_alphabetic() {
            letters += 1;
            vowels += usize::from("aeiouyAEIOUY".contains(c));
        }
    }
    let is_foreign_to_people =
        letters >= LETTERS_MIN && letters * 2 > visible && vowels * 100 < letters * VOWELS_MIN_PERCENT;
    meaningless * 100 > visible * MEANINGLESS_MAX_PERCENT || is_foreign_to_people
}

fn is_meaningless(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}') || c.is_control()
}

/// A title as a program wrote it into a file, if it is one that a person gave.
pub fn document_title(title: &str) -> Option<String> {
    let title = collapse_whitespace(title);
    let lower = title.to_lowercase();
    let has_letters = title.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let is_made_by_program = ["untitled", "microsoft ", "slide ", "document", "powerpoint", "print"]
        .iter()
        .any(|start| lower.starts_with(start));
    let is_file_name = title.rsplit_once('.').is_some_and(|(_, extension)| {
        (2..=5).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric())
    });
    let is_good = has_letters && !is_made_by_program && !is_file_name && !title.chars().any(is_meaningless);
    is_good.then(|| truncate_chars(&title, 200).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_letters_are_known_from_language() {
        let text =
            "The bakery opens at seven every morning and closes when the last loaf is sold. ".repeat(10);
        let shifted: String = text
            .chars()
            .map(|c| if c.is_ascii_lowercase() { char::from((c as u8 - b'a' + 9) % 26 + b'a') } else { c })
            .collect();

        assert!(!is_garbled(&text));
        assert!(!is_garbled("XK-2207 QRT 55 ZZT"));
        assert!(!is_garbled(""));
        assert!(!is_garbled(&"مرحبا بالعالم ".repeat(100)));
        assert!(is_garbled(&shifted), "{shifted}");
        assert!(is_garbled("\u{FFFD}\u{E001}abc"));
    }

    #[test]
    fn titles_that_programs_make_up_are_none() {
        assert_eq!(document_title(" House  rules "), Some("House rules".to_owned()));
        for title in ["", "Microsoft Word - a.doc", "untitled", "rules_final.docx", "12", "\u{FFFD}abc"] {
            assert_eq!(document_title(title), None, "{title}");
        }
    }
}
