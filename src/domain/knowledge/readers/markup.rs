//! XML of any kind: the text of its elements, each after the element's name. Entities that it declares are not
//! expanded.

use super::xml::{Event, Events};
use crate::domain::knowledge::extraction::{BlockKind, Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;
use crate::ground::text::collapse_whitespace;

const KIND: &str = "XML file";
/// Elements within a line, in the languages that many files are written in.
const INLINE: [&str; 14] =
    ["t", "r", "b", "i", "u", "a", "em", "strong", "span", "sub", "sup", "run", "link", "text"];
/// Elements whose name says nothing that their text does not.
const UNNAMED: [&str; 8] = ["p", "para", "paragraph", "title", "h", "li", "td", "value"];
/// Names that lead to content which is no text.
const SKIPPED: [&str; 5] = ["binData", "script", "style", "instrText", "styles"];

/// Reads the text of the file.
pub fn extract(source: &str) -> Result<Extraction, SourceError> {
    let mut builder = ExtractionBuilder::default();
    let mut line = String::new();
    let mut skipped = 0_usize;
    let mut events = Events::new(source.as_bytes(), KIND);
    while let Some(event) = events.read()? {
        match event {
            Event::Start(element) => {
                skipped += usize::from(SKIPPED.contains(&element.name.as_str()));
                if !INLINE.contains(&element.name.as_str()) {
                    flush(&mut builder, "", &mut line);
                }
            }
            Event::Text(text) if skipped == 0 => line.push_str(&text),
            Event::Text(_) => {}
            Event::End(name) => {
                skipped = skipped.saturating_sub(usize::from(SKIPPED.contains(&name.as_str())));
                if !INLINE.contains(&name.as_str()) {
                    flush(&mut builder, &name, &mut line);
                }
            }
        }
    }
    flush(&mut builder, "", &mut line);
    Ok(builder.finish())
}

fn flush(builder: &mut ExtractionBuilder, name: &str, line: &mut String) {
    let text = collapse_whitespace(&std::mem::take(line));
    if text.is_empty() {
        return;
    }
    if name.is_empty() || UNNAMED.contains(&name) {
        builder.push(BlockKind::Paragraph, &text);
    } else {
        builder.push(BlockKind::TableRow, &format!("{name}: {text}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-1, KNO-4
    #[test]
    fn elements_are_read_with_their_names_and_entities_do_not_grow() {
        let source = "<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>
            <menu><drink>Tea &amp; milk</drink><p><r><t>We &b;open</t></r><r><t> at seven</t></r></p></menu>";

        let extraction = extract(source).unwrap();

        assert_eq!(extraction.validate(), Ok(()));
        assert_eq!(extraction.text, "drink: Tea & milk\n\nWe open at seven");
    }

    #[test]
    fn nesting_without_end_is_refused() {
        assert_eq!(extract(&"<a>".repeat(5_000)), Err(SourceError::Bomb));
    }
}
