//! Chunks: the pieces of a document that are indexed, found and cited.
//!
//! They follow its structure. A chunk never crosses a heading; paragraphs, list items, table rows and code are
//! packed whole up to [`CHUNK_TOKENS_TARGET`], a short list or table together with what leads into it; only a
//! block beyond [`CHUNK_TOKENS_MAX`] is cut, by its sentences (of code: its lines), and its pieces overlap by one
//! sentence, so that no thought is lost at a cut. Headings are not part of a chunk's text; they are its path.
//!
//! Lengths are tokens of the embedder, so that title, path and text together fit into what the model reads
//! ([`super::passage_text`]). The same extraction and the same counter always give the same chunks.

use super::extraction::{Block, BlockKind, Extraction};
use crate::ground::limits::{CHUNK_CHARS_PER_TOKEN_MAX, CHUNK_TOKENS_MAX, CHUNK_TOKENS_TARGET};
use crate::ground::text::{sentences, trim_range};
use std::ops::Range;

/// Stands with the chunks. Whoever changes where they are cut raises it: every document is then cut anew, out of the
/// text that was read ([`super::recutting`]).
pub const CHUNKER_VERSION: u32 = 1;

/// A chunk before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkDraft {
    /// UTF-8 bytes of the extraction's text, at most [`CHUNK_TOKENS_MAX`] tokens.
    pub span: Range<usize>,
    pub heading_path: Vec<String>,
    /// Where the chunk begins.
    pub page: Option<u32>,
    /// By the counter that the chunks were cut with.
    pub token_count: u32,
}

/// A last chunk of a section shorter than this joins the one before it, if there is room.
const TAIL_TOKENS: usize = 30;
/// A sentence longer than this is not repeated in the next piece.
const OVERLAP_TOKENS_MAX: usize = 60;

/// Cuts a valid extraction into chunks, in the order of the text. `count_tokens` is the embedder's; without one
/// it is [`estimate_tokens`]. It is asked for blocks and sentences, and what stands apart by white space must
/// add up.
pub fn chunk(extraction: &Extraction, count_tokens: &dyn Fn(&str) -> usize) -> Vec<ChunkDraft> {
    let ruler = Ruler { text: &extraction.text, count_tokens };
    let mut drafts = Vec::new();
    let mut blocks = extraction.blocks.as_slice();
    while let Some(first) = blocks.first() {
        let length = blocks.iter().skip(1).take_while(|block| is_same_section(first, block)).count() + 1;
        let (section, rest) = blocks.split_at_checked(length).unwrap_or((blocks, &[]));
        let is_deeper = rest.first().is_some_and(|next| next.heading_path.len() > first.heading_path.len());
        // A heading stands in the path of what follows it; only one with nothing under it is a chunk itself.
        if first.kind != BlockKind::Heading || !is_deeper {
            drafts.extend(chunk_section(extraction, ruler, first, section));
        }
        blocks = rest;
    }
    drafts
}

/// The number of tokens of a word-piece model, guessed from the look of the text: one for each sign, one for each
/// letter of a script that the models' word lists hardly know, and one for each five letters of a Latin word.
/// Within a fifth of the truth on average; see `tests/bench`.
pub fn estimate_tokens(text: &str) -> usize {
    let mut tokens: usize = 0;
    let mut letters: usize = 0;
    for c in text.chars() {
        if c.is_alphanumeric() && u32::from(c) < 0x0370 {
            tokens += usize::from(letters.is_multiple_of(5));
            letters += 1;
        } else {
            letters = 0;
            tokens += usize::from(!c.is_whitespace());
        }
    }
    tokens
}

/// Measures parts of one text.
#[derive(Clone, Copy)]
struct Ruler<'a> {
    text: &'a str,
    count_tokens: &'a dyn Fn(&str) -> usize,
}

impl Ruler<'_> {
    /// In tokens. A model takes a word that it does not know for one token, however long it is, so characters
    /// count as well.
    fn length(&self, span: &Range<usize>) -> usize {
        let part = self.text.get(span.clone()).unwrap_or_default();
        (self.count_tokens)(part).max(part.chars().count().div_ceil(CHUNK_CHARS_PER_TOKEN_MAX))
    }

    fn measure(&self, span: Range<usize>) -> Piece {
        Piece { length: self.length(&span), span }
    }
}

/// A part of the text with its length in tokens.
#[derive(Debug, Clone)]
struct Piece {
    span: Range<usize>,
    length: usize,
}

impl Piece {
    /// Both and what stands between them, which is white space.
    fn joined(&self, next: &Self) -> Self {
        Self { span: self.span.start..next.span.end, length: self.length + next.length }
    }
}

fn is_same_section(first: &Block, block: &Block) -> bool {
    first.kind != BlockKind::Heading
        && block.kind != BlockKind::Heading
        && first.heading_path == block.heading_path
}

fn chunk_section(
    extraction: &Extraction,
    ruler: Ruler<'_>,
    first: &Block,
    section: &[Block],
) -> Vec<ChunkDraft> {
    let mut packer = Packer { ruler, pieces: Vec::new(), is_open: false };
    for bundle in bundles(extraction, section) {
        packer.add_bundle(bundle);
    }
    packer.join_tail();
    let page_at = |at: usize| {
        let after = section.partition_point(|block| block.span.start <= at);
        after.checked_sub(1).and_then(|index| section.get(index)).and_then(|block| block.page)
    };
    packer
        .pieces
        .into_iter()
        .map(|piece| ChunkDraft {
            token_count: u32::try_from(piece.length).unwrap_or(u32::MAX),
            heading_path: first.heading_path.clone(),
            page: page_at(piece.span.start),
            span: piece.span,
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
    ruler: Ruler<'a>,
    pieces: Vec<Piece>,
    /// Whether the last piece may still grow.
    is_open: bool,
}

impl Packer<'_> {
    /// A bundle that fits into one chunk is not torn apart; of a longer one each block is packed alone.
    fn add_bundle(&mut self, bundle: &[Block]) {
        let blocks: Vec<Piece> = bundle.iter().map(|block| self.ruler.measure(block.span.clone())).collect();
        let whole = blocks
            .iter()
            .skip(1)
            .fold(blocks.first().cloned(), |whole, block| whole.map(|whole| whole.joined(block)));
        match whole {
            Some(whole) if whole.length <= CHUNK_TOKENS_TARGET => self.add(whole),
            _ => bundle.iter().zip(blocks).for_each(|(block, piece)| self.add_block(block, piece)),
        }
    }

    fn add_block(&mut self, block: &Block, piece: Piece) {
        if piece.length <= CHUNK_TOKENS_MAX {
            self.add(piece);
        } else {
            self.pieces.extend(split_block(self.ruler, block));
            self.is_open = false;
        }
    }

    fn add(&mut self, piece: Piece) {
        match self.pieces.last_mut() {
            Some(open) if self.is_open && open.length + piece.length <= CHUNK_TOKENS_TARGET => {
                *open = open.joined(&piece);
            }
            _ => self.pieces.push(piece),
        }
        self.is_open = true;
    }

    fn join_tail(&mut self) {
        if let [.., before, last] = self.pieces.as_slice() {
            let joined = before.joined(last);
            // The pieces of a cut block overlap; such a tail is no paragraph of its own.
            let is_apart = before.span.end <= last.span.start;
            if is_apart && last.length < TAIL_TOKENS && joined.length <= CHUNK_TOKENS_MAX {
                self.pieces.truncate(self.pieces.len() - 2);
                self.pieces.push(joined);
            }
        }
    }
}

/// Cuts one long block into pieces of whole sentences, each beginning with the last sentence of the one before.
fn split_block(ruler: Ruler<'_>, block: &Block) -> Vec<Piece> {
    let overlaps = block.kind != BlockKind::Code;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut previous: Option<Piece> = None;
    for sentence in units(ruler, block) {
        match pieces.last_mut() {
            Some(open) if open.length + sentence.length <= CHUNK_TOKENS_TARGET => {
                *open = open.joined(&sentence);
            }
            _ => {
                let overlap = previous.filter(|previous| {
                    overlaps
                        && previous.length <= OVERLAP_TOKENS_MAX
                        && previous.length + sentence.length <= CHUNK_TOKENS_TARGET
                });
                pieces.push(overlap.map_or_else(|| sentence.clone(), |previous| previous.joined(&sentence)));
            }
        }
        previous = Some(sentence);
    }
    pieces
}

/// The sentences of a block, or the lines of code; what is beyond the target is cut further.
fn units(ruler: Ruler<'_>, block: &Block) -> Vec<Piece> {
    let part = ruler.text.get(block.span.clone()).unwrap_or_default();
    let spans = if block.kind == BlockKind::Code { lines(part) } else { sentences(part) };
    spans
        .into_iter()
        .map(|span| ruler.measure(block.span.start + span.start..block.span.start + span.end))
        .flat_map(|piece| cut_long(ruler, piece))
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

/// A giant sentence in pieces of at most [`CHUNK_TOKENS_TARGET`]: after a white space in their last fifth where
/// there is one, else between any two characters.
fn cut_long(ruler: Ruler<'_>, piece: Piece) -> Vec<Piece> {
    if piece.length <= CHUNK_TOKENS_TARGET {
        return vec![piece];
    }
    let (mut pieces, mut start) = (Vec::new(), piece.span.start);
    let chars = ruler.text.get(piece.span.clone()).map_or(0, |part| part.chars().count());
    // As many characters as the target holds on average over this sentence.
    let chars_wanted = (chars * CHUNK_TOKENS_TARGET / piece.length).max(1);
    while let Some(rest) = ruler.text.get(start..piece.span.end).filter(|rest| !rest.is_empty()) {
        let end = start + head_length(ruler, start, rest, chars_wanted);
        let span = trim_range(ruler.text, start..end);
        if !span.is_empty() {
            pieces.push(ruler.measure(span));
        }
        start = end;
    }
    pieces
}

/// How many bytes of `rest`, which begins at `start`, go into the next piece; at least one character.
fn head_length(ruler: Ruler<'_>, start: usize, rest: &str, chars_wanted: usize) -> usize {
    let mut chars = chars_wanted;
    loop {
        let end = rest.char_indices().nth(chars).map_or(rest.len(), |(end, _)| end);
        if chars > 1 && ruler.length(&(start..start + end)) > CHUNK_TOKENS_TARGET {
            chars = (chars * 4 / 5).max(1);
            continue;
        }
        let head = rest.get(..end).unwrap_or(rest);
        let blank = head.rfind(char::is_whitespace).filter(|blank| *blank > end - end / 5);
        return if end == rest.len() { end } else { blank.unwrap_or(end) };
    }
}

#[cfg(test)]
#[path = "chunking_tests.rs"]
mod tests;
