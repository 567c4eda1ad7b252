//! The few sentences that the assistant says of itself, by language, from `assets/locales/answers.json`.

use crate::ground::text::Language;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the assistant says around the client's own words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Phrases {
    /// Before quotes: says honestly that what follows was found, not written.
    pub found: String,
    /// When nothing fits: says so, and what the visitor can do.
    pub unknown: String,
    /// Behind an answer that broke off.
    pub cut: String,
    /// Courtesies: back to who greets,
    pub greeting: String,
    /// thanks,
    pub thanks: String,
    /// or says goodbye.
    pub farewell: String,
}

static TABLE: LazyLock<HashMap<String, Phrases>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads every line of it.
    serde_json::from_str(include_str!("../../../assets/locales/answers.json")).unwrap_or_default()
});

/// The phrases of this language, or the English ones.
pub fn phrases(language: Language) -> Option<&'static Phrases> {
    TABLE.get(language.as_tag()).or_else(|| TABLE.get("en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_file_is_known_and_the_rest_speak_english() {
        assert!(TABLE.len() >= 8);
        for (tag, phrases) in TABLE.iter() {
            assert_eq!(Language::from_tag(tag).as_tag(), tag);
            let Phrases { found, unknown, cut, greeting, thanks, farewell } = phrases;
            assert!([found, unknown, cut, greeting, thanks, farewell].iter().all(|text| !text.is_empty()));
        }
        assert_eq!(phrases(Language::Other), phrases(Language::English));
    }
}
