//! What the first bytes of a file say, and what lies in containers.

use super::{SourceFormat, compound};

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    Pdf,
    /// An archive; office files are such archives.
    Zip,
    /// The container of older office files, and of locked newer ones.
    Compound,
    /// Its name with an article, and what to do instead.
    Unsupported(&'static str, &'static str),
}

/// What lies in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Readable(SourceFormat),
    Locked,
    Unsupported(&'static str, &'static str),
}

const IMAGE: Signature = Signature::Unsupported(
    "an image",
    "Text in images cannot be read: run text recognition (OCR) over it, or upload the text itself.",
);
const SOUND: Signature =
    Signature::Unsupported("a sound file", "Sound cannot be read: upload what is said in it as text.");
const VIDEO: Signature =
    Signature::Unsupported("a video", "Videos cannot be read: upload what is said in it as text.");
const ARCHIVE: Signature =
    Signature::Unsupported("a compressed archive", "Unpack it and upload the documents in it.");
const PROGRAM: Signature = Signature::Unsupported(
    "a program",
    "Choose a document: PDF, Word (.docx), HTML, CSV, Markdown or plain text.",
);
const DATABASE: Signature =
    Signature::Unsupported("a database", "Export its tables as CSV and upload those.");
const RICH_TEXT: Signature =
    Signature::Unsupported("an RTF document", "Save it as a Word document (.docx) or a PDF and upload that.");

/// First bytes that no text begins with, and what they stand for.
const SIGNATURES: [(&[u8], Signature); 25] = [
    (b"PK\x03\x04", Signature::Zip),
    (b"PK\x05\x06", Signature::Zip),
    (b"{\\rtf", RICH_TEXT),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Signature::Compound),
    (b"\x89PNG\r\n\x1A\n", IMAGE),
    (b"\xFF\xD8\xFF", IMAGE),
    (b"GIF87a", IMAGE),
    (b"GIF89a", IMAGE),
    (b"II*\0", IMAGE),
    (b"MM\0*", IMAGE),
    (b"RIFF", IMAGE),
    (b"\0\0\0\x0CjP", IMAGE),
    (b"8BPS", IMAGE),
    (b"ID3", SOUND),
    (b"OggS", SOUND),
    (b"fLaC", SOUND),
    (b"\x1A\x45\xDF\xA3", VIDEO),
    (b"\x1F\x8B", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xFD7zXZ", ARCHIVE),
    (b"7z\xBC\xAF\x27\x1C", ARCHIVE),
    (b"Rar!\x1A\x07", ARCHIVE),
    (b"\x7FELF", PROGRAM),
    (b"MZ", PROGRAM),
    (b"SQLite format 3\0", DATABASE),
];

/// What the first bytes say; None for what may be text.
pub fn of(bytes: &[u8]) -> Option<Signature> {
    // Readers of PDF take up to a kilobyte before its mark.
    let head = bytes.get(..1_024).unwrap_or(bytes);
    let is_binary = || {
        let sample = bytes.get(..super::SNIFF_BYTES).unwrap_or(bytes);
        sample.contains(&0) || std::str::from_utf8(sample).is_err_and(|error| error.error_len().is_some())
    };
    if head.trim_ascii_start().starts_with(b"%PDF-") || (contains(head, b"%PDF-") && is_binary()) {
        return Some(Signature::Pdf);
    }
    if bytes.get(4..8) == Some(b"ftyp") && is_binary() {
        return Some(VIDEO);
    }
    let (signature, kind) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature))?;
    // A text may begin with the letters "MZ" or "RIFF".
    let is_spelt = signature.iter().all(|byte| byte.is_ascii_alphanumeric());
    (!is_spelt || is_binary()).then_some(*kind)
}

/// Office files are archives whose members tell what they are.
pub fn zip_content(bytes: &[u8]) -> Option<Container> {
    use Container::{Readable, Unsupported};
    let members: [(&[u8], Container); 10] = [
        (b"word/document", Readable(SourceFormat::Docx)),
        (b"xl/workbook", Readable(SourceFormat::Workbook)),
        (b"ppt/presentation", Readable(SourceFormat::Slides)),
        (b"application/epub+zip", Readable(SourceFormat::Book)),
        // Of books whose type was compressed, the name of their table of contents is in the open.
        (b"META-INF/container.xml", Readable(SourceFormat::Book)),
        (b"application/vnd.oasis.opendocument.spreadsheet", Readable(SourceFormat::Workbook)),
        (b"application/vnd.oasis.opendocument.text", Readable(SourceFormat::OpenText)),
        (b"application/vnd.oasis.opendocument.presentation", Readable(SourceFormat::OpenText)),
        (
            b"application/vnd.oasis.opendocument",
            Unsupported("an OpenDocument drawing or formula", "Save it as a PDF and upload that."),
        ),
        (
            b"Index/Document.iwa",
            Unsupported("a Pages, Numbers or Keynote file", "Export it as a PDF and upload that."),
        ),
    ];
    // An embedded workbook does not make a presentation a workbook: the first member decides, and of several
    // names at one place the first in the list.
    let found =
        members.iter().filter_map(|(member, content)| position(bytes, member).map(|at| (at, *content)));
    found.min_by_key(|(at, _)| *at).map(|(_, content)| content)
}

/// What the streams at the top of the older container say: one that is embedded in a workbook does not make it another
/// document. Where the directory is damaged, the names are looked for anywhere, in UTF-16.
pub fn compound_content(bytes: &[u8]) -> Option<Container> {
    use Container::{Locked, Readable, Unsupported};
    const AS_PDF: &str = "Save it as a PDF and upload that.";
    const AS_DOCX: &str = "Save it as a Word document (.docx) or a PDF and upload that.";
    let streams = [
        ("EncryptedPackage", Locked),
        ("WordDocument", Unsupported("an older Word document (.doc)", AS_DOCX)),
        ("PowerPoint Document", Unsupported("an older PowerPoint presentation (.ppt)", AS_PDF)),
        ("__substg1.0", Unsupported("an Outlook message (.msg)", AS_PDF)),
        ("Workbook", Readable(SourceFormat::Workbook)),
        ("Book", Readable(SourceFormat::Workbook)),
        ("VisioDocument", Unsupported("a Visio drawing", AS_PDF)),
    ];
    let names = compound::top_names(bytes);
    let has = |name: &str| {
        if let Some(names) = &names {
            return names.iter().any(|found| found.starts_with(name));
        }
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(bytes, &name)
    };
    streams.into_iter().find(|(name, _)| has(name)).map(|(_, content)| content)
}

/// Whether a text begins as a web page does.
pub fn is_html(bytes: &[u8]) -> bool {
    let head = bytes.get(..4_096).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    let begins = |start: &[u8]| head.starts_with(start);
    begins(b"<!doctype html")
        || begins(b"<html")
        || (begins(b"<") && (contains(&head, b"<html") || contains(&head, b"<body")))
}

/// Whether a text is an e-mail as it travels (RFC 5322): headers first, among them one that only mail has. Its
/// parts are encoded, so that it would be read as garbage.
pub fn is_mail(bytes: &[u8]) -> bool {
    let head = [b"\n", bytes.get(..4_096).unwrap_or(bytes)].concat().to_ascii_lowercase();
    let first = head.get(1..).unwrap_or_default().split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
    let begins_with_header =
        name.len() < first.len() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let only_in_mail: [&[u8]; 3] = [b"\nmime-version:", b"\nmessage-id:", b"\nreceived:"];
    begins_with_header && only_in_mail.iter().any(|header| contains(&head, header))
}

/// Whether a text says of itself that it is XML.
pub fn is_xml(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start().starts_with(b"<?xml")
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    position(bytes, wanted).is_some()
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}
