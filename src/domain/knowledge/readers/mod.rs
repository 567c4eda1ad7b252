//! The readers of formats. Each gives an [`Extraction`] or a [`SourceError`], never a panic on purpose and never
//! garbage; they run in the child process of `super::parser`, whose limits hold where their own do not.
//!
//! A reader gets the whole file, whose size was checked against the bound of its format.

mod archive;
mod book;
mod csv;
mod docx;
mod encoding;
mod html;
mod markup;
mod open_text;
mod pdf;
mod quality;
mod slides;
mod table;
mod workbook;
mod xml;

use super::extraction::Extraction;
use super::source::{self, SourceError, SourceFormat};
use super::{markdown, plain_text};

/// Is told how far a reader is: this many steps done, of so many.
pub type Progress<'a> = &'a mut dyn FnMut(u32, u32);

/// What a whole file says.
pub fn read(extension: &str, bytes: Vec<u8>, progress: Progress<'_>) -> Result<Extraction, SourceError> {
    let format = source::judge(extension, &bytes)?;
    let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size_bytes > format.bytes_max() {
        return Err(SourceError::TooLarge { kind: format.kind(), bytes_max: format.bytes_max() });
    }
    let extraction = match format {
        SourceFormat::Pdf => pdf::extract(bytes, progress)?,
        SourceFormat::Docx => docx::extract(&bytes)?,
        SourceFormat::Workbook => workbook::extract(bytes, progress)?,
        SourceFormat::Slides => slides::extract(&bytes)?,
        SourceFormat::OpenText => open_text::extract(&bytes)?,
        SourceFormat::Book => book::extract(&bytes, progress)?,
        SourceFormat::Html => html::extract(&encoding::decode_html(&bytes)?),
        SourceFormat::Xml => markup::extract(&encoding::decode_html(&bytes)?)?,
        SourceFormat::Csv => csv::extract(&encoding::decode(&bytes)?)?,
        SourceFormat::Markdown => markdown::extract(&encoding::decode(&bytes)?),
        SourceFormat::PlainText => plain_text::extract(&encoding::decode(&bytes)?),
    };
    if extraction.blocks.is_empty() {
        return Err(SourceError::NoText { kind: format.kind() });
    }
    Ok(extraction)
}

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
#[path = "samples_tests.rs"]
mod samples;
