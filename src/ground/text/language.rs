//! The language of a text, as far as it changes how words are cut and stemmed.

use rust_stemmers::{Algorithm, Stemmer};
use std::fmt;

/// A language with rules of its own here. Every other language is [`Language::Other`]: its words are found
/// as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    Arabic,
    Chinese,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Japanese,
    Korean,
    Norwegian,
    Polish,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
    Other,
}

/// Each language with its tag (BCP 47, primary subtag) and its stemmer, where there is one.
const TABLE: [(Language, &str, Option<Algorithm>); 23] = [
    (Language::Arabic, "ar", Some(Algorithm::Arabic)),
    (Language::Chinese, "zh", None),
    (Language::Danish, "da", Some(Algorithm::Danish)),
    (Language::Dutch, "nl", Some(Algorithm::Dutch)),
    (Language::English, "en", Some(Algorithm::English)),
    (Language::Finnish, "fi", Some(Algorithm::Finnish)),
    (Language::French, "fr", Some(Algorithm::French)),
    (Language::German, "de", Some(Algorithm::German)),
    (Language::Greek, "el", Some(Algorithm::Greek)),
    (Language::Hungarian, "hu", Some(Algorithm::Hungarian)),
    (Language::Italian, "it", Some(Algorithm::Italian)),
    (Language::Japanese, "ja", None),
    (Language::Korean, "ko", None),
    (Language::Norwegian, "no", Some(Algorithm::Norwegian)),
    (Language::Polish, "pl", None),
    (Language::Portuguese, "pt", Some(Algorithm::Portuguese)),
    (Language::Romanian, "ro", Some(Algorithm::Romanian)),
    (Language::Russian, "ru", Some(Algorithm::Russian)),
    (Language::Spanish, "es", Some(Algorithm::Spanish)),
    (Language::Swedish, "sv", Some(Algorithm::Swedish)),
    (Language::Tamil, "ta", Some(Algorithm::Tamil)),
    (Language::Turkish, "tr", Some(Algorithm::Turkish)),
    (Language::Other, "und", None),
];

impl Language {
    /// The language of a tag such as `en-GB` or `pt_BR`, by its first part, in any case.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
        let primary = match primary.as_str() {
            "nb" | "nn" => "no",
            other => other,
        };
        TABLE.iter().find(|(_, tag, _)| *tag == primary).map_or(Self::Other, |(language, _, _)| *language)
    }

    /// The tag under which this language is stored: `en`, `de`, … and `und` for any other.
    pub fn as_tag(self) -> &'static str {
        TABLE.iter().find(|(language, _, _)| *language == self).map_or("und", |(_, tag, _)| tag)
    }

    /// Whether articles and pronouns melt into the next word with an apostrophe: `l'eau`, `dell'anno`.
    pub(super) fn has_elision(self) -> bool {
        matches!(self, Self::French | Self::Italian)
    }

    pub(super) fn stemmer(self) -> Option<Stemmer> {
        let (_, _, algorithm) = TABLE.iter().find(|(language, _, _)| *language == self)?;
        algorithm.map(Stemmer::create)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_tag())
    }
}

impl serde::Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_tag())
    }
}

impl<'de> serde::Deserialize<'de> for Language {
    /// Any well-formed tag is taken; one without rules here becomes `und`.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = <String as serde::Deserialize>::deserialize(deserializer)?;
        if is_well_formed(&tag) {
            Ok(Self::from_tag(&tag))
        } else {
            Err(serde::de::Error::custom("expected a language tag such as `en` or `pt-BR`"))
        }
    }
}

impl schemars::JsonSchema for Language {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Language".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A language tag (BCP 47).",
            "pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$",
            "examples": ["en", "de", "pt-BR"],
        })
    }
}

fn is_well_formed(tag: &str) -> bool {
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_first_part_and_round_trip() {
        assert_eq!(Language::from_tag("en-GB"), Language::English);
        assert_eq!(Language::from_tag("PT_br"), Language::Portuguese);
        assert_eq!(Language::from_tag("nb"), Language::Norwegian);
        for unknown in ["", "tlh", "english", "-", "ü"] {
            assert_eq!(Language::from_tag(unknown), Language::Other, "{unknown}");
        }
        for (language, tag, _) in TABLE {
            assert_eq!(Language::from_tag(tag), language);
            assert_eq!(language.as_tag(), tag);
        }
    }

    #[test]
    fn json_takes_a_tag_and_refuses_what_is_none() {
        assert_eq!(serde_json::from_str::<Language>("\"de-AT\"").unwrap(), Language::German);
        assert_eq!(serde_json::to_string(&Language::Other).unwrap(), "\"und\"");
        for wrong in ["\"\"", "\"german\"", "\"de AT\"", "\"d\"", "7"] {
            assert!(serde_json::from_str::<Language>(wrong).is_err(), "{wrong}");
        }
    }
}
