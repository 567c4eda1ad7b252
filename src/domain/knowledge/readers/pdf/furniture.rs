//! Running headers, footers and page numbers: what stands at the edge of many pages and says nothing new.

use super::lines::Line;
use std::collections::{HashMap, HashSet};

/// The part of a page's height at its top, and at its bottom, in which furniture stands.
const EDGE: f64 = 0.1;
/// A line is furniture on a document of at least this many pages, when it stands on this part of them.
const PAGES_MIN: usize = 3;
const SHARE_MIN: f64 = 0.4;

/// The lines of a page, with its height.
pub(super) struct PageLines {
    pub number: u32,
    pub height: f64,
    pub lines: Vec<Line>,
}

/// Removes the furniture of all pages.
pub(super) fn remove(pages: &mut [PageLines]) {
    if pages.len() < PAGES_MIN {
        return;
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        let shapes: HashSet<String> = page
            .lines
            .iter()
            .filter(|line| is_at_edge(line, page.height))
            .map(|line| shape(&line.text()))
            .collect();
        for shape in shapes {
            *counts.entry(shape).or_default() += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "pages are few")]
    let is_common = |count: usize| count >= PAGES_MIN && count as f64 >= SHARE_MIN * pages.len() as f64;
    let common: HashSet<String> =
        counts.into_iter().filter(|(_, count)| is_common(*count)).map(|(shape, _)| shape).collect();
    for page in pages {
        let height = page.height;
        page.lines.retain(|line| {
            let text = line.text();
            !(is_at_edge(line, height) && (common.contains(&shape(&text)) || is_page_number(&text)))
        });
    }
}

fn is_at_edge(line: &Line, height: f64) -> bool {
    line.y < height * EDGE || line.y > height * (1.0 - EDGE)
}

/// The text with every number as the same mark: "Page 3 of 10" and "Page 4 of 10" are one line.
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_numeric() {
            shape.push(c);
        } else if !shape.ends_with('#') {
            shape.push('#');
        }
    }
    shape
}

/// "7", "- 7 -", "vii".
fn is_page_number(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | '.'));
    let is_number = !bare.is_empty() && bare.len() <= 4 && bare.chars().all(|c| c.is_ascii_digit());
    let is_roman = !bare.is_empty() && bare.len() <= 6 && bare.chars().all(|c| "ivxl".contains(c));
    is_number || is_roman
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_make_no_difference_to_a_running_line() {
        assert_eq!(shape("Page 3 of 10"), shape("Page 12 of 10"));
        assert_ne!(shape("Chapter 1: Tea"), shape("Chapter 1: Coffee"));
    }

    #[test]
    fn page_numbers_are_known_by_their_look() {
        for text in ["7", "- 12 -", "vii", "| 3"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["", "12345", "Tea", "4.20 €"] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
