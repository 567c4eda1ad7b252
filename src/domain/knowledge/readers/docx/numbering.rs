//! The numbers of lists and headings, counted as Word counts them.

use super::KIND;
use crate::domain::knowledge::readers::xml::{Element, Event, Events};
use crate::domain::knowledge::source::SourceError;
use std::collections::HashMap;

const LEVELS: usize = 9;

#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    /// `%1.%2.`: the numbers of the levels.
    text: String,
    start: u32,
}

type Definition = [Level; LEVELS];

/// The lists of a document, with how far each has counted.
#[derive(Debug, Default)]
pub struct Numbering {
    definitions: HashMap<String, Definition>,
    /// The definition of each list.
    lists: HashMap<String, String>,
    counters: HashMap<String, [Option<u32>; LEVELS]>,
}

impl Numbering {
    pub fn read(xml: &[u8]) -> Result<Self, SourceError> {
        let mut numbering = Self::default();
        let mut definition: Option<String> = None;
        let mut list: Option<String> = None;
        let mut level = 0;
        let mut events = Events::new(xml, KIND);
        while let Some(event) = events.read()? {
            let Event::Start(element) = event else { continue };
            match element.name.as_str() {
                "abstractNum" => definition = element.attribute("abstractNumId").map(str::to_owned),
                "num" => list = element.attribute("numId").map(str::to_owned),
                "abstractNumId" => {
                    if let (Some(list), Some(id)) = (list.take(), element.attribute("val")) {
                        numbering.lists.insert(list, id.to_owned());
                    }
                    definition = None;
                }
                "lvl" => level = element.attribute("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0),
                _ => {
                    if let Some(id) = &definition {
                        numbering.define(id, level, &element);
                    }
                }
            }
        }
        Ok(numbering)
    }

    fn define(&mut self, id: &str, level: usize, element: &Element) {
        let definition = self.definitions.entry(id.to_owned()).or_default();
        let (Some(level), Some(value)) = (definition.get_mut(level), element.attribute("val")) else {
            return;
        };
        match element.name.as_str() {
            "start" => level.start = value.parse().unwrap_or(1),
            "numFmt" => value.clone_into(&mut level.format),
            "lvlText" => value.clone_into(&mut level.text),
            _ => {}
        }
    }

    /// What stands before the next item of this list at this level; None for a bullet, and for no list.
    pub fn next(&mut self, list: &str, level: usize) -> Option<String> {
        // A list of this number says that the paragraph is in none.
        if list == "0" {
            return None;
        }
        let id = self.lists.get(list)?;
        let definition = self.definitions.get(id)?;
        let level = level.min(LEVELS - 1);
        let counters = self.counters.entry(id.clone()).or_default();
        for (at, counter) in counters.iter_mut().enumerate() {
            let start = definition.get(at).map_or(1, |level| level.start);
            match at.cmp(&level) {
                std::cmp::Ordering::Less => *counter = counter.or(Some(start)),
                std::cmp::Ordering::Equal => {
                    *counter = Some(counter.map_or(start, |number| number.saturating_add(1)))
                }
                std::cmp::Ordering::Greater => *counter = None,
            }
        }
        let defined = definition.get(level)?;
        if defined.format == "bullet" || defined.format == "none" {
            return None;
        }
        let mut text = defined.text.clone();
        for (at, counter) in counters.iter().enumerate() {
            let format = definition.get(at).map_or("decimal", |level| level.format.as_str());
            text = text.replace(&format!("%{}", at + 1), &shown(counter.unwrap_or(1), format));
        }
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

fn shown(number: u32, format: &str) -> String {
    match format {
        "lowerLetter" => letters(number, 'a'),
        "upperLetter" => letters(number, 'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        _ => number.to_string(),
    }
}

/// a, b, … z, aa, bb: as Word counts.
fn letters(number: u32, first: char) -> String {
    let index = number.saturating_sub(1);
    let letter = char::from_u32(u32::from(first) + index % 26).unwrap_or(first);
    let times = usize::try_from(index / 26 + 1).unwrap_or(1).min(8);
    std::iter::repeat_n(letter, times).collect()
}

fn roman(number: u32) -> String {
    const DIGITS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number.min(3_999);
    let mut text = String::new();
    for (value, digit) in DIGITS {
        while rest >= value {
            text.push_str(digit);
            rest -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_format_says() {
        assert_eq!(
            (shown(4, "lowerRoman"), shown(27, "upperLetter"), shown(3, "decimal")),
            ("iv".to_owned(), "AA".to_owned(), "3".to_owned())
        );
    }

    #[test]
    fn deeper_levels_begin_anew_under_each_item() {
        let xml = br#"<w:numbering xmlns:w="w">
            <w:abstractNum w:abstractNumId="5">
              <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
              <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
            </w:abstractNum>
            <w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num></w:numbering>"#;
        let mut numbering = Numbering::read(xml).unwrap();

        let shown: Vec<Option<String>> = [0, 1, 1, 0, 1].map(|level| numbering.next("2", level)).into();

        let wanted = ["1.", "1.1", "1.2", "2.", "2.1"].map(|number| Some(number.to_owned()));
        assert_eq!(shown, wanted);
        assert_eq!(numbering.next("9", 0), None);
    }
}
