//! Word documents: headings, lists with their numbers, tables whose rows carry column names, notes after the
//! paragraph that refers to them, and the text of boxes.
//!
//! Deleted text of tracked changes, comments, tables of contents, page headers and footers are left out.

mod body;
mod numbering;
mod paragraph;
mod styles;

use super::archive::Archive;
use super::quality;
use super::xml::{Event, Events};
use crate::domain::knowledge::extraction::Extraction;
use crate::domain::knowledge::source::SourceError;
use body::Body;
use numbering::Numbering;
use std::collections::HashMap;
use styles::Styles;

const KIND: &str = "Word document";

/// What the parts of a document refer to.
struct Parts {
    styles: Styles,
    numbering: Numbering,
    /// Addresses of links by their id.
    links: HashMap<String, String>,
    /// Texts of footnotes and endnotes by kind and id.
    notes: HashMap<(NoteKind, String), String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum NoteKind {
    Foot,
    End,
}

/// Reads a document.
pub fn extract(bytes: &[u8]) -> Result<Extraction, SourceError> {
    let mut archive = Archive::open(bytes, KIND)?;
    let names = archive.names();
    let main = names.iter().find(|name| name.starts_with("word/document") && name.ends_with(".xml"));
    let main = main.ok_or(SourceError::Damaged { kind: KIND })?;
    let document = archive.read(main)?.ok_or(SourceError::Damaged { kind: KIND })?;
    let relations = main.replacen("word/", "word/_rels/", 1) + ".rels";
    let mut part = |name: &str| archive.read(name).map(Option::unwrap_or_default);
    let parts = Parts {
        styles: Styles::read(&part("word/styles.xml")?)?,
        numbering: Numbering::read(&part("word/numbering.xml")?)?,
        links: links(&part(&relations)?)?,
        notes: notes(&part("word/footnotes.xml")?, &part("word/endnotes.xml")?)?,
    };
    let title = core_title(&part("docProps/core.xml")?)?;
    let mut body = Body::new(parts);
    body.read(&document)?;
    let mut extraction = body.finish();
    if extraction.title.is_none() {
        extraction.title = title;
    }
    Ok(extraction)
}

fn links(xml: &[u8]) -> Result<HashMap<String, String>, SourceError> {
    let mut links = HashMap::new();
    let mut events = Events::new(xml, KIND);
    while let Some(event) = events.read()? {
        if let Event::Start(element) = event
            && element.attribute("TargetMode") == Some("External")
            && let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target"))
        {
            links.insert(id.to_owned(), target.to_owned());
        }
    }
    Ok(links)
}

fn notes(foot: &[u8], end: &[u8]) -> Result<HashMap<(NoteKind, String), String>, SourceError> {
    let mut notes = HashMap::new();
    for (kind, xml) in [(NoteKind::Foot, foot), (NoteKind::End, end)] {
        let mut open: Option<String> = None;
        let mut text = String::new();
        let mut is_text = false;
        let mut events = Events::new(xml, KIND);
        while let Some(event) = events.read()? {
            match event {
                Event::Start(element) => match element.name.as_str() {
                    // Separators have a type of their own.
                    "footnote" | "endnote"
                        if element.attribute("type").is_none_or(|kind| kind == "normal") =>
                    {
                        open = element.attribute("id").map(str::to_owned);
                    }
                    "t" => is_text = true,
                    "tab" | "br" | "p" => text.push(' '),
                    _ => {}
                },
                Event::Text(piece) if is_text => text.push_str(&piece),
                Event::Text(_) => {}
                Event::End(name) => match name.as_str() {
                    "t" => is_text = false,
                    "footnote" | "endnote" => {
                        let text = std::mem::take(&mut text);
                        if let Some(id) = open.take().filter(|_| !text.trim().is_empty()) {
                            notes.insert((kind, id), text.trim().to_owned());
                        }
                    }
                    _ => {}
                },
            }
        }
    }
    Ok(notes)
}

fn core_title(xml: &[u8]) -> Result<Option<String>, SourceError> {
    let mut events = Events::new(xml, KIND);
    let mut title = String::new();
    let mut is_title = false;
    while let Some(event) = events.read()? {
        match event {
            Event::Start(element) => is_title = element.name == "title",
            Event::Text(text) if is_title => title.push_str(&text),
            Event::Text(_) => {}
            Event::End(_) => is_title = false,
        }
    }
    Ok(quality::document_title(&title))
}

#[cfg(test)]
mod tests;
