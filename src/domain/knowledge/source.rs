//! What an uploaded file is, judged by its bytes first and its name second.
//!
//! It promises text, or a sentence that says what the file seems to be and what to do instead. It does not
//! guess legacy encodings.

use super::extraction::Extraction;
use super::{markdown, plain_text};
use crate::ground::limits::MARKDOWN_BYTES_MAX;

/// A file that can be read now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    pub format: SourceFormat,
    /// Without a byte order mark.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    Markdown,
    PlainText,
}

/// Why a file cannot be read, in words for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("This file is empty. Choose one that has text in it.")]
    Empty,
    #[error("This file is larger than {} MB. Split it into smaller files.", bytes_max / (1024 * 1024))]
    TooLarge { bytes_max: u64 },
    #[error(
        "This file seems to be {kind}. Markdown (.md) and plain text (.txt) files can be read: save it as one of these."
    )]
    Binary { kind: &'static str },
    #[error(
        "This file holds text, but its name ends in \".{extension}\". Markdown (.md) and plain text (.txt) files can be read: rename it if that is what it is."
    )]
    Extension { extension: String },
    #[error("This file's text is not in UTF-8. Save it with the encoding UTF-8.")]
    Encoding,
}

impl SourceText {
    pub fn extract(&self) -> Extraction {
        match self.format {
            SourceFormat::Markdown => markdown::extract(&self.text),
            SourceFormat::PlainText => plain_text::extract(&self.text),
        }
    }
}

/// Decides whether `bytes` are text that can be read now: UTF-8, or UTF-16 with a byte order mark.
pub fn read_source(file_name: &str, bytes: &[u8]) -> Result<SourceText, SourceError> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MARKDOWN_BYTES_MAX {
        return Err(SourceError::TooLarge { bytes_max: MARKDOWN_BYTES_MAX });
    }
    if let Some(kind) = known_format(bytes) {
        return Err(SourceError::Binary { kind });
    }
    let text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(SourceError::Empty);
    }
    Ok(SourceText { format: format_of(file_name)?, text })
}

/// As much of a file's beginning as [`refuse_at_once`] wants to see.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// Refuses what cannot be read whatever its rest holds, so that whoever uploads hears it at once. `head` is the
/// beginning of the file, up to [`SNIFF_BYTES`].
pub fn refuse_at_once(file_name: &str, head: &[u8]) -> Result<(), SourceError> {
    if head.is_empty() {
        return Err(SourceError::Empty);
    }
    if let Some(kind) = known_format(head) {
        return Err(SourceError::Binary { kind });
    }
    format_of(file_name).map(|_| ())
}

fn decode(bytes: &[u8]) -> Result<String, SourceError> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, u16::from_be_bytes)?,
        _ => {
            let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match std::str::from_utf8(rest) {
                Ok(text) => text.to_owned(),
                Err(_) if is_mostly_controls(rest) => return Err(UNKNOWN),
                Err(_) => return Err(SourceError::Encoding),
            }
        }
    };
    if text.contains('\0') || is_mostly_controls(text.as_bytes()) { Err(UNKNOWN) } else { Ok(text) }
}

const UNKNOWN: SourceError = SourceError::Binary { kind: "a program or another file without text" };

fn decode_utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Result<String, SourceError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(SourceError::Encoding);
    }
    char::decode_utf16(pairs.iter().map(|pair| read(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| SourceError::Encoding)
}

/// A byte of zero, or one control character in twenty: no editor writes that.
fn is_mostly_controls(bytes: &[u8]) -> bool {
    let is_strange = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B);
    bytes.contains(&0) || bytes.iter().filter(is_strange).count() * 20 > bytes.len()
}

fn format_of(file_name: &str) -> Result<SourceFormat, SourceError> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let extension = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.trim().to_lowercase(),
        _ => String::new(),
    };
    match extension.as_str() {
        "md" | "markdown" | "mdown" | "mkd" => Ok(SourceFormat::Markdown),
        // A text without an extension (README, LICENSE) is what its bytes say.
        "txt" | "text" | "" => Ok(SourceFormat::PlainText),
        _ => Err(SourceError::Extension { extension }),
    }
}

/// First bytes that no text begins with, and what they stand for.
const SIGNATURES: [(&[u8], &str); 22] = [
    (b"{\\rtf", "an RTF document"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an older Word, Excel or PowerPoint file"),
    (b"\x89PNG\r\n\x1A\n", "an image"),
    (b"\xFF\xD8\xFF", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"RIFF", "an image, sound or video"),
    (b"\0\0\0\x0CjP", "an image"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1A\x45\xDF\xA3", "a video"),
    (b"\x1F\x8B", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"\xFD7zXZ", "a compressed archive"),
    (b"7z\xBC\xAF\x27\x1C", "a compressed archive"),
    (b"Rar!\x1A\x07", "a compressed archive"),
    (b"\x7FELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\0", "a database"),
];

fn known_format(bytes: &[u8]) -> Option<&'static str> {
    // Readers of PDF take up to a kilobyte before its mark.
    let head = bytes.get(..1_024).unwrap_or(bytes);
    let is_binary = || bytes.contains(&0) || std::str::from_utf8(bytes).is_err();
    if head.trim_ascii_start().starts_with(b"%PDF-") || (contains(head, b"%PDF-") && is_binary()) {
        return Some("a PDF document");
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_format(bytes));
    }
    if bytes.get(4..8) == Some(b"ftyp") && is_binary() {
        return Some("a video, a sound file or an image");
    }
    let (signature, kind) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature))?;
    // A text may begin with the letters "MZ" or "RIFF".
    let is_spelt = signature.iter().all(|byte| byte.is_ascii_alphanumeric());
    (!is_spelt || is_binary()).then_some(*kind)
}

/// Office files are archives whose members tell what they are.
fn zip_format(bytes: &[u8]) -> &'static str {
    let members: [(&[u8], &str); 6] = [
        (b"application/epub+zip", "an EPUB book"),
        (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
        (b"word/document", "a Word document"),
        (b"xl/workbook", "an Excel workbook"),
        (b"ppt/presentation", "a PowerPoint presentation"),
        (b"Index/Document.iwa", "a Pages, Numbers or Keynote file"),
    ];
    // An embedded workbook does not make a presentation a workbook: the first member decides.
    let found = members.iter().filter_map(|(member, kind)| position(bytes, member).map(|at| (at, *kind)));
    found.min_by_key(|(at, _)| *at).map_or("a ZIP archive", |(_, kind)| kind)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    position(bytes, wanted).is_some()
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_in_utf_8_and_in_marked_utf_16() {
        let utf16 = |order: fn(u16) -> [u8; 2]| "\u{FEFF}Tee: 4 €".encode_utf16().flat_map(order).collect();
        let cases: [Vec<u8>; 4] =
            ["Tee: 4 €".into(), "\u{FEFF}Tee: 4 €".into(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)];

        for bytes in cases {
            let source = read_source("menu.md", &bytes).unwrap();
            assert_eq!((source.format, source.text.as_str()), (SourceFormat::Markdown, "Tee: 4 €"));
        }
    }

    #[test]
    fn the_name_chooses_between_markdown_and_plain_text() {
        let format = |name: &str| read_source(name, b"# Tea").map(|source| source.format);

        assert_eq!(format("a/b.c\\Menu.MD"), Ok(SourceFormat::Markdown));
        assert_eq!(format("menu.txt"), Ok(SourceFormat::PlainText));
        assert_eq!(format("README"), Ok(SourceFormat::PlainText));
        assert_eq!(format(".hidden"), Ok(SourceFormat::PlainText));
        assert_eq!(format("menu.exe"), Err(SourceError::Extension { extension: "exe".to_owned() }));
        assert_eq!(
            format("menu.pdf").unwrap_err().to_string(),
            "This file holds text, but its name ends in \".pdf\". Markdown (.md) and plain text (.txt) files can \
             be read: rename it if that is what it is."
        );
        assert_eq!(read_source("a.md", b"# Tea").unwrap().extract().title.as_deref(), Some("Tea"));
        assert_eq!(read_source("a.txt", b"# Tea").unwrap().extract().text, "# Tea");
    }

    #[test]
    fn empty_files_are_named_so() {
        for bytes in [&b""[..], b" \r\n\t", b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF\x00 "] {
            assert_eq!(read_source("a.md", bytes), Err(SourceError::Empty), "{bytes:?}");
        }
        assert!(SourceError::Empty.to_string().starts_with("This file is empty. "));
    }

    #[test]
    fn other_formats_are_recognised_by_their_bytes_whatever_their_name() {
        for (bytes, kind) in [
            (&b"%PDF-1.7\nwhatever"[..], "a PDF document"),
            (b"PK\x03\x04......[Content_Types].xml...word/document.xml", "a Word document"),
            (b"PK\x03\x04......xl/workbook.xml", "an Excel workbook"),
            (b"PK\x03\x04abc", "a ZIP archive"),
            (b"\x89PNG\r\n\x1A\n\0\0", "an image"),
            (b"\xFF\xD8\xFF\xE0", "an image"),
            (b"MZ\x90\0", "a program"),
            (b"{\\rtf1 Hello}", "an RTF document"),
            (b"ab\0cd", "a program or another file without text"),
            (b"\x01\x02\x03abc", "a program or another file without text"),
            (b"T\0e\0a\0", "a program or another file without text"),
        ] {
            assert_eq!(read_source("a.md", bytes), Err(SourceError::Binary { kind }), "{bytes:?}");
        }
        assert!(read_source("a.txt", b"MZ is how this text begins").is_ok());
        assert!(read_source("a.txt", b"We say %PDF- in this text").is_ok());
    }

    #[test]
    fn text_in_another_encoding_and_too_much_text_are_refused_with_advice() {
        assert_eq!(read_source("a.txt", b"M\xFC\xDFig ist der Tee"), Err(SourceError::Encoding));
        assert_eq!(read_source("a.txt", b"\xFF\xFEa"), Err(SourceError::Encoding));
        let large = vec![b'a'; usize::try_from(MARKDOWN_BYTES_MAX).unwrap() + 1];
        let error = read_source("a.txt", &large).unwrap_err();
        assert_eq!(error.to_string(), "This file is larger than 20 MB. Split it into smaller files.");
    }
}
