//! A guess at the language of a short text, by its script and its small words.

use super::Language;
use super::stop_words::is_stop_word;

/// The languages whose small words are known.
const BY_WORDS: [Language; 7] = [
    Language::English,
    Language::German,
    Language::Spanish,
    Language::French,
    Language::Italian,
    Language::Portuguese,
    Language::Dutch,
];
/// Fewer small words of a language say nothing: "me" is English, Spanish, Italian and Portuguese.
const SMALL_WORDS_MIN: usize = 2;

/// The language in which a question is most likely asked; None where it is too short to tell, or in a language
/// that is not known here.
pub fn guess_language(text: &str) -> Option<Language> {
    by_script(text).or_else(|| by_words(text))
}

fn by_script(text: &str) -> Option<Language> {
    let has = |ranges: &[(u32, u32)]| {
        text.chars().any(|c| ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c))))
    };
    // Kana before Han: Japanese is written with both.
    let scripts: [(Language, &[(u32, u32)]); 7] = [
        (Language::Japanese, &[(0x3041, 0x30FF)]),
        (Language::Korean, &[(0xAC00, 0xD7AF), (0x1100, 0x11FF)]),
        (Language::Chinese, &[(0x4E00, 0x9FFF)]),
        (Language::Arabic, &[(0x0600, 0x06FF)]),
        (Language::Greek, &[(0x0370, 0x03FF)]),
        (Language::Russian, &[(0x0400, 0x04FF)]),
        (Language::Tamil, &[(0x0B80, 0x0BFF)]),
    ];
    scripts.into_iter().find(|(_, ranges)| has(ranges)).map(|(language, _)| language)
}

fn by_words(text: &str) -> Option<Language> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let mut counts: Vec<(usize, Language)> = BY_WORDS
        .into_iter()
        .map(|language| (words.iter().filter(|word| is_stop_word(word, language)).count(), language))
        .collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match counts.as_slice() {
        [(best, language), (second, _), ..] if *best >= SMALL_WORDS_MIN && best > second => Some(*language),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-9
    #[test]
    fn questions_are_told_apart_by_script_and_small_words() {
        for (text, language) in [
            ("What does the repair of a flat tyre cost?", Some(Language::English)),
            ("Was kostet die Reparatur von einem Reifen?", Some(Language::German)),
            ("¿Cuánto cuesta la reparación de una rueda?", Some(Language::Spanish)),
            ("Combien coûte la réparation de mon vélo ?", Some(Language::French)),
            ("営業時間は何時ですか", Some(Language::Japanese)),
            ("营业时间", Some(Language::Chinese)),
            ("ما هي ساعات العمل", Some(Language::Arabic)),
            ("TC-100", None),
            ("menu", None),
            ("", None),
        ] {
            assert_eq!(guess_language(text), language, "{text}");
        }
    }
}
