//! PowerPoint presentations: each slide with its title, its texts and its tables; the slide's number is the page.

use super::archive::Archive;
use super::table::Table;
use super::xml::{Event, Events};
use crate::domain::knowledge::extraction::{BlockKind, Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;

const KIND: &str = "presentation";

/// Reads the slides in the order of their numbers.
pub fn extract(bytes: &[u8]) -> Result<Extraction, SourceError> {
    let mut archive = Archive::open(bytes, KIND)?;
    let number = |name: &str| -> Option<u32> {
        name.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?.parse().ok()
    };
    let mut slides: Vec<(u32, String)> =
        archive.names().into_iter().filter_map(|name| Some((number(&name)?, name))).collect();
    slides.sort();
    let mut builder = ExtractionBuilder::default();
    for (page, (_, name)) in (1..).zip(&slides) {
        let Some(xml) = archive.read(name)? else { continue };
        builder.set_page(page);
        let mut slide = Slide::default();
        slide.read(&xml)?;
        slide.write(&mut builder);
    }
    Ok(builder.finish())
}

/// What stands on a slide, in the order of its file.
#[derive(Default)]
struct Slide {
    title: String,
    parts: Vec<Part>,
    is_title: bool,
    is_text: bool,
    paragraph: String,
    table: Option<(Table, Vec<String>, String)>,
}

enum Part {
    Line(String),
    Table(Table),
}

impl Slide {
    fn read(&mut self, xml: &[u8]) -> Result<(), SourceError> {
        let mut events = Events::new(xml, KIND);
        while let Some(event) = events.read()? {
            match event {
                Event::Start(element) => match element.name.as_str() {
                    "sp" => self.is_title = false,
                    "ph" => {
                        self.is_title = element
                            .attribute("type")
                            .is_some_and(|kind| kind.to_lowercase().contains("title"));
                    }
                    "t" => self.is_text = true,
                    "br" => self.paragraph.push(' '),
                    "tbl" => self.table = Some((Table::default(), Vec::new(), String::new())),
                    _ => {}
                },
                Event::Text(text) if self.is_text => self.paragraph.push_str(&text),
                Event::Text(_) => {}
                Event::End(name) => self.end(&name),
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match (name, &mut self.table) {
            ("t", _) => self.is_text = false,
            ("p", Some((_, _, cell))) => {
                cell.push_str(&std::mem::take(&mut self.paragraph));
                cell.push(' ');
            }
            ("p", None) => {
                let text = std::mem::take(&mut self.paragraph);
                if self.is_title {
                    self.title.push_str(&text);
                    self.title.push(' ');
                } else {
                    self.parts.push(Part::Line(text));
                }
            }
            ("tc", Some((_, row, cell))) => row.push(std::mem::take(cell)),
            ("tr", Some((table, row, _))) => table.push(std::mem::take(row)),
            ("tbl", open) => {
                if let Some((mut table, _, _)) = open.take() {
                    table.guess_columns();
                    self.parts.push(Part::Table(table));
                }
            }
            _ => {}
        }
    }

    fn write(self, builder: &mut ExtractionBuilder) {
        builder.push_heading(1, &self.title);
        let lines =
            self.parts.iter().filter(|part| matches!(part, Part::Line(text) if !text.trim().is_empty()));
        let kind = if lines.count() > 1 { BlockKind::ListItem } else { BlockKind::Paragraph };
        for part in self.parts {
            match part {
                Part::Line(text) => builder.push(kind, &text),
                Part::Table(table) if table.is_empty() => {}
                Part::Table(table) => table.write(builder),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::readers::samples::archive;

    // KNO-1
    #[test]
    fn slides_become_sections_with_their_number_as_page() {
        let shape = |kind: &str, texts: &[&str]| {
            let lines: String =
                texts.iter().map(|text| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>")).collect();
            format!("<p:sp><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr><p:txBody>{lines}</p:txBody></p:sp>")
        };
        let slide = |title: &str, texts: &[&str]| {
            format!("<p:sld>{}{}</p:sld>", shape("ctrTitle", &[title]), shape("body", texts)).into_bytes()
        };
        let file = archive(&[
            ("ppt/slides/slide10.xml", &slide("Last", &["One line"])),
            ("ppt/slides/slide2.xml", &slide("Prices", &["Tea: 3", "Latte: 4"])),
        ]);

        let extraction = extract(&file).unwrap();

        assert_eq!(extraction.validate(), Ok(()));
        assert_eq!(extraction.text, "Prices\n\nTea: 3\nLatte: 4\n\nLast\n\nOne line");
        assert_eq!(extraction.blocks.last().and_then(|block| block.page), Some(2));
    }
}
