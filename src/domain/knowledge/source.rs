//! What an uploaded file is, judged by its bytes first and its name second.
//!
//! It promises a format that a reader knows, or a sentence that says what the file seems to be and what to do
//! instead. Start reading at [`judge`].

mod compound;
mod signatures;

use crate::ground::limits::{
    BYTES_PER_MB, OFFICE_BYTES_MAX, PDF_BYTES_MAX, TEXT_BYTES_MAX, WORKBOOK_BYTES_MAX,
};
use signatures::{Container, Signature};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    Pdf,
    Docx,
    /// XLSX, XLS or ODS.
    Workbook,
    /// PPTX.
    Slides,
    /// OpenDocument texts and presentations.
    OpenText,
    /// EPUB.
    Book,
    Html,
    Xml,
    Csv,
    Markdown,
    PlainText,
}

impl SourceFormat {
    /// As it stands in sentences: "this PDF document".
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Pdf => "PDF document",
            Self::Docx => "Word document",
            Self::Workbook => "workbook",
            Self::Slides => "presentation",
            Self::OpenText => "OpenDocument file",
            Self::Book => "book",
            Self::Html => "web page",
            Self::Xml => "XML file",
            Self::Csv => "table",
            Self::Markdown | Self::PlainText => "text",
        }
    }

    /// What its reader takes at most.
    pub const fn bytes_max(self) -> u64 {
        match self {
            Self::Pdf => PDF_BYTES_MAX,
            Self::Docx | Self::Slides | Self::OpenText | Self::Book => OFFICE_BYTES_MAX,
            Self::Workbook => WORKBOOK_BYTES_MAX,
            Self::Html | Self::Xml | Self::Csv | Self::Markdown | Self::PlainText => TEXT_BYTES_MAX,
        }
    }
}

/// The largest of all bounds: nothing beyond it can be read.
pub const SOURCE_BYTES_MAX: u64 = PDF_BYTES_MAX;

/// Why a file cannot be read, in words for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("This file is empty. Choose one that has text in it.")]
    Empty,
    #[error(
        "This {kind} is larger than {} MB, which is more than can be read of its kind. Split it into smaller files.",
        bytes_max / BYTES_PER_MB
    )]
    TooLarge { kind: &'static str, bytes_max: u64 },
    #[error("This file seems to be {kind}. {advice}")]
    Unsupported { kind: &'static str, advice: &'static str },
    #[error(
        "This file seems to be a program or another file without text. Choose a document: PDF, Word (.docx), a workbook, HTML, CSV, Markdown or plain text."
    )]
    NotText,
    #[error("This file needs a password. Save it without one and upload it again.")]
    Password,
    #[error(
        "This {kind} is damaged or incomplete. Open it in the program that it comes from, save it anew and upload that file."
    )]
    Damaged { kind: &'static str },
    #[error("This {kind} holds no text. Choose a file that has text in it.")]
    NoText { kind: &'static str },
    #[error(
        "This PDF holds scanned images without text. Run text recognition (OCR) over it first, or upload the text itself."
    )]
    Scanned,
    #[error(
        "The fonts of this file do not tell which characters they show, so its text would come out as garbage. Export it anew from the program that it comes from, or run text recognition (OCR) over it."
    )]
    Garbled,
    #[error("This PDF has {pages} pages. Up to {pages_max} can be read: split it into smaller files.")]
    TooManyPages { pages: u32, pages_max: u32 },
    #[error("This file holds more text than can be read at once. Split it into smaller files.")]
    TooMuchText,
    #[error(
        "This file unpacks to far more than its size, or is nested deeper than documents are. Open it in the program that it comes from, save it anew and upload that file."
    )]
    Bomb,
}

/// As much of a file's beginning as [`refuse_at_once`] wants to see.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// Refuses what cannot be read whatever its rest holds, so that whoever uploads hears it at once. `head` is the
/// beginning of the file, up to [`SNIFF_BYTES`].
pub fn refuse_at_once(head: &[u8]) -> Result<(), SourceError> {
    if head.is_empty() {
        return Err(SourceError::Empty);
    }
    match signatures::of(head) {
        Some(Signature::Unsupported(kind, advice)) => Err(SourceError::Unsupported { kind, advice }),
        _ => Ok(()),
    }
}

/// What to say of a file that is beyond every bound, by its beginning.
pub fn too_large(extension: &str, head: &[u8]) -> SourceError {
    let format = judge(extension, head).ok();
    let kind = format.map_or("file", SourceFormat::kind);
    SourceError::TooLarge { kind, bytes_max: format.map_or(SOURCE_BYTES_MAX, SourceFormat::bytes_max) }
}

/// The format of a whole file. `extension` is that of its name, in lower case and without a dot.
pub fn judge(extension: &str, bytes: &[u8]) -> Result<SourceFormat, SourceError> {
    if bytes.is_empty() {
        return Err(SourceError::Empty);
    }
    match signatures::of(bytes) {
        Some(Signature::Pdf) => Ok(SourceFormat::Pdf),
        Some(Signature::Zip) => judge_container(
            signatures::zip_content(bytes),
            SourceError::Unsupported {
                kind: "a ZIP archive",
                advice: "Unpack it and upload the documents in it.",
            },
        ),
        Some(Signature::Compound) => judge_container(
            signatures::compound_content(bytes),
            SourceError::Damaged { kind: "older office document" },
        ),
        Some(Signature::Unsupported(kind, advice)) => Err(SourceError::Unsupported { kind, advice }),
        None if signatures::is_mail(bytes) => Err(SourceError::Unsupported {
            kind: "an e-mail",
            advice: "Save it as a PDF, or copy its text into a document, and upload that.",
        }),
        None => Ok(judge_text(extension, bytes)),
    }
}

fn judge_container(content: Option<Container>, unknown: SourceError) -> Result<SourceFormat, SourceError> {
    match content {
        Some(Container::Readable(format)) => Ok(format),
        Some(Container::Locked) => Err(SourceError::Password),
        Some(Container::Unsupported(kind, advice)) => Err(SourceError::Unsupported { kind, advice }),
        None => Err(unknown),
    }
}

/// A text is HTML or XML by its look, a table or Markdown by its name; whatever else it is called, it is text.
fn judge_text(extension: &str, bytes: &[u8]) -> SourceFormat {
    match extension {
        _ if signatures::is_html(bytes) => SourceFormat::Html,
        "html" | "htm" | "xhtml" | "shtml" => SourceFormat::Html,
        _ if signatures::is_xml(bytes) => SourceFormat::Xml,
        "csv" | "tsv" | "tab" => SourceFormat::Csv,
        "md" | "markdown" | "mdown" | "mkd" => SourceFormat::Markdown,
        _ => SourceFormat::PlainText,
    }
}

/// The extension of a file's name, in lower case; empty where there is none.
pub fn extension_of(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.trim().to_lowercase(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
