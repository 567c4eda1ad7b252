//! OpenDocument texts and presentations: headings, paragraphs, lists, tables, notes.

use super::archive::Archive;
use super::table::Table;
use super::xml::{Element, Event, Events};
use crate::domain::knowledge::extraction::{BlockKind, Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::TABLE_COLUMNS_MAX;
use crate::ground::text::collapse_whitespace;

const KIND: &str = "OpenDocument file";
/// What is no part of the text as it stands: what was deleted, remarks, descriptions of pictures.
const SKIPPED: [&str; 5] = ["tracked-changes", "annotation", "table-of-content", "desc", "forms"];

/// Reads the content of the file.
pub fn extract(bytes: &[u8]) -> Result<Extraction, SourceError> {
    let mut archive = Archive::open(bytes, KIND)?;
    let manifest = archive.read("META-INF/manifest.xml")?.unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(SourceError::Password);
    }
    let content = archive.read("content.xml")?.ok_or(SourceError::Damaged { kind: KIND })?;
    let mut reader = Reader::default();
    reader.read(&content)?;
    Ok(reader.builder.finish())
}

#[derive(Default)]
struct Reader {
    builder: ExtractionBuilder,
    /// The innermost last: notes and boxes stand in paragraphs.
    lines: Vec<(Option<u8>, String)>,
    lists: usize,
    tables: Vec<(Table, Vec<String>, String)>,
    page: u32,
}

impl Reader {
    fn read(&mut self, xml: &[u8]) -> Result<(), SourceError> {
        let mut events = Events::new(xml, KIND);
        let mut skipped = 0_usize;
        while let Some(event) = events.read()? {
            match event {
                Event::Start(element) => {
                    let is_skipped = SKIPPED.contains(&element.name.as_str());
                    skipped += usize::from(is_skipped);
                    if skipped == 0 {
                        self.start(&element);
                    }
                }
                Event::End(name) if SKIPPED.contains(&name.as_str()) => skipped = skipped.saturating_sub(1),
                Event::End(name) if skipped == 0 => self.end(&name),
                Event::Text(text) if skipped == 0 => self.write(&text),
                Event::End(_) | Event::Text(_) => {}
            }
        }
        Ok(())
    }

    fn write(&mut self, text: &str) {
        if let Some((_, line)) = self.lines.last_mut() {
            line.push_str(text);
        }
    }

    fn start(&mut self, element: &Element) {
        match element.name.as_str() {
            "h" => {
                let level = element.attribute("outline-level").and_then(|level| level.parse().ok());
                self.lines.push((Some(level.unwrap_or(1)), String::new()));
            }
            "p" => self.lines.push((None, String::new())),
            "s" | "tab" => self.write(" "),
            "line-break" => self.write("\n"),
            "list" => self.lists += 1,
            // A slide.
            "page" => {
                self.page += 1;
                self.builder.set_page(self.page);
            }
            "table" => self.tables.push((Table::default(), Vec::new(), String::new())),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "h" | "p" => self.end_line(),
            "list" => self.lists = self.lists.saturating_sub(1),
            "table-cell" | "covered-table-cell" => {
                if let Some((_, row, cell)) = self.tables.last_mut()
                    && row.len() < TABLE_COLUMNS_MAX
                {
                    row.push(std::mem::take(cell));
                }
            }
            "table-row" => {
                if let Some((table, row, _)) = self.tables.last_mut() {
                    table.push(std::mem::take(row));
                }
            }
            "table" => self.end_table(),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let Some((level, text)) = self.lines.pop() else { return };
        if let Some((_, _, cell)) = self.tables.last_mut() {
            cell.push_str(&text);
            cell.push(' ');
        } else if let Some(level) = level {
            self.builder.push_heading(level, &text);
        } else if self.lists > 0 {
            self.builder.push(BlockKind::ListItem, &collapse_whitespace(&text));
        } else {
            let lines: Vec<String> = text.split('\n').map(collapse_whitespace).collect();
            self.builder.push(BlockKind::Paragraph, &lines.join("\n"));
        }
    }

    fn end_table(&mut self) {
        let Some((mut table, _, _)) = self.tables.pop() else { return };
        if let Some((_, _, cell)) = self.tables.last_mut() {
            cell.push_str(&table.as_line());
        } else if !table.is_empty() {
            table.guess_columns();
            table.write(&mut self.builder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::readers::samples::archive;

    // KNO-1
    #[test]
    fn headings_lists_and_tables_are_read() {
        let row = |a: &str, b: &str| {
            format!(
                "<table:table-row><table:table-cell><text:p>{a}</text:p></table:table-cell><table:table-cell><text:p>{b}</text:p></table:table-cell></table:table-row>"
            )
        };
        let content = format!(
            "<office:document-content><office:text><text:h text:outline-level=\"1\">Menu</text:h>\
             <text:p>Open<text:s/>at<text:line-break/>seven</text:p>\
             <text:list><text:list-item><text:p>Tea</text:p></text:list-item></text:list>\
             <table:table>{}{}</table:table></office:text></office:document-content>",
            row("Drink", "Price"),
            row("Latte", "4")
        );

        let extraction = extract(&archive(&[("content.xml", content.as_bytes())])).unwrap();

        assert_eq!(extraction.validate(), Ok(()));
        assert_eq!(extraction.text, "Menu\n\nOpen at\nseven\n\nTea\n\nDrink: Latte; Price: 4");
    }

    #[test]
    fn a_locked_file_needs_its_password() {
        let manifest = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
        let file = archive(&[("META-INF/manifest.xml", manifest), ("content.xml", b"\x01\x02")]);

        assert_eq!(extract(&file), Err(SourceError::Password));
    }
}
