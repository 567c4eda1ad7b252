//! Workbooks: every sheet under its name, every row with its column names.

use super::Progress;
use super::table::Table;
use crate::domain::knowledge::extraction::{Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::{EXTRACTED_TEXT_BYTES_MAX, WORKBOOK_CELLS_MAX};
use calamine::{Data, Ods, Range, Reader as _, SheetVisible, Sheets, Xls, open_workbook_auto_from_rs};
use std::io::Cursor;
use std::sync::Arc;

const KIND: &str = "workbook";
const DAMAGED: SourceError = SourceError::Damaged { kind: KIND };

/// Reads XLSX, XLSB, XLS and ODS. Hidden sheets are left out: nobody was meant to see them.
pub fn extract(bytes: Vec<u8>, progress: Progress<'_>) -> Result<Extraction, SourceError> {
    super::archive::check(&bytes, KIND)?;
    let mut workbook = open(&Arc::from(bytes))?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut builder = ExtractionBuilder::default();
    let (mut cells, mut text_bytes) = (0_usize, 0_u64);
    let count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    for (number, name) in (1..).zip(&sheets) {
        let range = read_sheet(&mut workbook, name)?;
        cells = cells.saturating_add(range.height().saturating_mul(range.width()));
        if cells > WORKBOOK_CELLS_MAX {
            return Err(SourceError::TooMuchText);
        }
        let mut table = Table::default();
        for row in range.rows() {
            let row: Vec<String> = row.iter().map(shown).collect();
            text_bytes += row.iter().map(|cell| cell.len() as u64).sum::<u64>();
            table.push(row);
        }
        if text_bytes > EXTRACTED_TEXT_BYTES_MAX {
            return Err(SourceError::TooMuchText);
        }
        table.drop_empty_columns();
        table.guess_columns();
        if !table.is_empty() {
            builder.push_heading(1, name);
            table.write(&mut builder);
        }
        progress(number, count);
    }
    let mut extraction = builder.finish();
    // The first sheet's name says less of the workbook than its file's name.
    extraction.title = None;
    Ok(extraction)
}

type Bytes = Cursor<Arc<[u8]>>;

fn open(bytes: &Arc<[u8]>) -> Result<Sheets<Bytes>, SourceError> {
    let reader = || Cursor::new(Arc::clone(bytes));
    // The library tries one format after the other and keeps none of their reasons.
    open_workbook_auto_from_rs(reader()).map_err(|_| {
        let as_xls = Xls::new(reader()).err().map(calamine::Error::Xls);
        let as_ods = Ods::new(reader()).err().map(calamine::Error::Ods);
        let reasons = [as_xls, as_ods].into_iter().flatten().map(|error| refusal(&error));
        reasons.min_by_key(|reason| *reason != SourceError::Password).unwrap_or(DAMAGED)
    })
}

fn read_sheet(workbook: &mut Sheets<Bytes>, name: &str) -> Result<Range<Data>, SourceError> {
    workbook.worksheet_range(name).map_err(|error| refusal(&error))
}

fn refusal(error: &calamine::Error) -> SourceError {
    use calamine::{Error, OdsError, XlsError};
    match error {
        Error::Xls(XlsError::Password) | Error::Ods(OdsError::Password) => SourceError::Password,
        _ => DAMAGED,
    }
}

/// A cell as its owner sees it, as far as the file says.
fn shown(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(number) => number_shown(*number),
        Data::DateTime(date) => date_shown(date),
        other => other.to_string(),
    }
}

/// Without the noise of binary fractions: 4.199999999999999 is 4.2.
fn number_shown(number: f64) -> String {
    let rounded = format!("{number:.10}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if number.abs() < 1e15 && !short.is_empty() { short.to_owned() } else { number.to_string() }
}

fn date_shown(date: &calamine::ExcelDateTime) -> String {
    if date.is_duration() {
        return number_shown(date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time = if second == 0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    match (date.as_f64() < 1.0, hour + minute + second) {
        (true, _) => time,
        (false, 0) => format!("{year:04}-{month:02}-{day:02}"),
        (false, _) => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}
