//! XML of office files as a stream of events, within bounds.
//!
//! Entities of a document's own are not expanded, so nothing can grow by them.

use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::XML_DEPTH_MAX;
use quick_xml::events::{BytesStart, Event as XmlEvent};

/// What happens in a document, with names without their prefix.
pub enum Event {
    Start(Element),
    /// The name of the element that ends.
    End(String),
    Text(String),
}

/// An element's name with its attributes.
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of the attribute with this name, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A document being read; an empty element is a start and an end.
pub struct Events<'a> {
    reader: quick_xml::Reader<&'a [u8]>,
    depth: usize,
    kind: &'static str,
    closing: Option<String>,
}

impl<'a> Events<'a> {
    /// `kind` is what the file is to its owner: "Word document".
    pub fn new(bytes: &'a [u8], kind: &'static str) -> Self {
        let mut reader = quick_xml::Reader::from_reader(bytes);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self { reader, depth: 0, kind, closing: None }
    }

    /// The next event; None at the end.
    pub fn read(&mut self) -> Result<Option<Event>, SourceError> {
        if let Some(name) = self.closing.take() {
            return Ok(Some(Event::End(name)));
        }
        loop {
            let damaged = SourceError::Damaged { kind: self.kind };
            match self.reader.read_event() {
                Err(_) => return Err(damaged),
                Ok(XmlEvent::Eof) => return Ok(None),
                Ok(XmlEvent::Start(start)) => {
                    self.depth += 1;
                    if self.depth > XML_DEPTH_MAX {
                        return Err(SourceError::Bomb);
                    }
                    return Ok(Some(Event::Start(element(&start))));
                }
                Ok(XmlEvent::Empty(start)) => {
                    let element = element(&start);
                    self.closing = Some(element.name.clone());
                    return Ok(Some(Event::Start(element)));
                }
                Ok(XmlEvent::End(end)) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Event::End(end.local_name().as_ref().to_owned())));
                }
                Ok(XmlEvent::Text(text)) => {
                    return Ok(Some(Event::Text(text.to_string())));
                }
                Ok(XmlEvent::CData(data)) => {
                    return Ok(Some(Event::Text(data.to_string())));
                }
                Ok(XmlEvent::GeneralRef(reference)) => {
                    if let Some(text) = character(&reference) {
                        return Ok(Some(Event::Text(text)));
                    }
                }
                Ok(XmlEvent::Comment(_) | XmlEvent::Decl(_) | XmlEvent::PI(_) | XmlEvent::DocType(_)) => {}
            }
        }
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let mut attributes = start.attributes();
    let attributes = attributes
        .with_checks(false)
        .flatten()
        .map(|attribute| (attribute.key.local_name().as_ref().to_owned(), unescaped(&attribute.value)));
    Element { name: start.local_name().as_ref().to_owned(), attributes: attributes.collect() }
}

fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned)
}

/// The character of a reference (`amp`, `#8364`, `#x20AC`); None for entities that a document declares.
fn character(reference: &str) -> Option<String> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match reference.strip_prefix('#') {
        Some(digits) => {
            let hexadecimal = digits.strip_prefix(['x', 'X']).map(|digits| number(digits, 16));
            hexadecimal.unwrap_or_else(|| number(digits, 10)).map(String::from)
        }
        None => quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned),
    }
}
