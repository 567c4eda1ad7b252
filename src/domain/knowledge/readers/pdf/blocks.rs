//! From lines to paragraphs, headings, lists and rows.

use super::furniture::PageLines;
use super::lines::Line;
use crate::domain::knowledge::extraction::{BlockKind, ExtractionBuilder};
use crate::domain::knowledge::readers::table::Table;
use crate::ground::limits::HEADING_CHARS_MAX;
use std::collections::HashMap;

/// Letters this much larger than those of the text make a heading.
const HEADING_SIZE: f64 = 1.12;
const HEADING_LINES_MAX: usize = 3;
const HEADING_LEVELS_MAX: usize = 4;
/// Rows that stand under each other from here on are a table.
const TABLE_ROWS_MIN: usize = 3;

/// Writes the pages as blocks, each with its page.
pub(super) fn write(pages: &[PageLines], builder: &mut ExtractionBuilder) {
    let sizes = Sizes::of(pages);
    let mut open = Open::default();
    for page in pages {
        let mut lines = page.lines.as_slice();
        while let Some(line) = lines.first() {
            let rows = table_rows(lines);
            if rows >= TABLE_ROWS_MIN {
                open.flush(builder, &sizes);
                builder.set_page(page.number);
                let (table, rest) = lines.split_at_checked(rows).unwrap_or((lines, &[]));
                write_table(table, builder);
                lines = rest;
                continue;
            }
            if open.lines.is_empty() || !open.continues(line, page.number, &sizes) {
                open.flush(builder, &sizes);
                open = Open { page: page.number, ..Open::default() };
            }
            open.lines.push(line.clone());
            lines = lines.get(1..).unwrap_or_default();
        }
    }
    open.flush(builder, &sizes);
}

/// The sizes of letters in a document.
struct Sizes {
    body: f64,
    /// Of headings, largest first.
    headings: Vec<f64>,
}

impl Sizes {
    fn of(pages: &[PageLines]) -> Self {
        let mut chars: HashMap<i64, usize> = HashMap::new();
        for line in pages.iter().flat_map(|page| &page.lines) {
            *chars.entry(half_points(line.size)).or_default() += line.text().chars().count();
        }
        let body = chars.iter().max_by_key(|(size, count)| (**count, **size)).map_or(0, |(size, _)| *size);
        let body = from_half_points(body);
        let mut headings: Vec<i64> =
            chars.into_keys().filter(|size| from_half_points(*size) >= body * HEADING_SIZE).collect();
        headings.sort_unstable_by_key(|size| std::cmp::Reverse(*size));
        Self { body, headings: headings.into_iter().map(from_half_points).collect() }
    }

    fn is_large(&self, line: &Line) -> bool {
        line.size >= self.body * HEADING_SIZE
    }

    /// 1 for the largest letters; bold text in the size of the body is below all of them.
    fn level(&self, line: &Line) -> u8 {
        let larger = self.headings.iter().filter(|size| **size > line.size + 0.3).count();
        let level = if self.is_large(line) { larger } else { self.headings.len() };
        u8::try_from(level.min(HEADING_LEVELS_MAX - 1) + 1).unwrap_or(1)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "sizes of letters are small")]
fn half_points(size: f64) -> i64 {
    (size.min(10_000.0) * 2.0).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "sizes of letters are small")]
fn from_half_points(size: i64) -> f64 {
    size as f64 / 2.0
}

/// Lines that will be one block.
#[derive(Default)]
struct Open {
    lines: Vec<Line>,
    page: u32,
}

impl Open {
    fn continues(&self, line: &Line, page: u32, sizes: &Sizes) -> bool {
        let Some(last) = self.lines.last() else { return true };
        let is_same_look = (line.size - last.size).abs() <= last.size * 0.08
            && is_title_like(line, sizes) == is_title_like(last, sizes);
        if !is_same_look || is_list_item(&line.text()) {
            return false;
        }
        if line.region != last.region || page != self.page {
            // A sentence may run on in the next column and on the next page.
            return !sizes.is_large(line) && !ends_sentence(&last.text()) && begins_low(&line.text());
        }
        let distance = line.y - last.y;
        let spacing = self.spacing().unwrap_or(last.size * 1.5);
        if distance <= 0.0 || distance > spacing * 1.25 || distance > last.size * 2.2 {
            return false;
        }
        if is_title_like(last, sizes) {
            return true;
        }
        let width = (last.right - last.left).max(1.0);
        let (start, room) = if last.is_right_to_left() {
            (last.right - line.x1, last.x0 - last.left)
        } else {
            (line.x0 - last.left, last.right - last.x1)
        };
        let is_indented = start > line.size * 0.9 && start < width * 0.2 && self.lines.len() > 1 && {
            let previous = if last.is_right_to_left() { last.right - last.x1 } else { last.x0 - last.left };
            previous < line.size * 0.5
        };
        let was_ended = room > width * 0.25 && ends_sentence(&last.text());
        !is_indented && !was_ended
    }

    /// The distance of the lines gathered so far.
    fn spacing(&self) -> Option<f64> {
        let mut pairs = self.lines.iter().zip(self.lines.iter().skip(1));
        pairs.next_back().map(|(above, below)| below.y - above.y).filter(|distance| *distance > 0.0)
    }

    fn flush(&mut self, builder: &mut ExtractionBuilder, sizes: &Sizes) {
        let lines = std::mem::take(&mut self.lines);
        let Some(first) = lines.first() else { return };
        builder.set_page(self.page);
        let text = joined(&lines);
        let is_heading = lines.len() <= HEADING_LINES_MAX
            && text.chars().count() <= HEADING_CHARS_MAX
            && text.chars().any(char::is_alphabetic)
            && lines.iter().all(|line| is_title_like(line, sizes));
        if is_heading {
            builder.push_heading(sizes.level(first), &text);
        } else if let Some(item) = list_item(&text) {
            builder.push(BlockKind::ListItem, item);
        } else {
            builder.push(BlockKind::Paragraph, &text);
        }
    }
}

/// Large letters, or a short bold line that is no sentence.
fn is_title_like(line: &Line, sizes: &Sizes) -> bool {
    let is_short = || {
        let text = line.text();
        text.chars().count() <= 90 && !text.ends_with(['.', ',', ';', ':'])
    };
    sizes.is_large(line) || (line.is_bold && line.cells.len() == 1 && is_short())
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?', ':', '…', '。', '؟', '"', '”', ')'])
}

fn begins_low(text: &str) -> bool {
    text.chars().next().is_some_and(|c| !c.is_uppercase() && !c.is_numeric())
}

/// One text of several lines; words that were divided at a line's end are made whole.
fn joined(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let next = line.text();
        let is_low = next.starts_with(char::is_lowercase);
        let divided = text.strip_suffix(['-', '\u{AD}', '\u{2010}']);
        match divided.filter(|before| is_low && before.ends_with(char::is_lowercase)) {
            Some(before) => text.truncate(before.len()),
            None if !text.is_empty() => text.push(' '),
            None => {}
        }
        text.push_str(&next);
    }
    text
}

const BULLETS: [char; 12] = ['•', '·', '▪', '◦', '‣', '●', '○', '■', '□', '➢', '✓', '\u{2043}'];

fn is_list_item(text: &str) -> bool {
    list_item(text).is_some()
}

/// The text of an item without its bullet; the number of a step stays.
fn list_item(text: &str) -> Option<&str> {
    let rest =
        text.strip_prefix(BULLETS).or_else(|| text.strip_prefix("- ")).or_else(|| text.strip_prefix("– "));
    if let Some(rest) = rest {
        return Some(rest.trim_start()).filter(|rest| !rest.is_empty());
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let after = text.get(digits..).unwrap_or_default();
    let is_numbered = (1..=2).contains(&digits) && (after.starts_with(". ") || after.starts_with(") "));
    is_numbered.then_some(text)
}

/// How many lines from the first on are rows of one table: several cells each, in the same columns.
fn table_rows(lines: &[Line]) -> usize {
    let Some(first) = lines.first().filter(|line| line.cells.len() >= 2) else { return 0 };
    let rows = lines.iter().zip(lines.iter().skip(1)).take_while(|(above, line)| {
        line.region == first.region
            && line.cells.len() == first.cells.len()
            && line.y - above.y < first.size * 4.0
            && line
                .cells
                .iter()
                .zip(&first.cells)
                .all(|(cell, column)| overlaps(cell.x0, cell.x1, column.x0, column.x1))
    });
    rows.count() + 1
}

fn overlaps(a0: f64, a1: f64, b0: f64, b1: f64) -> bool {
    a0 < b1 + 2.0 && b0 < a1 + 2.0
}

/// The first row names the columns if it looks unlike the others: without numbers where they have some, or bold.
fn write_table(lines: &[Line], builder: &mut ExtractionBuilder) {
    let cells = |line: &Line| line.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
    let has_digits = |line: &Line| line.text().chars().any(|c| c.is_numeric());
    let (Some(first), rest) = (lines.first(), lines.get(1..).unwrap_or_default()) else { return };
    let is_head = (first.is_bold && !rest.iter().all(|line| line.is_bold))
        || (!has_digits(first) && rest.iter().filter(|line| has_digits(line)).count() * 2 > rest.len());
    let mut table = Table::default();
    if is_head {
        table.set_columns(cells(first));
    } else {
        table.push(cells(first));
    }
    rest.iter().for_each(|line| table.push(cells(line)));
    table.write(builder);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_lose_their_bullets_and_keep_their_numbers() {
        assert_eq!(list_item("• Tea"), Some("Tea"));
        assert_eq!(list_item("- Tea"), Some("Tea"));
        assert_eq!(list_item("2. Pour"), Some("2. Pour"));
        assert_eq!(list_item("2026 was good"), None);
        assert_eq!(list_item("•"), None);
    }
}
