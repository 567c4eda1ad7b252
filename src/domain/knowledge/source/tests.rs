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
