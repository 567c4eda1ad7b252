//! Styles of paragraphs: which are headings, and which belong to lists.

use super::KIND;
use crate::domain::knowledge::readers::xml::{Event, Events};
use crate::domain::knowledge::source::SourceError;
use std::collections::HashMap;

/// Styles that rest on each other.
const CHAIN_MAX: usize = 16;

#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline_level: Option<u8>,
    numbering_id: Option<String>,
    numbering_level: Option<usize>,
}

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Title,
    /// From 1, the outermost.
    Heading(u8),
    TableOfContents,
    Quote,
    Code,
    Text,
}

#[derive(Debug, Default)]
pub struct Styles(HashMap<String, Style>);

impl Styles {
    pub fn read(xml: &[u8]) -> Result<Self, SourceError> {
        let mut styles = HashMap::new();
        let mut open: Option<(String, Style)> = None;
        let mut events = Events::new(xml, KIND);
        while let Some(event) = events.read()? {
            match event {
                Event::Start(element) => {
                    let value = element.attribute("val");
                    if element.name == "style" {
                        open = element.attribute("styleId").map(|id| (id.to_owned(), Style::default()));
                    }
                    let Some((_, style)) = &mut open else { continue };
                    match element.name.as_str() {
                        "name" => style.name = value.unwrap_or_default().to_lowercase(),
                        "basedOn" => style.based_on = value.map(str::to_owned),
                        "outlineLvl" => style.outline_level = value.and_then(|level| level.parse().ok()),
                        "numId" => style.numbering_id = value.map(str::to_owned),
                        "ilvl" => style.numbering_level = value.and_then(|level| level.parse().ok()),
                        _ => {}
                    }
                }
                Event::End(name) if name == "style" => styles.extend(open.take()),
                _ => {}
            }
        }
        Ok(Self(styles))
    }

    pub fn role(&self, id: &str) -> Role {
        let mut role = Role::Text;
        for style in self.chain(id) {
            role = match style.name.as_str() {
                "title" => Role::Title,
                name if name.starts_with("toc ") || name == "toc heading" => Role::TableOfContents,
                name if name.contains("quote") => Role::Quote,
                name if name.contains("code") || name == "html preformatted" || name == "plain text" => {
                    Role::Code
                }
                name => {
                    let level = name.strip_prefix("heading ").and_then(|level| level.parse().ok());
                    // Level 9 stands for the text of the body.
                    let level =
                        level.or(style.outline_level.filter(|level| *level < 9).map(|level| level + 1));
                    level.map_or(Role::Text, Role::Heading)
                }
            };
            if role != Role::Text {
                break;
            }
        }
        role
    }

    /// The list that a style belongs to, with the level in it.
    pub fn numbering(&self, id: &str) -> Option<(String, usize)> {
        let style = self.chain(id).find(|style| style.numbering_id.is_some())?;
        let level = style.numbering_level.or_else(|| style.outline_level.map(usize::from)).unwrap_or(0);
        style.numbering_id.clone().map(|id| (id, level))
    }

    fn chain<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Style> {
        let first = self.0.get(id);
        std::iter::successors(first, |style| style.based_on.as_ref().and_then(|id| self.0.get(id)))
            .take(CHAIN_MAX)
    }
}
