//! What a client decides about its assistant. Each type checks itself when it is read from a request.

use super::origins::AllowedDomain;
use crate::ground::bounded_text::BoundedText;
use crate::ground::limits::{
    ALLOWED_DOMAINS_MAX, SUGGESTION_CHARS_MAX, SUGGESTIONS_MAX, WIDGET_NAME_CHARS_MAX,
    WIDGET_PLACEHOLDER_CHARS_MAX, WIDGET_WELCOME_CHARS_MAX,
};
use crate::ground::stored_text::StoredText;
use crate::ground::text::Language;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub type WidgetName = BoundedText<0, WIDGET_NAME_CHARS_MAX>;
pub type Welcome = BoundedText<0, WIDGET_WELCOME_CHARS_MAX>;
pub type Placeholder = BoundedText<0, WIDGET_PLACEHOLDER_CHARS_MAX>;
pub type Suggestion = BoundedText<1, SUGGESTION_CHARS_MAX>;

/// What visitors see of the assistant, and where it may stand. An empty text means the widget's own default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientSettings {
    pub widget_name: WidgetName,
    pub welcome: Welcome,
    pub placeholder: Placeholder,
    pub suggestions: BoundedList<Suggestion, SUGGESTIONS_MAX>,
    pub accent_color: Color,
    pub language: Language,
    pub allowed_domains: BoundedList<AllowedDomain, ALLOWED_DOMAINS_MAX>,
    /// Whether page, referrer, language and kind of device are kept with a conversation.
    pub keep_visit_details: bool,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            widget_name: WidgetName::empty(),
            welcome: Welcome::empty(),
            placeholder: Placeholder::empty(),
            suggestions: BoundedList(Vec::new()),
            accent_color: Color::default(),
            language: Language::English,
            allowed_domains: BoundedList(Vec::new()),
            keep_visit_details: true,
        }
    }
}

/// A change of some settings; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// The assistant's name in the widget, up to 100 characters. Empty: the appliance's default.
    pub widget_name: Option<WidgetName>,
    /// What the assistant says when the widget opens, up to 1,000 characters.
    pub welcome: Option<Welcome>,
    /// The hint in the empty message field, up to 255 characters.
    pub placeholder: Option<Placeholder>,
    /// Up to six questions that a visitor can send with one click.
    pub suggestions: Option<BoundedList<Suggestion, SUGGESTIONS_MAX>>,
    /// The colour of buttons, as `#rrggbb`.
    pub accent_color: Option<Color>,
    /// The language of the documents: decides how words are reduced to their stems.
    pub language: Option<Language>,
    /// The hosts on which the widget may stand, such as `example.com`, `*.example.com`, `example.com:8443`.
    /// Empty: any.
    pub allowed_domains: Option<BoundedList<AllowedDomain, ALLOWED_DOMAINS_MAX>>,
    /// Whether the page, the referrer, the language and the kind of device are kept with each conversation.
    pub keep_visit_details: Option<bool>,
}

impl SettingsPatch {
    /// The names of the fields that the patch sets.
    pub fn field_names(&self) -> Vec<&'static str> {
        [
            (self.widget_name.is_some(), "widget_name"),
            (self.welcome.is_some(), "welcome"),
            (self.placeholder.is_some(), "placeholder"),
            (self.suggestions.is_some(), "suggestions"),
            (self.accent_color.is_some(), "accent_color"),
            (self.language.is_some(), "language"),
            (self.allowed_domains.is_some(), "allowed_domains"),
            (self.keep_visit_details.is_some(), "keep_visit_details"),
        ]
        .into_iter()
        .filter_map(|(is_set, name)| is_set.then_some(name))
        .collect()
    }

    pub fn apply_to(&self, settings: ClientSettings) -> ClientSettings {
        let patch = self.clone();
        ClientSettings {
            widget_name: patch.widget_name.unwrap_or(settings.widget_name),
            welcome: patch.welcome.unwrap_or(settings.welcome),
            placeholder: patch.placeholder.unwrap_or(settings.placeholder),
            suggestions: patch.suggestions.unwrap_or(settings.suggestions),
            accent_color: patch.accent_color.unwrap_or(settings.accent_color),
            language: patch.language.unwrap_or(settings.language),
            allowed_domains: patch.allowed_domains.unwrap_or(settings.allowed_domains),
            keep_visit_details: patch.keep_visit_details.unwrap_or(settings.keep_visit_details),
        }
    }
}

/// A list of at most `MAX` items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct BoundedList<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for BoundedList<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> BoundedList<T, MAX> {
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for BoundedList<T, MAX> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::<T>::deserialize(deserializer)?;
        if items.len() > MAX {
            return Err(serde::de::Error::custom(format!("This list must have at most {MAX} items.")));
        }
        Ok(Self(items))
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for BoundedList<T, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}List{MAX}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let items = generator.subschema_for::<T>();
        schemars::json_schema!({"type": "array", "items": items, "maxItems": MAX})
    }
}

/// A colour as `#rrggbb`, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Color(String);

impl Default for Color {
    fn default() -> Self {
        Self("#1f5fbf".to_owned())
    }
}

impl StoredText for Color {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err("A colour is written as # and six hexadecimal digits, such as #1f5fbf.".to_owned())
        }
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_stored_text(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Color {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Color".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "examples": ["#1f5fbf"]})
    }
}
