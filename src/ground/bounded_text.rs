//! A text whose length was checked, in Unicode scalars.

use super::stored_text::StoredText;
use std::fmt;

/// A trimmed text of `MIN` to `MAX` Unicode scalars without control characters other than line breaks and
/// tabs. Deserialising checks it, so that a request's error points at the field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BoundedText<const MIN: usize, const MAX: usize>(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoundedTextError {
    #[error("This must have {min} to {max} characters; it has {found}.")]
    Length { min: usize, max: usize, found: usize },
    #[error("This must not contain control characters.")]
    ControlCharacter,
}

impl<const MIN: usize, const MAX: usize> BoundedText<MIN, MAX> {
    pub fn parse(text: &str) -> Result<Self, BoundedTextError> {
        let text = text.trim();
        let found = text.chars().count();
        if found < MIN || found > MAX {
            return Err(BoundedTextError::Length { min: MIN, max: MAX, found });
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(BoundedTextError::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MAX: usize> BoundedText<0, MAX> {
    pub const fn empty() -> Self {
        Self(String::new())
    }

    /// The text, or `default` when it is empty.
    pub fn or<'a>(&'a self, default: &'a str) -> &'a str {
        if self.0.is_empty() { default } else { &self.0 }
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for BoundedText<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> StoredText for BoundedText<MIN, MAX> {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}

impl<const MIN: usize, const MAX: usize> serde::Serialize for BoundedText<MIN, MAX> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> serde::Deserialize<'de> for BoundedText<MIN, MAX> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> schemars::JsonSchema for BoundedText<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": MIN, "maxLength": MAX})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Short = BoundedText<1, 4>;

    #[test]
    fn the_length_counts_unicode_scalars_after_trimming() {
        for good in ["a", "abcd", "  ab ", "äöüß", "日本語だ", "👍🏽!!"] {
            assert!(Short::parse(good).is_ok(), "{good}");
        }
        for (bad, found) in [("", 0), ("   ", 0), ("abcde", 5)] {
            assert_eq!(Short::parse(bad), Err(BoundedTextError::Length { min: 1, max: 4, found }), "{bad}");
        }
        assert_eq!(Short::parse("a\0b"), Err(BoundedTextError::ControlCharacter));
        assert!(Short::parse("a\nb").is_ok());
    }
}
