use super::*;
use crate::domain::knowledge::extraction::BlockKind;
use crate::domain::knowledge::readers::samples::{archive, word as document};

fn paragraph(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

// KNO-1
#[test]
fn headings_tables_notes_and_boxes_are_read_and_what_was_deleted_is_not() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |a: &str, b: &str| format!("<w:tr>{}{}</w:tr>", cell(a), cell(b));
    let body = [
        paragraph("TOC1", "Menu 3"),
        paragraph("Mine", "Menu &amp; more"),
        "<w:p><w:r><w:t>We </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del><w:r><w:t>deliver</w:t></w:r>\
         <w:r><w:footnoteReference w:id=\"3\"/></w:r><w:r><w:t>.</w:t><w:br/><w:t>Always.</w:t></w:r></w:p>"
            .to_owned(),
        format!("<w:tbl>{}{}</w:tbl>", row("Drink", "Price"), row("Latte", "€4.20")),
        "<w:p><w:r><w:t>Around</w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p>\
         </w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>\
         </mc:Fallback></mc:AlternateContent></w:r></w:p>"
            .to_owned(),
    ]
    .concat();

    let extraction = extract(&document(&body)).unwrap();

    assert_eq!(extraction.validate(), Ok(()));
    assert_eq!(
        extraction.text,
        "Menu & more\n\nWe deliver [3].\nAlways.\n\n[3] Not on Sundays.\n\nDrink: Latte; Price: €4.20\n\nIn a box\n\nAround"
    );
    let kinds: Vec<BlockKind> = extraction.blocks.iter().map(|block| block.kind).collect();
    assert_eq!(
        kinds[..4],
        [BlockKind::Heading, BlockKind::Paragraph, BlockKind::Paragraph, BlockKind::TableRow]
    );
}

// KNO-4
#[test]
fn hostile_documents_are_refused() {
    let deep = "<w:p>".repeat(10_000);
    assert_eq!(extract(&document(&deep)).unwrap_err(), SourceError::Bomb);

    let laughs = b"<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><w:document><w:p><w:r><w:t>&y;tea</w:t></w:r></w:p></w:document>";
    let extraction = extract(&archive(&[("word/document.xml", laughs)])).unwrap();
    assert_eq!(extraction.text, "tea", "entities of the document's own are not expanded");

    let bomb = vec![b' '; usize::try_from(crate::ground::limits::UNPACKED_BYTES_MAX).unwrap() + 1];
    assert_eq!(extract(&archive(&[("word/document.xml", &bomb)])).unwrap_err(), SourceError::Bomb);
}

#[test]
fn truncated_documents_are_damaged() {
    let whole = document(&paragraph("H1", "Menu"));
    for length in [4, 40, whole.len() / 2, whole.len() - 1] {
        assert_eq!(extract(&whole[..length]).unwrap_err(), SourceError::Damaged { kind: KIND });
    }
}
