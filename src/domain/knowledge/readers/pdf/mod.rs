//! PDF: the text of its pages in reading order, with headings, lists, rows and page numbers.
//!
//! It promises a sentence instead of garbage: files with a password, without text, and with fonts that do not
//! tell their characters are refused. It recognises no text in pictures.

mod blocks;
mod direction;
mod furniture;
mod glyphs;
mod lines;
mod silent;

use super::{Progress, quality};
use crate::domain::knowledge::extraction::{Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::{EXTRACTED_TEXT_BYTES_MAX, PDF_PAGES_MAX};
use furniture::PageLines;
use glyphs::PageText;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::Rect;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt as _, interpret_page};
use silent::SilentMaps;

const KIND: &str = "PDF document";

/// Reads a PDF, telling its progress after each page.
pub fn extract(bytes: Vec<u8>, progress: Progress<'_>) -> Result<Extraction, SourceError> {
    let pdf = Pdf::new(bytes).map_err(refusal)?;
    let count = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    if count == 0 {
        return Err(SourceError::Damaged { kind: KIND });
    }
    if count > PDF_PAGES_MAX {
        return Err(SourceError::TooManyPages { pages: count, pages_max: PDF_PAGES_MAX });
    }
    let mut read = Read::default();
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        read.page(number, interpret(&pdf, page), f64::from(page.render_dimensions().1));
        progress(number, count);
        if read.text_bytes > EXTRACTED_TEXT_BYTES_MAX {
            return Err(SourceError::TooMuchText);
        }
    }
    read.finish(pdf.metadata().title.as_deref())
}

fn refusal(error: LoadPdfError) -> SourceError {
    match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => SourceError::Password,
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => SourceError::Damaged { kind: KIND },
    }
}

fn interpret(pdf: &Pdf, page: &Page<'_>) -> PageText {
    let settings = InterpreterSettings::default();
    let cache = InterpreterCache::new();
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, bounds, &cache, pdf.xref(), settings);
    let mut text = PageText::with(SilentMaps::of(page));
    interpret_page(page, &mut context, &mut text);
    text
}

/// What was read so far.
#[derive(Default)]
struct Read {
    pages: Vec<PageLines>,
    glyphs: usize,
    unknown: usize,
    images: usize,
    text_bytes: u64,
}

impl Read {
    fn page(&mut self, number: u32, text: PageText, height: f64) {
        self.glyphs += text.glyphs.len();
        self.unknown += text.unknown;
        self.images += text.images;
        let lines = lines::lines(text.glyphs);
        self.text_bytes += lines.iter().map(|line| line.text().len() as u64).sum::<u64>();
        self.pages.push(PageLines { number, height, lines });
    }

    fn finish(mut self, title: Option<&[u8]>) -> Result<Extraction, SourceError> {
        if self.glyphs == 0 && self.unknown == 0 {
            return Err(if self.images > 0 {
                SourceError::Scanned
            } else {
                SourceError::NoText { kind: KIND }
            });
        }
        // One unknown character in five: what is left is not what the page says.
        if self.unknown * 5 > self.glyphs + self.unknown {
            return Err(SourceError::Garbled);
        }
        furniture::remove(&mut self.pages);
        let mut builder = ExtractionBuilder::default();
        blocks::write(&self.pages, &mut builder);
        let mut extraction = builder.finish();
        if extraction.title.is_none() {
            extraction.title = title.map(text_string).and_then(|title| quality::document_title(&title));
        }
        if quality::is_garbled(&extraction.text) {
            return Err(SourceError::Garbled);
        }
        if extraction.blocks.is_empty() {
            return Err(SourceError::NoText { kind: KIND });
        }
        Ok(extraction)
    }
}

/// A string of a PDF's own: UTF-16 or UTF-8 with a mark, else single bytes.
fn text_string(bytes: &[u8]) -> String {
    let (encoding, bytes) = match bytes {
        [0xFE, 0xFF, rest @ ..] => (encoding_rs::UTF_16BE, rest),
        [0xFF, 0xFE, rest @ ..] => (encoding_rs::UTF_16LE, rest),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (encoding_rs::UTF_8, rest),
        _ => (encoding_rs::WINDOWS_1252, bytes),
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests;
