//! Plain text: paragraphs by blank lines, list items by their marks, headings by the line under them.

use super::extraction::{BlockKind, Extraction, ExtractionBuilder, is_wrapped};
use crate::ground::limits::HEADING_CHARS_MAX;
use crate::ground::text::{collapse_whitespace, normalise_newlines};

/// Reads plain text. Lines that only wrap a paragraph are joined; lines that were ended on purpose stay lines.
pub fn extract(source: &str) -> Extraction {
    let source = normalise_newlines(source);
    let mut builder = ExtractionBuilder::default();
    let mut paragraph: Vec<&str> = Vec::new();
    for line in source.split(['\n', '\u{C}']) {
        if line.trim().is_empty() {
            flush(&mut builder, &mut paragraph);
        } else if let Some(level) = underline_level(line) {
            // Under anything but a short line it is a ruler, which says nothing.
            let heading = paragraph.pop_if(|above| !is_list_item(above) && above.len() <= HEADING_CHARS_MAX);
            flush(&mut builder, &mut paragraph);
            builder.push_heading(level, heading.unwrap_or_default());
        } else {
            paragraph.push(line);
        }
    }
    flush(&mut builder, &mut paragraph);
    builder.finish()
}

/// Writes the gathered lines: runs of list items, and what stands between them.
fn flush(builder: &mut ExtractionBuilder, lines: &mut Vec<&str>) {
    let mut open: Option<(BlockKind, String)> = None;
    let mut previous = "";
    for line in lines.drain(..) {
        let kind = if is_list_item(line) { BlockKind::ListItem } else { BlockKind::Paragraph };
        let text = collapse_whitespace(without_bullet(line));
        let is_in_item = line.starts_with([' ', '\t']) && matches!(open, Some((BlockKind::ListItem, _)));
        let is_wrap = kind == BlockKind::Paragraph && (is_in_item || is_wrapped(previous, line));
        match &mut open {
            Some((_, block)) if is_wrap => {
                block.push(' ');
                block.push_str(&text);
            }
            Some((BlockKind::Paragraph, block)) if kind == BlockKind::Paragraph => {
                block.push('\n');
                block.push_str(&text);
            }
            _ => {
                if let Some((kind, block)) = open.replace((kind, text)) {
                    builder.push(kind, &block);
                }
            }
        }
        previous = line;
    }
    if let Some((kind, block)) = open {
        builder.push(kind, &block);
    }
}

/// `====` under a line makes it a heading of the first level, `----` of the second.
fn underline_level(line: &str) -> Option<u8> {
    let line = line.trim();
    let is_all = |mark: char| line.len() >= 3 && line.chars().all(|c| c == mark);
    match line.chars().next() {
        Some('=') if is_all('=') => Some(1),
        Some(mark @ ('-' | '~' | '_')) if is_all(mark) => Some(2),
        _ => None,
    }
}

fn is_list_item(line: &str) -> bool {
    without_bullet(line).len() < line.trim_start().len() || is_numbered(line)
}

/// The line without its bullet. The number of a numbered item stays: it is the number of a step.
fn without_bullet(line: &str) -> &str {
    let line = line.trim_start();
    let rest = line.strip_prefix(['-', '*', '+', '•', '·', '–', '▪', '◦', '‣']);
    rest.filter(|rest| rest.starts_with([' ', '\t', '\u{a0}'])).map_or(line, str::trim_start)
}

fn is_numbered(line: &str) -> bool {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=3).contains(&(line.len() - rest.len())) && (rest.starts_with(". ") || rest.starts_with(") "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(source: &str) -> Vec<(BlockKind, String)> {
        let extraction = extract(source);
        assert_eq!(extraction.validate(), Ok(()));
        extraction.blocks.iter().map(|block| (block.kind, extraction.block_text(block).to_owned())).collect()
    }

    #[test]
    fn paragraphs_lists_and_underlined_headings_are_found() {
        let found = blocks(
            "Café Luna\r\n=========\r\n\r\nWe bake every morning and our bread is often sold out\r\nby noon.\r\n\r\n\
             Open:\r\n- Monday 9–17\r\n- Tuesday\r\n  9–17\r\n1. Ring\r\n\r\n-----\r\nHauptstraße 1\r\nBerlin\r\n",
        );

        assert_eq!(
            found,
            [
                (BlockKind::Heading, "Café Luna".to_owned()),
                (
                    BlockKind::Paragraph,
                    "We bake every morning and our bread is often sold out by noon.".to_owned()
                ),
                (BlockKind::Paragraph, "Open:".to_owned()),
                (BlockKind::ListItem, "Monday 9–17".to_owned()),
                (BlockKind::ListItem, "Tuesday 9–17".to_owned()),
                (BlockKind::ListItem, "1. Ring".to_owned()),
                (BlockKind::Paragraph, "Hauptstraße 1\nBerlin".to_owned()),
            ]
        );
    }

    #[test]
    fn nothing_but_white_space_gives_nothing() {
        for empty in ["", " \n\t\n\u{C}", "-----", "\u{FEFF}"] {
            assert!(blocks(empty).is_empty(), "{empty:?}");
        }
    }
}
