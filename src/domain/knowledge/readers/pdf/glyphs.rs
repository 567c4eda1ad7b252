//! The glyphs of a page: what each says and where it stands.
//!
//! Pages are interpreted as if they were drawn, so fonts, encodings, forms and rotations are resolved by the
//! interpreter; here only text is kept. Text that the file marks as decoration (running headers, page numbers)
//! is left out, text that is drawn invisibly (recognised by an optical reader) is kept.

use super::silent::SilentMaps;
use crate::ground::limits::{GLYPH_CHARS_MAX, GLYPHS_PER_PAGE_MAX};
use hayro_interpret::font::{Glyph as FontGlyph, GlyphRun, PositionedGlyph};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::kurbo::{Affine, BezPath, Point};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use std::collections::HashSet;

/// The advance of a glyph whose font does not say it, and what bounds it, in thousandths of its size.
const ADVANCE_DEFAULT: f64 = 500.0;
const UNITS_PER_EM: f64 = 1_000.0;

/// Which way a line of text runs on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Turn {
    Upright,
    /// Read with the head tilted to the left: the text runs upwards.
    Up,
    UpsideDown,
    Down,
}

/// A glyph in the frame of its own line: `x` grows along the text, `y` from line to line.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub text: String,
    pub turn: Turn,
    pub x0: f64,
    pub x1: f64,
    /// The baseline.
    pub y: f64,
    /// The font's size as it appears.
    pub size: f64,
    pub is_bold: bool,
}

/// What drawing a page showed.
#[derive(Debug, Default)]
pub(super) struct PageText {
    pub glyphs: Vec<Glyph>,
    /// Glyphs whose character the file does not tell.
    pub unknown: usize,
    pub images: usize,
    /// Whether glyphs beyond the bound were left out.
    pub is_cut: bool,
    /// What the interpreter does not read of the page's fonts.
    silent: SilentMaps,
    seen: HashSet<(String, i64, i64)>,
    marks: Vec<Mark>,
    open_decorations: usize,
}

/// A marked part of the content that is open.
#[derive(Debug)]
enum Mark {
    Other,
    Decoration,
    /// The text that stands for the glyphs inside, until it was written.
    Replaced(Option<String>),
}

impl PageText {
    /// Nothing yet, of a page whose fonts have these maps.
    pub(super) fn with(silent: SilentMaps) -> Self {
        Self { silent, ..Self::default() }
    }

    fn add_run(&mut self, run: &GlyphRun<'_, '_>, page: Affine) {
        if self.open_decorations > 0 {
            return;
        }
        let is_bold = run.glyphs().first().is_some_and(is_bold);
        for glyph in run.glyphs() {
            if self.glyphs.len() >= GLYPHS_PER_PAGE_MAX {
                self.is_cut = true;
                return;
            }
            self.add(glyph, page * glyph.transform(), is_bold);
        }
    }

    fn add(&mut self, glyph: &PositionedGlyph<'_>, transform: Affine, is_bold: bool) {
        let Some((mut placed, is_known)) = place(glyph, transform, is_bold, &self.silent) else { return };
        if let Some(Mark::Replaced(text)) = self.marks.last_mut() {
            // The whole replacement stands where its glyphs do.
            match text.take() {
                Some(text) => placed.text = text,
                None => return self.widen_last(&placed),
            }
        } else if !is_known {
            self.unknown += 1;
            return;
        }
        if placed.text.trim().is_empty() {
            return;
        }
        // Bold and shadowed text is sometimes the same glyph drawn twice.
        let cell = (placed.size * 0.2).max(0.1);
        let place = (round(placed.x0 / cell), round(placed.y / cell));
        if self.seen.insert((placed.text.clone(), place.0, place.1)) {
            self.glyphs.push(placed);
        }
    }

    fn widen_last(&mut self, glyph: &Glyph) {
        if let Some(last) = self.glyphs.last_mut()
            && last.turn == glyph.turn
            && (last.y - glyph.y).abs() < last.size
        {
            last.x1 = last.x1.max(glyph.x1);
        }
    }
}

/// Where a glyph stands; None outside of any page. Says too whether its character is known.
fn place(
    glyph: &PositionedGlyph<'_>,
    transform: Affine,
    is_bold: bool,
    silent: &SilentMaps,
) -> Option<(Glyph, bool)> {
    let advance = match &**glyph {
        FontGlyph::Outline(outline) => outline.advance_width().map(f64::from),
        FontGlyph::Type3(drawn) => drawn.advance_width().map(f64::from),
    };
    let advance = advance.filter(|advance| advance.is_finite()).unwrap_or(ADVANCE_DEFAULT);
    let start = transform * Point::ZERO;
    let along = transform * Point::new(advance.clamp(0.0, 4.0 * UNITS_PER_EM), 0.0) - start;
    let unit = transform * Point::new(UNITS_PER_EM, 0.0) - start;
    let height = transform * Point::new(0.0, UNITS_PER_EM) - start;
    let size = height.hypot();
    let is_placed = [start.x, start.y, along.x, along.y, size].iter().all(|value| value.is_finite());
    if !is_placed || size < 0.1 || start.x.abs() > 1e6 || start.y.abs() > 1e6 {
        return None;
    }
    let turn = turn(unit.x, unit.y)?;
    let (x0, y) = turned(turn, start);
    let (text, is_known) = characters(glyph, silent);
    Some((Glyph { text, turn, x0, x1: x0 + along.hypot(), y, size, is_bold }, is_known))
}

/// The point in the frame of text that runs this way.
fn turned(turn: Turn, point: Point) -> (f64, f64) {
    match turn {
        Turn::Upright => (point.x, point.y),
        Turn::Up => (-point.y, point.x),
        Turn::UpsideDown => (-point.x, -point.y),
        Turn::Down => (point.y, -point.x),
    }
}

/// None for slanted text: stamps and watermarks, which say nothing that the page does not.
fn turn(x: f64, y: f64) -> Option<Turn> {
    const SLANT_MAX: f64 = 0.2;
    match (x.abs(), y.abs()) {
        (across, down) if down <= across * SLANT_MAX => {
            Some(if x >= 0.0 { Turn::Upright } else { Turn::UpsideDown })
        }
        (across, down) if across <= down * SLANT_MAX => Some(if y < 0.0 { Turn::Up } else { Turn::Down }),
        _ => None,
    }
}

fn characters(glyph: &PositionedGlyph<'_>, silent: &SilentMaps) -> (String, bool) {
    let text = match glyph.as_unicode() {
        Some(BfString::Char(c)) => bullet(c).unwrap_or(c).to_string(),
        Some(BfString::String(text)) => text.chars().take(GLYPH_CHARS_MAX).collect(),
        None => match silent_text(glyph, silent) {
            Some(text) => text.chars().take(GLYPH_CHARS_MAX).collect(),
            None => return ("\u{FFFD}".to_owned(), false),
        },
    };
    let is_known = !text.chars().any(is_meaningless);
    (text, is_known)
}

fn silent_text<'a>(glyph: &PositionedGlyph<'_>, silent: &'a SilentMaps) -> Option<&'a str> {
    let FontGlyph::Outline(outline) = &**glyph else { return None };
    if silent.is_empty() {
        return None;
    }
    silent.text(&outline.font_data()?.postscript_name?, outline.char_code())
}

/// The fonts of symbols have their bullets among the characters of nobody.
fn bullet(c: char) -> Option<char> {
    matches!(c, '\u{F0A7}' | '\u{F0B7}' | '\u{F0D8}' | '\u{F06C}' | '\u{F06E}' | '\u{F0FC}').then_some('•')
}

/// Characters that a broken font gives instead of text.
pub(super) fn is_meaningless(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
        || (c.is_control() && !c.is_whitespace())
}

fn is_bold(glyph: &PositionedGlyph<'_>) -> bool {
    let FontGlyph::Outline(outline) = &**glyph else { return false };
    outline.font_data().is_some_and(|font| {
        font.weight.is_some_and(|weight| weight >= 600)
            || font.postscript_name.is_some_and(|name| name.to_lowercase().contains("bold"))
    })
}

#[expect(clippy::cast_possible_truncation, reason = "places are finite and below a million")]
fn round(value: f64) -> i64 {
    value.round() as i64
}

impl Device<'_> for PageText {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        self.add_run(run, props.transform);
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.images += 1;
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}

    fn begin_marked_content(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        let replaced = properties.and_then(|properties| properties.get::<PdfString<'_>>(b"ActualText"));
        let mark = match replaced {
            _ if tag == b"Artifact" => Mark::Decoration,
            Some(text) => Mark::Replaced(Some(super::text_string(text.as_bytes()))),
            None => Mark::Other,
        };
        self.open_decorations += usize::from(matches!(mark, Mark::Decoration));
        self.marks.push(mark);
    }

    fn end_marked_content(&mut self) {
        if let Some(Mark::Decoration) = self.marks.pop() {
            self.open_decorations = self.open_decorations.saturating_sub(1);
        }
    }
}
