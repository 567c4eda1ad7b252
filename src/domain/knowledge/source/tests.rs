use super::*;

#[test]
fn the_name_chooses_between_kinds_of_text() {
    for (name, format) in [
        ("a/b.c\\Menu.MD", SourceFormat::Markdown),
        ("menu.txt", SourceFormat::PlainText),
        ("README", SourceFormat::PlainText),
        (".hidden", SourceFormat::PlainText),
        ("prices.csv", SourceFormat::Csv),
        ("index.htm", SourceFormat::Html),
        // Mislabelled, and text all the same.
        ("menu.pdf", SourceFormat::PlainText),
        ("menu.exe", SourceFormat::PlainText),
    ] {
        assert_eq!(judge(&extension_of(name), b"# Tea"), Ok(format), "{name}");
    }
    assert_eq!(judge("txt", b"\n<!DOCTYPE html><p>Tea"), Ok(SourceFormat::Html));
}

// KNO-1
#[test]
fn mail_is_named_and_a_text_that_begins_like_it_is_read() {
    let mail = b"From: a@example.com\r\nSubject: Tea\r\nMIME-Version: 1.0\r\n\r\nVGVh";

    assert!(matches!(judge("txt", mail), Err(SourceError::Unsupported { kind: "an e-mail", .. })));
    assert_eq!(judge("txt", b"Monday: 9 to 5\nReceived guests: all"), Ok(SourceFormat::PlainText));
    assert_eq!(judge("txt", b"Note\nMessage-ID: is a header"), Ok(SourceFormat::PlainText));
}

// KNO-1
#[test]
fn a_book_with_a_compressed_type_is_a_book() {
    assert_eq!(judge("epub", b"PK\x03\x04....META-INF/....META-INF/container.xml"), Ok(SourceFormat::Book));
}

// KNO-1
#[test]
fn formats_are_recognised_by_their_bytes_whatever_their_name() {
    let docx = b"PK\x03\x04......[Content_Types].xml...word/document.xml";
    let workbook: Vec<u8> = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
        .iter()
        .copied()
        .chain("Workbook".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();

    assert_eq!(judge("md", b"%PDF-1.7\nwhatever"), Ok(SourceFormat::Pdf));
    assert_eq!(judge("txt", docx), Ok(SourceFormat::Docx));
    assert_eq!(judge("doc", &workbook), Ok(SourceFormat::Workbook));
    assert_eq!(judge("txt", b"We say %PDF- in this text"), Ok(SourceFormat::PlainText));
    assert_eq!(judge("txt", b"MZ is how this text begins"), Ok(SourceFormat::PlainText));
}

/// A container of one sector for its table and one for its directory: a workbook, and a storage with a text in it.
fn workbook_with_embedded_text() -> Vec<u8> {
    const NONE: u32 = u32::MAX;
    let entry = |name: &str, [left, right, child]: [u32; 3]| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend(u16::try_from(name.len() * 2 + 2).unwrap().to_le_bytes());
        entry.extend([1, 1]);
        [left, right, child].iter().for_each(|number| entry.extend(number.to_le_bytes()));
        entry.resize(128, 0);
        entry
    };
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.resize(512, 0xFF);
    file[30..32].copy_from_slice(&9_u16.to_le_bytes());
    file[48..52].copy_from_slice(&1_u32.to_le_bytes());
    file[76..80].copy_from_slice(&0_u32.to_le_bytes());
    file.resize(1_024, 0xFF);
    file.extend(entry("Root Entry", [NONE, NONE, 2]));
    file.extend(entry("WordDocument", [NONE; 3]));
    file.extend(entry("MBD00000001", [3, NONE, 1]));
    file.extend(entry("Workbook", [NONE; 3]));
    file
}

// KNO-1
#[test]
fn a_workbook_with_an_embedded_text_is_a_workbook() {
    let file = workbook_with_embedded_text();

    assert_eq!(judge("xls", &file), Ok(SourceFormat::Workbook));
    for length in 0..file.len() {
        let _ = judge("xls", &file[..length]);
    }
    // A storage that is its own neighbour.
    let mut looped = file.clone();
    looped[1_024 + 2 * 128 + 68] = 2;
    assert!(judge("xls", &looped).is_err(), "by its bytes alone it is a text");
}

// KNO-1
#[test]
fn what_no_reader_knows_is_named_with_advice() {
    for (bytes, kind) in [
        (&b"\x89PNG\r\n\x1A\n\0\0"[..], "an image"),
        (b"\xFF\xD8\xFF\xE0", "an image"),
        (b"MZ\x90\0", "a program"),
        (b"\x1F\x8B\x08", "a compressed archive"),
        (b"PK\x03\x04abc", "a ZIP archive"),
    ] {
        let sentence = judge("md", bytes).unwrap_err().to_string();
        assert!(sentence.starts_with(&format!("This file seems to be {kind}. ")), "{sentence}");
    }
    let locked: Vec<u8> = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
        .iter()
        .copied()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(judge("docx", &locked), Err(SourceError::Password));
    assert_eq!(judge("md", b""), Err(SourceError::Empty));
}

#[test]
fn only_what_is_sure_is_refused_while_it_arrives() {
    assert!(refuse_at_once(b"\x1F\x8B").is_err());
    for head in [&b"PK\x03\x04"[..], b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"%PDF-1.4", b"tea", b"\0\0"] {
        assert_eq!(refuse_at_once(head), Ok(()), "{head:?}");
    }
}
