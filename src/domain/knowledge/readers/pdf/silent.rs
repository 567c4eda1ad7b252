//! Maps from codes to characters in which some glyphs stand for nothing.
//!
//! Programs that shape text (WeasyPrint is one) give all characters of a group of joined glyphs to one of them, and an
//! empty string to the others. The interpreter gives such a map up as a whole, so it is read here: each code with its
//! text, which may be empty. A font is told by its name, so two fonts of one name on a page are left to the
//! interpreter: a glyph whose characters are not certain stays unknown. Only `bfchar` entries are read.

use hayro_interpret::hayro_syntax::object::{Dict, Name, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use std::collections::HashMap;

/// As many as there are codes of two bytes.
const ENTRIES_MAX: usize = 65_536;

/// By the name of the font, without the mark of its subset.
#[derive(Debug, Default)]
pub(super) struct SilentMaps(HashMap<String, CodeMap>);

type CodeMap = HashMap<u32, String>;

impl SilentMaps {
    /// Those of the page's own fonts.
    pub(super) fn of(page: &Page<'_>) -> Self {
        let fonts = &page.resources().fonts;
        let mut maps: HashMap<String, Option<CodeMap>> = HashMap::new();
        for name in fonts.keys() {
            let Some(font) = fonts.get::<Dict<'_>>(&*name) else { continue };
            let Some(base) = font.get::<Name<'_>>(b"BaseFont") else { continue };
            let map =
                font.get::<Stream<'_>>(b"ToUnicode").and_then(|stream| silent_map(&stream.decoded().ok()?));
            maps.entry(without_subset(base.as_str()).to_owned())
                .and_modify(|ambiguous| *ambiguous = None)
                .or_insert(map);
        }
        Self(maps.into_iter().filter_map(|(name, map)| Some((name, map?))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a code, if the font of this name says it; empty for a glyph whose neighbour says it.
    pub(super) fn text(&self, font: &str, code: u32) -> Option<&str> {
        self.0.get(without_subset(font))?.get(&code).map(String::as_str)
    }
}

fn without_subset(name: &str) -> &str {
    match name.split_once('+') {
        Some((mark, rest)) if mark.len() == 6 && mark.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    }
}

/// The entries of a map, if one of them is empty.
fn silent_map(stream: &[u8]) -> Option<CodeMap> {
    let stream = String::from_utf8_lossy(stream);
    let mut map = CodeMap::new();
    for section in stream.split("beginbfchar").skip(1) {
        let section = section.split("endbfchar").next().unwrap_or_default();
        let mut strings = section.split('<').skip(1).map(|part| part.split('>').next().unwrap_or_default());
        while let (Some(code), Some(text)) = (strings.next(), strings.next()) {
            if map.len() >= ENTRIES_MAX {
                return None;
            }
            map.insert(u32::from_str_radix(code.trim(), 16).ok()?, utf16(text)?);
        }
    }
    map.values().any(String::is_empty).then_some(map)
}

fn utf16(hex: &str) -> Option<String> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let unit = |digits: &[char]| u16::from_str_radix(&digits.iter().collect::<String>(), 16).ok();
    let units: Option<Vec<u16>> = digits.chunks(4).map(unit).collect();
    String::from_utf16(&units?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_counts_only_where_a_glyph_is_silent() {
        let map = |entries: &str| silent_map(format!("1 beginbfchar {entries} endbfchar").as_bytes());

        let silent = map("<0003> <>\n<03a3><062D 0628>").unwrap();
        assert_eq!((silent[&3].as_str(), silent[&0x3A3].as_str()), ("", "\u{62D}\u{628}"));
        assert_eq!(map("<0003> <0041>"), None);
        assert_eq!(map("<0003> <> <zz> <0041>"), None);
        assert_eq!(map("<0003> <D800>"), None);
        assert_eq!(silent_map(b"<0003> <>"), None);
    }

    #[test]
    fn a_font_is_told_by_its_name_without_the_mark_of_its_subset() {
        assert_eq!(without_subset("DWGDXP+TimesNewRoman"), "TimesNewRoman");
        assert_eq!(without_subset("A+B"), "A+B");
    }
}
