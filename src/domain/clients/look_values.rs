//! Values of a widget's looks that check themselves when they are read from a request. Pure.

use super::css;
use crate::ground::limits::{LOGO_URL_CHARS_MAX, WIDGET_CSS_CHARS_MAX};
use crate::ground::stored_text::StoredText;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A style sheet that stays in the widget; see [`css`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomCss(String);

impl CustomCss {
    pub const fn empty() -> Self {
        Self(String::new())
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl StoredText for CustomCss {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        let found = text.chars().count();
        if found > WIDGET_CSS_CHARS_MAX {
            return Err(format!("This must have at most {WIDGET_CSS_CHARS_MAX} characters; it has {found}."));
        }
        css::check(text).map_err(|error| format!("The style sheet is not accepted: {error}."))?;
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for CustomCss {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_stored_text(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for CustomCss {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CustomCss".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "maxLength": WIDGET_CSS_CHARS_MAX})
    }
}

/// An https address of an image, or empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogoUrl(String);

impl LogoUrl {
    pub const fn empty() -> Self {
        Self(String::new())
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl StoredText for LogoUrl {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_visible = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        let is_address = host.is_some_and(|host| host.contains('.') && !host.contains('@')) && is_visible;
        if !text.is_empty() && (!is_address || text.chars().count() > LOGO_URL_CHARS_MAX) {
            return Err(format!(
                "A logo's address begins with https:// and has at most {LOGO_URL_CHARS_MAX} characters, such as \
                 https://example.com/logo.png."
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for LogoUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_stored_text(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for LogoUrl {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LogoUrl".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "maxLength": LOGO_URL_CHARS_MAX, "pattern": "^(https://.+)?$",
        })
    }
}

/// A whole number within its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct BoundedNumber<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> BoundedNumber<MIN, MAX> {
    pub fn parse(number: u32) -> Result<Self, String> {
        let is_within = (MIN..=MAX).contains(&number);
        if is_within {
            Ok(Self(number))
        } else {
            Err(format!("This must be {MIN} to {MAX}; it is {number}."))
        }
    }

    /// A default of ours; the nearest bound where it lies outside.
    pub const fn usual(number: u32) -> Self {
        Self(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for BoundedNumber<MIN, MAX> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(u32::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<const MIN: u32, const MAX: u32> JsonSchema for BoundedNumber<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Number{MIN}To{MAX}").into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logos_address_is_https_or_empty() {
        for good in ["", "https://example.com/logo.png", "https://cdn.example.com"] {
            assert!(LogoUrl::from_stored_text(good).is_ok(), "{good}");
        }
        for bad in
            ["http://example.com/a.png", "javascript:alert(1)", "https://", "https://a b.c/", "https://u@e.x"]
        {
            assert!(LogoUrl::from_stored_text(bad).is_err(), "{bad}");
        }
    }
}
