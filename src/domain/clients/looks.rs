//! How a client's widget looks: theme, colours, place, size, its own style sheet, logo. Pure.
//!
//! Colours are judged together, when one of them or the theme is changed: [`check_contrast`]. What the widget
//! derives by itself (text on the accent, links, the accent in the dark half of `auto`) it keeps readable itself.

use super::contrast::{self, Demand, Rgb, SHAPE_CONTRAST_MIN, TEXT_CONTRAST_MIN};
pub use super::look_values::{BoundedNumber, CustomCss, LogoUrl};
use crate::ground::limits::{
    WIDGET_HEIGHT_PX_MAX, WIDGET_HEIGHT_PX_MIN, WIDGET_WIDTH_PX_MAX, WIDGET_WIDTH_PX_MIN,
};
use crate::ground::stored_text::StoredText;
use crate::text_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub type WidgetWidth = BoundedNumber<WIDGET_WIDTH_PX_MIN, WIDGET_WIDTH_PX_MAX>;
pub type WidgetHeight = BoundedNumber<WIDGET_HEIGHT_PX_MIN, WIDGET_HEIGHT_PX_MAX>;

/// The surface of the widget in its dark theme; the same colour stands in `assets/widget/theme.ts`.
const DARK_SURFACE: Rgb = Rgb { red: 0x1c, green: 0x1f, blue: 0x25 };
const LIGHT_SURFACE: Rgb = Rgb { red: 0xff, green: 0xff, blue: 0xff };

text_enum! {
    /// Where the widget's colours come from.
    pub enum Theme {
        Light = "light",
        Dark = "dark",
        /// Light or dark, as the visitor's system is set.
        Auto = "auto",
        /// The client's own background, text and bubble colours.
        Custom = "custom",
    }
}

text_enum! {
    /// Where on the page the widget stands.
    pub enum Position {
        BottomRight = "bottom-right",
        BottomLeft = "bottom-left",
        TopRight = "top-right",
        TopLeft = "top-left",
        /// The button at the middle of the lower edge, the chat in the middle of the page.
        Center = "center",
    }
}

/// The looks of a widget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Looks {
    pub theme: Theme,
    /// Buttons, header and the visitor's own messages.
    pub accent_color: Color,
    pub background_color: Color,
    pub text_color: Color,
    /// What the assistant's messages stand on.
    pub bubble_color: Color,
    pub position: Position,
    pub width_px: WidgetWidth,
    pub height_px: WidgetHeight,
    pub custom_css: CustomCss,
    /// A logo at an https address; empty where there is none.
    pub logo_url: LogoUrl,
    /// The content hash of an uploaded logo; empty where there is none.
    pub logo_hash: String,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            theme: Theme::Auto,
            accent_color: Color("#1f5fbf".to_owned()),
            background_color: Color("#ffffff".to_owned()),
            text_color: Color("#1b1e24".to_owned()),
            bubble_color: Color("#eef0f3".to_owned()),
            position: Position::BottomRight,
            width_px: BoundedNumber::usual(392),
            height_px: BoundedNumber::usual(624),
            custom_css: CustomCss::empty(),
            logo_url: LogoUrl::empty(),
            logo_hash: String::new(),
        }
    }
}

/// A colour that cannot be read, with the nearest that can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{color} has too little contrast to {against}: {why}. {nearest}")]
pub struct ContrastError {
    pub field: &'static str,
    color: String,
    against: String,
    why: String,
    nearest: String,
}

/// One colour of the looks, by the name of its field.
struct Named<'a> {
    field: &'static str,
    color: &'a Color,
}

/// Whether every colour can be read on what it stands on. Of two colours that do not fit, the one that was just
/// changed is at fault (`is_changed` by name of the field), the standing one in doubt.
pub fn check_contrast(looks: &Looks, is_changed: impl Fn(&str) -> bool) -> Result<(), ContrastError> {
    let accent = Named { field: "accent_color", color: &looks.accent_color };
    let background = Named { field: "background_color", color: &looks.background_color };
    let text = Named { field: "text_color", color: &looks.text_color };
    let bubble = Named { field: "bubble_color", color: &looks.bubble_color };
    match looks.theme {
        // In the dark half of `auto` the widget lightens the accent by itself.
        Theme::Light | Theme::Auto => alone(&accent, LIGHT_SURFACE, "the light theme's background #ffffff"),
        Theme::Dark => alone(&accent, DARK_SURFACE, "the dark theme's background #1c1f25"),
        Theme::Custom => together(
            &[
                (&text, &background, TEXT_CONTRAST_MIN),
                (&text, &bubble, TEXT_CONTRAST_MIN),
                (&accent, &background, SHAPE_CONTRAST_MIN),
            ],
            is_changed,
        ),
    }
}

fn alone(front: &Named<'_>, surface: Rgb, surface_name: &str) -> Result<(), ContrastError> {
    let demand = Demand { against: surface, ratio_min: SHAPE_CONTRAST_MIN };
    refuse_unless_met(front, surface_name.to_owned(), demand, &[demand])
}

/// What stands in front, what it stands on, and the ratio between them.
type Pair<'a> = (&'a Named<'a>, &'a Named<'a>, f64);

/// Checks every pair. The nearest colour is one that fits all pairs in which the colour at fault stands.
fn together(pairs: &[Pair<'_>], is_changed: impl Fn(&str) -> bool) -> Result<(), ContrastError> {
    for (front, surface, ratio_min) in pairs {
        let is_surface_at_fault = is_changed(surface.field) && !is_changed(front.field);
        let (at_fault, other) = if is_surface_at_fault { (surface, front) } else { (front, surface) };
        let demand = Demand { against: other.color.rgb(), ratio_min: *ratio_min };
        refuse_unless_met(at_fault, described(other), demand, &demands_on(at_fault, pairs))?;
    }
    Ok(())
}

fn demands_on(color: &Named<'_>, pairs: &[Pair<'_>]) -> Vec<Demand> {
    let against = |(front, surface, ratio_min): &Pair<'_>| {
        let other = if front.field == color.field { surface } else { front };
        let is_concerned = front.field == color.field || surface.field == color.field;
        is_concerned.then(|| Demand { against: other.color.rgb(), ratio_min: *ratio_min })
    };
    pairs.iter().filter_map(against).collect()
}

fn described(named: &Named<'_>) -> String {
    format!("`{}` {}", named.field, named.color.stored_text())
}

/// `demands` are all that a better colour would have to meet.
fn refuse_unless_met(
    named: &Named<'_>,
    against: String,
    demand: Demand,
    demands: &[Demand],
) -> Result<(), ContrastError> {
    let color = named.color.rgb();
    if demand.is_met_by(color) {
        return Ok(());
    }
    let nearest = match contrast::nearest(color, demands) {
        Some(found) => format!("The nearest that passes is {}.", Color::of(found).stored_text()),
        None => "No lightness of it passes; change what it stands on first.".to_owned(),
    };
    let found = contrast::ratio(color, demand.against);
    // Rounded down, so that 4.49 is not told as the 4.5 that it misses.
    let found = (found * 100.0).floor() / 100.0;
    let why = format!("{found:.2}:1, and WCAG AA asks for {}:1", demand.ratio_min);
    Err(ContrastError {
        field: named.field,
        color: named.color.stored_text().to_owned(),
        against,
        why,
        nearest,
    })
}

/// A colour as `#rrggbb`, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Color(String);

impl Color {
    pub fn of(color: Rgb) -> Self {
        Self(format!("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue))
    }

    pub fn rgb(&self) -> Rgb {
        let channel = |at: usize| {
            let digits = self.0.get(at..at + 2).unwrap_or_default();
            u8::from_str_radix(digits, 16).unwrap_or_default()
        };
        Rgb { red: channel(1), green: channel(3), blue: channel(5) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        Color::from_stored_text(text).unwrap()
    }

    // CHT-33
    #[test]
    fn the_default_looks_can_be_read_in_every_theme_that_fits_them() {
        for theme in [Theme::Light, Theme::Auto, Theme::Custom] {
            let looks = Looks { theme, ..Looks::default() };
            assert_eq!(check_contrast(&looks, |_| true), Ok(()), "{theme}");
        }
    }

    // CHT-33
    #[test]
    fn the_colour_that_was_changed_is_at_fault() {
        let looks = Looks { theme: Theme::Custom, background_color: color("#222222"), ..Looks::default() };

        let by_background = check_contrast(&looks, |field| field == "background_color").unwrap_err();
        let by_both = check_contrast(&looks, |_| true).unwrap_err();

        assert_eq!((by_background.field, by_both.field), ("background_color", "text_color"));
        let nearest = by_background.to_string().rsplit('#').next().unwrap().trim_end_matches('.').to_owned();
        let better = Looks { background_color: color(&format!("#{nearest}")), ..looks };
        assert_eq!(check_contrast(&better, |_| true), Ok(()), "it also fits the accent: {by_background}");
    }

    // CHT-33
    #[test]
    fn the_nearest_colour_passes_when_it_is_sent_back() {
        let mut looks = Looks { accent_color: color("#ffd400"), ..Looks::default() };

        let refused = check_contrast(&looks, |_| true).unwrap_err().to_string();
        let nearest = refused.rsplit('#').next().unwrap().trim_end_matches('.');
        looks.accent_color = color(&format!("#{nearest}"));

        assert_eq!(check_contrast(&looks, |_| true), Ok(()), "{refused}");
    }
}
