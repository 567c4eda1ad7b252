//! The configuration in effect, for a person and for a program. Secrets are masked.

use super::Loaded;
use super::schema::catalog;
use serde_json::{Value, json};
use std::fmt::Write as _;

impl Loaded {
    /// TOML with a comment behind each value that was set: where it came from. Not meant to be loaded again:
    /// a masked secret is refused.
    pub fn show(&self) -> String {
        let settings = self.masked();
        let mut text = String::from("# The configuration in effect. Secrets are masked.\n");
        for section in &catalog().sections {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n[{}]\n", section.name);
            for field in &section.fields {
                let value = settings.get(&section.name).and_then(|section| section.get(&field.key));
                let _ = write!(text, "{} = {}", field.key, toml_literal(value.unwrap_or(&Value::Null)));
                let _ = match self.place(&field.path) {
                    Some(place) => writeln!(text, "  # from {place}"),
                    None => writeln!(text),
                };
            }
        }
        text
    }

    /// The same as JSON: `settings`, and under `from` the place of each value that was set.
    pub fn show_json(&self) -> Value {
        json!({ "settings": self.masked(), "from": self.places })
    }

    /// Serializing the settings masks every secret.
    fn masked(&self) -> Value {
        serde_json::to_value(&self.settings).unwrap_or_default()
    }
}

/// A value as it stands behind `key =`.
pub(super) fn toml_literal(value: &Value) -> String {
    toml::Value::try_from(value).map_or_else(|_| "\"\"".to_owned(), |value| value.to_string())
}
