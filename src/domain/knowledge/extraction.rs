//! What reading a document gives, whatever its format: clean text, and where each block of it stands.
//!
//! The text is what is shown, indexed and quoted; every span anywhere else points into it. Readers of formats
//! build it with [`ExtractionBuilder`], which keeps the promises that [`Extraction::validate`] checks.

use crate::ground::limits::{BLOCKS_PER_DOCUMENT_MAX, HEADING_CHARS_MAX, HEADING_PATH_LEVELS_MAX};
use crate::ground::text::{collapse_whitespace, truncate_chars};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The text of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    pub title: Option<String>,
    pub text: String,
    /// In order, without overlap; everything but white space of `text` is in one of them.
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub kind: BlockKind,
    /// UTF-8 bytes of the extraction's text.
    pub span: Range<usize>,
    /// The headings above, outermost first; of a heading, those above it.
    pub heading_path: Vec<String>,
    /// Counted from one, where the format has pages.
    pub page: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    Heading,
    Paragraph,
    ListItem,
    /// One line that carries its column names: `Drink: Latte; Price: €4.20`.
    TableRow,
    Code,
    Quote,
}

impl BlockKind {
    /// Whether blocks of this kind follow each other as the lines of one list or table.
    pub fn is_line(self) -> bool {
        matches!(self, Self::ListItem | Self::TableRow)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractionError {
    #[error("block {block} is empty, reversed or reaches beyond the text")]
    OutOfRange { block: usize },
    #[error("block {block} cuts a character")]
    NotOnBoundary { block: usize },
    #[error("block {block} begins before the one in front of it ends")]
    Overlapping { block: usize },
    #[error("text before block {block} belongs to none")]
    Uncovered { block: usize },
    #[error("block {block} has {levels} headings above it, more than {HEADING_PATH_LEVELS_MAX}")]
    TooDeep { block: usize, levels: usize },
}

impl Extraction {
    /// Checks every promise of this type. Called after reading a document, before anything of it is kept.
    pub fn validate(&self) -> Result<(), ExtractionError> {
        let mut end = 0;
        for (block, Block { span, heading_path, .. }) in self.blocks.iter().enumerate() {
            if span.start >= span.end || span.end > self.text.len() {
                return Err(ExtractionError::OutOfRange { block });
            }
            if span.start < end {
                return Err(ExtractionError::Overlapping { block });
            }
            if self.text.get(span.clone()).is_none() {
                return Err(ExtractionError::NotOnBoundary { block });
            }
            if !self.is_blank(end..span.start) {
                return Err(ExtractionError::Uncovered { block });
            }
            if heading_path.len() > HEADING_PATH_LEVELS_MAX {
                return Err(ExtractionError::TooDeep { block, levels: heading_path.len() });
            }
            end = span.end;
        }
        if self.is_blank(end..self.text.len()) {
            Ok(())
        } else {
            Err(ExtractionError::Uncovered { block: self.blocks.len() })
        }
    }

    /// The text of one block; empty for a block of another extraction.
    pub fn block_text(&self, block: &Block) -> &str {
        self.text.get(block.span.clone()).unwrap_or_default()
    }

    fn is_blank(&self, range: Range<usize>) -> bool {
        self.text.get(range).is_some_and(|gap| gap.trim().is_empty())
    }
}

/// Puts blocks one after another and keeps the path of headings.
#[derive(Debug, Default)]
pub struct ExtractionBuilder {
    extraction: Extraction,
    headings: Vec<(u8, String)>,
    page: Option<u32>,
}

impl ExtractionBuilder {
    /// A heading of `level` (1 is the outermost); it closes every heading of its level and below.
    pub fn push_heading(&mut self, level: u8, text: &str) {
        let line = collapse_whitespace(&clean(text));
        if line.is_empty() {
            return;
        }
        while self.headings.last().is_some_and(|(above, _)| *above >= level) {
            self.headings.pop();
        }
        self.push_clean(BlockKind::Heading, &line);
        if self.headings.len() < HEADING_PATH_LEVELS_MAX {
            self.headings.push((level, truncate_chars(&line, HEADING_CHARS_MAX).to_owned()));
        }
    }

    /// Any other block. Code keeps its look; the rest loses the white space around it. Empty ones are left out.
    pub fn push(&mut self, kind: BlockKind, text: &str) {
        let text = clean(text);
        let kept = match kind {
            BlockKind::Code => text.trim_end().trim_start_matches(['\n', '\r']),
            _ => text.trim(),
        };
        if !kept.trim().is_empty() {
            self.push_clean(kind, kept);
        }
    }

    /// The page that the following blocks stand on.
    pub fn set_page(&mut self, page: u32) {
        self.page = Some(page);
    }

    pub fn set_title(&mut self, title: &str) {
        let line = collapse_whitespace(&clean(title));
        if !line.is_empty() {
            self.extraction.title = Some(truncate_chars(&line, HEADING_CHARS_MAX).to_owned());
        }
    }

    /// The finished extraction. Without a title of its own, the document's first heading is one, if nothing
    /// but it stands at the top.
    pub fn finish(mut self) -> Extraction {
        let first = self.extraction.blocks.first().filter(|block| block.kind == BlockKind::Heading);
        if let (None, Some(heading)) = (&self.extraction.title, first) {
            let title = truncate_chars(self.extraction.block_text(heading), HEADING_CHARS_MAX).to_owned();
            self.extraction.title = Some(title);
        }
        self.extraction
    }

    fn push_clean(&mut self, kind: BlockKind, text: &str) {
        // Beyond the bound the rest of the document is one block, which is cut by its sentences.
        if self.extraction.blocks.len() >= BLOCKS_PER_DOCUMENT_MAX
            && let Some(last) = self.extraction.blocks.last_mut()
        {
            self.extraction.text.push('\n');
            self.extraction.text.push_str(text);
            last.span.end = self.extraction.text.len();
            return;
        }
        let separator = match self.extraction.blocks.last() {
            None => "",
            Some(last) if last.kind == kind && kind.is_line() => "\n",
            Some(_) => "\n\n",
        };
        self.extraction.text.push_str(separator);
        let start = self.extraction.text.len();
        self.extraction.text.push_str(text);
        self.extraction.blocks.push(Block {
            kind,
            span: start..self.extraction.text.len(),
            heading_path: self.headings.iter().map(|(_, heading)| heading.clone()).collect(),
            page: self.page,
        });
    }
}

/// Without characters that nobody sees and that would keep a word from being found.
fn clean(text: &str) -> String {
    let is_hidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
    };
    text.replace(is_hidden, "")
}

/// Whether the break between two lines of a paragraph only wraps it. A line that leaves room was ended on
/// purpose (a line of an address, a day and its hours), unless the next goes on in the middle of a sentence.
pub fn is_wrapped(line: &str, next: &str) -> bool {
    const ROOM_CHARS: usize = 50;
    let goes_on = next.trim_start().starts_with(char::is_lowercase);
    let is_ended = line.trim_end().ends_with([':', ';']);
    line.trim().chars().count() >= ROOM_CHARS || (goes_on && !is_ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Extraction {
        let mut builder = ExtractionBuilder::default();
        builder.push_heading(1, "Menü");
        builder.push(BlockKind::ListItem, " Tee ");
        builder.push(BlockKind::ListItem, "Kaf\u{AD}fee");
        builder.push_heading(2, "Kuchen");
        builder.push(BlockKind::Paragraph, "");
        builder.push(BlockKind::Code, "\n  x = 1\n");
        builder.finish()
    }

    #[test]
    fn built_extractions_are_valid_and_keep_their_headings() {
        let extraction = sample();

        assert_eq!(extraction.validate(), Ok(()));
        assert_eq!(extraction.text, "Menü\n\nTee\nKaffee\n\nKuchen\n\n  x = 1");
        assert_eq!(extraction.title.as_deref(), Some("Menü"));
        let paths: Vec<usize> = extraction.blocks.iter().map(|block| block.heading_path.len()).collect();
        assert_eq!(paths, [0, 1, 1, 1, 2]);
    }

    #[test]
    fn a_heading_closes_its_own_level_and_below() {
        let mut builder = ExtractionBuilder::default();
        for (level, text) in [(1, "A"), (3, "B"), (2, "C"), (1, "D")] {
            builder.push_heading(level, text);
            builder.push(BlockKind::Paragraph, "text");
        }

        let paths: Vec<String> =
            builder.finish().blocks.iter().map(|block| block.heading_path.join(">")).collect();

        assert_eq!(paths, ["", "A", "A", "A>B", "A", "A>C", "", "D"]);
    }

    #[test]
    fn broken_spans_are_refused() {
        let broken = |change: fn(&mut Extraction)| {
            let mut extraction = sample();
            change(&mut extraction);
            extraction.validate()
        };

        assert_eq!(broken(|e| e.blocks[0].span = 0..4), Err(ExtractionError::NotOnBoundary { block: 0 }));
        assert_eq!(broken(|e| e.blocks[0].span = 0..0), Err(ExtractionError::OutOfRange { block: 0 }));
        assert_eq!(broken(|e| e.blocks[4].span.end = 999), Err(ExtractionError::OutOfRange { block: 4 }));
        assert_eq!(broken(|e| e.blocks[1].span.start = 0), Err(ExtractionError::Overlapping { block: 1 }));
        assert_eq!(broken(|e| e.blocks.truncate(2)), Err(ExtractionError::Uncovered { block: 2 }));
        assert_eq!(
            broken(|e| e.blocks[1].heading_path = vec![String::new(); 7]),
            Err(ExtractionError::TooDeep { block: 1, levels: 7 })
        );
    }

    #[test]
    fn blocks_round_trip_as_json() {
        let json = serde_json::to_string(&sample().blocks[1]).unwrap();

        assert_eq!(
            json,
            r#"{"kind":"list_item","span":{"start":7,"end":10},"heading_path":["Menü"],"page":null}"#
        );
        assert_eq!(serde_json::from_str::<Block>(&json).unwrap(), sample().blocks[1]);
    }

    #[test]
    fn beyond_the_bound_of_blocks_the_rest_is_one_block() {
        let mut builder = ExtractionBuilder::default();
        for _ in 0..BLOCKS_PER_DOCUMENT_MAX + 5 {
            builder.push(BlockKind::ListItem, "x");
        }

        let extraction = builder.finish();

        assert_eq!(extraction.validate(), Ok(()));
        assert_eq!(extraction.blocks.len(), BLOCKS_PER_DOCUMENT_MAX);
        assert_eq!(extraction.blocks.last().map(|block| block.span.len()), Some(11));
    }

    #[test]
    fn short_lines_were_ended_on_purpose() {
        let long = "A line that is as long as those of a wrapped paragraph are,";
        assert!(is_wrapped(long, "Then more."));
        assert!(is_wrapped("We are open", "on Sundays."));
        assert!(!is_wrapped("Monday 9–17", "Tuesday 9–17"));
        assert!(!is_wrapped("We sell:", "tea"));
    }
}
