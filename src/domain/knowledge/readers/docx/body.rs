//! The body of a document: paragraphs, tables in tables, boxes in paragraphs.

use super::paragraph::Paragraph;
use super::{KIND, NoteKind, Parts};
use crate::domain::knowledge::extraction::{BlockKind, Extraction, ExtractionBuilder};
use crate::domain::knowledge::markdown_html::visible_address;
use crate::domain::knowledge::readers::table::Table;
use crate::domain::knowledge::readers::xml::{Element, Event, Events};
use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::TABLE_COLUMNS_MAX;

/// Parts of a document that say nothing to its reader: former text, codes of fields, the copy of a drawing for
/// older programs.
const SKIPPED: [&str; 7] = ["del", "moveFrom", "instrText", "delText", "Fallback", "rPrChange", "pPrChange"];

/// A table that is open.
#[derive(Default)]
struct OpenTable {
    table: Table,
    row: Vec<String>,
    /// The last row, for cells that go on from the one above.
    above: Vec<String>,
    cell: String,
    span: usize,
    is_merged: bool,
    is_head: bool,
    has_head: bool,
}

pub struct Body {
    parts: Parts,
    builder: ExtractionBuilder,
    /// The innermost last: a box stands in a paragraph and has paragraphs of its own.
    paragraphs: Vec<Paragraph>,
    tables: Vec<OpenTable>,
    is_text: bool,
    is_bold: bool,
    /// Where the text of each open link begins, with its address.
    links: Vec<(usize, Option<String>)>,
    notes: Vec<String>,
}

impl Body {
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            builder: ExtractionBuilder::default(),
            paragraphs: Vec::new(),
            tables: Vec::new(),
            is_text: false,
            is_bold: false,
            links: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub fn read(&mut self, xml: &[u8]) -> Result<(), SourceError> {
        let mut events = Events::new(xml, KIND);
        let mut skipped = 0_usize;
        while let Some(event) = events.read()? {
            match event {
                Event::Start(element) if skipped > 0 || SKIPPED.contains(&element.name.as_str()) => {
                    skipped += usize::from(SKIPPED.contains(&element.name.as_str()));
                }
                Event::End(name) if skipped > 0 => skipped -= usize::from(SKIPPED.contains(&name.as_str())),
                Event::Start(element) => self.start(&element),
                Event::End(name) => self.end(&name),
                Event::Text(text) if skipped == 0 && self.is_text => self.write(&text),
                Event::Text(_) => {}
            }
        }
        Ok(())
    }

    pub fn finish(mut self) -> Extraction {
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.builder.finish()
    }

    fn write(&mut self, text: &str) {
        let is_bold = self.is_bold;
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
            if is_bold {
                paragraph.bold_chars += text.chars().filter(|c| !c.is_whitespace()).count();
            }
        }
    }

    fn start(&mut self, element: &Element) {
        let value = || element.attribute("val");
        let level = || value().and_then(|level| level.parse::<usize>().ok());
        match element.name.as_str() {
            "p" => {
                self.paragraphs.push(Paragraph::default());
                self.is_text = false;
            }
            "t" => self.is_text = true,
            "r" => self.is_bold = false,
            "b" => self.is_bold = !matches!(value(), Some("0" | "false" | "off")),
            "tab" | "ptab" => self.write("\t"),
            "br" | "cr" => self.write("\n"),
            "noBreakHyphen" => self.write("-"),
            "pStyle" => self.of_paragraph(|paragraph| paragraph.style = value().map(str::to_owned)),
            "numId" => self.of_paragraph(|paragraph| paragraph.numbering_id = value().map(str::to_owned)),
            "ilvl" => self.of_paragraph(|paragraph| paragraph.numbering_level = level()),
            "outlineLvl" => self.of_paragraph(|paragraph| {
                paragraph.outline_level = level().and_then(|level| u8::try_from(level).ok());
            }),
            "hyperlink" => {
                let address = element.attribute("id").and_then(|id| self.parts.links.get(id)).cloned();
                let begin = self.paragraphs.last().map_or(0, |paragraph| paragraph.text.len());
                self.links.push((begin, address));
            }
            "footnoteReference" => self.refer(NoteKind::Foot, element),
            "endnoteReference" => self.refer(NoteKind::End, element),
            "tbl" => self.tables.push(OpenTable::default()),
            _ => self.start_in_table(element),
        }
    }

    fn start_in_table(&mut self, element: &Element) {
        let Some(table) = self.tables.last_mut() else { return };
        match element.name.as_str() {
            "tr" => {
                table.row.clear();
                table.is_head = false;
            }
            "tc" => {
                table.cell.clear();
                table.span = 1;
                table.is_merged = false;
            }
            "gridSpan" => {
                table.span = element.attribute("val").and_then(|span| span.parse().ok()).unwrap_or(1);
            }
            "vMerge" => table.is_merged = element.attribute("val").is_none_or(|value| value == "continue"),
            "tblHeader" => table.is_head = !matches!(element.attribute("val"), Some("0" | "false" | "off")),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.is_text = false,
            "p" => self.end_paragraph(),
            "hyperlink" => self.end_link(),
            "tc" => self.end_cell(),
            "tr" => self.end_row(),
            "tbl" => self.end_table(),
            _ => {}
        }
    }

    fn of_paragraph(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn end_link(&mut self) {
        let Some((begin, address)) = self.links.pop() else { return };
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let text = paragraph.text.get(begin..).unwrap_or_default();
        if let Some(address) = address.filter(|_| !text.trim().is_empty())
            && let Some(address) = visible_address(text, &address)
        {
            let addition = format!(" ({address})");
            paragraph.text.push_str(&addition);
        }
    }

    fn refer(&mut self, kind: NoteKind, element: &Element) {
        let Some(id) = element.attribute("id") else { return };
        if let Some(text) = self.parts.notes.get(&(kind, id.to_owned())) {
            let mark = format!("[{id}]");
            self.notes.push(format!("{mark} {text}"));
            self.write(&format!(" {mark}"));
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else { return };
        if let Some(table) = self.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push(' ');
            }
            table.cell.push_str(&paragraph.text);
            return;
        }
        paragraph.write(&mut self.builder, &self.parts.styles, &mut self.parts.numbering);
        if self.paragraphs.is_empty() {
            self.write_notes();
        }
    }

    fn write_notes(&mut self) {
        for note in std::mem::take(&mut self.notes) {
            self.builder.push(BlockKind::Paragraph, &note);
        }
    }

    fn end_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let mut cell = std::mem::take(&mut table.cell);
        if table.is_merged && cell.trim().is_empty() {
            cell = table.above.get(table.row.len()).cloned().unwrap_or_default();
        }
        let width = (table.row.len() + table.span.clamp(1, TABLE_COLUMNS_MAX)).min(TABLE_COLUMNS_MAX);
        table.row.push(cell);
        table.row.resize(width, String::new());
    }

    fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let row = std::mem::take(&mut table.row);
        table.above.clone_from(&row);
        if table.is_head && !table.has_head {
            table.has_head = true;
            table.table.set_columns(row);
        } else {
            table.table.push(row);
        }
    }

    fn end_table(&mut self) {
        let Some(mut open) = self.tables.pop() else { return };
        if let Some(outer) = self.tables.last_mut() {
            outer.cell.push_str(&open.table.as_line());
            return;
        }
        if open.table.is_single_column() {
            // A frame around text.
            for line in open.table.lines() {
                self.builder.push(BlockKind::Paragraph, &line);
            }
        } else if !open.table.is_empty() {
            open.table.guess_columns();
            open.table.write(&mut self.builder);
        }
        self.write_notes();
    }
}
