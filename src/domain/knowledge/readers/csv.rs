//! Tables as text: each row carries its column names.

use super::table::Table;
use crate::domain::knowledge::extraction::{Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines that are looked at to find the delimiter.
const SAMPLE_LINES: usize = 50;

/// Reads a table; quotes and the delimiter are found from its first lines.
pub fn extract(text: &str) -> Result<Extraction, SourceError> {
    let (declared, text) = declared_delimiter(text);
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(declared.unwrap_or_else(|| delimiter(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = ::csv::StringRecord::new();
    // Reading from text fails for nothing that the format allows; what was read before stays.
    while reader.read_record(&mut record).map_err(|_| SourceError::Damaged { kind: "table" })? {
        table.push(record.iter().map(str::to_owned).collect());
    }
    table.guess_columns();
    let mut builder = ExtractionBuilder::default();
    table.write(&mut builder);
    Ok(builder.finish())
}

/// Some spreadsheets begin their files with `sep=;`.
fn declared_delimiter(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some([delimiter]) => (Some(*delimiter), rest),
        _ => (None, text),
    }
}

/// The sign that divides the most lines into the same number of parts.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE_LINES).collect();
    let score = |delimiter: u8| {
        let counts: Vec<usize> = lines.iter().map(|line| count_outside_quotes(line, delimiter)).collect();
        let most = counts.first().copied().unwrap_or(0);
        let equal = counts.iter().filter(|count| **count == most && most > 0).count();
        (equal, most)
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    best.filter(|delimiter| score(*delimiter).1 > 0).unwrap_or(b',')
}

fn count_outside_quotes(line: &str, delimiter: u8) -> usize {
    let mut is_quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        is_quoted ^= byte == b'"';
        count += usize::from(byte == delimiter && !is_quoted);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-1
    #[test]
    fn rows_carry_their_column_names_whatever_divides_them() {
        for source in [
            "Drink,Price\nLatte,€4.20\n\"Tea, hot\",€3",
            "Drink;Price\r\nLatte;€4.20\r\n\"Tea, hot\";€3\r\n",
            "Drink\tPrice\nLatte\t€4.20\nTea, hot\t€3",
            "sep=|\nDrink|Price\nLatte|€4.20\nTea, hot|€3",
        ] {
            let extraction = extract(source).unwrap();
            assert_eq!(extraction.validate(), Ok(()));
            assert_eq!(extraction.text, "Drink: Latte; Price: €4.20\nDrink: Tea, hot; Price: €3", "{source}");
        }
    }

    #[test]
    fn a_table_without_names_keeps_all_rows() {
        assert_eq!(extract("1,2\n3,4\n").unwrap().text, "1; 2\n3; 4");
        assert_eq!(extract("one line").unwrap().text, "one line");
        assert_eq!(extract("\"open quote, never\nended").unwrap().text, "open quote, never ended");
    }
}
