//! What a client decides about its assistant. Each type checks itself when it is read from a request.

use super::looks::{Color, CustomCss, LogoUrl, Looks, Position, Theme, WidgetHeight, WidgetWidth};
use super::origins::AllowedDomain;
use crate::ground::bounded_text::BoundedText;
use crate::ground::limits::{
    ALLOWED_DOMAINS_MAX, SUGGESTION_CHARS_MAX, SUGGESTIONS_MAX, WIDGET_NAME_CHARS_MAX,
    WIDGET_PLACEHOLDER_CHARS_MAX, WIDGET_WELCOME_CHARS_MAX,
};
use crate::ground::stored_text::StoredText as _;
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
    pub looks: Looks,
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
            looks: Looks::default(),
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
    /// Where the colours come from: `light`, `dark`, `auto` (as the visitor's system is set), `custom`.
    pub theme: Option<Theme>,
    /// The colour of buttons, header and the visitor's messages, as `#rrggbb`.
    pub accent_color: Option<Color>,
    /// The background, in the custom theme.
    pub background_color: Option<Color>,
    /// The text, in the custom theme.
    pub text_color: Option<Color>,
    /// What the assistant's messages stand on, in the custom theme.
    pub bubble_color: Option<Color>,
    /// Where the widget stands on the page.
    pub position: Option<Position>,
    /// The width of the open chat, 200 to 800; on a small screen it takes what there is.
    pub width_px: Option<WidgetWidth>,
    /// The height of the open chat, 300 to 1,000; on a small screen it takes what there is.
    pub height_px: Option<WidgetHeight>,
    /// A style sheet for the inside of the widget, up to 10,000 characters. It reaches nothing outside and loads
    /// nothing from elsewhere.
    pub custom_css: Option<CustomCss>,
    /// The https address of a logo; takes an uploaded one away. Empty: no logo from an address.
    pub logo_url: Option<LogoUrl>,
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
            (self.theme.is_some(), "theme"),
            (self.accent_color.is_some(), "accent_color"),
            (self.background_color.is_some(), "background_color"),
            (self.text_color.is_some(), "text_color"),
            (self.bubble_color.is_some(), "bubble_color"),
            (self.position.is_some(), "position"),
            (self.width_px.is_some(), "width_px"),
            (self.height_px.is_some(), "height_px"),
            (self.custom_css.is_some(), "custom_css"),
            (self.logo_url.is_some(), "logo_url"),
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
            looks: self.looks(settings.looks),
            language: patch.language.unwrap_or(settings.language),
            allowed_domains: patch.allowed_domains.unwrap_or(settings.allowed_domains),
            keep_visit_details: patch.keep_visit_details.unwrap_or(settings.keep_visit_details),
        }
    }

    fn looks(&self, looks: Looks) -> Looks {
        let patch = self.clone();
        // There is one logo: an address takes the place of an uploaded one.
        let is_logo_replaced = patch.logo_url.as_ref().is_some_and(|url| !url.stored_text().is_empty());
        Looks {
            theme: patch.theme.unwrap_or(looks.theme),
            accent_color: patch.accent_color.unwrap_or(looks.accent_color),
            background_color: patch.background_color.unwrap_or(looks.background_color),
            text_color: patch.text_color.unwrap_or(looks.text_color),
            bubble_color: patch.bubble_color.unwrap_or(looks.bubble_color),
            position: patch.position.unwrap_or(looks.position),
            width_px: patch.width_px.unwrap_or(looks.width_px),
            height_px: patch.height_px.unwrap_or(looks.height_px),
            custom_css: patch.custom_css.unwrap_or(looks.custom_css),
            logo_url: patch.logo_url.unwrap_or(looks.logo_url),
            logo_hash: if is_logo_replaced { String::new() } else { looks.logo_hash },
        }
    }

    /// Whether colours are to be judged anew.
    pub fn changes_colors(&self) -> bool {
        let colors = [&self.accent_color, &self.background_color, &self.text_color, &self.bubble_color];
        self.theme.is_some() || colors.iter().any(|color| color.is_some())
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
