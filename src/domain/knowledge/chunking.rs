//! Chunks: the pieces of a document that are indexed, found and cited.
//!
//! They follow its structure. A chunk never crosses a heading; paragraphs, list items, table rows and code are
//! packed whole up to [`CHUNK_CHARS_TARGET`], a short list or table together with what leads into it; only a block beyond [`CHUNK_CHARS_MAX`] is cut, by its sentences
//! (of code: its lines), and its pieces overlap by one sentence, so that no thought is lost at a cut. The same
//! extraction always gives the same chunks. Headings are not part of a chunk's text; they are its path.

use super::extraction::{Block, BlockKind, Extraction};
use crate::ground::limits::{CHUNK_CHARS_MAX, CHUNK_CHARS_TARGET};
use crate::ground::text::{sentences, trim_range};
use std::ops::Range;

/// A chunk before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkDraft {
    /// UTF-8 bytes of the extraction's text, at most [`CHUNK_CHARS_MAX`] characters.
    pub span: Range<usize>,
    pub heading_path: Vec<String>,
    /// Where the chunk begins.
    pub page: Option<u32>,
    /// An estimate, see [`estimate_tokens`].
    pub token_count: u32,
}

/// A last chunk of a section shorter than this joins the one before it, if there is room.
const TAIL_CHARS: usize = 120;
/// A sentence longer than this is not repeated in the next piece.
const OVERLAP_CHARS_MAX: usize = 250;

/// Cuts a valid extraction into chunks, in the order of the text.
pub fn chunk(extraction: &Extraction) -> Vec<ChunkDraft> {
    let mut drafts = Vec::new();
    let mut blocks = extraction.blocks.as_slice();
    while let Some(first) = blocks.first() {
        let length = blocks.iter().skip(1).take_while(|block| is_same_section(first, block)).count() + 1;
        let (section, rest) = blocks.split_at_checked(length).unwrap_or((blocks, &[]));
        let is_deeper = rest.first().is_some_and(|next| next.heading_path.len() > first.heading_path.len());
        // A heading stands in the path of what follows it; only one with nothing under it is a chunk itself.
        if first.kind != BlockKind::Heading || !is_deeper {
            drafts.extend(chunk_section(extraction, first, section));
        }
        blocks = rest;
    }
    drafts
}

/// The number of tokens of a word-piece model, guessed from the look of the text: one for each sign, each
/// character of a script without spaces, and each six letters of a word.
// LIMIT: an estimate; replace by the embedder's own tokenizer once there is an embedder.
pub fn estimate_tokens(text: &str) -> u32 {
    let mut tokens: u32 = 0;
    let mut letters: u32 = 0;
    for c in text.chars() {
        if c.is_alphanumeric() && u32::from(c) < 0x0E00 {
            tokens += u32::from(letters.is_multiple_of(6));
            letters += 1;
        } else {
            letters = 0;
            tokens += u32::from(!c.is_whitespace());
        }
    }
    tokens
}

fn is_same_section(first: &Block, block: &Block) -> bool {
    first.kind != BlockKind::Heading
        && block.kind != BlockKind::Heading
        && first.heading_path == block.heading_path
}

fn chunk_section(extraction: &Extraction, first: &Block, section: &[Block]) -> Vec<ChunkDraft> {
    let mut packer = Packer { text: &extraction.text, spans: Vec::new(), is_open: false };
    for bundle in bundles(extraction, section) {
        packer.add_bundle(bundle);
    }
    packer.join_tail();
    let page_at = |at: usize| {
        let after = section.partition_point(|block| block.span.start <= at);
        after.checked_sub(1).and_then(|index| section.get(index)).and_then(|block| block.page)
    };
    packer
        .spans
        .into_iter()
        .map(|span| ChunkDraft {
            token_count: estimate_tokens(extraction.text.get(span.clone()).unwrap_or_default()),
            heading_path: first.heading_path.clone(),
            page: page_at(span.start),
            span,
        })
        .collect()
}

/// Blocks that belong together: the lines of one list or table, with what leads into them ("We are open:").
fn bundles<'a>(extraction: &Extraction, section: &'a [Block]) -> Vec<&'a [Block]> {
    let mut bundles = Vec::new();
    let mut rest = section;
    while let Some(first) = rest.first() {
        let is_lead_in = !first.kind.is_line() && extraction.block_text(first).trim_end().ends_with(':');
        let begin = usize::from(is_lead_in && rest.len() > 1);
        let kind = rest.get(begin).map_or(first.kind, |block| block.kind);
        let more =
            rest.iter().skip(begin + 1).take_while(|block| kind.is_line() && block.kind == kind).count();
        let (bundle, after) = rest.split_at_checked(begin + 1 + more).unwrap_or((rest, &[]));
        bundles.push(bundle);
        rest = after;
    }
    bundles
}

struct Packer<'a> {
    text: &'a str,
    spans: Vec<Range<usize>>,
    /// Whether the last span may still grow.
    is_open: bool,
}

impl Packer<'_> {
    fn chars(&self, span: Range<usize>) -> usize {
        self.text.get(span).map_or(usize::MAX, |part| part.chars().count())
    }

    /// A bundle that fits into one chunk is not torn apart; of a longer one each block is packed alone.
    fn add_bundle(&mut self, bundle: &[Block]) {
        let (Some(first), Some(last)) = (bundle.first(), bundle.last()) else { return };
        let whole = first.span.start..last.span.end;
        if self.chars(whole.clone()) <= CHUNK_CHARS_TARGET {
            self.add(whole);
        } else {
            bundle.iter().for_each(|block| self.add_block(block));
        }
    }

    fn add_block(&mut self, block: &Block) {
        if self.chars(block.span.clone()) <= CHUNK_CHARS_MAX {
            self.add(block.span.clone());
        } else {
            self.spans.extend(split_block(self.text, block));
            self.is_open = false;
        }
    }

    fn add(&mut self, span: Range<usize>) {
        let grown = self.spans.last().map(|open| open.start..span.end);
        let fits = |grown: &Range<usize>| self.is_open && self.chars(grown.clone()) <= CHUNK_CHARS_TARGET;
        match grown.filter(fits) {
            Some(grown) => {
                self.spans.pop();
                self.spans.push(grown);
            }
            None => self.spans.push(span),
        }
        self.is_open = true;
    }

    fn join_tail(&mut self) {
        if let [.., before, last] = self.spans.as_slice() {
            let joined = before.start..last.end;
            if self.chars(last.clone()) < TAIL_CHARS && self.chars(joined.clone()) <= CHUNK_CHARS_MAX {
                self.spans.truncate(self.spans.len() - 2);
                self.spans.push(joined);
            }
        }
    }
}

/// Cuts one long block into pieces of whole sentences, each beginning with the last sentence of the one before.
fn split_block(text: &str, block: &Block) -> Vec<Range<usize>> {
    let chars = |span: Range<usize>| text.get(span).map_or(usize::MAX, |part| part.chars().count());
    let overlaps = block.kind != BlockKind::Code;
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut previous: Option<Range<usize>> = None;
    for sentence in units(text, block) {
        let open = pieces.last().map(|open| open.start..sentence.end);
        if let Some(grown) = open.filter(|grown| chars(grown.clone()) <= CHUNK_CHARS_TARGET) {
            pieces.pop();
            pieces.push(grown);
        } else {
            let overlap = previous.filter(|previous| {
                overlaps
                    && chars(previous.clone()) <= OVERLAP_CHARS_MAX
                    && chars(previous.start..sentence.end) <= CHUNK_CHARS_TARGET
            });
            let start = overlap.map_or(sentence.start, |previous| previous.start);
            pieces.push(start..sentence.end);
        }
        previous = Some(sentence);
    }
    pieces
}

/// The sentences of a block, or the lines of code; what is beyond the target is cut further.
fn units(text: &str, block: &Block) -> Vec<Range<usize>> {
    let part = text.get(block.span.clone()).unwrap_or_default();
    let spans = if block.kind == BlockKind::Code { lines(part) } else { sentences(part) };
    spans
        .into_iter()
        .map(|span| block.span.start + span.start..block.span.start + span.end)
        .flat_map(|span| cut_long(text, span))
        .collect()
}

fn lines(part: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut spans = Vec::new();
    for line in part.split_inclusive('\n') {
        let span = start..start + line.trim_end().len();
        start += line.len();
        if !line.trim().is_empty() {
            spans.push(span);
        }
    }
    spans
}

/// A giant sentence in pieces of at most [`CHUNK_CHARS_TARGET`] characters: after a white space in their last
/// fifth where there is one, else between any two characters.
fn cut_long(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = span.start;
    while let Some(rest) = text.get(start..span.end).filter(|rest| !rest.is_empty()) {
        let Some((end, _)) = rest.char_indices().nth(CHUNK_CHARS_TARGET) else {
            pieces.push(trim_range(text, start..span.end));
            break;
        };
        let head = rest.get(..end).unwrap_or(rest);
        let blank = head.rfind(char::is_whitespace).filter(|blank| *blank > end - end / 5);
        let end = start + blank.unwrap_or(end);
        pieces.push(trim_range(text, start..end));
        start = end;
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
#[path = "chunking_tests.rs"]
mod tests;
