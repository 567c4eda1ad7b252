use super::*;
use crate::domain::knowledge::extraction::BlockKind;
use crate::domain::knowledge::readers::samples::{PageLine, pdf, pdf_of_contents};

fn read(file: Vec<u8>) -> Result<Extraction, SourceError> {
    let extraction = extract(file, &mut |_, _| {})?;
    assert_eq!(extraction.validate(), Ok(()));
    Ok(extraction)
}

const PROSE: [&str; 4] = [
    "The bakery opens at seven every morning, and its bread is of-",
    "ten sold out by noon. Orders for the next day are taken until",
    "four in the afternoon.",
    "On Sundays it stays closed.",
];

fn prose(x: u32, y: u32) -> Vec<PageLine<'static>> {
    (0..).zip(PROSE).map(|(line, text)| (x, y - 14 * line, 10, text)).collect()
}

// KNO-1
#[test]
fn headings_paragraphs_and_pages_are_found_and_divided_words_made_whole() {
    let first = [vec![(60, 780, 20, "House rules")], prose(60, 740)].concat();
    let second = [(60, 780, 10, "- Bread"), (60, 766, 10, "- Cake")];

    let extraction = read(pdf(&[&first, &second])).unwrap();

    assert_eq!(extraction.title.as_deref(), Some("House rules"));
    assert_eq!(
        extraction.text,
        "House rules\n\nThe bakery opens at seven every morning, and its bread is often sold out by noon. Orders for \
         the next day are taken until four in the afternoon.\n\nOn Sundays it stays closed.\n\nBread\nCake"
    );
    let kinds: Vec<(BlockKind, Option<u32>)> =
        extraction.blocks.iter().map(|block| (block.kind, block.page)).collect();
    assert_eq!(kinds.first(), Some(&(BlockKind::Heading, Some(1))));
    assert_eq!(kinds.last(), Some(&(BlockKind::ListItem, Some(2))));
}

// KNO-1
#[test]
fn columns_are_read_one_after_the_other_and_tables_row_by_row() {
    let left: Vec<PageLine<'_>> =
        (0..6).map(|line| (60, 700 - 14 * line, 10, "the left column runs down to its end")).collect();
    let right: Vec<PageLine<'_>> =
        (0..6).map(|line| (320, 700 - 14 * line, 10, "the right column follows after that")).collect();
    let mixed: Vec<PageLine<'_>> =
        left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]).collect();
    let table = [
        (60, 500, 10, "Drink"),
        (200, 500, 10, "Price"),
        (60, 486, 10, "Latte"),
        (200, 486, 10, "4.20"),
        (60, 472, 10, "Tea"),
        (200, 472, 10, "3.00"),
    ];

    let columns = read(pdf(&[&mixed])).unwrap().text;
    let rows = read(pdf(&[&table])).unwrap().text;

    assert!(columns.rfind("left").unwrap() < columns.find("right").unwrap(), "{columns}");
    assert_eq!(rows, "Drink: Latte; Price: 4.20\nDrink: Tea; Price: 3.00");
}

// KNO-1
#[test]
fn running_headers_and_page_numbers_are_left_out() {
    let numbers = ["Page 1 of 4", "Page 2 of 4", "Page 3 of 4", "Page 4 of 4"];
    let pages: Vec<Vec<PageLine<'_>>> = numbers
        .iter()
        .map(|number| {
            [vec![(60, 820, 9, "Larkspur Bakery handbook")], prose(60, 700), vec![(280, 30, 9, *number)]]
                .concat()
        })
        .collect();

    let extraction = read(pdf(&pages.iter().map(Vec::as_slice).collect::<Vec<_>>())).unwrap();

    assert!(
        !extraction.text.contains("handbook") && !extraction.text.contains("Page"),
        "{}",
        extraction.text
    );
    assert_eq!(extraction.text.matches("On Sundays").count(), 4);
}

// KNO-1
#[test]
fn pages_without_text_and_fonts_without_characters_are_refused_with_a_sentence() {
    let image = "q 100 0 0 100 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q".to_owned();

    assert_eq!(read(pdf_of_contents(&[image])).unwrap_err(), SourceError::Scanned);
    assert_eq!(read(pdf(&[&[]])).unwrap_err(), SourceError::NoText { kind: KIND });
    assert_eq!(read(b"%PDF-1.7\nnothing".to_vec()).unwrap_err(), SourceError::Damaged { kind: KIND });
}

// KNO-4
#[test]
fn loops_and_truncations_end() {
    let whole = pdf(&[&prose(60, 700)]);
    let text = String::from_utf8_lossy(&whole).into_owned();
    // The tree of pages is its own child.
    let looped = text.replace("/Kids [4 0 R]", "/Kids [2 0 R]").into_bytes();

    assert!(read(looped).is_err());
    for length in (0..whole.len()).step_by(97) {
        let _ = read(whole[..length].to_vec());
    }
}
