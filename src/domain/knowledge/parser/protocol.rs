//! What the child says: frames of JSON, each after its length.

use crate::domain::knowledge::extraction::{Block, Extraction};
use crate::ground::limits::{PARSE_BLOCKS_PER_FRAME, PARSE_FRAME_BYTES_MAX, PARSE_TEXT_BYTES_PER_FRAME};
use crate::ground::text::floor_char_boundary;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// Before each frame: its length in bytes, little end first.
pub const HEADER_BYTES: usize = 4;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// So many steps done, of so many.
    Progress {
        done: u32,
        total: u32,
    },
    Title(String),
    /// The next piece of the text.
    Text(String),
    /// The next blocks.
    Blocks(Vec<Block>),
    /// A sentence for the owner of the document.
    Refused(String),
    /// Everything was said.
    End,
}

/// The length of the next frame; None beyond the bound.
pub fn length(header: [u8; HEADER_BYTES]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(header)).ok().filter(|length| *length <= PARSE_FRAME_BYTES_MAX)
}

pub fn write(out: &mut impl Write, frame: &Frame) -> std::io::Result<()> {
    let body = serde_json::to_vec(frame)?;
    let length = u32::try_from(body.len()).map_err(std::io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&body)?;
    out.flush()
}

/// The extraction in frames that stay within their bound.
pub fn write_extraction(out: &mut impl Write, extraction: &Extraction) -> std::io::Result<()> {
    if let Some(title) = &extraction.title {
        write(out, &Frame::Title(title.clone()))?;
    }
    let mut rest = extraction.text.as_str();
    while !rest.is_empty() {
        let end = floor_char_boundary(rest, PARSE_TEXT_BYTES_PER_FRAME);
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        write(out, &Frame::Text(piece.to_owned()))?;
        rest = after;
    }
    for blocks in extraction.blocks.chunks(PARSE_BLOCKS_PER_FRAME) {
        write(out, &Frame::Blocks(blocks.to_vec()))?;
    }
    write(out, &Frame::End)
}
