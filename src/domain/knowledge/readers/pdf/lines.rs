//! From glyphs to lines in reading order.
//!
//! Glyphs of one baseline become fragments, which end at wide gaps. A region of the page is read column by column
//! where a gutter runs through it and prose stands on both sides; otherwise it is split at its horizontal gaps,
//! and what cannot be split is read row by row. (The idea of alternating cuts is that of Nagy and Seth,
//! "Hierarchical representation of optically scanned documents", 1984.)

use super::direction;
use super::glyphs::{Glyph, Turn};
use std::collections::BTreeMap;

/// A gap wider than this, in sizes of the font, ends a fragment.
const FRAGMENT_GAP_EM: f64 = 1.2;
/// A gap wider than this ends a word.
const WORD_GAP_EM: f64 = 0.17;
/// Baselines nearer than this are one line.
const BASELINE_EM: f64 = 0.35;
/// A raised mark is this much smaller than its line, and this near to its baseline.
const RAISED_SIZE: f64 = 0.8;
const RAISED_EM: f64 = 0.6;
/// Cuts within cuts.
const CUTS_MAX: usize = 24;
/// A column of prose has at least this many lines, of this many characters in the mean.
const COLUMN_LINES_MIN: usize = 4;
const COLUMN_CHARS_MIN: usize = 16;

/// A run of text on one baseline, without a wide gap.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    pub text: String,
    pub x0: f64,
    pub x1: f64,
    pub y: f64,
    pub size: f64,
    pub is_bold: bool,
    pub is_right_to_left: bool,
}

impl Fragment {
    fn top(&self) -> f64 {
        self.y - self.size * 0.8
    }

    fn bottom(&self) -> f64 {
        self.y + self.size * 0.2
    }
}

/// A line of a region: one fragment, or several side by side.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub cells: Vec<Fragment>,
    pub x0: f64,
    pub x1: f64,
    pub y: f64,
    pub size: f64,
    pub is_bold: bool,
    /// Lines of one region follow each other; a new region begins a new block.
    pub region: usize,
    /// The edges of the region.
    pub left: f64,
    pub right: f64,
}

impl Line {
    pub fn text(&self) -> String {
        let cells: Vec<&str> = self.cells.iter().map(|cell| cell.text.as_str()).collect();
        cells.join(" ")
    }

    pub fn is_right_to_left(&self) -> bool {
        self.cells.first().is_some_and(|cell| cell.is_right_to_left)
    }
}

/// The lines of a page in reading order; text that runs another way comes after the upright one, or before it
/// where there is more of it.
pub(super) fn lines(glyphs: Vec<Glyph>) -> Vec<Line> {
    let mut turns: BTreeMap<Turn, Vec<Glyph>> = BTreeMap::new();
    for glyph in glyphs {
        turns.entry(glyph.turn).or_default().push(glyph);
    }
    let mut turns: Vec<Vec<Glyph>> = turns.into_values().collect();
    turns.sort_by_key(|glyphs| std::cmp::Reverse(glyphs.len()));
    let mut regions = Vec::new();
    for glyphs in turns {
        cut(fragments(glyphs), 0, &mut regions);
    }
    regions.into_iter().enumerate().flat_map(|(number, region)| region_lines(number, region)).collect()
}

fn fragments(mut glyphs: Vec<Glyph>) -> Vec<Fragment> {
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut baselines: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match baselines.last_mut() {
            Some(line) if line.first().is_some_and(|first| is_on_baseline(first, &glyph)) => line.push(glyph),
            _ => baselines.push(vec![glyph]),
        }
    }
    let mut fragments = Vec::new();
    for line in with_raised_marks(baselines) {
        fragments_of_line(line, &mut fragments);
    }
    fragments
}

fn is_on_baseline(first: &Glyph, glyph: &Glyph) -> bool {
    glyph.y - first.y <= BASELINE_EM * first.size.min(glyph.size).max(1.0)
}

/// Small raised and lowered marks (a footnote's number, an exponent) go into the line that they stand at.
fn with_raised_marks(baselines: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let size = |line: &[Glyph]| line.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let y = |line: &[Glyph]| line.first().map_or(0.0, |glyph| glyph.y);
    let mut lines: Vec<Vec<Glyph>> = Vec::with_capacity(baselines.len());
    for mut line in baselines {
        let Some(mut above) = lines.pop() else {
            lines.push(line);
            continue;
        };
        let distance = y(&line) - y(&above);
        if size(&above) < RAISED_SIZE * size(&line) && distance < RAISED_EM * size(&line) {
            line.append(&mut above);
            lines.push(line);
        } else if size(&line) < RAISED_SIZE * size(&above) && distance < RAISED_EM * size(&above) {
            above.append(&mut line);
            lines.push(above);
        } else {
            lines.push(above);
            lines.push(line);
        }
    }
    lines
}

fn fragments_of_line(mut glyphs: Vec<Glyph>, fragments: &mut Vec<Fragment>) {
    glyphs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut open: Vec<Glyph> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for glyph in glyphs {
        let size = open.last().map_or(glyph.size, |last| last.size.max(glyph.size));
        if !open.is_empty() && glyph.x0 - end > FRAGMENT_GAP_EM * size {
            fragments.extend(fragment(&std::mem::take(&mut open)));
        }
        end = if open.is_empty() { glyph.x1 } else { end.max(glyph.x1) };
        open.push(glyph);
    }
    fragments.extend(fragment(&open));
}

/// The text of glyphs that stand side by side, from left to right.
fn fragment(glyphs: &[Glyph]) -> Option<Fragment> {
    let first = glyphs.first()?;
    let mut units: Vec<&str> = Vec::with_capacity(glyphs.len());
    let mut end = first.x1;
    for (index, glyph) in glyphs.iter().enumerate() {
        if index > 0 && glyph.x0 - end > WORD_GAP_EM * glyph.size {
            units.push(" ");
        }
        units.push(&glyph.text);
        end = end.max(glyph.x1);
    }
    let (text, is_right_to_left) = direction::logical(&units);
    let largest = glyphs.iter().max_by(|a, b| a.size.total_cmp(&b.size)).unwrap_or(first);
    let main = glyphs.get(glyphs.len() / 2).unwrap_or(first);
    Some(Fragment {
        text,
        x0: first.x0,
        x1: end,
        y: largest.y,
        size: main.size,
        is_bold: glyphs.iter().filter(|glyph| glyph.is_bold).count() * 2 > glyphs.len(),
        is_right_to_left,
    })
}

/// Splits a region until each part can be read row by row.
fn cut(fragments: Vec<Fragment>, depth: usize, regions: &mut Vec<Vec<Fragment>>) {
    if fragments.is_empty() {
        return;
    }
    if depth < CUTS_MAX {
        if let Some((left, right)) = columns(&fragments) {
            let is_right_first = is_mostly_right_to_left(&fragments);
            let (first, second) = if is_right_first { (right, left) } else { (left, right) };
            cut(first, depth + 1, regions);
            return cut(second, depth + 1, regions);
        }
        if let Some((above, below)) = rows(&fragments) {
            cut(above, depth + 1, regions);
            return cut(below, depth + 1, regions);
        }
    }
    regions.push(fragments);
}

fn is_mostly_right_to_left(fragments: &[Fragment]) -> bool {
    fragments.iter().filter(|fragment| fragment.is_right_to_left).count() * 2 > fragments.len()
}

/// The two sides of the widest gutter that no fragment crosses, where both are columns of prose.
fn columns(fragments: &[Fragment]) -> Option<(Vec<Fragment>, Vec<Fragment>)> {
    let size = median_size(fragments);
    let mut spans: Vec<(f64, f64)> = fragments.iter().map(|fragment| (fragment.x0, fragment.x1)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut gutters: Vec<(f64, f64)> = Vec::new();
    let mut end = f64::INFINITY;
    for (x0, x1) in spans {
        if x0 - end >= size * 0.8 {
            gutters.push((end, x0));
        }
        end = if end.is_infinite() { x1 } else { end.max(x1) };
    }
    gutters.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
    gutters.iter().take(4).find_map(|(from, to)| {
        let middle = f64::midpoint(*from, *to);
        let (left, right): (Vec<_>, Vec<_>) =
            fragments.iter().cloned().partition(|fragment| fragment.x1 <= middle);
        (is_prose(&left) && is_prose(&right)).then_some((left, right))
    })
}

fn is_prose(fragments: &[Fragment]) -> bool {
    let chars: usize = fragments.iter().map(|fragment| fragment.text.chars().count()).sum();
    fragments.len() >= COLUMN_LINES_MIN && chars / fragments.len() >= COLUMN_CHARS_MIN
}

/// The parts above and below the largest horizontal gap, if a part with a gutter can come of it.
fn rows(fragments: &[Fragment]) -> Option<(Vec<Fragment>, Vec<Fragment>)> {
    if !has_wide_gap(fragments) {
        return None;
    }
    let mut spans: Vec<(f64, f64)> =
        fragments.iter().map(|fragment| (fragment.top(), fragment.bottom())).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut widest: Option<(f64, f64)> = None;
    let mut end = f64::INFINITY;
    for (top, bottom) in spans {
        if top > end && widest.is_none_or(|(_, gap)| top - end > gap) {
            widest = Some((f64::midpoint(end, top), top - end));
        }
        end = if end.is_infinite() { bottom } else { end.max(bottom) };
    }
    let (at, _) = widest?;
    let (above, below): (Vec<_>, Vec<_>) = fragments.iter().cloned().partition(|fragment| fragment.y <= at);
    (!above.is_empty() && !below.is_empty()).then_some((above, below))
}

/// Whether fragments stand side by side at all: a single column needs no cut.
fn has_wide_gap(fragments: &[Fragment]) -> bool {
    let mut by_line: Vec<&Fragment> = fragments.iter().collect();
    by_line.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut pairs = by_line.iter().zip(by_line.iter().skip(1));
    fragments.len() >= 2 * COLUMN_LINES_MIN
        && pairs.any(|(above, below)| below.y - above.y < above.size * 0.8 && above.x0 != below.x0)
}

fn median_size(fragments: &[Fragment]) -> f64 {
    let mut sizes: Vec<f64> = fragments.iter().map(|fragment| fragment.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.0)
}

fn region_lines(region: usize, mut fragments: Vec<Fragment>) -> Vec<Line> {
    fragments.sort_by(|a, b| a.y.total_cmp(&b.y));
    let left = fragments.iter().map(|fragment| fragment.x0).fold(f64::INFINITY, f64::min);
    let right = fragments.iter().map(|fragment| fragment.x1).fold(f64::NEG_INFINITY, f64::max);
    let mut rows: Vec<Vec<Fragment>> = Vec::new();
    for fragment in fragments {
        match rows.last_mut() {
            Some(row) if belongs_to_row(row, &fragment) => row.push(fragment),
            _ => rows.push(vec![fragment]),
        }
    }
    rows.into_iter().map(|cells| line(region, cells, left, right)).collect()
}

fn belongs_to_row(row: &[Fragment], fragment: &Fragment) -> bool {
    row.first().is_some_and(|first| {
        fragment.y - first.y <= first.size.min(fragment.size) * 0.5
            && row.iter().all(|cell| fragment.x0 >= cell.x1 - 1.0 || fragment.x1 <= cell.x0 + 1.0)
    })
}

fn line(region: usize, mut cells: Vec<Fragment>, left: f64, right: f64) -> Line {
    cells.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let x0 = cells.first().map_or(0.0, |cell| cell.x0);
    let x1 = cells.last().map_or(0.0, |cell| cell.x1);
    let longest = cells.iter().max_by_key(|cell| cell.text.len());
    let (y, size) = longest.map_or((0.0, 1.0), |cell| (cell.y, cell.size));
    let is_bold = cells.iter().all(|cell| cell.is_bold);
    if is_mostly_right_to_left(&cells) {
        cells.reverse();
    }
    Line { cells, x0, x1, y, size, is_bold, region, left, right }
}
