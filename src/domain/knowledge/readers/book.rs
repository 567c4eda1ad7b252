//! EPUB books: their chapters in reading order, each read as a web page.

use super::archive::Archive;
use super::xml::{Event, Events};
use super::{Progress, encoding, html};
use crate::domain::knowledge::extraction::{BlockKind, Extraction, ExtractionBuilder};
use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::EXTRACTED_TEXT_BYTES_MAX;
use std::collections::HashMap;

const KIND: &str = "book";

/// Reads the chapters that the book's spine lists.
pub fn extract(bytes: &[u8], progress: Progress<'_>) -> Result<Extraction, SourceError> {
    let damaged = SourceError::Damaged { kind: KIND };
    let mut archive = Archive::open(bytes, KIND)?;
    if archive.names().iter().any(|name| name == "META-INF/rights.xml") {
        return Err(SourceError::Password);
    }
    let container = archive.read("META-INF/container.xml")?.ok_or(damaged.clone())?;
    let package = attribute_of(&container, "rootfile", "full-path")?.ok_or(damaged.clone())?;
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (title, chapters) = chapters(&archive.read(&package)?.ok_or(damaged)?)?;
    let mut builder = ExtractionBuilder::default();
    let mut text_bytes = 0;
    let count = u32::try_from(chapters.len()).unwrap_or(u32::MAX);
    for (number, chapter) in (1..).zip(&chapters) {
        let path = if folder.is_empty() { chapter.clone() } else { format!("{folder}/{chapter}") };
        let page = archive.read(&path)?.unwrap_or_default();
        if let Ok(source) = encoding::decode_html(&page) {
            let chapter = html::extract(&source);
            text_bytes += chapter.text.len() as u64;
            append(&mut builder, &chapter);
        }
        if text_bytes > EXTRACTED_TEXT_BYTES_MAX {
            return Err(SourceError::TooMuchText);
        }
        progress(number, count);
    }
    if let Some(title) = title {
        builder.set_title(&title);
    }
    Ok(builder.finish())
}

fn append(builder: &mut ExtractionBuilder, chapter: &Extraction) {
    for block in &chapter.blocks {
        let text = chapter.block_text(block);
        match block.kind {
            BlockKind::Heading => {
                let level = u8::try_from(block.heading_path.len() + 1).unwrap_or(u8::MAX);
                builder.push_heading(level, text);
            }
            kind => builder.push(kind, text),
        }
    }
}

fn attribute_of(xml: &[u8], name: &str, attribute: &str) -> Result<Option<String>, SourceError> {
    let mut events = Events::new(xml, KIND);
    while let Some(event) = events.read()? {
        if let Event::Start(element) = event
            && element.name == name
        {
            return Ok(element.attribute(attribute).map(str::to_owned));
        }
    }
    Ok(None)
}

/// The book's title, and the paths of its chapters in reading order.
fn chapters(package: &[u8]) -> Result<(Option<String>, Vec<String>), SourceError> {
    let mut paths: HashMap<String, String> = HashMap::new();
    let mut spine = Vec::new();
    let mut title = None;
    let mut is_title = false;
    let mut events = Events::new(package, KIND);
    while let Some(event) = events.read()? {
        match event {
            Event::Start(element) => {
                is_title = element.name == "title";
                match (element.name.as_str(), element.attribute("id"), element.attribute("href")) {
                    ("item", Some(id), Some(path)) => {
                        paths.insert(id.to_owned(), path.to_owned());
                    }
                    ("itemref", _, _) => spine.extend(element.attribute("idref").map(str::to_owned)),
                    _ => {}
                }
            }
            Event::Text(text) if is_title && title.is_none() => title = Some(text),
            Event::Text(_) => {}
            Event::End(_) => is_title = false,
        }
    }
    Ok((title, spine.iter().filter_map(|id| paths.get(id).cloned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::readers::samples::archive;

    // KNO-1
    #[test]
    fn chapters_follow_each_other_as_the_spine_says() {
        let container =
            br#"<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>"#;
        let package = br#"<package><metadata><dc:title>Tea</dc:title></metadata><manifest>
            <item id="b" href="b.xhtml"/><item id="a" href="a.xhtml"/></manifest>
            <spine><itemref idref="a"/><itemref idref="b"/></spine></package>"#;
        let file = archive(&[
            ("META-INF/container.xml", container),
            ("OPS/book.opf", package),
            ("OPS/b.xhtml", b"<html><body><h1>Two</h1><p>Pour.</body></html>"),
            ("OPS/a.xhtml", b"<html><body><h1>One</h1><p>Boil.</body></html>"),
        ]);

        let extraction = extract(&file, &mut |_, _| {}).unwrap();

        assert_eq!(extraction.validate(), Ok(()));
        assert_eq!(
            (extraction.title.as_deref(), extraction.text.as_str()),
            (Some("Tea"), "One\n\nBoil.\n\nTwo\n\nPour.")
        );
    }
}
